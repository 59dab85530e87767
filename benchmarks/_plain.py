"""The plain ways of counting what was watched: a statement for each event, its own commit, on one connection.

`UPDATES` is what everybody writes first: two counters of the lesson. `WITH_A_CURVE` knows its viewers, too, and counts
each second that was watched. Neither notices an event that comes twice, and neither knows views, replays or days: in
their favour.
"""

import asyncio
import random
import time
from contextlib import ExitStack

from benchmarks._viewers import DURATION_S
from servicekit import database
from tests.databases import Postgres

LESSONS, VIEWERS, WATCHED_S = 5, 10_000, 10

_TABLES = (
    "CREATE TABLE plain (lesson_id text PRIMARY KEY, events bigint, watched_ms bigint, spent_ms bigint)"
    " WITH (fillfactor = 50)",
    "CREATE TABLE plain_viewers (lesson_id text, learner_id text, PRIMARY KEY (lesson_id, learner_id))",
    "CREATE TABLE plain_seconds (lesson_id text, second integer, times bigint, PRIMARY KEY (lesson_id, second))"
    " WITH (fillfactor = 50)",
)
_ROWS = (
    "INSERT INTO plain SELECT 'lesson-' || n, 0, 0, 0 FROM generate_series(0, $1::integer - 1) n",
    "INSERT INTO plain_seconds SELECT 'lesson-' || n, s, 0"
    " FROM generate_series(0, $1::integer - 1) n, generate_series(0, 3599) s",
)
_UPDATE = """
UPDATE plain SET events = events + 1, watched_ms = watched_ms + 10000, spent_ms = spent_ms + 10000 WHERE lesson_id = $1
"""
_WITH_A_CURVE = f"""
WITH seen AS (INSERT INTO plain_viewers VALUES ($1, $2) ON CONFLICT DO NOTHING), counted AS ({_UPDATE})
UPDATE plain_seconds SET times = times + 1 WHERE lesson_id = $1 AND second >= $3::integer AND second < $3::integer + 10
"""


async def rates(postgres: Postgres, stack: ExitStack, events: int) -> tuple[float, float]:
    """Events a second of each way, over the lessons in turn and viewers at random."""
    db = await asyncio.to_thread(postgres.create, "analytics", migrated=False)
    stack.callback(postgres.drop, db)
    chance = random.Random(8)
    pool = await database.create_pool(db.owner_url, application_name="bench", max_size=1)
    try:
        async with pool.acquire() as conn:
            for statement in _TABLES:
                await conn.execute(statement)
            for statement in _ROWS:
                await conn.execute(statement, LESSONS)
            update, with_a_curve = await conn.prepare(_UPDATE), await conn.prepare(_WITH_A_CURVE)
            started = time.perf_counter()
            for number in range(events):
                await update.fetch(f"lesson-{number % LESSONS}")
            between = time.perf_counter()
            for number in range(events):
                viewer, second = chance.randrange(VIEWERS), chance.randrange(DURATION_S - WATCHED_S)
                await with_a_curve.fetch(f"lesson-{number % LESSONS}", f"learner-{viewer}", second)
            return events / (between - started), events / (time.perf_counter() - between)
    finally:
        await pool.close()
