"""Erasing one learner: the rows go, the sums stay, and nothing that comes late is counted, or counted again."""

import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from pydantic import SecretStr

from analytics_service import consumers, erasing
from analytics_service.app import create_app
from analytics_service.settings import Settings
from contracts import Beat, EnrollmentChanged, LearnerErased, WatchProgress, examples
from servicekit.auth import issue_token
from servicekit.database import Pool
from servicekit.forgotten import Hashing
from tests.analytics import log
from tests.databases import Database, Postgres
from tests.naming import tables_that_name

SECRET = "a secret of the tests that is long enough to sign with"
HASHING = Hashing(SecretStr("what the tests hash the erased with, for good"))
START_MS = int(log.START.timestamp() * 1000)
LATER = timedelta(days=1)


def enrolled(learner_id: str, at: datetime = log.START) -> EnrollmentChanged:
    return EnrollmentChanged(learner_id=learner_id, course_id="c1", version=1, status="active", changed_at=at)


def told(learner_id: str, session: int, at: datetime = log.START) -> WatchProgress:
    """What a player told of a minute, with a seek and a stall of quality in it."""
    ms = int(at.timestamp() * 1000)
    events = [
        {"type": "seek", "at_ms": ms + 20_000, "position_ms": 30_000, "from_ms": 10_000, "to_ms": 30_000},
        {"type": "qualitychange", "at_ms": ms + 30_000, "position_ms": 40_000, "value": "720p"},
    ]
    beat = Beat.model_validate(
        {
            "seq": 0,
            "since_ms": ms,
            "at_ms": ms + 60_000,
            "position_ms": 60_000,
            "segments": [(0, 60_000)],
            "events": events,
        }
    )
    return WatchProgress(
        learner_id=learner_id, lesson_id="l1", course_id="c1", session_id=UUID(int=session), duration_ms=60_000,
        granted_at_ms=ms, expires_at_ms=ms + 3_600_000, received_at_ms=ms + 60_000, sent_at_ms=ms + 60_000,
        beats=(beat,),
    )  # fmt: skip


def school() -> list[Any]:
    """Course c1 and what two learners did in it."""
    events: list[Any] = [log.course(), log.lesson()]
    for number, learner in enumerate(("u1", "u2"), start=1):
        events += [
            enrolled(learner),
            log.advanced(1, learner_id=learner, session=number, at_s=30, covered=((0, 30_000),)),
            log.advanced(2, learner_id=learner, session=number, at_s=60, covered=(), replayed=((5_000, 15_000),)),
            log.completion(learner, at_s=70),
            told(learner, number),
        ]
    return events


def erasure(at: datetime = log.START + LATER, **more: Any) -> LearnerErased:
    return LearnerErased(**({"learner_id": "u1", "erasure_id": uuid4(), "erased_at": at} | more))


async def consume(pool: Pool, *events: Any, first_offset: int = 0) -> None:
    await log.consume(pool, log.logged(events, first_offset=first_offset), hashing=HASHING)


async def sums(pool: Pool) -> dict[str, list[str]]:
    """Every row of every table that names no learner, as text; the queue of what is to be said is none of them."""
    tables = await pool.fetch(
        "SELECT tablename::text AS name FROM pg_tables WHERE schemaname = 'public' AND tablename::text <> ALL ($1) "
        "AND tablename NOT IN (SELECT tables_naming('learner_id'))",
        ["schema_migrations", "outbox", "applied_offsets", "forgotten", "inbox"],
    )
    return {
        row["name"]: [found[0] for found in await pool.fetch(f"SELECT t::text FROM {row['name']} t ORDER BY 1")]
        for row in tables
    }


async def confirmations(pool: Pool) -> list[dict[str, Any]]:
    rows = await pool.fetch("SELECT payload::jsonb AS value FROM outbox WHERE topic = 'analytics.erased' ORDER BY id")
    return [row["value"] for row in rows]


async def test_the_learners_rows_go_and_the_totals_stay(
    pool: Pool, analytics_database: Database, postgres: Postgres
) -> None:
    """Row G7: no row of any table has the name in it, no sum has changed, nobody else has lost a row."""
    await consume(pool, *school())
    before = await sums(pool)
    assert before["lesson_totals"]
    assert before["retention_cells"]
    assert before["lesson_tallies"]
    others = tables_that_name(postgres, analytics_database, "u2")
    assert (
        others
        == tables_that_name(postgres, analytics_database, "u1")
        >= {"learner_lessons", "watch_sessions", "enrollments"}
    )
    asked = erasure()
    await consume(pool, asked)
    assert tables_that_name(postgres, analytics_database, "u1") == set()
    assert tables_that_name(postgres, analytics_database, "u2") == others
    assert await sums(pool) == before
    (done,) = await confirmations(pool)
    assert done["erasure_id"] == str(asked.erasure_id)
    assert {table for table, count in done["rows"].items() if count} == others


async def test_what_comes_late_is_not_counted_again(
    pool: Pool, analytics_database: Database, postgres: Postgres
) -> None:
    """Row G7: everything of before is told once more, at other offsets and in any order: nothing changes."""
    await consume(pool, *school())
    await consume(pool, erasure())
    before = await sums(pool)
    again = [event for event in school() if getattr(event, "learner_id", None) == "u1"]
    random.Random(7).shuffle(again)
    await consume(pool, *again, first_offset=100_000)
    assert await sums(pool) == before
    assert tables_that_name(postgres, analytics_database, "u1") == set()


