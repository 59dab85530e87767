"""What SQL is shown: the same numbers as the API's, of no group that is too small, and nothing about anybody."""

import asyncio
import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest

from analytics_service import store_groups
from analytics_service.app import create_app
from analytics_service.settings import Settings, WorkerSettings
from analytics_service.worker import create_worker
from contracts import Event
from devstack.postgres import INSTALL
from servicekit.database import Connection, Pool
from tests.analytics import log
from tests.analytics.test_api import OWNER, SECRET, calling
from tests.analytics.test_details import school
from tests.analytics.test_tallies import event, request, seek
from tests.databases import PASSWORD, Database, Postgres
from tests.polling import until

READER = "analytics_reader"
READER_SQL = Path(__file__).parents[2] / "deploy" / "observability" / "reader.sql"
VIEWS = {"shown_lessons", "shown_days", "shown_tallies", "shown_shares", "shown_retention"}
K = 5


def told() -> list[Event]:
    """Eight in Chrome and five in Safari have an error, two in Firefox as well; three of them another one."""
    people = [("chrome", n) for n in range(8)] + [("safari", n) for n in range(5)] + [("firefox", n) for n in range(2)]
    found: list[Event] = []
    for number, (browser, n) in enumerate(people):
        codes = ("2", "3") if browser == "chrome" and n < 3 else ("2",)
        said = [
            event("play"),
            seek(0, 30_000),
            event("qualitychange", value="720p"),
            *(event("error", value=code) for code in codes),
        ]
        one = request(
            (1, tuple(said)),
            learner_id=f"{browser}{n}",
            session=number,
            browser=browser,
            country="PT",
            duration_ms=60_000,
        )
        waited = one.beats[0].model_copy(update={"stalled_ms": 1_000 + number, "player": "video" if n % 2 else None})
        found.append(one.model_copy(update={"beats": (waited,)}))
    return found


def scattered() -> list[Event]:
    """A lesson whose viewers come one by one, on days apart, and watch odd parts of it; and one with three viewers."""
    events: list[Event] = [log.lesson("l2", position=2), log.lesson("l3", position=3), log.lesson("l4", position=4)]
    for n in range(17):
        late = log.advanced(
            1,
            at_s=86_400 * (n * n % 31),
            session=200 + n,
            learner_id=f"v{n}",
            lesson_id="l2",
            covered=((n * 1_357, 30_000 + n * 2_468),),
            replayed=((n * 777, n * 777 + 501),),
            spent_ms=20_000,
        )
        events += [late, log.completion(f"v{n}", "l2", at_s=86_400 * (n % 5))] if n % 3 else [late]
    for n in range(3):
        events.append(log.advanced(1, session=300 + n, learner_id=f"w{n}", lesson_id="l3"))
    return events


@pytest.fixture(autouse=True)
async def _filled(pool: Pool) -> None:
    await log.consume(pool, log.logged([*school(), *scattered(), *told()]))


async def open_to_the_reader(postgres: Postgres, database: Database) -> str:
    """Make the role as an operator does; returns the address that it connects with."""
    command = [str(INSTALL / "bin" / "psql"), "-X", "-q", "-v", "ON_ERROR_STOP=1", "-f", str(READER_SQL)]
    command += ["-d", postgres.admin_url.rpartition("/")[0] + f"/{database.name}"]
    environment = {**os.environ, "SEATIME_READER_PASSWORD": PASSWORD}

    async def done() -> bool:
        """Roles are the server's: who makes it at the same moment for another database may come in between."""
        process = await asyncio.create_subprocess_exec(*command, env=environment, stderr=asyncio.subprocess.PIPE)
        _, said = await process.communicate()
        assert not process.returncode or b"concurrently updated" in said or b"exists" in said, said
        return not process.returncode

    await until(done)
    return postgres.url(database.name, READER)


@pytest.fixture
async def reader(postgres: Postgres, analytics_database: Database) -> AsyncIterator[Connection]:
    connection = await asyncpg.connect(await open_to_the_reader(postgres, analytics_database))
    yield connection
    await connection.close()


@pytest.fixture
async def api(analytics_database: Database) -> AsyncIterator[httpx.AsyncClient]:
    async with calling(analytics_database, smallest=K) as http:
        yield http


async def get(api: httpx.AsyncClient, path: str) -> dict[str, Any]:
    answer = await api.get(f"/api/analytics/{path}", headers=OWNER)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


