"""Row E11: what videos cost by lesson, course and platform, and that a budget's threshold is told of once."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import httpx
import pytest

from analytics_service import budgeting, store_mux
from analytics_service.app import create_app
from analytics_service.forecast import month_of
from analytics_service.mux_data import DeliveredAsset
from analytics_service.settings import Settings, WorkerSettings
from contracts import Video
from servicekit.database import Pool
from tests.analytics import log
from tests.analytics.test_api import ADMIN, LEARNER, OTHER, OWNER, SECRET
from tests.analytics.test_worker import working
from tests.databases import Database
from tests.servicekit import kit

HOUR_MS = 3_600_000
PRICES: dict[str, Any] = {
    "mux_price_encoding_per_minute": 0.01,
    "mux_price_storage_per_minute": 0.5,
    "mux_price_delivery_per_minute": 0.1,
    "s3_price_storage_per_gb": 2.0,
    "s3_price_transfer_per_gb": 3.0,
    "s3_assumed_bits_per_s": 8_000_000,
}


@pytest.fixture
async def client(analytics_database: Database) -> AsyncIterator[httpx.AsyncClient]:
    app = create_app(Settings(database_url=analytics_database.app_url, auth_jwt_secret=SECRET, **PRICES))
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://analytics") as http,
    ):
        yield http


@pytest.fixture
def settings(analytics_database: Database) -> WorkerSettings:
    return WorkerSettings(database_url=analytics_database.worker_url, **PRICES)


@pytest.fixture
async def school(pool: Pool) -> datetime:
    """Course c1: l1, an hour at Mux since long ago, and l2, an hour in S3. Learners watched 600 s of each just now."""
    now = datetime.now(UTC)
    videos = {
        "l1": Video(provider="mux", asset_id="a1", duration_ms=HOUR_MS),
        "l2": Video(provider="s3", s3_key="k", duration_ms=HOUR_MS),
    }
    states = [log.lesson(name, video=video) for name, video in videos.items()]
    watching = [
        log.advanced(
            lesson_id=name, covered=((0, 600_000),), live_ms=600_000, spent_ms=300_000, watched_at=now, session=number
        )
        for number, name in enumerate(videos)
    ]
    await log.consume(pool, log.logged([log.course(), *states, *watching]))
    return now


async def delivered(pool: Pool, day: datetime, **seconds: float) -> None:
    rows = [DeliveredAsset(asset_id=asset, delivered_seconds=count) for asset, count in seconds.items()]
    async with pool.acquire() as conn, conn.transaction():
        await store_mux.replace_delivered(conn, day.date(), rows, datetime.now(UTC))


async def asked(client: httpx.AsyncClient, path: str, headers: dict[str, str] = OWNER) -> Any:
    response = await client.get(f"/api/analytics/{path}", headers=headers)
    assert response.status_code == 200, response.text
    return response.json()


async def test_a_courses_cost_is_its_minutes_times_the_prices(
    client: httpx.AsyncClient, pool: Pool, school: datetime
) -> None:
    """Stored by the share of the month, delivered as Mux says, S3 by the gigabyte; lessons add up to the course."""
    await delivered(pool, school, a1=1_200, foreign=9_999)
    found = await asked(client, "courses/c1/cost")
    month = month_of(datetime.fromisoformat(found["asOf"]))
    share = (month.now - month.begin) / (month.end - month.begin)
    one, two = found["lessons"]
    assert (one["lessonId"], two["lessonId"]) == ("l1", "l2")
    assert one["monthToDate"]["storage"] == pytest.approx(60 * share * 0.5, abs=1e-3)
    assert one["monthToDate"]["delivery"] == pytest.approx(20 * 0.1)
    assert one["monthToDate"]["encoding"] == 0, "it was made in an earlier month"
    assert two["monthToDate"]["s3Storage"] == pytest.approx(3.6 * share * 2, abs=1e-3)
    assert two["monthToDate"]["s3Transfer"] == pytest.approx(0.6 * 3)
    assert two["monthToDate"]["delivery"] == 0
    total = found["monthToDate"]["total"]
    assert total == pytest.approx(sum(lesson["monthToDate"]["total"] for lesson in found["lessons"]), abs=1e-3)
    assert found["minutes"]["verified"] == 10
    assert (one["minutes"]["delivered"], one["minutes"]["watched"], two["minutes"]["s3Watched"]) == (20, 10, 10)
    assert found["perThousandVerifiedMinutes"] == pytest.approx(total * 100, rel=1e-3)
    assert found["forecast"] > total
    assert (found["month"], found["budget"], len(found["assumptions"])) == (month.name, None, 2)


async def test_a_video_in_s3_costs_what_its_file_weighs(client: httpx.AsyncClient, pool: Pool) -> None:
    """Twice the assumed bit rate: 7.2 GB for an hour, of which ten minutes were watched."""
    video = Video(provider="s3", s3_key="k", duration_ms=HOUR_MS, size_bytes=7_200_000_000)
    watched = log.advanced(
        lesson_id="l2", covered=((0, 600_000),), live_ms=600_000, spent_ms=300_000, watched_at=datetime.now(UTC)
    )
    await log.consume(pool, log.logged([log.course(), log.lesson("l2", video=video), watched]))
    found = await asked(client, "courses/c1/cost")
    month = month_of(datetime.fromisoformat(found["asOf"]))
    share = (month.now - month.begin) / (month.end - month.begin)
    assert found["monthToDate"]["s3Storage"] == pytest.approx(7.2 * share * 2, abs=1e-3)
    assert found["monthToDate"]["s3Transfer"] == pytest.approx(1.2 * 3)
    days = (month.end - month.now).total_seconds() / 86_400
    assert found["forecast"] > found["monthToDate"]["total"] + 7.2 * 2 * days / 31


async def test_a_video_costs_storage_only_while_it_is_there(client: httpx.AsyncClient, pool: Pool) -> None:
    """One that came this month counts from then on and once for its encoding; one that was replaced, until then."""
    month = month_of(datetime.now(UTC))
    first = month.begin + (month.now - month.begin) / 4
    second = month.begin + (month.now - month.begin) / 2
    states = [
        log.lesson(video=Video(provider="mux", asset_id="a1", duration_ms=HOUR_MS), changed_at=first),
        log.lesson(
            version=2,
            title="Renamed",
            video=Video(provider="mux", asset_id="a1", duration_ms=HOUR_MS),
            changed_at=first + (second - first) / 2,
        ),
        log.lesson(version=3, video=Video(provider="mux", asset_id="a2", duration_ms=2 * HOUR_MS), changed_at=second),
    ]
    await log.consume(pool, log.logged([log.course(), *reversed(states)]))
    (lesson,) = (await asked(client, "courses/c1/cost"))["lessons"]
    days = (second - first) * 60 + (month.now - second) * 120
    assert lesson["minutes"]["stored"] == pytest.approx(days / (month.end - month.begin), abs=0.05)
    assert lesson["minutes"]["storedNow"] == 120
    assert lesson["monthToDate"]["encoding"] == pytest.approx((60 + 120) * 0.01)

    await log.consume(pool, log.at_other_offsets(log.logged([log.lesson(version=4, deleted=True)])))
    (gone,) = (await asked(client, "courses/c1/cost"))["lessons"]
    assert (gone["deleted"], gone["minutes"]["storedNow"]) == (True, 0)
    assert gone["monthToDate"]["total"] > 0


async def test_until_mux_has_told_the_ledger_stands_in(client: httpx.AsyncClient, school: datetime) -> None:
    """Credited media is taken for what was delivered, and the answer says that it is."""
    found = await asked(client, "courses/c1/cost")
    assert found["monthToDate"]["delivery"] == pytest.approx(10 * 0.1)
    assert found["deliveredUntil"] is None
    assert "ledger" in found["assumptions"][-1]


async def test_the_forecast_goes_on_at_the_recent_rate(client: httpx.AsyncClient, pool: Pool, school: datetime) -> None:
    """Thirty days of ten delivered minutes each: every day that is left costs a dollar more, and its storage."""
    for age in range(45):
        await delivered(pool, school - timedelta(days=age), a1=600)
    found = await asked(client, "courses/c1/cost")
    (one, _) = found["lessons"]
    month = month_of(datetime.fromisoformat(found["asOf"]))
    expected = one["monthToDate"]["total"] + month.days_left * (1 + 60 * 0.5 / month.days)
    assert one["forecast"] == pytest.approx(expected, abs=0.01)
    assert one["minutes"]["delivered"] == month.now.day * 10


async def test_the_platform_is_the_sum_of_its_courses(client: httpx.AsyncClient, pool: Pool, school: datetime) -> None:
    """For admins, by course, the dearest first."""
    video = Video(provider="mux", asset_id="a9", duration_ms=9 * HOUR_MS)
    states = [log.course("c2", title="Dear"), log.lesson("l9", course_id="c2", video=video)]
    await log.consume(pool, log.at_other_offsets(log.logged(states)))
    found = await asked(client, "cost", ADMIN)
    assert [course["courseId"] for course in found["courses"]] == ["c2", "c1"]
    total = sum(course["monthToDate"]["total"] for course in found["courses"])
    assert found["monthToDate"]["total"] == pytest.approx(total, abs=1e-3)


async def test_a_threshold_is_told_of_once_whoever_looks(
    client: httpx.AsyncClient, pool: Pool, settings: WorkerSettings, school: datetime
) -> None:
    """Many workers at once, again and again: one event for each threshold; a new amount is another budget."""
    await delivered(pool, school, a1=60_000)
    spent = (await asked(client, "courses/c1/cost"))["monthToDate"]["total"]
    wanted = {"monthlyUsd": spent / 0.9}
    response = await client.put("/api/analytics/courses/c1/budget", json=wanted, headers=OWNER)
    assert response.status_code == 200
    assert (response.json()["spentShare"], response.json()["told"]) == (pytest.approx(0.9, abs=0.01), [])

    found = await asyncio.gather(*(budgeting.compare(pool, settings, datetime.now(UTC)) for _ in range(4)))
    assert [event.threshold for events in found for event in events] == [0.8]
    await client.put("/api/analytics/courses/c1/budget", json=wanted, headers=OWNER)
    assert await budgeting.compare(pool, settings, datetime.now(UTC)) == []
    (event,) = await outgoing(pool)
    assert (event["course_id"], event["version"], event["threshold"]) == ("c1", 1, 0.8)
    assert event["spent_usd"] == pytest.approx(spent, abs=0.01)
    assert event["forecast_usd"] >= event["spent_usd"]
    assert (await asked(client, "courses/c1/cost"))["budget"]["told"] == [0.8]

    smaller = {"monthlyUsd": spent / 2, "thresholds": [1, 0.5, 1]}
    assert (await client.put("/api/analytics/courses/c1/budget", json=smaller, headers=OWNER)).json()["version"] == 2
    again = await budgeting.compare(pool, settings, datetime.now(UTC))
    assert [(event.version, event.threshold) for event in again] == [(2, 0.5), (2, 1.0)]
    assert len(await outgoing(pool)) == 3


async def test_the_worker_tells_others(
    pool: Pool, settings: WorkerSettings, school: datetime, kafka_bootstrap: str, topic_prefix: str
) -> None:
    """The running worker compares by itself, and what it finds is a record of `budget.exceeded`, once."""
    await pool.execute("INSERT INTO budgets VALUES ('course:c1', 1, 0.01, '{0.5,1}', 'owner', now())")
    running = settings.model_copy(
        update={
            "kafka_bootstrap_servers": kafka_bootstrap,
            "kafka_topic_prefix": topic_prefix,
            "budget_check_every_s": 0.1,
        }
    )
    async with working(running):
        async with asyncio.timeout(60):
            while len(await kit.read_all(running, "budget.exceeded")) < 2:
                await asyncio.sleep(0.1)
        async with asyncio.timeout(60):
            while await pool.fetchval("SELECT count(*) FROM outbox"):
                await asyncio.sleep(0.1)
        records = await kit.read_all(running, "budget.exceeded")
    assert [record.key for record in records] == [b"c1"] * 2
    assert [json.loads(record.value)["threshold"] for record in records] == [0.5, 1.0]


async def test_each_month_is_told_of_anew(pool: Pool, settings: WorkerSettings, school: datetime) -> None:
    """The platform's budget holds month by month."""
    month = month_of(school)
    await pool.execute("INSERT INTO budgets VALUES ('platform', 1, 0.01, '{1}', 'root', now())")
    for now in (month.end - timedelta(seconds=1), month.end + timedelta(days=2), month.end + timedelta(days=3)):
        await budgeting.compare(pool, settings, now)
    events = await outgoing(pool)
    assert [event["month"] for event in events] == [month.name, month_of(month.end).name]
    assert {event["course_id"] for event in events} == {None}


