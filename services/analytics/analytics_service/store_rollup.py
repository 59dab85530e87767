"""Learners, sessions, totals and cells: read under lock, written back by the batch, rows in key order."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from analytics_service.changes import CellKey, Changes, Key, Shard
from analytics_service.retention import Cell
from analytics_service.rollup import LearnerLesson, Session, Totals
from analytics_service.spans import Spans
from servicekit.database import Connection

_NOTHING: tuple[int, Spans] = (0, ())


async def lock_learners(
    conn: Connection, keys: Collection[Key], sessions: Collection[UUID] = ()
) -> dict[Key, LearnerLesson]:
    """These learners in these lessons, with those of the sessions that exist; created if new, locked until the end."""
    ordered = sorted(keys)
    lessons, learners = [key.lesson_id for key in ordered], [key.learner_id for key in ordered]
    await conn.execute(
        """
        INSERT INTO learner_lessons (lesson_id, learner_id)
        SELECT * FROM unnest($1::text[], $2::text[]) AS k(lesson_id, learner_id) ORDER BY 1, 2
        ON CONFLICT DO NOTHING
        """,
        lessons,
        learners,
    )
    rows = await conn.fetch(
        """
        SELECT l.lesson_id, l.learner_id, l.applied, l.viewing, l.covered_ms, l.replayed_ms, l.completed_at
        FROM learner_lessons l JOIN unnest($1::text[], $2::text[]) AS k(lesson_id, learner_id)
            USING (lesson_id, learner_id)
        ORDER BY l.lesson_id, l.learner_id FOR UPDATE OF l
        """,
        lessons,
        learners,
    )
    known = await _sessions(conn, lessons, learners, sessions) if sessions else {}
    return {
        key: LearnerLesson(
            applied=_spans(row["applied"]),
            viewing=_spans(row["viewing"]),
            covered_ms=row["covered_ms"],
            replayed_ms=row["replayed_ms"],
            completed=row["completed_at"] is not None,
            sessions=known.get(key, {}),
        )
        for row in rows
        for key in (Key(row["lesson_id"], row["learner_id"]),)
    }


async def _sessions(
    conn: Connection, lessons: Sequence[str], learners: Sequence[str], sessions: Collection[UUID]
) -> dict[Key, dict[UUID, Session]]:
    rows = await conn.fetch(
        """
        SELECT lesson_id, learner_id, session_id, credited_ms, first_ms, last_ms
        FROM watch_sessions JOIN unnest($1::text[], $2::text[]) AS k(lesson_id, learner_id)
            USING (lesson_id, learner_id)
        WHERE session_id = ANY($3::uuid[])
        """,
        lessons,
        learners,
        list(sessions),
    )
    found: dict[Key, dict[UUID, Session]] = {}
    for row in rows:
        of_learner = found.setdefault(Key(row["lesson_id"], row["learner_id"]), {})
        # asyncpg's own UUID compares like Python's but is not equal in type
        of_learner[UUID(int=row["session_id"].int)] = Session(row["credited_ms"], row["first_ms"], row["last_ms"])
    return found


async def save(conn: Connection, changes: Changes) -> None:
    """Write what a batch changed, into rows that `lock_learners` has locked."""
    if changes.learners:
        await _save_learners(conn, changes)
    await _save_sessions(conn, changes.learners)
    await _add_totals(conn, changes.totals, changes.as_of)
    await _add_cells(conn, changes.cells)


async def _save_learners(conn: Connection, changes: Changes) -> None:
    keys = sorted(changes.learners)
    states = [changes.learners[key] for key in keys]
    await conn.execute(
        """
        UPDATE learner_lessons l SET
            applied = n.applied::int8multirange, viewing = n.viewing::int8multirange,
            covered = CASE WHEN n.video_revision = l.video_revision THEN l.covered + n.covered::int8multirange
                           WHEN n.video_revision > l.video_revision THEN n.covered::int8multirange
                           ELSE l.covered END,
            video_revision = greatest(l.video_revision, n.video_revision),
            covered_ms = n.covered_ms, replayed_ms = n.replayed_ms,
            last_watched_at = greatest(l.last_watched_at, n.last_watched_at),
            completed_at = least(l.completed_at, n.completed_at)
        FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::bigint[], $7::bigint[],
                    $8::timestamptz[], $9::timestamptz[], $10::bigint[])
            AS n(lesson_id, learner_id, applied, viewing, covered, covered_ms, replayed_ms, last_watched_at,
                 completed_at, video_revision)
        WHERE l.lesson_id = n.lesson_id AND l.learner_id = n.learner_id
        """,
        [key.lesson_id for key in keys],
        [key.learner_id for key in keys],
        [_multirange(state.applied) for state in states],
        [_multirange(state.viewing) for state in states],
        [_multirange(changes.covered.get(key, _NOTHING)[1]) for key in keys],
        [state.covered_ms for state in states],
        [state.replayed_ms for state in states],
        [changes.last_watched_at.get(key) for key in keys],
        [changes.completed_at.get(key) for key in keys],
        [changes.covered.get(key, _NOTHING)[0] for key in keys],
    )


async def _save_sessions(conn: Connection, learners: Mapping[Key, LearnerLesson]) -> None:
    rows = sorted(
        (key, session_id, session)
        for key, learner in learners.items()
        for session_id, session in learner.sessions.items()
    )
    if not rows:
        return
    await conn.execute(
        """
        INSERT INTO watch_sessions (lesson_id, learner_id, session_id, credited_ms, first_ms, last_ms)
        SELECT * FROM unnest($1::text[], $2::text[], $3::uuid[], $4::bigint[], $5::bigint[], $6::bigint[])
        ON CONFLICT (lesson_id, learner_id, session_id) DO UPDATE SET
            credited_ms = excluded.credited_ms, first_ms = excluded.first_ms, last_ms = excluded.last_ms
        """,
        [key.lesson_id for key, _, _ in rows],
        [key.learner_id for key, _, _ in rows],
        [session_id for _, session_id, _ in rows],
        [session.credited_ms for _, _, session in rows],
        [session.first_ms for _, _, session in rows],
        [session.last_ms for _, _, session in rows],
    )


async def _add_totals(conn: Connection, totals: Mapping[Shard, Totals], as_of: Mapping[Shard, datetime]) -> None:
    if not totals:
        return
    shards = sorted(totals)
    columns = zip(*(totals[shard].values for shard in shards), strict=True)
    await conn.execute(
        """
        INSERT INTO lesson_totals AS t (lesson_id, shard, as_of, views, viewers, completions, completed_viewers,
                                        covered_ms, replayed_ms)
        SELECT * FROM unnest($1::text[], $2::integer[], $3::timestamptz[], $4::bigint[], $5::bigint[], $6::bigint[],
                             $7::bigint[], $8::bigint[], $9::bigint[])
        ON CONFLICT (lesson_id, shard) DO UPDATE SET
            as_of = greatest(t.as_of, excluded.as_of),
            views = t.views + excluded.views, viewers = t.viewers + excluded.viewers,
            completions = t.completions + excluded.completions,
            completed_viewers = t.completed_viewers + excluded.completed_viewers,
            covered_ms = t.covered_ms + excluded.covered_ms, replayed_ms = t.replayed_ms + excluded.replayed_ms
        """,
        [shard.lesson_id for shard in shards],
        [shard.number for shard in shards],
        [as_of[shard] for shard in shards],
        *(list(column) for column in columns),
    )


async def _add_cells(conn: Connection, cells: Mapping[CellKey, Cell]) -> None:
    if not cells:
        return
    keys = sorted(cells)
    await conn.execute(
        """
        INSERT INTO retention_cells AS c (lesson_id, video_revision, layer, shard, second, edges, late_ms)
        SELECT * FROM unnest($1::text[], $2::bigint[], $3::integer[], $4::integer[], $5::integer[], $6::bigint[],
                             $7::bigint[])
        ON CONFLICT (lesson_id, video_revision, layer, shard, second) DO UPDATE SET
            edges = c.edges + excluded.edges, late_ms = c.late_ms + excluded.late_ms
        """,
        [key.lesson_id for key in keys],
        [key.revision for key in keys],
        [key.layer for key in keys],
        [key.shard for key in keys],
        [key.second for key in keys],
        [cells[key].edges for key in keys],
        [cells[key].late_ms for key in keys],
    )


def _spans(multirange: Iterable[Any]) -> Spans:
    return tuple((part.lower, part.upper) for part in multirange)


def _multirange(spans: Spans) -> str:
    """As text, because asyncpg takes a list of multiranges for an array of two dimensions."""
    return "{" + ",".join(f"[{start},{end})" for start, end in spans) + "}"
