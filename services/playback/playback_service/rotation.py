"""Rotating Mux's signing keys: a new one signs at once in every replica, the former ones stay good until revoked.

What happens at Mux and what is kept here cannot be one transaction, so each step leaves what can be repeated: a key
that was not kept is foreign and does nothing, and a revoked one signs nothing more before Mux is asked to forget it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from playback_service import keys, store_keys
from playback_service.keyring import Seal
from playback_service.mux_keys import MuxKeys
from servicekit.database import Pool, transaction

State = Literal["signs", "verifies", "revoked", "lost", "foreign"]


class NotRevocable(Exception):
    """The message says why."""


@dataclass(frozen=True, slots=True)
class ListedKey:
    """`lost`: Mux has forgotten it, though we have not revoked it. `foreign`: only Mux knows it."""

    key_id: str
    state: State
    created_at: datetime | None
    created_by: str | None = None
    revoked_at: datetime | None = None
    revoked_by: str | None = None


async def rotate(pool: Pool, mux: MuxKeys, seal: Seal, *, by: str | None = None) -> str:
    """Make a key, keep it sealed, sign with it from now on. Returns its id."""
    made = await mux.create()
    keys.rsa_private_key(made.private_key, setting=f"signing key {made.key_id}")
    async with transaction(pool) as conn:
        await store_keys.add(conn, made.key_id, seal.close(made.private_key), by=by)
    return made.key_id


async def revoke(
    pool: Pool,
    mux: MuxKeys,
    key_id: str,
    *,
    first_key: str | None,
    even_the_last: bool = False,
    by: str | None = None,
) -> str:
    """Sign nothing more with the key, then have Mux refuse what it has signed. Again does no harm.

    Returns what became of it at Mux. Raises NotRevocable for a key that is not ours, or the last one.
    """
    async with transaction(pool) as conn:
        known = await store_keys.everything(conn)
        live = _live(known, first_key)
        if key_id not in {key.key_id for key in known} | {first_key}:
            raise NotRevocable(f"{key_id} is none of our keys")
        if live == [key_id] and not even_the_last:
            raise NotRevocable(f"{key_id} is the last key: rotate first")
        await store_keys.revoke(conn, key_id, by=by)
    return "deleted at Mux" if await mux.delete(key_id) else "unknown at Mux already"


async def listed(pool: Pool, mux: MuxKeys, *, first_key: str | None) -> Sequence[ListedKey]:
    """All keys, ours and Mux's, newest first."""
    async with transaction(pool, readonly=True) as conn:
        known = await store_keys.everything(conn)
    at_mux = await mux.all()
    live = _live(known, first_key)
    created = {key.key_id: key.created_at for key in known} | at_mux
    ours = list(dict.fromkeys([*live, *(key.key_id for key in known)]))
    states = {key_id: _state(key_id, live, at_mux) for key_id in ours}
    states |= {key_id: "foreign" for key_id in at_mux if key_id not in states}
    stored = {key.key_id: key for key in known}
    return [_listed(key_id, state, created.get(key_id), stored.get(key_id)) for key_id, state in states.items()]


def _listed(key_id: str, state: State, created_at: datetime | None, stored: store_keys.StoredKey | None) -> ListedKey:
    if stored is None:
        return ListedKey(key_id, state, created_at)
    return ListedKey(key_id, state, created_at, stored.created_by, stored.revoked_at, stored.revoked_by)


def _live(known: Sequence[store_keys.StoredKey], first_key: str | None) -> list[str]:
    """The keys that count, the one that signs first: the order in which the service itself chooses."""
    revoked = {key.key_id for key in known if key.revoked_at is not None}
    own = [key.key_id for key in known if key.own and key.key_id not in revoked]
    return own + ([first_key] if first_key is not None and first_key not in {*revoked, *own} else [])


def _state(key_id: str, live: Sequence[str], at_mux: dict[str, datetime]) -> State:
    if key_id not in live:
        return "revoked"
    if key_id not in at_mux:
        return "lost"
    return "signs" if key_id == live[0] else "verifies"
