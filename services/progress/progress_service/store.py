"""What the worker reads and writes: whole batches in a few statements, every one in key order.

The row of a learner's clock is the lock on everything that is that learner's. Multiranges travel as text, because an
array of lists would be read as a matrix.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from asyncpg import Record

from progress_service.habits import Habits
from progress_service.ledger import LessonKey, SessionKey
from progress_service.ranges import Ranges
from progress_service.state import Clock, Lesson, Session
from servicekit.database import Connection

if TYPE_CHECKING:
    from asyncpg import Range as Bounds


def to_ranges(multirange: Iterable["Bounds[int]"]) -> Ranges:
    """A multirange as asyncpg reads it."""
    return tuple((part.lower, part.upper) for part in multirange)  # type: ignore[misc]


def to_text(ranges: Ranges) -> str:
    """A multirange's literal."""
    return "{" + ",".join(f"[{start},{end})" for start, end in ranges) + "}"


def _array(numbers: Sequence[int]) -> str:
    """An array's literal; many of them travel as texts, like multiranges."""
    return "{" + ",".join(map(str, numbers)) + "}"


def columns(rows: Iterable[Sequence[Any]], count: int) -> list[list[Any]]:
    """Rows turned into `count` arrays for unnest."""
    return [list(column) for column in zip(*rows, strict=True)] or [[] for _ in range(count)]


async def lock_clocks(conn: Connection, learners: Iterable[str]) -> dict[str, Clock]:
    """The learners' clocks, made if missing, locked in order: with them everything that is theirs."""
    ids = sorted(set(learners))
    await conn.execute(
        "INSERT INTO learner_clocks (learner_id) SELECT unnest($1::text[]) ORDER BY 1 ON CONFLICT DO NOTHING", ids
    )
    rows = await conn.fetch(
        """
        SELECT learner_id, spent, pruned_before_ms FROM learner_clocks
        WHERE learner_id = ANY($1::text[]) ORDER BY learner_id FOR UPDATE
        """,
        ids,
    )
    return {row["learner_id"]: Clock(to_ranges(row["spent"]), row["pruned_before_ms"]) for row in rows}


async def sessions(conn: Connection, keys: Iterable[SessionKey]) -> dict[SessionKey, Session]:
    """Those of the sessions that are known."""
    learners, ids = columns(sorted(set(keys)), 2)
    rows = await conn.fetch(
        """
        SELECT s.* FROM unnest($1::text[], $2::uuid[]) AS k (learner_id, session_id)
        JOIN watch_sessions s USING (learner_id, session_id)
        """,
        learners,
        ids,
    )
    return {
        (row["learner_id"], row["session_id"]): Session(
            to_ranges(row["seqs"]), row["skew_ms"], row["granted_at_ms"], row["expires_at_ms"], row["last_beat_ms"]
        )
        for row in rows
    }


async def forget_sessions(conn: Connection, *, before_ms: int, limit: int) -> int:
    """Delete up to `limit` sessions that ended before that time (epoch ms). Returns how many."""
    done: str = await conn.execute(
        """
        DELETE FROM watch_sessions WHERE (learner_id, session_id) IN (
            SELECT learner_id, session_id FROM watch_sessions
            WHERE expires_at_ms < $1 AND coalesce(last_beat_ms, 0) < $1 LIMIT $2
        )
        """,
        before_ms,
        limit,
    )
    return int(done.rpartition(" ")[2])


async def lessons(conn: Connection, keys: Iterable[LessonKey]) -> dict[LessonKey, Lesson]:
    """What the learners have in those lessons."""
    learners, ids = columns(sorted(set(keys)), 2)
    rows = await conn.fetch(
        """
        SELECT p.* FROM unnest($1::text[], $2::text[]) AS k (learner_id, lesson_id)
        JOIN lesson_progress p USING (learner_id, lesson_id)
        """,
        learners,
        ids,
    )
    return {(row["learner_id"], row["lesson_id"]): to_lesson(row) for row in rows}


def to_lesson(row: Record) -> Lesson:
    """A row of lesson_progress."""
    return Lesson(
        course_id=row["course_id"],
        attempt=row["attempt"],
        revision=row["revision"],
        covered=to_ranges(row["covered"]),
        live_ms=row["live_ms"],
        late_ms=row["late_ms"],
        hidden_ms=row["hidden_ms"],
        spent_ms=row["spent_ms"],
        former_spent_ms=row["former_spent_ms"],
        earlier_spent_ms=row["earlier_spent_ms"],
        cuts=row["cuts"],
        position_ms=row["position_ms"],
        position_at_ms=row["position_at_ms"],
        duration_ms=row["duration_ms"],
        version=row["version"],
        completed_at_ms=row["completed_at_ms"],
        habits=Habits(row["began_ms"], row["fast_ms"], row["signs"], tuple(row["lengths"])),
    )


async def save_clocks(conn: Connection, clocks: Mapping[str, Clock]) -> None:
    """Write clocks that `lock_clocks` gave."""
    await conn.execute(
        """
        UPDATE learner_clocks AS c SET spent = n.spent::int8multirange, pruned_before_ms = n.pruned_before_ms
        FROM unnest($1::text[], $2::text[], $3::bigint[]) AS n (learner_id, spent, pruned_before_ms)
        WHERE c.learner_id = n.learner_id
        """,
        *columns([(learner, to_text(clock.spent), clock.pruned_before_ms) for learner, clock in clocks.items()], 3),
    )


