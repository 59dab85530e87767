"""Whose turn it is to call Mux: one line for the whole account, in PostgreSQL, in which authors go before bulk work.

Bulk work takes a place only if it may go at once and nothing of the burst is used: while it runs, the rest of the
burst is always there for authors, and while authors wait it does not go at all. Without the database each process
keeps the rate by itself.
"""

import asyncio
from collections.abc import Callable

import asyncpg
from prometheus_client import Counter

from servicekit.database import TRANSIENT, Pool, acquire
from servicekit.errors import DatabaseUnavailable
from servicekit.telemetry import get_logger
from upload_service import store_calls
from upload_service.pacing import Line, Rate
from upload_service.retrying import Verb
from upload_service.store_calls import Kind, Turn

TURNS = Counter("seatime_mux_turns_total", "Places in the line of calls to Mux", ["line", "who", "granted"])

_CONNECT_S = 0.5
_ALONE_S = 5
"""For how long the database is not asked after it did not answer."""

log = get_logger(__name__)


class Turns:
    """One per process."""

    def __init__(self, posts: Rate, others: Rate, pool: Pool | None, clock: Callable[[], float]) -> None:
        self._rates: dict[Kind, Rate] = {"post": posts, "other": others}
        self._own: dict[Kind, Line] = {kind: Line(rate, clock) for kind, rate in self._rates.items()}
        self._pool, self._clock = pool, clock
        self._alone_until = 0.0

    async def take(self, verb: Verb, patience_s: float, *, bulk: bool) -> Turn:
        """A place that comes within `patience_s`; for bulk work one that is there now."""
        kind: Kind = "post" if verb == "POST" else "other"
        shared = await self._shared(kind, patience_s, bulk)
        turn = shared or Turn(*self._own[kind].take(patience_s, bulk=bulk))
        line, who = "shared" if shared else "own", "bulk" if bulk else "author"
        TURNS.labels(line, who, str(turn.granted).lower()).inc()
        return turn

    def interval_s(self, verb: Verb) -> float:
        """Between two calls at the sustained rate."""
        return 1 / self._rates["post" if verb == "POST" else "other"].per_s

    async def _shared(self, kind: Kind, patience_s: float, bulk: bool) -> Turn | None:
        if self._pool is None or self._clock() < self._alone_until:
            return None
        rate = self._rates[kind]
        try:
            async with asyncio.timeout(2 * _CONNECT_S + 1), acquire(self._pool, timeout=_CONNECT_S) as conn:
                return await store_calls.take_turn(
                    conn,
                    kind,
                    interval_s=1 / rate.per_s,
                    slack_s=0.0 if bulk else (rate.burst - 1) / rate.per_s,
                    patience_s=0.0 if bulk else patience_s,
                )
        except (DatabaseUnavailable, *TRANSIENT, asyncpg.ReadOnlySQLTransactionError) as error:
            self._alone_until = self._clock() + _ALONE_S
            log.warning("the account's line of calls cannot be asked", error=repr(error))
            return None