async def test_who_comes_back_is_counted_anew(pool: Pool, analytics_database: Database, postgres: Postgres) -> None:
    """Row G7: what is of later counts as of a new learner, and an old or repeated word does not touch it."""
    await consume(pool, *school())
    asked = erasure()
    await consume(pool, asked)
    viewers = "SELECT sum(viewers)::int FROM lesson_totals WHERE lesson_id = 'l1'"
    assert await pool.fetchval(viewers) == 2
    later = log.START + 2 * LATER
    back = [enrolled("u1", later), log.advanced(1, session=9, at_s=2 * LATER.total_seconds()), told("u1", 9, later)]
    await consume(pool, *back, first_offset=200_000)
    assert await pool.fetchval(viewers) == 3
    rows = tables_that_name(postgres, analytics_database, "u1")
    assert "learner_lessons" in rows
    await consume(pool, asked, erasure(log.START), first_offset=300_000)
    assert tables_that_name(postgres, analytics_database, "u1") == rows
    assert len(await confirmations(pool)) == 1
    await consume(pool, asked.model_copy(update={"erased_at": later + LATER}), first_offset=400_000)
    assert tables_that_name(postgres, analytics_database, "u1") == set()
    assert len(await confirmations(pool)) == 2


def test_every_event_of_a_learner_can_be_told_from_an_older_one() -> None:
    """Row G7: whoever lets the service consume another topic about learners says which moment counts."""
    for model in consumers.EFFECTS:
        if "learner_id" not in model.model_fields or model is LearnerErased:
            continue
        for example in examples.load(model.topic):
            event: Any = model.model_validate_json(example.value)
            found = erasing.about(event)
            assert found is not None, model.__name__
            assert found[0] == event.learner_id
            assert found[1].tzinfo is not None


async def test_rows_of_learners_are_found_by_their_name(analytics_database: Database, postgres: Postgres) -> None:
    """Row G7: the worker may delete from every table with a `learner_id`; one that names them otherwise is found."""
    undeletable = postgres.sql(
        "WITH tables AS MATERIALIZED (SELECT t FROM tables_naming('learner_id') AS t) "
        "SELECT t FROM tables WHERE NOT has_table_privilege('analytics_worker', t::text, 'DELETE')",
        url=analytics_database.owner_url,
    )
    assert undeletable == ""
    columns = postgres.sql(
        "SELECT c.table_name || '.' || c.column_name FROM information_schema.columns c "
        "JOIN information_schema.tables t USING (table_schema, table_name) "
        "WHERE table_schema = 'public' AND table_type = 'BASE TABLE' "
        "AND column_name ~ 'learner|user|viewer|person|_by$'",
        url=analytics_database.owner_url,
    )
    others = {column for column in columns.split() if not column.endswith(".learner_id")}
    counted = {column for column in others if column.rpartition(".")[2] in COUNTS}
    assert others - counted <= GONE_WITHIN_MINUTES | OF_OWNERS, "say learner_id, or why not"


COUNTS = {"viewers", "new_viewers", "completed_viewers", "learners", "unique_viewers", "viewer_seconds"}
GONE_WITHIN_MINUTES = {"live_viewers.viewer", "live_completions.viewer"}
"""Hashes, in tables that are swept every minute."""
OF_OWNERS = {"budgets.set_by", "export_tickets.asked_by", "webhook_endpoints.created_by"}
"""What somebody did as an owner or an administrator stays."""


@pytest.fixture
async def client(analytics_database: Database) -> Any:
    app = create_app(Settings(database_url=analytics_database.app_url, auth_jwt_secret=SecretStr(SECRET)))
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://analytics") as http,
    ):
        yield http


def who(caller: Sequence[str]) -> dict[str, str]:
    return {"Authorization": f"Bearer {issue_token(SECRET, *caller)}"}


async def test_a_learner_takes_everything_along(
    client: httpx.AsyncClient, pool: Pool, analytics_database: Database, postgres: Postgres
) -> None:
    """Row G6: as many rows of each table as there are of that learner, whole, and none of anybody else."""
    await consume(pool, *school())
    response = await client.get("/api/analytics/learners/u1/export", headers=who(["u1"]))
    assert response.status_code == 200, response.text
    tables = response.json()["tables"]
    assert set(tables) == set(
        postgres.sql("SELECT tables_naming('learner_id')", url=analytics_database.owner_url).split()
    )
    assert {table for table, rows in tables.items() if rows} == tables_that_name(postgres, analytics_database, "u1")
    for table, rows in tables.items():
        kept = await pool.fetch(f"SELECT to_jsonb(t) AS row FROM {table} t WHERE learner_id = 'u1'")
        assert sorted(map(str, rows)) == sorted(str(row["row"]) for row in kept), table
    assert "u2" not in response.text


async def test_an_export_is_for_the_learner_and_administrators(client: httpx.AsyncClient, pool: Pool) -> None:
    """Row G6: not for other learners, and not for owners of courses, who would see other courses in it."""
    await consume(pool, *school())
    url = "/api/analytics/learners/u1/export"
    for caller, status in ((("u1",), 200), (("root", "admin"), 200), (("u2",), 403), (("owner", "instructor"), 403)):
        response = await client.get(url, headers=who(caller))
        assert response.status_code == status
        assert status != 200 or response.json()["tables"]["learner_lessons"]
    assert (await client.get(url)).status_code == 401
