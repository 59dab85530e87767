"""Row-level security, attacked: what the API's role can see of learners, by what it is and not by what it says."""

import asyncpg
import pytest

from contracts import EnrollmentChanged
from servicekit.database import Connection, Pool, transaction
from tests.analytics import log
from tests.analytics.test_tallies import request, seek
from tests.databases import Database, Postgres

LEARNERS_TABLES = ("learner_lessons", "watch_sessions", "enrollments", "beat_sessions", "learner_tallies")
OWNERS_TABLES = ("learner_lessons", "enrollments")


@pytest.fixture(autouse=True)
async def _filled(pool: Pool) -> None:
    """Ada and Bob, who have something in every table, in a course of Olga's; Bob in one of Otto's too."""
    events = [
        log.course(owner_id="olga"),
        log.lesson(),
        log.course("c2", owner_id="otto"),
        log.lesson("l2", course_id="c2"),
    ]
    for number, learner in enumerate(("ada", "bob")):
        events += [
            EnrollmentChanged(learner_id=learner, course_id="c1", version=1, status="active", changed_at=log.START),
            request((1, (seek(0, 5_000),)), learner_id=learner, session=number),
            log.advanced(1, learner_id=learner, session=number),
        ]
    events.append(log.advanced(1, learner_id="bob", lesson_id="l2", course_id="c2", session=9))
    await log.consume(pool, log.logged(events))


@pytest.fixture
async def app_pool(analytics_database: Database) -> object:
    async with asyncpg.create_pool(analytics_database.app_url, min_size=0, max_size=1) as opened:
        yield opened


async def learners(conn: Connection | Pool, table: str) -> set[str]:
    return {row[0] for row in await conn.fetch(f"SELECT learner_id FROM {table}")}


async def test_a_learner_sees_own_rows_only_and_nobody_sees_none(pool: Pool, app_pool: Pool) -> None:
    """Row E5: acting as a learner shows that learner's rows; without one, or after one on the same connection, none."""
    for table in LEARNERS_TABLES:
        assert await learners(pool, table) == {"ada", "bob"}, table
        assert await learners(app_pool, table) == set(), table
        async with transaction(app_pool, acting_as="ada") as conn:
            rows = await conn.fetch(f"SELECT learner_id FROM {table} WHERE learner_id = 'bob' OR true")
        assert {row[0] for row in rows} == {"ada"}, table
        assert await learners(app_pool, table) == set(), f"{table}: left over on the pooled connection"


async def test_an_owner_sees_maps_and_cohorts_of_own_courses_only(app_pool: Pool) -> None:
    """Row E5: and of these learners neither sessions nor what their players told."""
    for owner, expected in (("olga", {("ada", "l1"), ("bob", "l1")}), ("otto", {("bob", "l2")}), ("eve", set())):
        async with transaction(app_pool, acting_as=owner) as conn:
            rows = await conn.fetch("SELECT learner_id, lesson_id FROM learner_lessons")
            assert {tuple(row) for row in rows} == expected, owner
            assert await learners(conn, "enrollments") == ({"ada", "bob"} if owner == "olga" else set())
            for table in set(LEARNERS_TABLES) - set(OWNERS_TABLES):
                assert await learners(conn, table) == set(), (owner, table)


@pytest.mark.parametrize("name", ["", " ", "%", "olga' OR true --", "OLGA", "olga ", "NULL", "analytics_worker"])
async def test_no_name_is_a_key_to_others(app_pool: Pool, name: str) -> None:
    """An id is compared and nothing else, whatever it looks like."""
    async with transaction(app_pool, acting_as=name) as conn:
        for table in LEARNERS_TABLES:
            assert await learners(conn, table) == set(), table


@pytest.mark.parametrize("table", [*LEARNERS_TABLES, "lesson_totals", "lesson_days", "lesson_tallies", "courses"])
async def test_the_api_role_writes_nothing(app_pool: Pool, table: str) -> None:
    """Neither learners' rows nor counters, nor who owns a course."""
    for statement in (f"DELETE FROM {table}", f"TRUNCATE {table}", f"INSERT INTO {table} DEFAULT VALUES"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with transaction(app_pool, acting_as="ada") as conn:
                await conn.execute(statement)


@pytest.mark.parametrize(
    "statement",
    [
        "SET ROLE analytics_worker",
        "SET ROLE analytics_owner",
        "SET SESSION AUTHORIZATION analytics_worker",
        "ALTER TABLE learner_lessons DISABLE ROW LEVEL SECURITY",
        "ALTER ROLE analytics_app BYPASSRLS",
        "UPDATE courses SET owner_id = 'ada'",
        "SELECT 1 FROM outbox",
        "SELECT 1 FROM schema_migrations",
        "CREATE TABLE mine (a int)",
    ],
)
async def test_the_api_role_cannot_climb(app_pool: Pool, statement: str) -> None:
    """No other role, no switch of the wall, no course of one's own."""
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await app_pool.execute(statement)


async def test_switching_row_security_off_is_an_error_and_not_a_way_in(app_pool: Pool) -> None:
    """`row_security = off` refuses the query instead of skipping the policies."""
    async with app_pool.acquire() as conn:
        await conn.execute("SET row_security = off")
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await conn.fetch("SELECT * FROM learner_lessons")


async def test_the_wall_stands_for_the_tables_owner_too(analytics_database: Database, postgres: Postgres) -> None:
    """Row-level security is forced."""
    for table in LEARNERS_TABLES:
        assert postgres.sql(f"SELECT count(*) FROM {table}", url=analytics_database.owner_url) == "0", table


async def test_every_table_that_names_a_learner_has_the_wall(analytics_database: Database, postgres: Postgres) -> None:
    """A table with learner data that somebody adds without policies is found here."""
    walled = postgres.sql(
        "SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'learner_id' "
        "WHERE c.relkind = 'r' AND c.relrowsecurity AND c.relforcerowsecurity",
        url=analytics_database.owner_url,
    )
    named = postgres.sql(
        "SELECT table_name FROM information_schema.columns "
        "WHERE column_name = 'learner_id' AND table_schema = 'public'",
        url=analytics_database.owner_url,
    )
    assert set(LEARNERS_TABLES) <= set(walled.split()) == set(named.split())
