"""SQL of the restrictions that we have made at Mux: who uses them, and which of them are to go.

A course takes a restriction, and the sweep takes one away, under one lock: none is taken away that was just given.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass

import orjson

from playback_service.terms import Restriction
from servicekit.database import Connection, Pool, acquire

_TURN = 0x7265_7374_7269_6374

_JUDGE = """
WITH judged AS (
    SELECT r.rules, EXISTS (
        SELECT FROM course_policies p LEFT JOIN courses c USING (course_id)
        WHERE p.restriction_id = r.restriction_id AND c.deleted IS NOT TRUE
    ) AS used
    FROM mux_restrictions r
)
UPDATE mux_restrictions r SET unused_since = CASE WHEN j.used THEN NULL ELSE now() END
FROM judged j WHERE j.rules = r.rules AND j.used = (r.unused_since IS NOT NULL)
"""

_CONDEMN = """
WITH gone AS (
    DELETE FROM mux_restrictions WHERE unused_since <= now() - make_interval(secs => $1) RETURNING restriction_id
), forgotten AS (
    UPDATE course_policies SET restriction_id = NULL WHERE restriction_id IN (SELECT restriction_id FROM gone)
)
INSERT INTO mux_restrictions_to_delete (restriction_id) SELECT restriction_id FROM gone
ON CONFLICT DO NOTHING
"""


@dataclass(frozen=True, slots=True)
class Bereft:
    """A live course whose restriction Mux does not have."""

    course_id: str
    restriction: Restriction


@asynccontextmanager
async def one_at_a_time(pool: Pool) -> AsyncIterator[bool]:
    """Whether the sweep's turn is ours; nobody else has it until the end of the block."""
    async with acquire(pool) as conn:
        ours: bool = await conn.fetchval("SELECT pg_try_advisory_lock($1)", _TURN)
        try:
            yield ours
        finally:
            if ours and not conn.is_closed():
                await conn.execute("SELECT pg_advisory_unlock($1)", _TURN)


async def lock(conn: Connection) -> None:
    """Until the end of the transaction nobody else takes a restriction or takes one away."""
    await conn.execute("SELECT pg_advisory_xact_lock(hashtext('mux_restrictions'))")


async def find(conn: Connection, restriction: Restriction) -> str | None:
    """Mux's id of these rules, None if Mux has not been told of them."""
    found: str | None = await conn.fetchval(
        "SELECT restriction_id FROM mux_restrictions WHERE rules = $1", rules(restriction)
    )
    return found


async def remember(conn: Connection, restriction: Restriction, made: str) -> str:
    """The id that counts for these rules: the one just made, or that of one who was faster; then ours is to go."""
    await conn.execute(
        "INSERT INTO mux_restrictions (rules, restriction_id) VALUES ($1, $2) ON CONFLICT DO NOTHING",
        rules(restriction),
        made,
    )
    kept = await find(conn, restriction) or made
    if kept != made:
        await conn.execute("INSERT INTO mux_restrictions_to_delete (restriction_id) VALUES ($1)", made)
    return kept


async def condemn(conn: Connection, *, keep_s: float) -> None:
    """Note what no live course uses, and let go of what none has used for `keep_s`. Under the lock."""
    await conn.execute(_JUDGE)
    await conn.execute(_CONDEMN, keep_s)


async def condemned(conn: Connection, limit: int) -> list[str]:
    """Ids that Mux is to delete, the oldest first."""
    rows = await conn.fetch(
        "SELECT restriction_id FROM mux_restrictions_to_delete ORDER BY since, restriction_id LIMIT $1", limit
    )
    return [row["restriction_id"] for row in rows]


async def gone(conn: Connection, restriction_id: str) -> None:
    await conn.execute("DELETE FROM mux_restrictions_to_delete WHERE restriction_id = $1", restriction_id)


async def bereft(conn: Connection, limit: int) -> list[Bereft]:
    """Courses that came back, or whose policy is older than the deployment's token for Mux."""
    rows = await conn.fetch(
        """
        SELECT p.course_id, p.restriction::text
        FROM course_policies p LEFT JOIN courses c USING (course_id)
        WHERE p.restriction IS NOT NULL AND p.restriction_id IS NULL AND c.deleted IS NOT TRUE
        ORDER BY p.course_id LIMIT $1
        """,
        limit,
    )
    return [Bereft(row["course_id"], read_rules(row["restriction"])) for row in rows]


async def give(conn: Connection, course: Bereft, restriction_id: str) -> None:
    """Unless its policy has changed meanwhile."""
    await conn.execute(
        """
        UPDATE course_policies SET restriction_id = $3
        WHERE course_id = $1 AND restriction = $2::text::jsonb AND restriction_id IS NULL
        """,
        course.course_id,
        rules(course.restriction),
        restriction_id,
    )


def rules(restriction: Restriction) -> str:
    """As text that is the same for the same rules."""
    sorted_rules = asdict(restriction) | {"allowed_domains": sorted(set(restriction.allowed_domains))}
    return orjson.dumps(sorted_rules, option=orjson.OPT_SORT_KEYS).decode()


def read_rules(text: str) -> Restriction:
    said = orjson.loads(text)
    return Restriction(**(said | {"allowed_domains": tuple(said["allowed_domains"])}))
