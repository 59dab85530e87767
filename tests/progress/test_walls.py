"""Row-level security, attacked: what the API's role can see and do, by what it is and not by what it says."""

from typing import Any

import asyncpg
import pytest

from progress_service import store_erasure
from servicekit.database import Pool, transaction
from tests.databases import Database, Postgres
from tests.progress.handling import decided, handle
from tests.progress.making import attempt_started, course_changed, lesson_changed, new_session, quiz_graded, watching

LEARNERS_TABLES = (
    "learner_clocks",
    "watch_sessions",
    "lesson_progress",
    "course_progress",
    "quiz_results",
    "completions",
    "attempts",
    "review_decisions",
)


@pytest.fixture
async def filled(worker_pool: Pool, app_pool: Pool) -> None:
    await fill(worker_pool, app_pool)


async def fill(worker_pool: Pool, app_pool: Pool) -> None:
    """Two learners who have something in every table."""
    await handle(worker_pool, course_changed())
    await handle(worker_pool, lesson_changed())
    for learner in ("ada", "bob"):
        await handle(worker_pool, watching(95_000, learner_id=learner))
        await handle(worker_pool, quiz_graded(learner_id=learner))
        await handle(worker_pool, attempt_started(learner_id=learner))
        await decided(app_pool, learner)


async def seen(pool: Pool, table: str) -> set[str]:
    return {row[0] for row in await pool.fetch(f"SELECT learner_id FROM {table}")}


@pytest.mark.usefixtures("filled")
async def test_a_learner_sees_own_rows_only_and_nobody_sees_none(app_pool: Pool, worker_pool: Pool) -> None:
    """Acting as a learner shows that learner's rows; without a learner, or after one on a pooled connection, none."""
    for table in LEARNERS_TABLES:
        assert await seen(worker_pool, table) == {"ada", "bob"}, table
        assert await seen(app_pool, table) == set(), table
        async with transaction(app_pool, acting_as="ada") as conn:
            rows = await conn.fetch(f"SELECT learner_id FROM {table} WHERE learner_id = 'bob' OR true")
        assert {row[0] for row in rows} == {"ada"}, table
        assert await seen(app_pool, table) == set(), f"{table}: left over on the pooled connection"
        async with transaction(app_pool, acting_as="") as conn:
            assert await conn.fetch(f"SELECT 1 FROM {table}") == [], table


@pytest.mark.usefixtures("filled")
async def test_an_owner_sees_what_belongs_to_own_courses_only(app_pool: Pool, worker_pool: Pool) -> None:
    """Acting as a course's owner shows the course's rows of all learners, and nothing else of these learners."""
    await handle(worker_pool, course_changed("c2", owner_id="otto"))
    await handle(worker_pool, lesson_changed("l2", course_id="c2"))
    elsewhere: dict[str, Any] = {"lesson_id": "l2", "course_id": "c2", "session_id": new_session()}
    await handle(worker_pool, watching(95_000, start=300_000, learner_id="bob", **elsewhere))
    await handle(worker_pool, quiz_graded(learner_id="bob", lesson_id="l2", course_id="c2"))
    await decided(app_pool, "bob", "c2", owner="otto")
    for owner, expected in (("olga", {("ada", "c1"), ("bob", "c1")}), ("otto", {("bob", "c2")}), ("eve", set())):
        async with transaction(app_pool, acting_as=owner) as conn:
            for table in ("lesson_progress", "course_progress", "quiz_results", "completions", "review_decisions"):
                rows = await conn.fetch(f"SELECT learner_id, course_id FROM {table}")
                assert {tuple(row) for row in rows} == expected, (owner, table)
            for table in ("learner_clocks", "watch_sessions"):
                assert await conn.fetch(f"SELECT 1 FROM {table}") == [], (owner, table)


@pytest.mark.usefixtures("filled")
async def test_what_owners_may_see_does_not_slow_learners_down(app_pool: Pool) -> None:
    """The owner's policy is asked only where the learner's says no: reading the own row never looks at it."""
    async with transaction(app_pool, acting_as="ada") as conn:
        plan = await conn.fetch(
            "EXPLAIN ANALYZE SELECT * FROM lesson_progress WHERE learner_id = 'ada' AND lesson_id = 'l1'"
        )
    told = "\n".join(row[0] for row in plan)
    assert "never executed" in told[told.index("SubPlan") :]


