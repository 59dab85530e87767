"""Secrets that lie in a database and have to come out again: encrypted with a key that is in the environment only."""

from cryptography.fernet import Fernet, InvalidToken, MultiFernet


class CannotUnseal(ValueError):
    """The setting is no key, or not the one that sealed. The text names the setting and shows no secret."""


class Seal:
    """Encrypts texts at rest (Fernet: AES-128-CBC with HMAC). The first secret seals, each of them opens.

    `secrets` are 32 bytes each in URL-safe base64, comma separated; `setting` is what errors call them.
    """

    def __init__(self, secrets: str, *, setting: str, error: type[ValueError] = CannotUnseal) -> None:
        self._setting, self._error = setting, error
        try:
            self._fernet = MultiFernet([Fernet(secret.strip()) for secret in secrets.split(",") if secret.strip()])
        except ValueError:
            raise error(f"{setting} is not 32 bytes in URL-safe base64, or several such, comma separated") from None

    def close(self, text: str) -> bytes:
        """The sealed form, another one each time."""
        return self._fernet.encrypt(text.encode())

    def open(self, sealed: bytes) -> str:
        """What was sealed; raises the error if none of the secrets has sealed it."""
        try:
            return self._fernet.decrypt(sealed).decode()
        except InvalidToken:
            raise self._error(f"{self._setting} is not what was sealed with") from None
