"""What each learner did in each lesson: read under lock, rows in key order, and written back by the batch."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from analytics_service.changes import Key
from analytics_service.multiranges import as_text, spans_of
from analytics_service.retention import Cell, Cells
from analytics_service.rollup import LearnerLesson, Session
from servicekit.database import Connection


async def lock_learners(
    conn: Connection, keys: Collection[Key], sessions: Collection[tuple[Key, UUID]] = ()
) -> dict[Key, LearnerLesson]:
    """These learners in these lessons, with those of the sessions that exist; created if new, locked until the end."""
    ordered = sorted(keys)
    lessons, learners = [key.lesson_id for key in ordered], [key.learner_id for key in ordered]
    await conn.execute(
        """
        INSERT INTO learner_lessons (lesson_id, learner_id)
        SELECT * FROM unnest($1::text[], $2::text[]) AS k(lesson_id, learner_id)
        WHERE NOT EXISTS (SELECT FROM learner_lessons l WHERE (l.lesson_id, l.learner_id) = (k.lesson_id, k.learner_id))
        ORDER BY 1, 2
        ON CONFLICT DO NOTHING
        """,
        lessons,
        learners,
    )
    rows = await conn.fetch(
        """
        SELECT l.lesson_id, l.learner_id, l.applied, l.viewing, l.covered, l.video_revision, l.again_seconds,
               l.again_edges, l.again_late_ms, l.covered_ms, l.replayed_ms, l.spent_ms, l.completed_at
        FROM learner_lessons l JOIN unnest($1::text[], $2::text[]) AS k(lesson_id, learner_id)
            USING (lesson_id, learner_id)
        ORDER BY l.lesson_id, l.learner_id FOR UPDATE OF l
        """,
        lessons,
        learners,
    )
    known = await _sessions(conn, sessions) if sessions else {}
    return {
        key: LearnerLesson(
            applied=spans_of(row["applied"]),
            viewing=spans_of(row["viewing"]),
            covered=spans_of(row["covered"]),
            again=_cells(row["again_seconds"], row["again_edges"], row["again_late_ms"]),
            revision=row["video_revision"],
            covered_ms=row["covered_ms"],
            replayed_ms=row["replayed_ms"],
            spent_ms=row["spent_ms"],
            completed_at=row["completed_at"],
            sessions=known.get(key, {}),
        )
        for row in rows
        for key in (Key(row["lesson_id"], row["learner_id"]),)
    }


async def _sessions(conn: Connection, sessions: Collection[tuple[Key, UUID]]) -> dict[Key, dict[UUID, Session]]:
    rows = await conn.fetch(
        """
        SELECT lesson_id, learner_id, session_id, credited_ms, first_ms, last_ms
        FROM watch_sessions JOIN unnest($1::text[], $2::text[], $3::uuid[]) AS k(lesson_id, learner_id, session_id)
            USING (lesson_id, learner_id, session_id)
        """,
        [key.lesson_id for key, _ in sessions],
        [key.learner_id for key, _ in sessions],
        [session_id for _, session_id in sessions],
    )
    found: dict[Key, dict[UUID, Session]] = {}
    for row in rows:
        of_learner = found.setdefault(Key(row["lesson_id"], row["learner_id"]), {})
        # asyncpg's own UUID compares like Python's but is not equal in type
        of_learner[UUID(int=row["session_id"].int)] = Session(row["credited_ms"], row["first_ms"], row["last_ms"])
    return found


async def save_learners(
    conn: Connection, learners: Mapping[Key, LearnerLesson], last_watched_at: Mapping[Key, datetime]
) -> None:
    """Write these learners and their sessions, in rows that `lock_learners` has locked."""
    if not learners:
        return
    keys = sorted(learners)
    states = [learners[key] for key in keys]
    await conn.execute(
        """
        UPDATE learner_lessons l SET
            applied = n.applied::int8multirange, viewing = n.viewing::int8multirange,
            covered = n.covered::int8multirange, video_revision = n.video_revision,
            again_seconds = n.again_seconds::integer[], again_edges = n.again_edges::bigint[],
            again_late_ms = n.again_late_ms::bigint[],
            covered_ms = n.covered_ms, replayed_ms = n.replayed_ms, spent_ms = n.spent_ms,
            last_watched_at = greatest(l.last_watched_at, n.last_watched_at), completed_at = n.completed_at
        FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::bigint[], $7::text[], $8::text[],
                    $9::text[], $10::bigint[], $11::bigint[], $12::bigint[], $13::timestamptz[], $14::timestamptz[])
            AS n(lesson_id, learner_id, applied, viewing, covered, video_revision, again_seconds, again_edges,
                 again_late_ms, covered_ms, replayed_ms, spent_ms, last_watched_at, completed_at)
        WHERE l.lesson_id = n.lesson_id AND l.learner_id = n.learner_id
        """,
        [key.lesson_id for key in keys],
        [key.learner_id for key in keys],
        [as_text(state.applied) for state in states],
        [as_text(state.viewing) for state in states],
        [as_text(state.covered) for state in states],
        [state.revision for state in states],
        [_array(state.again) for state in states],
        [_array(cell.edges for cell in state.again.values()) for state in states],
        [_array(cell.late_ms for cell in state.again.values()) for state in states],
        [state.covered_ms for state in states],
        [state.replayed_ms for state in states],
        [state.spent_ms for state in states],
        [last_watched_at.get(key) for key in keys],
        [state.completed_at for state in states],
    )
    await _save_sessions(conn, learners)


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


def _cells(seconds: Sequence[int], edges: Sequence[int], late_ms: Sequence[int]) -> Cells:
    return {second: Cell(*cell) for second, *cell in zip(seconds, edges, late_ms, strict=True)}


def _array(numbers: Iterable[int]) -> str:
    """As text, because arrays of many lengths cannot be the rows of one."""
    return "{" + ",".join(map(str, numbers)) + "}"
