"""Ways around row-level security that people find: leftovers, plans, views, functions, and words that look like SQL."""

import asyncpg
import pytest

from servicekit.database import Connection, Pool, transaction
from tests.databases import Database, Postgres
from tests.progress.handling import decided, handle
from tests.progress.making import attempt_started, course_changed, lesson_changed, quiz_graded, watching
from tests.progress.test_walls import LEARNERS_TABLES


@pytest.fixture(autouse=True)
async def _filled(worker_pool: Pool, app_pool: Pool) -> None:
    """Two learners who have something in every table."""
    await handle(worker_pool, course_changed())
    await handle(worker_pool, lesson_changed())
    for learner in ("ada", "bob"):
        await handle(worker_pool, watching(95_000, learner_id=learner))
        await handle(worker_pool, quiz_graded(learner_id=learner))
        await handle(worker_pool, attempt_started(learner_id=learner))
        await decided(app_pool, learner)


async def learners(conn: Connection, table: str = "lesson_progress") -> set[str]:
    return {row[0] for row in await conn.fetch(f"SELECT learner_id FROM {table}")}


@pytest.mark.parametrize("table", LEARNERS_TABLES)
@pytest.mark.parametrize(
    "query",
    [
        "SELECT learner_id FROM {0} WHERE learner_id = 'bob' OR true",
        "SELECT learner_id FROM {0} UNION ALL SELECT learner_id FROM {0}",
        "SELECT o.learner_id FROM {0} m CROSS JOIN {0} o",
        "WITH everybody AS MATERIALIZED (SELECT * FROM {0}) SELECT learner_id FROM everybody",
        "SELECT learner_id FROM {0} WHERE EXISTS (SELECT FROM {0} b WHERE b.learner_id = 'bob') OR learner_id = 'ada'",
        "SELECT max(learner_id) OVER () FROM {0}",
        "SELECT t::text::json ->> 'x' FROM (SELECT json_build_object('x', {0}.learner_id) t FROM {0}) s",
    ],
)
async def test_no_query_shows_another_learner(app_pool: Pool, table: str, query: str) -> None:
    """Row G5: whatever is asked as ada, the answer is made of ada's rows."""
    async with transaction(app_pool, acting_as="ada") as conn:
        assert {row[0] for row in await conn.fetch(query.format(table))} == {"ada"}
        assert await conn.fetchval(f"SELECT count(*) FROM {table} WHERE learner_id <> 'ada'") == 0


@pytest.mark.parametrize(
    "name", ["", " ", "%", "*", "ada' OR true --", "ADA", "ada ", "ada,bob", "NULL", "progress_worker", "bob\u200b"]
)
async def test_no_name_is_a_key_to_others(app_pool: Pool, name: str) -> None:
    """Row G5: a learner id is compared and nothing else, whatever it looks like."""
    async with transaction(app_pool, acting_as=name) as conn:
        for table in LEARNERS_TABLES:
            assert await learners(conn, table) == set()


async def test_nothing_is_left_over_on_a_pooled_connection(app_pool: Pool) -> None:
    """Row G5: neither a setting made for the whole session, nor one of a request that failed, serves the next."""
    async with app_pool.acquire() as conn:
        await conn.execute("SELECT set_config('app.user_id', 'bob', false)")
        assert await learners(conn) == {"bob"}
        first = await conn.fetchval("SELECT pg_backend_pid()")
    async with transaction(app_pool) as conn:
        assert await conn.fetchval("SELECT pg_backend_pid()") == first, "the same connection"
        assert await learners(conn) == set()
    with pytest.raises(asyncpg.DivisionByZeroError):
        async with transaction(app_pool, acting_as="bob") as conn:
            await conn.execute("SELECT 1 / 0")
    async with transaction(app_pool) as conn:
        assert await learners(conn) == set()


async def test_a_plan_made_for_one_learner_serves_another_with_the_others_rows(app_pool: Pool) -> None:
    """Row G5: prepared statements and their generic plans ask who acts each time they run."""
    async with app_pool.acquire() as conn:
        await conn.execute("SET plan_cache_mode = force_generic_plan")
        prepared = await conn.prepare("SELECT learner_id FROM lesson_progress WHERE lesson_id = $1")
        for learner in ("ada", "bob", "eve", "ada"):
            async with conn.transaction():
                await conn.execute("SELECT set_config('app.user_id', $1, true)", learner)
                seen = {row[0] for row in await prepared.fetch("l1")}
            assert seen == {learner} - {"eve"}


@pytest.mark.parametrize(
    "made",
    [
        "CREATE VIEW everybody AS SELECT learner_id FROM lesson_progress",
        "CREATE VIEW everybody WITH (security_invoker) AS SELECT learner_id FROM lesson_progress",
        "CREATE FUNCTION everybody() RETURNS SETOF text LANGUAGE sql SECURITY DEFINER AS "
        "'SELECT learner_id FROM lesson_progress'",
        "CREATE FUNCTION everybody() RETURNS SETOF text LANGUAGE sql AS 'SELECT learner_id FROM lesson_progress'",
    ],
)
async def test_what_the_owner_makes_is_no_window(
    database: Database, postgres: Postgres, app_pool: Pool, made: str
) -> None:
    """Row G5: a view or function of the tables' owner, made in good faith and granted to the API, shows no other."""
    view = made.startswith("CREATE VIEW")
    granted = "GRANT SELECT ON everybody TO progress_app" if view else "GRANT EXECUTE ON FUNCTION everybody TO PUBLIC"
    postgres.sql(made, granted, url=database.owner_url)
    async with transaction(app_pool, acting_as="ada") as conn:
        query = "SELECT * FROM everybody" if view else "SELECT * FROM everybody()"
        assert {row[0] for row in await conn.fetch(query)} <= {"ada"}


async def test_a_function_in_a_condition_does_not_hear_of_others_rows(app_pool: Pool) -> None:
    """Row G5: conditions that are not known to keep quiet are asked after the wall, not before it."""
    async with transaction(app_pool, acting_as="ada") as conn:
        with pytest.raises(asyncpg.InvalidTextRepresentationError) as own:
            await conn.fetch("SELECT 1 FROM lesson_progress WHERE learner_id::int = 1")
        assert "ada" in str(own.value)
    async with transaction(app_pool, acting_as="eve") as conn:
        assert await conn.fetch("SELECT 1 FROM lesson_progress WHERE learner_id::int = 1") == []


async def test_the_api_role_is_a_member_of_nothing(database: Database, postgres: Postgres) -> None:
    """Row G5: no role can be taken on, no privilege is inherited, and nothing bypasses the policies.

    What runs with its owner's rights is about dead letters and the outbox's length alone, and touches no learner's row.
    """
    flags = "SELECT rolsuper, rolbypassrls, rolcreaterole, rolcreatedb FROM pg_roles WHERE rolname = 'progress_app'"
    assert postgres.sql(flags, url=database.app_url) == "f|f|f|f"
    member = "SELECT count(*) FROM pg_auth_members WHERE member = 'progress_app'::regrole"
    assert postgres.sql(member, url=database.app_url) == "0"
    definers = (
        "SELECT string_agg(proname, ' ' ORDER BY proname) FROM pg_proc WHERE prosecdef "
        "AND pronamespace = 'public'::regnamespace AND has_function_privilege('progress_app', oid, 'EXECUTE')"
    )
    operations = "dead_letter_history dead_letters_noted note_dead_letters outbox_state redrives_to_do"
    assert postgres.sql(definers, url=database.app_url) == operations