async def save_sessions(
    conn: Connection, changed: Mapping[SessionKey, Session], lesson_of: Mapping[SessionKey, tuple[str, int]]
) -> None:
    """Write sessions of learners whose clocks are locked. `lesson_of` tells of each its lesson and attempt."""
    rows = [
        (learner, session_id, *lesson_of[learner, session_id], to_text(session.seqs), session.skew_ms,
         session.granted_at_ms, session.expires_at_ms, session.last_beat_ms)
        for (learner, session_id), session in sorted(changed.items())
    ]  # fmt: skip
    await conn.execute(
        """
        INSERT INTO watch_sessions
            (learner_id, session_id, lesson_id, attempt, seqs, skew_ms, granted_at_ms, expires_at_ms, last_beat_ms)
        SELECT learner_id, session_id, lesson_id, attempt, seqs::int4multirange, skew_ms, granted_at_ms,
            expires_at_ms, last_beat_ms
        FROM unnest($1::text[], $2::uuid[], $3::text[], $4::int[], $5::text[], $6::bigint[], $7::bigint[],
            $8::bigint[], $9::bigint[])
            AS n (learner_id, session_id, lesson_id, attempt, seqs, skew_ms, granted_at_ms, expires_at_ms,
                  last_beat_ms)
        ON CONFLICT (learner_id, session_id) DO UPDATE SET
            seqs = excluded.seqs, skew_ms = excluded.skew_ms, granted_at_ms = excluded.granted_at_ms,
            expires_at_ms = excluded.expires_at_ms, last_beat_ms = excluded.last_beat_ms
        """,
        *columns(rows, 9),
    )


async def save_lessons(conn: Connection, changed: Mapping[LessonKey, Lesson]) -> None:
    """Write lessons of learners whose clocks are locked."""
    rows = [
        (learner, lesson_id, lesson.course_id, to_text(lesson.covered), lesson.coverage, lesson.live_ms, lesson.late_ms,
         lesson.spent_ms, dict(lesson.cuts), lesson.position_ms, lesson.position_at_ms, lesson.duration_ms,
         lesson.version, lesson.completed_at_ms, lesson.revision, lesson.former_spent_ms, lesson.hidden_ms,
         lesson.attempt, lesson.earlier_spent_ms, lesson.habits.began_ms, lesson.habits.fast_ms, lesson.habits.signs,
         _array(lesson.habits.lengths))
        for (learner, lesson_id), lesson in sorted(changed.items())
    ]  # fmt: skip
    await conn.execute(
        """
        INSERT INTO lesson_progress
            (learner_id, lesson_id, course_id, covered, coverage, live_ms, late_ms, spent_ms, cuts, position_ms,
             position_at_ms, duration_ms, version, completed_at_ms, revision, former_spent_ms, hidden_ms, attempt,
             earlier_spent_ms, began_ms, fast_ms, signs, lengths)
        SELECT learner_id, lesson_id, course_id, covered::int4multirange, coverage, live_ms, late_ms, spent_ms, cuts,
            position_ms, position_at_ms, duration_ms, version, completed_at_ms, revision, former_spent_ms, hidden_ms,
            attempt, earlier_spent_ms, began_ms, fast_ms, signs, lengths::int[]
        FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::float8[], $6::bigint[], $7::bigint[],
            $8::bigint[], $9::jsonb[], $10::int[], $11::bigint[], $12::int[], $13::bigint[], $14::bigint[],
            $15::bigint[], $16::bigint[], $17::bigint[], $18::int[], $19::bigint[],
            $20::bigint[], $21::bigint[], $22::int[], $23::text[])
            AS n (learner_id, lesson_id, course_id, covered, coverage, live_ms, late_ms, spent_ms, cuts, position_ms,
                  position_at_ms, duration_ms, version, completed_at_ms, revision, former_spent_ms, hidden_ms,
                  attempt, earlier_spent_ms, began_ms, fast_ms, signs, lengths)
        ON CONFLICT (learner_id, lesson_id) DO UPDATE SET
            course_id = excluded.course_id, covered = excluded.covered, coverage = excluded.coverage,
            live_ms = excluded.live_ms, late_ms = excluded.late_ms, spent_ms = excluded.spent_ms,
            cuts = excluded.cuts, position_ms = excluded.position_ms, position_at_ms = excluded.position_at_ms,
            duration_ms = excluded.duration_ms, version = excluded.version, revision = excluded.revision,
            former_spent_ms = excluded.former_spent_ms, hidden_ms = excluded.hidden_ms, attempt = excluded.attempt,
            earlier_spent_ms = excluded.earlier_spent_ms, began_ms = excluded.began_ms, fast_ms = excluded.fast_ms,
            signs = excluded.signs, lengths = excluded.lengths,
            completed_at_ms = CASE WHEN lesson_progress.attempt = excluded.attempt
                THEN coalesce(lesson_progress.completed_at_ms, excluded.completed_at_ms)
                ELSE excluded.completed_at_ms END
        """,
        *columns(rows, 23),
    )