async def test_what_is_told_and_the_note_of_it_are_one(
    pool: Pool, settings: WorkerSettings, school: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If the event cannot be kept, the next look tells it."""
    await pool.execute("INSERT INTO budgets VALUES ('course:c1', 1, 0.01, '{1}', 'owner', now())")

    async def broken(*_: object) -> None:
        raise RuntimeError("no outbox")

    with monkeypatch.context() as patched:
        patched.setattr(budgeting.outbox, "append", broken)
        with pytest.raises(RuntimeError):
            await budgeting.compare(pool, settings, school)
    assert len(await budgeting.compare(pool, settings, school)) == 1


@pytest.mark.parametrize(
    "wanted",
    [{}, {"monthlyUsd": 0}, {"monthlyUsd": -1}, {"monthlyUsd": 5, "thresholds": []},
     {"monthlyUsd": 5, "thresholds": [0]}, {"monthlyUsd": 5, "thresholds": [11]}, {"monthlyUsd": 5, "more": 1}],
)  # fmt: skip
async def test_a_budget_that_makes_no_sense_is_refused(
    client: httpx.AsyncClient, school: datetime, wanted: dict[str, Any]
) -> None:
    """With a problem, and nothing is kept."""
    response = await client.put("/api/analytics/courses/c1/budget", json=wanted, headers=OWNER)
    assert response.status_code == 422
    assert (await asked(client, "courses/c1/cost"))["budget"] is None


async def test_who_may_see_and_set_what(client: httpx.AsyncClient, school: datetime) -> None:
    """A course's money is its owner's and admins', the platform's is admins'."""
    callers = {"owner": OWNER, "other": OTHER, "learner": LEARNER, "admin": ADMIN}
    own = {"owner": 200, "other": 403, "learner": 403, "admin": 200}
    admins = {"owner": 403, "other": 403, "learner": 403, "admin": 200}
    budget = {"monthlyUsd": 10}
    for path, expected in (("courses/c1/cost", own), ("cost", admins)):
        found = {who: await client.get(f"/api/analytics/{path}", headers=headers) for who, headers in callers.items()}
        assert {who: response.status_code for who, response in found.items()} == expected
    for path, expected in (("courses/c1/budget", own), ("budget", admins)):
        address = f"/api/analytics/{path}"
        put = {who: await client.put(address, json=budget, headers=headers) for who, headers in callers.items()}
        assert {who: response.status_code for who, response in put.items()} == expected
    assert (await client.get("/api/analytics/courses/none/cost", headers=ADMIN)).status_code == 404


async def test_the_api_can_write_nothing_but_budgets(analytics_database: Database) -> None:
    """What Mux said and what was told cannot be changed with the API's role, whatever its code does."""
    connection = await asyncpg.connect(analytics_database.app_url)
    try:
        for table in ("mux_played", "mux_delivered", "mux_views", "mux_turns", "lesson_videos", "budget_alerts"):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.execute(f"DELETE FROM {table}")
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute("DELETE FROM budgets")
    finally:
        await connection.close()


async def outgoing(pool: Pool) -> list[Any]:
    rows = await pool.fetch("SELECT payload FROM outbox WHERE topic = 'budget.exceeded' ORDER BY id")
    return [json.loads(row["payload"]) for row in rows]
