"""A course's restriction at Mux: shared by all courses with the same rules, and deleted when none has them any more."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial

from prometheus_client import Counter

from playback_service import store_restrictions as store
from playback_service.mux_restrictions import MuxRestrictions
from playback_service.terms import Restriction
from servicekit.database import Connection, Pool, transaction

DELETED = Counter(
    "seatime_mux_restrictions_deleted_total", "Playback restrictions deleted at Mux as no course had them"
)

_AT_ONCE = 20
"""Of Mux's five calls a second for everything, a turn takes few, one after the other."""


async def restrict(
    pool: Pool, mux: MuxRestrictions, restriction: Restriction, use: Callable[[Connection, str], Awaitable[None]]
) -> None:
    """Have Mux's id of the rules put to `use`, in the transaction that keeps the sweep from taking it away.

    Made at Mux if it has no such restriction; raises MuxUnavailable if it does not, and nothing has changed.
    """
    async with transaction(pool) as conn:
        await store.lock(conn)
        known = await store.find(conn, restriction)
        if known is not None:
            await use(conn, known)
            return
    made = await mux.create(restriction)
    async with transaction(pool) as conn:
        await store.lock(conn)
        await use(conn, await store.remember(conn, restriction, made))


@dataclass(frozen=True, slots=True)
class RestrictionSweep:
    """`keep_s` is how long an unused restriction stays: at least as long as a token that names it."""

    pool: Pool
    mux: MuxRestrictions
    keep_s: float

    async def turn(self) -> None:
        """One worker's at a time. Raises MuxUnavailable; what is left over is for the next turn."""
        async with store.one_at_a_time(self.pool) as ours:
            if ours:
                async with transaction(self.pool) as conn:
                    await store.lock(conn)
                    await store.condemn(conn, keep_s=self.keep_s)
                await self._delete()
                await self._give_back()

    async def _delete(self) -> None:
        async with transaction(self.pool, readonly=True) as conn:
            ids = await store.condemned(conn, _AT_ONCE)
        for restriction_id in ids:
            await self.mux.delete(restriction_id)
            async with transaction(self.pool) as conn:
                await store.gone(conn, restriction_id)
            DELETED.inc()

    async def _give_back(self) -> None:
        async with transaction(self.pool, readonly=True) as conn:
            courses = await store.bereft(conn, _AT_ONCE)
        for course in courses:
            await restrict(self.pool, self.mux, course.restriction, partial(_give, course))


async def _give(course: store.Bereft, conn: Connection, restriction_id: str) -> None:
    await store.give(conn, course, restriction_id)