@pytest.mark.parametrize("lesson", ["l1", "l2", "l3", "l4"])
async def test_a_lessons_numbers_and_curve_are_the_apis(
    reader: Connection, api: httpx.AsyncClient, lesson: str
) -> None:
    """Row E12: null where the API has null; the curve to the thousandth."""
    report = await get(api, f"lessons/{lesson}")
    row = await reader.fetchrow("SELECT * FROM shown_lessons WHERE lesson_id = $1", lesson)
    assert row is not None
    assert row["suppressed"] == report["suppressed"] == (lesson == "l3")
    for column, name in (
        ("views", "views"),
        ("viewers", "uniqueViewers"),
        ("completions", "completions"),
        ("watch_s", "totalWatchTime"),
        ("verified_s", "totalVerifiedTime"),
    ):
        shown = None if row[column] is None else float(row[column])
        assert shown == (None if report[name] is None else pytest.approx(report[name])), column
    assert (row["completion_rate"] or 0) == pytest.approx(report["completionRate"] or 0, abs=0.00006)
    curve = await reader.fetch("SELECT * FROM shown_retention WHERE lesson_id = $1 ORDER BY from_s", lesson)
    expected = report["retention"] or {"unique": [], "replays": [], "bucketSeconds": 1}
    assert [float(one["unique_viewers"]) for one in curve] == pytest.approx(expected["unique"], abs=0.00051)
    assert [float(one["replays"]) for one in curve] == pytest.approx(expected["replays"], abs=0.00051)
    assert [one["from_s"] for one in curve] == [n * expected["bucketSeconds"] for n in range(len(curve))]


@pytest.mark.parametrize("lesson", ["l1", "l2", "l3", "l4"])
async def test_days_are_put_together_as_the_api_does(reader: Connection, api: httpx.AsyncClient, lesson: str) -> None:
    """Row E12: two ways of putting days together could be subtracted from each other."""
    rows = await reader.fetch("SELECT * FROM shown_days WHERE lesson_id = $1 ORDER BY first_day", lesson)
    names = {
        "first_day": "firstDay", "last_day": "lastDay", "views": "views", "viewers": "viewers",
        "new_viewers": "newViewers", "completions": "completions", "watch_s": "watchTime", "verified_s": "verifiedTime",
    }  # fmt: skip
    found = [
        {name: str(row[column]) if "day" in column else float(row[column]) for column, name in names.items()}
        for row in rows
    ]
    assert found == (await get(api, f"lessons/{lesson}/days"))["days"]
    assert bool(rows) == (lesson in ("l1", "l2"))


async def test_what_players_told_is_split_as_the_api_does(reader: Connection, api: httpx.AsyncClient) -> None:
    """Row E4, E12: the same parts with the same others; what is of three learners is not there."""
    report = await get(api, "lessons/l1/interactions")
    rows = await reader.fetch("SELECT * FROM shown_tallies WHERE lesson_id = 'l1' ORDER BY kind, name")
    assert [tuple(row)[2:6] for row in rows if row["kind"] in ("error", "play", "speed")] == [
        ("error", "network", 15, 15),
        ("play", "start", 15, 15),
        ("speed", "1", 13, 13),
    ]
    assert not {row["kind"] for row in rows} & {"seek", "error/browser"}
    for kind, name, number in (
        ("error", "network", report["errors"]["values"][0]),
        ("play", "start", report["plays"]),
        ("stall", "data", report["rebuffering"]),
    ):
        for split in ("player", "browser", "country"):
            parts = await reader.fetch(
                "SELECT * FROM shown_shares "
                "WHERE lesson_id = 'l1' AND (kind, name, split) = ($1, $2, $3) ORDER BY part",
                kind,
                name,
                split,
            )
            assert [
                {
                    "name": part["part"],
                    "withOthers": part["with_others"],
                    "times": part["times"],
                    "learners": part["learners"],
                    "seconds": float(part["seconds"]) if kind == "stall" else None,
                }
                for part in parts
            ] == number[f"by{split.title()}"], (kind, split)
    assert {part["name"]: part["withOthers"] for part in report["rebuffering"]["byBrowser"]} == {
        "chrome": False,
        "safari": True,
    }


async def state(database: Database, learners: int) -> None:
    """What the worker does with its setting."""
    connection = await asyncpg.connect(database.worker_url)
    await store_groups.set_smallest_group(connection, learners)
    await connection.close()


async def test_a_group_can_be_made_larger(reader: Connection, analytics_database: Database) -> None:
    """Row E12: the views show groups from as many learners on as the worker says."""
    await state(analytics_database, 14)
    assert await reader.fetchval("SELECT array_agg(lesson_id) FROM shown_lessons WHERE views > 0") == ["l2"]
    assert await reader.fetchval("SELECT count(*) FROM shown_shares") > 0
    await state(analytics_database, 100)
    for view in VIEWS - {"shown_lessons", "shown_retention"}:
        assert await reader.fetchval(f"SELECT count(*) FROM {view}") == 0, view
    # nobody watched the fourth lesson, which is known of it then as before
    assert await reader.fetchval("SELECT array_agg(DISTINCT lesson_id) FROM shown_retention") == ["l4"]


