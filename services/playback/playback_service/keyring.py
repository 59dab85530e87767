"""The Mux signing keys of a replica: the environment's, and those that were made by rotation, each parsed once.

Which of them signs is read from the database with every batch of requests, so that a rotation or a revocation counts
at once in every replica, and none needs a restart.
"""

import asyncio

from playback_service import keys, store_keys
from playback_service.configured import Missing
from playback_service.signing import SigningKey
from servicekit import sealing
from servicekit.database import Connection
from servicekit.telemetry import get_logger

SETTING = "SIGNING_KEYS_SECRET"

log = get_logger(__name__)


class Seal(sealing.Seal):
    """Encrypts private keys, as base64 of a PEM, at rest. Raises UnreadableKey."""

    def __init__(self, secrets: str) -> None:
        super().__init__(secrets, setting=SETTING, error=keys.UnreadableKey)


class KeyRing:
    """The key that signs now. `first` is the environment's, which signs until a rotation."""

    def __init__(self, first: SigningKey | Missing, seal: Seal | Missing) -> None:
        self._first, self._seal = first, seal
        self._parsed: dict[str, SigningKey | Missing] = {}
        self._loading = asyncio.Lock()

    @property
    def first_id(self) -> str | None:
        return None if isinstance(self._first, Missing) else self._first.key_id

    async def current(self, conn: Connection, newest: str | None, *, first_revoked: bool) -> SigningKey | Missing:
        """The newest key, else the first one; Missing with the setting that would help if there is none."""
        if newest is None:
            return Missing("MUX_SIGNING_KEY") if first_revoked else self._first
        known = self._parsed.get(newest)
        return known if known is not None else await self._load(conn, newest)

    async def _load(self, conn: Connection, key_id: str) -> SigningKey | Missing:
        async with self._loading:
            if key_id not in self._parsed:
                sealed = await store_keys.sealed(conn, key_id)
                self._parsed[key_id] = await asyncio.to_thread(self._open, key_id, sealed)
        return self._parsed[key_id]

    def _open(self, key_id: str, sealed: bytes) -> SigningKey | Missing:
        if isinstance(self._seal, Missing):
            return self._seal
        try:
            return SigningKey(key_id, keys.rsa_private_key(self._seal.open(sealed), setting=f"signing key {key_id}"))
        except keys.UnreadableKey as error:
            log.error("a signing key cannot be read", key_id=key_id, error=str(error))
            return Missing(SETTING)
