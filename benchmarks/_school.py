"""The school of the playback benchmark: courses, lessons, learners who are enrolled in all of them, and who asks."""

import random
from pathlib import Path

from benchmarks import _wrk
from benchmarks._wrk import Load
from servicekit import database
from servicekit.auth import issue_token
from tests.databases import Database

SECRET = "the bearer secret of the benchmark, long enough"
COURSES, LESSONS_EACH, LEARNERS, REQUESTS = 20, 10, 5_000, 40_000


async def build(db: Database, folder: Path) -> tuple[Path, dict[str, Path]]:
    """Courses, lessons and learners who are enrolled in all courses; then the requests, in no order."""
    pool = await database.create_pool(db.app_url, application_name="bench", max_size=1)
    try:
        async with database.transaction(pool) as conn:
            await conn.execute(
                """
                INSERT INTO courses (course_id, owner_id, published, public, deleted, version)
                SELECT 'c' || c, 'owner', true, false, false, 1 FROM generate_series(1, $1::int) c
                """,
                COURSES,
            )
            await conn.execute(
                """
                INSERT INTO playable_lessons (lesson_id, course_id, title, processing_status, provider, playback_id,
                                              policy, duration_ms, deleted, version)
                SELECT format('c%s-l%s', c, l), 'c' || c, 'A lesson', 'ready', 'mux', md5(format('c%s-l%s', c, l)),
                       'signed', 1800000, false, 1
                FROM generate_series(1, $1::int) c, generate_series(1, $2::int) l
                """,
                COURSES,
                LESSONS_EACH,
            )
            await conn.execute(
                """
                INSERT INTO enrollments (learner_id, course_id, status, version, changed_at)
                SELECT 'learner-' || n, 'c' || c, 'active', 1, now()
                FROM generate_series(1, $1::int) n, generate_series(1, $2::int) c
                """,
                LEARNERS,
                COURSES,
            )
    finally:
        await pool.close()
    chance = random.Random(20)
    bearers = [f"Bearer {issue_token(SECRET, f'learner-{n}', 'learner')}" for n in range(1, LEARNERS + 1)]
    asked = [
        (chance.randrange(LEARNERS), f"c{chance.randint(1, COURSES)}-l{chance.randint(1, LESSONS_EACH)}")
        for _ in range(REQUESTS)
    ]
    ours = [(f"/api/videos/{lesson}/playback", "Authorization", bearers[n]) for n, lesson in asked]
    theirs = {
        kind: _wrk.write(folder / kind, [(f"/{kind}/{lesson}", "X-User", f"learner-{n + 1}") for n, lesson in asked])
        for kind in ("one", "three")
    }
    return _wrk.write(folder / "ours", ours), theirs


async def set_policy(db: Database, tokens: str) -> None:
    pool = await database.create_pool(db.app_url, application_name="bench", max_size=1)
    try:
        await pool.execute(
            """
            INSERT INTO course_policies (course_id, tokens, changed_by) SELECT course_id, $1::text, 'bench' FROM courses
            ON CONFLICT (course_id) DO UPDATE SET tokens = excluded.tokens
            """,
            tokens,
        )
    finally:
        await pool.close()


async def check(db: Database, loads: list[Load], *, unheard: int) -> None:
    """Every answer has its audit row and its event. Of each load so many may have been granted, and not heard of it."""
    pool = await database.create_pool(db.app_url, application_name="bench", max_size=1)
    try:
        grants = await pool.fetchval("SELECT count(*) FROM grants")
        own = await pool.fetchval("SELECT count(*) FROM grants WHERE per_viewer")
        events = await pool.fetchval("SELECT count(*) FROM outbox WHERE topic = 'playback.granted'")
    finally:
        await pool.close()
    answers = sum(load.requests for load in loads)
    if not (answers <= grants == events <= answers + len(loads) * unheard and 0 < own < grants):
        raise RuntimeError(f"{answers} answers, {grants} audit rows ({own} of viewers' own tokens), {events} events")