@pytest.mark.usefixtures("filled")
@pytest.mark.parametrize("table", LEARNERS_TABLES)
async def test_the_api_role_writes_nothing(app_pool: Pool, table: str) -> None:
    """Not even its own learner's rows can be changed through the API's connection."""
    for statement in (
        f"DELETE FROM {table}",
        f"UPDATE {table} SET learner_id = 'ada'",
        f"INSERT INTO {table} (learner_id) VALUES ('ada')",
        f"TRUNCATE {table}",
    ):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with transaction(app_pool, acting_as="ada") as conn:
                await conn.execute(statement)


@pytest.mark.usefixtures("filled")
@pytest.mark.parametrize(
    "statement",
    [
        "SET ROLE progress_worker",
        "SET ROLE progress_owner",
        "SET SESSION AUTHORIZATION progress_worker",
        "ALTER TABLE lesson_progress DISABLE ROW LEVEL SECURITY",
        "ALTER ROLE progress_app BYPASSRLS",
        "SELECT 1 FROM outbox",
        "SELECT 1 FROM inbox",
        "SELECT 1 FROM schema_migrations",
        "CREATE TABLE mine (a int)",
    ],
)
async def test_the_api_role_cannot_climb(app_pool: Pool, statement: str) -> None:
    """No other role, no switch of the wall, nobody's outbox."""
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await app_pool.execute(statement)


@pytest.mark.usefixtures("filled")
async def test_switching_row_security_off_is_an_error_and_not_a_way_in(app_pool: Pool) -> None:
    """`row_security = off` refuses the query instead of skipping the policies."""
    async with app_pool.acquire() as conn:
        await conn.execute("SET row_security = off")
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await conn.fetch("SELECT * FROM lesson_progress")


@pytest.mark.usefixtures("filled")
async def test_the_wall_stands_for_the_owner_too(database: Database, postgres: Postgres) -> None:
    """Row-level security is forced: the tables' owner sees no learner's row either."""
    for table in LEARNERS_TABLES:
        assert postgres.sql(f"SELECT count(*) FROM {table}", url=database.owner_url) == "0", table
        flags = f"SELECT relrowsecurity, relforcerowsecurity FROM pg_class WHERE relname = '{table}'"
        assert postgres.sql(flags, url=database.owner_url) == "t|t", table


async def test_every_table_that_names_a_learner_has_the_wall(database: Database, postgres: Postgres) -> None:
    """A table with learner data that somebody adds without policies is found here."""
    found = postgres.sql(
        "SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'learner_id' "
        "WHERE c.relkind = 'r' AND c.relrowsecurity AND c.relforcerowsecurity",
        url=database.owner_url,
    )
    with_learner = postgres.sql(
        "SELECT table_name FROM information_schema.columns "
        "WHERE column_name = 'learner_id' AND table_schema = 'public'",
        url=database.owner_url,
    )
    assert set(found.split()) == set(with_learner.split()) == {*LEARNERS_TABLES, "erasure_requests"}


@pytest.mark.usefixtures("filled")
@pytest.mark.parametrize("statement", ["DELETE FROM completions", "UPDATE completions SET coverage = 1"])
async def test_evidence_is_append_only_for_the_worker_too(worker_pool: Pool, statement: str) -> None:
    """The worker may add evidence, and neither change nor remove it."""
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await worker_pool.execute(statement)


async def test_the_api_role_may_read_and_nothing_else_anywhere(database: Database, postgres: Postgres) -> None:
    """On no table does the API's role hold a privilege other than SELECT."""
    held = postgres.sql(
        "SELECT DISTINCT privilege_type FROM information_schema.role_table_grants WHERE grantee = 'progress_app'",
        url=database.app_url,
    )
    assert held == "SELECT"


@pytest.mark.usefixtures("filled")
async def test_the_api_role_asks_for_an_erasure_and_reads_of_none_whom(app_pool: Pool) -> None:
    """Row G7: it may put in a request about whom it acts for; who waits to be erased it cannot see."""
    async with transaction(app_pool, acting_as="ada") as conn:
        assert await store_erasure.request(conn, "ada", b"hash") is not None
    for statement in (
        "SELECT learner_id FROM erasure_requests",
        "SELECT * FROM forgotten",
        "DELETE FROM forgotten",
        "DELETE FROM erasures",
        "UPDATE erasures SET erased_at = now()",
        "INSERT INTO erasures (erasure_id, subject_hash, erased_at) VALUES (gen_random_uuid(), 'h', now())",
        "INSERT INTO erasure_confirmations VALUES (gen_random_uuid(), 'playback', now(), '{}')",
        "INSERT INTO erasure_requests (learner_id, erasure_id) VALUES ('bob', gen_random_uuid())",
    ):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with transaction(app_pool, acting_as="ada") as conn:
                await conn.execute(statement)
