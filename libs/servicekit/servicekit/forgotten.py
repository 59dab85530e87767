"""Subjects that were forgotten: nothing that is older than that may bring them back, and no list says who they were.

Kept is a keyed hash of each with the moment, in a table `forgotten` of the service's own. What writes rows about
subjects holds the table first; who forgets one waits for all that hold it, so that no row is written behind his back.
"""

import hashlib
import hmac
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Annotated, Any, TypeVar

from pydantic import Field, SecretStr

from servicekit.database import Connection
from servicekit.errors import Unavailable

ErasureKey = Annotated[
    SecretStr | None,
    Field(min_length=32, description="Keys the hashes of those who were erased. The same in all services, for good."),
]
R = TypeVar("R")
_LOCK = 0xF0260771


class HashingNotConfigured(Unavailable):
    slug, title = "erasure-not-configured", "Nobody can be erased before the operator has set ERASURE_KEY"


class Hashing:
    """Keyed hashes of identifiers: whoever lacks the key can't tell of whom they are, nor find out by trying."""

    def __init__(self, key: SecretStr | None = None) -> None:
        secret = key.get_secret_value().encode() if key is not None else None
        self._hash: Callable[[str], bytes] | None = (
            lru_cache(10_000)(lambda name: hmac.digest(secret, name.encode(), hashlib.sha256)) if secret else None
        )

    def of(self, identifier: str) -> bytes:
        """32 bytes, always the same for the same identifier. Raises HashingNotConfigured without a key."""
        if self._hash is None:
            raise HashingNotConfigured("ERASURE_KEY is not set", retry_after_s=60)
        return self._hash(identifier)


UNCONFIGURED = Hashing()


async def hold(conn: Connection) -> None:
    """Nobody is forgotten until the end of the transaction."""
    await conn.execute("SELECT pg_advisory_xact_lock_shared($1)", _LOCK)


async def wait_to_forget(conn: Connection) -> None:
    """Wait for every transaction that holds, and keep the next ones waiting until the end of this one."""
    await conn.execute("SELECT pg_advisory_xact_lock($1)", _LOCK)


async def left(
    conn: Connection, hashing: Hashing, found: Sequence[R], about: Callable[[R], tuple[str, datetime] | None]
) -> list[R]:
    """Those that may count: `about` tells each one's subject and moment, None where it is about nobody.

    Raises HashingNotConfigured where somebody was forgotten and the key is missing by which it would be noticed.
    """
    if not await conn.fetchval("SELECT EXISTS (SELECT FROM forgotten)"):
        return list(found)
    told = [about(one) for one in found]
    named = [said for said in told if said is not None]
    rows = await conn.fetch(
        """
        SELECT DISTINCT n.hash, n.moment FROM unnest($1::bytea[], $2::timestamptz[]) AS n (hash, moment)
        JOIN forgotten f ON f.subject_hash = n.hash AND n.moment <= f.until
        """,
        [hashing.of(subject) for subject, _ in named],
        [moment for _, moment in named],
    )
    late: set[Any] = {(row["hash"], row["moment"]) for row in rows}
    if not late:
        return list(found)
    return [
        one for one, said in zip(found, told, strict=True) if said is None or (hashing.of(said[0]), said[1]) not in late
    ]
