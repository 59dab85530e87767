"""Tallies and the beats that are in them: what is new is found under lock, counts are added, rows in key order."""

from collections.abc import Collection, Mapping
from typing import NamedTuple
from uuid import UUID

from analytics_service.multiranges import as_text, spans_of
from analytics_service.spans import Spans
from analytics_service.tallies import Amount, Entries, Entry, Tally
from servicekit.database import Connection


class SessionKey(NamedTuple):
    """A playback session of a learner; sorted, it is the order in which rows are locked."""

    session_id: UUID
    learner_id: str


async def lock_sessions(conn: Connection, keys: Collection[SessionKey]) -> dict[SessionKey, Spans]:
    """The numbers of the beats that these sessions have told already; locked until the transaction ends."""
    ordered = sorted(keys)
    sessions, learners = [key.session_id for key in ordered], [key.learner_id for key in ordered]
    await conn.execute(
        """
        INSERT INTO beat_sessions (session_id, learner_id, seen)
        SELECT session_id, learner_id, '{}' FROM unnest($1::uuid[], $2::text[]) AS k(session_id, learner_id)
        ORDER BY 1, 2 ON CONFLICT DO NOTHING
        """,
        sessions,
        learners,
    )
    rows = await conn.fetch(
        """
        SELECT session_id, learner_id, seen
        FROM beat_sessions s JOIN unnest($1::uuid[], $2::text[]) AS k(session_id, learner_id)
            USING (session_id, learner_id)
        ORDER BY session_id, learner_id FOR UPDATE OF s
        """,
        sessions,
        learners,
    )
    # asyncpg's own UUID compares like Python's but is not equal in type
    return {SessionKey(UUID(int=row["session_id"].int), row["learner_id"]): spans_of(row["seen"]) for row in rows}


async def save_sessions(conn: Connection, seen: Mapping[SessionKey, Spans]) -> None:
    """Write which beats were seen, into rows that `lock_sessions` has locked."""
    if not seen:
        return
    keys = sorted(seen)
    await conn.execute(
        """
        UPDATE beat_sessions s SET seen = n.seen::int8multirange
        FROM unnest($1::uuid[], $2::text[], $3::text[]) AS n(session_id, learner_id, seen)
        WHERE (s.session_id, s.learner_id) = (n.session_id, n.learner_id)
        """,
        [key.session_id for key in keys],
        [key.learner_id for key in keys],
        [as_text(seen[key]) for key in keys],
    )


async def add(conn: Connection, entries: Entries) -> None:
    """Add to the lessons' tallies; a learner is counted in each of them once, however often there."""
    if not entries:
        return
    new = await _first_times(conn, entries)
    sums: dict[tuple[Tally, int], tuple[int, int, int]] = {}
    for entry, amount in entries.items():
        times, learners, ms = sums.get((entry.tally, entry.shard), (0, 0, 0))
        learners += (entry.tally, entry.learner_id) in new
        sums[entry.tally, entry.shard] = (times + amount.times, learners, ms + amount.ms)
    keys = sorted(sums)
    await conn.execute(
        """
        INSERT INTO lesson_tallies AS t (lesson_id, video_revision, kind, name, shard, times, learners, ms)
        SELECT * FROM unnest($1::text[], $2::bigint[], $3::text[], $4::text[], $5::integer[], $6::bigint[],
                             $7::bigint[], $8::bigint[])
        ON CONFLICT (lesson_id, video_revision, kind, name, shard) DO UPDATE SET
            times = t.times + excluded.times, learners = t.learners + excluded.learners, ms = t.ms + excluded.ms
        """,
        *_columns([tally for tally, _ in keys]),
        [shard for _, shard in keys],
        *([sums[key][part] for key in keys] for part in range(3)),
    )


async def _first_times(conn: Connection, entries: Mapping[Entry, Amount]) -> set[tuple[Tally, str]]:
    """Those of these tallies that the learner is in for the first time; from now on not any more."""
    wanted = sorted({(entry.tally, entry.learner_id) for entry in entries})
    rows = await conn.fetch(
        """
        INSERT INTO learner_tallies (lesson_id, video_revision, kind, name, learner_id)
        SELECT * FROM unnest($1::text[], $2::bigint[], $3::text[], $4::text[], $5::text[])
        ON CONFLICT DO NOTHING
        RETURNING lesson_id, video_revision, kind, name, learner_id
        """,
        *_columns([tally for tally, _ in wanted]),
        [learner_id for _, learner_id in wanted],
    )
    return {
        (Tally(row["lesson_id"], row["video_revision"], row["kind"], row["name"]), row["learner_id"]) for row in rows
    }


def _columns(tallies: list[Tally]) -> tuple[list[str], list[int], list[str], list[str]]:
    return (
        [tally.lesson_id for tally in tallies],
        [tally.revision for tally in tallies],
        [tally.kind for tally in tallies],
        [tally.name for tally in tallies],
    )
