"""The account's line of calls to Mux in SQL: the generic cell rate algorithm of `pacing`, in one statement."""

from dataclasses import dataclass
from typing import Literal

from servicekit.database import Connection

Kind = Literal["post", "other"]

_TIMEOUT_S = 1
_ABSURD_S = 600
"""Nobody waits for so long: a due time beyond it is a server's clock that was set back."""


@dataclass(frozen=True, slots=True)
class Turn:
    """`wait_s` until the call may go; if it was not granted, until asking again makes sense."""

    granted: bool
    wait_s: float


async def take_turn(conn: Connection, kind: Kind, *, interval_s: float, slack_s: float, patience_s: float) -> Turn:
    """Take the next place in line if it comes within `patience_s`. `slack_s`: how far a burst goes ahead of its due."""
    wait = await conn.fetchval(
        """
        INSERT INTO mux_lines AS line (kind, due_at, asked_at)
        SELECT $1, clock.s + $2, clock.s FROM (SELECT extract(epoch FROM clock_timestamp())::float8 AS s) AS clock
        ON CONFLICT (kind) DO UPDATE SET (due_at, asked_at) = (
            SELECT CASE WHEN line.due_at BETWEEN clock.s AND clock.s + $5 THEN line.due_at ELSE clock.s END + $2,
                   clock.s
            FROM (SELECT extract(epoch FROM clock_timestamp())::float8 AS s) AS clock)
        WHERE line.due_at - $3 - $4 <= extract(epoch FROM clock_timestamp())
           OR line.due_at - $5 > extract(epoch FROM clock_timestamp())
        RETURNING greatest(0, due_at - $2 - $3 - asked_at)
        """,
        kind,
        interval_s,
        slack_s,
        patience_s,
        float(_ABSURD_S),
        timeout=_TIMEOUT_S,
    )
    if wait is not None:
        return Turn(True, wait)
    left = await conn.fetchval(
        "SELECT greatest(0, due_at - $2 - extract(epoch FROM clock_timestamp())) FROM mux_lines WHERE kind = $1",
        kind,
        slack_s,
        timeout=_TIMEOUT_S,
    )
    return Turn(False, float(left or 0))
