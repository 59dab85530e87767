"""Private keys, read once when the process starts. What cannot be read stops it, without showing the key."""

import base64
import binascii

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key


class UnreadableKey(ValueError):
    """A setting holds something else than the key it should. The message names the setting, never its value."""


def rsa_private_key(encoded: str, *, setting: str) -> RSAPrivateKey:
    """An RSA key from (base64 of) a PEM, PKCS#1 or PKCS#8. Raises UnreadableKey."""
    key = _private_key(encoded, setting)
    if not isinstance(key, RSAPrivateKey):
        raise UnreadableKey(f"{setting} is not an RSA private key")
    return key


def ed25519_private_key(encoded: str, *, setting: str) -> Ed25519PrivateKey:
    """An Ed25519 key from (base64 of) a PEM. Raises UnreadableKey."""
    key = _private_key(encoded, setting)
    if not isinstance(key, Ed25519PrivateKey):
        raise UnreadableKey(f"{setting} is not an Ed25519 private key")
    return key


def ed25519_public_key(encoded: str, *, setting: str) -> Ed25519PublicKey:
    """An Ed25519 public key from (base64 of) a PEM. Raises UnreadableKey."""
    try:
        key = load_pem_public_key(_pem(encoded))
    except ValueError:
        raise UnreadableKey(f"{setting} does not hold a PEM, nor the base64 of one") from None
    if not isinstance(key, Ed25519PublicKey):
        raise UnreadableKey(f"{setting} is not an Ed25519 public key")
    return key


def _private_key(encoded: str, setting: str) -> object:
    try:
        return load_pem_private_key(_pem(encoded), password=None)
    except (ValueError, TypeError):
        raise UnreadableKey(f"{setting} does not hold a PEM without password, nor the base64 of one") from None


def _pem(encoded: str) -> bytes:
    text = encoded.strip()
    if text.startswith("-----BEGIN"):
        return text.encode()
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except binascii.Error as error:
        raise ValueError("neither PEM nor base64") from error
