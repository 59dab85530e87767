"""The viewers of the analytics benchmark: a lesson that so many have watched, as the worker leaves its tables."""

import random
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import UUID

from contracts import ProgressAdvanced
from servicekit import database

DURATION_S, SHARDS, LESSON, COURSE, OWNER = 3_600, 12, "lesson-0", "course-1", "owner"
_WATCHED_MS = 10_000

# Each viewer has watched from a place of the first half to one of the second, and every third a minute of it again.
_POPULATE = (
    "INSERT INTO courses VALUES ('course-1', 1, 'owner', 'A course', false, now())",
    """
    INSERT INTO lessons (lesson_id, version, course_id, title, position, duration_ms, deleted, changed_at)
    SELECT 'lesson-' || n, 1, 'course-1', 'A lesson', n, 3600000, false, now() FROM generate_series(0, 4) n
    """,
    """
    CREATE TEMPORARY TABLE watchings AS
    SELECT n, (hashint4(n)::bigint & 2147483647) % 1800000 AS start_ms,
           1800000 + (hashint4(-n)::bigint & 2147483647) % 1740000 AS end_ms, n % 12 AS shard
    FROM generate_series(0, $1::int - 1) n
    """,
    """
    INSERT INTO learner_lessons (lesson_id, learner_id, applied, covered, viewing, covered_ms, replayed_ms, spent_ms,
                                 last_watched_at)
    SELECT 'lesson-0', 'learner-' || n, '{[1,2)}', int8multirange(int8range(start_ms, end_ms)),
           int8multirange(int8range(1767225600000 + 60000::bigint * (n % 40000),
               1767230000000 + 60000::bigint * (n % 40000))),
           end_ms - start_ms, CASE WHEN n % 3 = 0 THEN 60000 ELSE 0 END, end_ms - start_ms,
           '2026-01-30T00:00:00Z'
    FROM watchings
    """,
    """
    INSERT INTO retention_cells (lesson_id, video_revision, shard, second, edges, late_ms, again_edges, again_late_ms)
    SELECT 'lesson-0', 1, shard, (at_ms / 1000)::int, sum(edge), sum(edge * (at_ms % 1000)), sum(again),
           sum(again * (at_ms % 1000))
    FROM (
        SELECT shard, start_ms AS at_ms, 1 AS edge, (n % 3 = 0)::int AS again FROM watchings
        UNION ALL SELECT shard, end_ms, -1, 0 FROM watchings
        UNION ALL SELECT shard, start_ms + 60000, 0, -1 FROM watchings WHERE n % 3 = 0
    ) edges
    GROUP BY 3, 4
    """,
    """
    INSERT INTO lesson_totals (lesson_id, shard, views, viewers, completions, completed_viewers, covered_ms,
                               replayed_ms, spent_ms, as_of)
    SELECT 'lesson-0', shard, count(*), count(*), 0, 0, sum(end_ms - start_ms),
           sum(CASE WHEN n % 3 = 0 THEN 60000 ELSE 0 END), sum(end_ms - start_ms), now()
    FROM watchings GROUP BY shard
    """,
    "DROP TABLE watchings",
)


async def build(admin_url: str, viewers: int) -> None:
    """A lesson of an hour with so many viewers, and four that nobody watched."""
    pool = await database.create_pool(admin_url, application_name="bench", max_size=1, command_timeout=1800)
    try:
        async with pool.acquire() as conn:
            for statement in _POPULATE:
                await conn.execute(statement, *([viewers] if "$1" in statement else []), timeout=1800)
            await conn.execute("VACUUM ANALYZE", timeout=1800)
    finally:
        await pool.close()


def credits(viewers: int, count: int) -> Iterator[ProgressAdvanced]:
    """So many events of random ones among the viewers, each of ten seconds watched again or for the first time."""
    chance, versions = random.Random(7), dict[int, int]()
    now = datetime.fromtimestamp(time.time(), UTC)
    for _ in range(count):
        n = chance.randrange(viewers)
        version = versions[n] = versions.get(n, 1) + 1
        start = chance.randrange(DURATION_S * 1000 - _WATCHED_MS)
        part = ((start, start + _WATCHED_MS),)
        yield ProgressAdvanced(
            learner_id=f"learner-{n}",
            lesson_id=LESSON,
            course_id=COURSE,
            session_id=UUID(int=n + 1),
            covered=() if version % 3 == 0 else part,
            replayed=part if version % 3 == 0 else (),
            live_ms=_WATCHED_MS,
            spent_ms=_WATCHED_MS,
            coverage=0.5,
            watched_at=now - timedelta(seconds=chance.randrange(600)),
            version=version,
        )
