"""SQL of the Mux signing keys."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from servicekit.database import Connection

_ADD = "INSERT INTO signing_keys (key_id, sealed, created_by) VALUES ($1, $2, $3)"

_REVOKE = """
INSERT INTO signing_keys AS known (key_id, revoked_at, revoked_by) VALUES ($1, now(), $2)
ON CONFLICT (key_id) DO UPDATE SET revoked_at = excluded.revoked_at, revoked_by = excluded.revoked_by
WHERE known.revoked_at IS NULL
"""


@dataclass(frozen=True, slots=True)
class StoredKey:
    """A key that we know of. `own` tells whether rotation made it; if not, it is the environment's.

    Who made and revoked it over HTTP is in `created_by` and `revoked_by`.
    """

    key_id: str
    own: bool
    created_at: datetime
    revoked_at: datetime | None
    created_by: str | None
    revoked_by: str | None


async def sealed(conn: Connection, key_id: str) -> bytes:
    """The encrypted private key. Raises LookupError if there is none."""
    found: bytes | None = await conn.fetchval("SELECT sealed FROM signing_keys WHERE key_id = $1", key_id)
    if found is None:
        raise LookupError(key_id)
    return found


async def add(conn: Connection, key_id: str, sealed_key: bytes, *, by: str | None) -> None:
    """Keep a new key; whatever reads afterwards signs with it."""
    await conn.execute(_ADD, key_id, sealed_key, by)


async def revoke(conn: Connection, key_id: str, *, by: str | None) -> None:
    """Nothing that reads afterwards signs with this key. Again changes nothing."""
    await conn.execute(_REVOKE, key_id, by)


async def everything(conn: Connection) -> Sequence[StoredKey]:
    """All keys, newest first, revoked ones too."""
    rows = await conn.fetch(
        "SELECT key_id, sealed IS NOT NULL AS own, created_at, revoked_at, created_by, revoked_by FROM signing_keys"
        " ORDER BY created_at DESC, key_id"
    )
    return [StoredKey(**row) for row in rows]
