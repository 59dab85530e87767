"""The learners of the fold benchmark: each with a lesson that was watched before, and requests that go on watching."""

import hashlib
import random
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from uuid import UUID

from contracts import WatchProgress
from contracts import learning as contract
from servicekit import database

LESSONS_EACH, BEATS_EACH, BEAT_MS, DURATION_MS = 5, 10, 10_000, 1_800_000
NOW_MS = time.time_ns() // 1_000_000

_POPULATE = (
    """
    INSERT INTO learner_clocks (learner_id, spent)
    SELECT 'learner-' || n, int8multirange(int8range($2::bigint - 28800000, $2::bigint - 28700000))
    FROM generate_series(0, $1::int / 5 - 1) n
    """,
    """
    INSERT INTO lesson_progress (learner_id, lesson_id, course_id, covered, coverage, live_ms, late_ms, spent_ms, cuts,
        position_ms, position_at_ms, duration_ms, version)
    SELECT 'learner-' || n / 5, 'lesson-' || n % 5, 'course-1', '{}', 0, 0, 0, 0, '{}', 100000, $2::bigint - 28700000,
        1800000, 1
    FROM generate_series(0, $1::int - 1) n
    """,
    """
    INSERT INTO watch_sessions (learner_id, session_id, lesson_id, seqs, skew_ms, granted_at_ms, expires_at_ms)
    SELECT 'learner-' || n / 5, md5(n::text)::uuid, 'lesson-' || n % 5, '{}', 0, $2::bigint - 7200000, $2::bigint
    FROM generate_series(0, $1::int - 1) n
    """,
    """
    INSERT INTO lesson_rules (lesson_id, course_id, version, title, position, required, deleted, duration_ms,
        required_segments, quiz_required)
    SELECT 'lesson-' || n, 'course-1', 1, 'A lesson', n, true, false, 1800000, '{}', false
    FROM generate_series(0, $1::int * 0 + 4) n WHERE $2::bigint > 0
    """,
)


@dataclass(frozen=True, slots=True)
class Beat:
    learner: str
    lesson: str
    session: UUID
    seq: int
    at_ms: int
    start_ms: int
    end_ms: int


@dataclass(frozen=True)
class Request:
    """Ten beats of ten seconds each, one after the other, reported as the last of them ends."""

    key: str
    lesson: str
    session: UUID
    turn: int

    @cached_property
    def beats(self) -> list[Beat]:
        return [self._beat(self.turn * BEATS_EACH + n) for n in range(BEATS_EACH)]

    def _beat(self, seq: int) -> Beat:
        lesson_began = NOW_MS - 3_600_000 * (1 + int(self.lesson[-1]))
        start = seq * BEAT_MS % DURATION_MS
        return Beat(
            self.key, self.lesson, self.session, seq, lesson_began + (seq + 1) * BEAT_MS, start, start + BEAT_MS
        )

    @property
    def value(self) -> bytes:
        last = self.beats[-1].at_ms
        event = WatchProgress(
            learner_id=self.key,
            lesson_id=self.lesson,
            course_id="course-1",
            session_id=self.session,
            duration_ms=DURATION_MS,
            granted_at_ms=NOW_MS - 6 * 3_600_000,
            expires_at_ms=NOW_MS + 3_600_000,
            received_at_ms=last,
            sent_at_ms=last,
            beats=tuple(
                contract.Beat(
                    seq=beat.seq,
                    since_ms=beat.at_ms - BEAT_MS,
                    at_ms=beat.at_ms,
                    position_ms=beat.end_ms,
                    segments=((beat.start_ms, beat.end_ms),),
                )
                for beat in self.beats
            ),
        )
        return event.to_json()


def key(n: int) -> tuple[str, str]:
    """The learner and the lesson of the n-th row."""
    return f"learner-{n // LESSONS_EACH}", f"lesson-{n % LESSONS_EACH}"


def requests(size: int, count: int) -> Iterator[Request]:
    """Requests of random ones among so many learner-lessons, each going on where the last of the same left off."""
    chance, turns = random.Random(6), dict[int, int]()
    for _ in range(count):
        n = chance.randrange(size)
        turn = turns[n] = turns.get(n, -1) + 1
        session = UUID(hashlib.md5(str(n).encode()).hexdigest())
        yield Request(*key(n), session, turn)


async def build(admin_url: str, size: int) -> None:
    """So many learner-lessons, five of each learner."""
    pool = await database.create_pool(admin_url, application_name="bench", max_size=1, command_timeout=600)
    try:
        for statement in _POPULATE:
            await pool.execute(statement, size, NOW_MS, timeout=600)
        await pool.execute("VACUUM ANALYZE", timeout=600)
    finally:
        await pool.close()