@pytest.mark.parametrize("smallest", [1, 4, 16])
async def test_the_api_and_the_views_are_told_together(
    reader: Connection, analytics_database: Database, kafka_bootstrap: str, topic_prefix: str, smallest: int
) -> None:
    """Row E12: the worker's setting is the only one; an API that was there before goes by it at once, live view too."""
    unset = Settings(database_url=analytics_database.app_url, auth_jwt_secret=SECRET)
    app = create_app(unset)
    settings = WorkerSettings(
        database_url=analytics_database.worker_url,
        auth_jwt_secret=SECRET,
        kafka_bootstrap_servers=kafka_bootstrap,
        kafka_topic_prefix=topic_prefix,
        analytics_smallest_group=smallest,
    )
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://analytics") as api,
    ):
        before = (await get(api, "lessons/l1"))["smallestGroup"]
        assert before == await stated(analytics_database) == 5
        async with create_worker(settings):

            async def told() -> bool:
                return await stated(analytics_database) == smallest

            await until(told)
        for path in ("lessons/l1", "courses/c1", "lessons/l1/days", "lessons/l1/cohorts", "lessons/l1/interactions"):
            assert (await get(api, path))["smallestGroup"] == smallest, path
        assert (await get(api, "courses/c1/live/now"))["smallestGroup"] == smallest
        for row in await reader.fetch("SELECT lesson_id, suppressed FROM shown_lessons"):
            assert (await get(api, f"lessons/{row['lesson_id']}"))["suppressed"] == row["suppressed"], row


async def stated(database: Database) -> int:
    """The number that the views go by."""
    connection = await asyncpg.connect(database.app_url)
    try:
        return await store_groups.smallest_group(connection)
    finally:
        await connection.close()


def test_no_other_setting_says_how_small_a_group_may_be() -> None:
    """A second one could differ."""
    assert "analytics_smallest_group" in WorkerSettings.model_fields
    assert "analytics_smallest_group" not in Settings.model_fields


async def test_the_api_cannot_change_who_is_shown(analytics_database: Database) -> None:
    """Nor can the worker add a second number, or take away the one there is."""
    for url, statement in (
        (analytics_database.app_url, "UPDATE shown_from SET learners = 1"),
        (analytics_database.worker_url, "INSERT INTO shown_from VALUES (true, 1)"),
        (analytics_database.worker_url, "DELETE FROM shown_from"),
    ):
        connection = await asyncpg.connect(url)
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute(statement)
        await connection.close()


async def test_the_reader_sees_the_views_and_nothing_else(reader: Connection) -> None:
    """Row E12: no table, whoever is in it, nor the catalogue's samples of one, and no way to write or to climb."""
    relations = [
        row["name"]
        for row in await reader.fetch(
            "SELECT c.relname::text AS name FROM pg_class c "
            "WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S')"
        )
    ]
    assert {"learner_lessons", "learner_tallies", "lesson_tallies", "shown_from", *VIEWS} <= set(relations)
    for name in relations:
        if name in VIEWS:
            await reader.fetch(f"SELECT * FROM {name} LIMIT 1")
            continue
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await reader.fetch(f"SELECT * FROM {name} LIMIT 1")
    samples = await reader.fetch("SELECT tablename FROM pg_stats WHERE schemaname = 'public'")
    assert {row["tablename"] for row in samples} <= VIEWS
    await reader.execute("SET default_transaction_read_only = off")
    for statement in (
        "UPDATE shown_from SET learners = 1",
        "CREATE TABLE mine (a int)",
        "CREATE TEMPORARY TABLE mine (a int)",
        "CREATE FUNCTION leak(text) RETURNS boolean LANGUAGE sql COST 0.0001 RETURN true",
        "SET ROLE analytics_owner",
        "SELECT * FROM schema_migrations",
    ):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await reader.execute(statement)


async def test_the_reader_may_call_nothing_that_has_other_rights(reader: Connection) -> None:
    """Deciding about dead letters is the administrators', whatever SQL somebody writes in a dashboard."""
    functions = await reader.fetch(
        "SELECT proname FROM pg_proc WHERE prosecdef AND pronamespace = 'public'::regnamespace "
        "AND has_function_privilege(oid, 'EXECUTE')"
    )
    assert functions == []
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await reader.fetch("SELECT * FROM dead_letter_history(1, 1)")


async def test_no_condition_is_asked_of_what_is_left_out(reader: Connection, pool: Pool) -> None:
    """Row E12: one that fails at the error of three learners does not fail, for it never sees that there is one."""
    condition = "CASE name WHEN 'decode' THEN 1 / (length(name) - 6) ELSE 1 END = 1"
    with pytest.raises(asyncpg.DivisionByZeroError):
        await pool.fetch(f"SELECT * FROM lesson_tallies WHERE {condition}")
    assert await reader.fetch(f"SELECT * FROM shown_tallies WHERE {condition}")
    condition = "CASE part WHEN 'firefox' THEN 1 / (length(part) - 7) ELSE 1 END = 1"
    assert await reader.fetch(f"SELECT * FROM shown_shares WHERE {condition}")
    condition = "CASE lesson_id WHEN 'l3' THEN 1 / (length(lesson_id) - 2) ELSE 1 END = 1"
    for view in ("shown_days", "shown_retention"):
        assert await reader.fetch(f"SELECT * FROM {view} WHERE {condition}"), view


async def test_no_view_names_a_learner(reader: Connection) -> None:
    """Row E12: whatever is in the views, no name of theirs is."""
    text = ""
    for view in sorted(VIEWS):
        text += "\n".join(str(dict(row)) for row in await reader.fetch(f"SELECT * FROM {view}"))
    assert "Lesson" in text
    for learner in ("a0", "b0", "c0", "v3", "w0", "chrome0", "firefox1"):
        assert f"'{learner}'" not in text
