"""The live view: who is counted, who is not shown, and how soon an owner sees it (row E7)."""

import asyncio
import itertools
import json
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from aiokafka import AIOKafkaProducer
from hypothesis import given
from hypothesis import strategies as st

from analytics_service import live, store_groups, store_live
from analytics_service.app import create_app
from analytics_service.live import Sighting, shown, viewer_of
from analytics_service.settings import Settings, WorkerSettings
from contracts import Beat, WatchProgress
from servicekit.database import Pool
from tests.analytics import log
from tests.analytics.test_api import ADMIN, LEARNER, OTHER, OWNER, SECRET
from tests.analytics.test_worker import publish, working
from tests.databases import Database
from tests.serving import serving

NOW_MS = int(datetime(2026, 3, 2, 9, tzinfo=UTC).timestamp() * 1000)


def now_ms() -> int:
    return time.time_ns() // 1_000_000


def report(
    learner_id: str = "u1", *ends_ms: int, at_ms: int, skew_ms: int = 0, played: bool = True, **changes: Any
) -> WatchProgress:
    """A report received at `at_ms` of a client whose clock is behind by `skew_ms`; its beats end at `ends_ms`."""
    segments = ((0, 10_000),) if played else ()
    known: dict[str, Any] = {
        "lesson_id": "l1",
        "course_id": "c1",
        "session_id": UUID(int=1),
        "duration_ms": 60_000,
        "granted_at_ms": at_ms - 60_000,
        "expires_at_ms": at_ms + 60_000,
        "received_at_ms": at_ms,
        "sent_at_ms": at_ms - skew_ms,
        "beats": [
            Beat(seq=number, at_ms=end - skew_ms, position_ms=0, segments=segments)
            for number, end in enumerate(ends_ms or (at_ms,))
        ],
    }
    return WatchProgress(learner_id=learner_id, **{**known, **changes})


async def beats_of(pool: Pool, count: int, lesson_id: str = "l1", *, first: int = 0, at_ms: int | None = None) -> None:
    """So many learners report one beat each, just now."""
    reports = [
        report(f"u{number}", at_ms=at_ms or now_ms(), lesson_id=lesson_id) for number in range(first, first + count)
    ]
    await log.consume(pool, log.logged(reports, first_offset=next(_OFFSETS)))


_OFFSETS = itertools.count(0, 1_000)


def test_a_viewer_is_where_playing_ended_last_in_the_servers_clock() -> None:
    """Of all reports the latest end of playing counts, whatever their order and the client's clock."""
    reports = [
        report("u1", NOW_MS - 9_000, NOW_MS - 20_000, at_ms=NOW_MS, skew_ms=86_400_000),
        report("u1", at_ms=NOW_MS - 10_000, lesson_id="l2"),
        report("u2", NOW_MS + 50_000, at_ms=NOW_MS - 1_000),
    ]
    u1, u2 = viewer_of("c1", "u1"), viewer_of("c1", "u2")
    expected = {u1: Sighting(NOW_MS - 9_000, "l1"), u2: Sighting(NOW_MS - 1_000, "l1")}
    assert live.sightings(reports, NOW_MS) == live.sightings(reports[::-1], NOW_MS) == expected


def test_neither_an_idle_page_nor_an_offline_queue_is_a_viewer() -> None:
    """A beat without playing, and one that was played long ago, are beats and no sightings."""
    idle, offline = report(at_ms=NOW_MS, played=False), report("u1", NOW_MS - 3_600_000, at_ms=NOW_MS)
    assert live.sightings([idle, offline], NOW_MS) == {}
    assert sum(live.beats([(0, idle), (0, offline)], NOW_MS).values()) == 2
    assert live.beats([(0, idle)], NOW_MS + live.KEPT_S * 1000) == {}


GROUPS = st.dictionaries(st.sampled_from("abcdef"), st.integers(0, 12), max_size=6)


@given(GROUPS, st.integers(2, 8))
def test_no_small_group_can_be_told_from_what_is_shown(groups: dict[str, int], smallest: int) -> None:
    """Neither a lesson nor the total less the lessons shown is a group of fewer than the smallest."""
    found = shown(groups, smallest)
    assert all(groups[lesson_id] >= smallest for lesson_id in found.lessons)
    if found.total is not None:
        rest = found.total - sum(groups[lesson_id] for lesson_id in found.lessons)
        assert rest == 0 or rest >= smallest
        assert found.total == sum(groups[lesson_id] for lesson_id in found.counted)
    else:
        assert sum(groups.values()) - sum(groups[one] for one in found.lessons) < smallest


def test_without_a_smallest_group_everybody_is_shown() -> None:
    """1 turns the suppression off, zeros included."""
    assert shown({"a": 1, "b": 2}, 1).total == 3
    assert shown({"a": 0, "b": 2}, 1).lessons == {"a", "b"}
    assert shown({}, 1).total == 0


async def test_a_viewer_is_counted_once_where_it_was_seen_last_however_often_it_is_told(pool: Pool) -> None:
    """Two tabs, a change of lesson and a redelivery leave one viewer; beats are counted each, once."""
    now = now_ms()
    slot = (now // 5_000 - 1) * 5_000  # received within the slot before this one
    reports = [
        report("u1", slot, slot + 1, at_ms=slot + 1),
        report("u1", slot + 2, at_ms=slot + 2, lesson_id="l2"),
        report("u1", slot - 3, at_ms=slot + 3),
    ]
    batch = log.logged([log.course(), *reports])
    for received in batch:
        await log.consume(pool, [received])
    await log.consume(pool, batch)
    async with pool.acquire() as conn:
        found = (await store_live.courses_now(conn, ["c1", "none"], _at(slot + 5_001)))["c1"]
        much_later = (await store_live.courses_now(conn, ["c1"], _at(slot + 60_000)))["c1"]
    assert {name: (counts.viewers, counts.beats) for name, counts in found.lessons.items()} == {
        "l1": (0, 3),
        "l2": (1, 1),
    }
    assert much_later.lessons == {}


async def test_a_completion_is_counted_once_for_some_minutes(pool: Pool) -> None:
    """Told twice at different offsets it is one; after its time it is none, and the sweep leaves nothing."""
    at_s = (datetime.now(UTC) - log.START).total_seconds()
    events = log.logged([log.course(), log.completion("u1", at_s=at_s), log.completion("u2", at_s=at_s)])
    await log.consume(pool, events)
    await log.consume(pool, log.at_other_offsets(events))
    await beats_of(pool, 3)
    now = datetime.now(UTC)
    async with pool.acquire() as conn:
        found = await store_live.courses_now(conn, ["c1"], now)
        later = await store_live.courses_now(conn, ["c1"], now + timedelta(seconds=live.COMPLETIONS_S + 1))
        assert (found["c1"].lessons["l1"].completions, later["c1"].lessons) == (2, {})
        assert await store_live.sweep(conn, now) == 0
        assert await store_live.sweep(conn, now + timedelta(seconds=live.KEPT_S + 10)) >= 2 + 3 + 1
    for table in ("live_viewers", "live_beats", "live_completions"):
        assert await pool.fetchval(f"SELECT count(*) FROM {table}") == 0


@pytest.fixture
def settings(analytics_database: Database, kafka_bootstrap: str, topic_prefix: str) -> Settings:
    return Settings(
        database_url=analytics_database.app_url,
        auth_jwt_secret=SECRET,
        kafka_bootstrap_servers=kafka_bootstrap,
        kafka_topic_prefix=topic_prefix,
        kafka_session_timeout_ms=6_000,
        live_poll_s=0.05,
    )


@pytest.fixture
async def http(settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    with serving(create_app(settings)) as base_url:
        async with httpx.AsyncClient(base_url=base_url, timeout=60) as client:
            yield client


async def test_the_owner_sees_groups_that_are_large_enough(pool: Pool, http: httpx.AsyncClient) -> None:
    """Five viewers are shown, four are not, and the course's sum does not betray them."""
    await log.consume(pool, log.logged([log.course()]))
    await beats_of(pool, 5, "l1")
    await beats_of(pool, 4, "l2", first=10)
    path = "/api/analytics/courses/c1/live/now"
    body = (await http.get(path, headers=OWNER)).json()
    assert [(one["lessonId"], one["viewersNow"], one["completions"]) for one in body["lessons"]] == [("l1", 5, None)]
    assert (body["viewersNow"], body["completions"], body["smallestGroup"]) == (5, None, 5)
    await beats_of(pool, 1, "l2", first=20)
    body = (await http.get(path, headers=ADMIN)).json()
    assert (body["viewersNow"], [one["viewersNow"] for one in body["lessons"]]) == (10, [5, 5])
    assert datetime.now(UTC) - datetime.fromisoformat(body["lastSeenAt"]) < timedelta(minutes=5)


async def test_nobody_is_a_number_where_everybody_is_shown(pool: Pool, http: httpx.AsyncClient) -> None:
    """With 1 as the smallest group there is nothing to suppress: no viewers, no beats and no completions are 0."""
    await log.consume(pool, log.logged([log.course()]))
    path = "/api/analytics/courses/c1/live/now"
    names = ("viewersNow", "beatsPerSecond", "completions")
    body = (await http.get(path, headers=OWNER)).json()
    assert [body[name] for name in names] == [None, None, None]
    async with pool.acquire() as conn:
        await store_groups.set_smallest_group(conn, 1)
    body = (await http.get(path, headers=OWNER)).json()
    assert [body[name] for name in names] == [0, 0, 0]
    await log.consume(pool, log.logged([log.completion("u1", at_s=(now_ms() - NOW_MS) // 1000)]))
    lesson = (await http.get(path, headers=OWNER)).json()["lessons"][0]
    assert [lesson[name] for name in names] == [0, 0, 1]


async def test_only_the_owner_and_admins_look_on(pool: Pool, http: httpx.AsyncClient) -> None:
    """Neither another instructor nor a learner, in either form; an unknown course is a 404."""
    await log.consume(pool, log.logged([log.course()]))
    for form in ("live", "live/now"):
        path = f"/api/analytics/courses/c1/{form}"
        for headers, status in ((OTHER, 403), (LEARNER, 403), ({}, 401)):
            assert (await http.get(path, headers=headers)).status_code == status
        assert (await http.get(f"/api/analytics/courses/none/{form}", headers=ADMIN)).status_code == 404


class Stream:
    """The server-sent events of one answer."""

    def __init__(self, response: httpx.Response) -> None:
        self._lines = response.iter_lines()
        self._until = time.monotonic() + 60

    def next(self) -> tuple[str | None, str, Any]:
        """(id, event, data); comments are passed over."""
        found: dict[str, str] = {}
        for line in self._lines:
            assert time.monotonic() < self._until, "it did not come"
            if not line and found:
                data = found["data"]
                return found.get("id"), found["event"], json.loads(data) if data.startswith("{") else data
            name, _, value = line.partition(": ")
            if name and value:
                found[name] = value
        raise EOFError


@contextmanager
def streaming(http: httpx.AsyncClient, **headers: str) -> Iterator[Stream]:
    url = f"{http.base_url}/api/analytics/courses/c1/live"
    with httpx.stream("GET", url, headers={**OWNER, **headers}, timeout=60) as response:
        assert response.status_code == 200, response.read()
        assert response.headers["content-type"].startswith("text/event-stream")
        yield Stream(response)


async def next_with(stream: Stream, viewers: int) -> str | None:
    """The id of the first event that shows so many viewers."""
    while True:
        event_id, _, body = await asyncio.to_thread(stream.next)
        if body["viewersNow"] == viewers:
            return event_id


async def test_the_stream_tells_each_change_and_resumes(pool: Pool, http: httpx.AsyncClient) -> None:
    """The state now, then the next; who comes back with the id of the state now gets only what comes after."""
    await log.consume(pool, log.logged([log.course()]))
    with streaming(http) as stream:
        event_id, event, body = await asyncio.to_thread(stream.next)
        assert (event, body["viewersNow"]) == ("live", None)
        await beats_of(pool, 5)
        await next_with(stream, 5)
    with streaming(http) as stream:
        event_id = await next_with(stream, 5)
    assert event_id is not None
    with streaming(http, **{"Last-Event-ID": event_id}) as stream:
        await beats_of(pool, 1, first=10)
        seen, _, _ = await asyncio.to_thread(stream.next)
        assert seen != event_id
        await next_with(stream, 6)


async def test_a_right_that_is_lost_ends_the_stream(pool: Pool, http: httpx.AsyncClient) -> None:
    """A course that passes to another owner, or is deleted, is not told on."""
    await log.consume(pool, log.logged([log.course()]))
    with streaming(http) as stream:
        await asyncio.to_thread(stream.next)
        await log.consume(pool, log.logged([log.course(version=2, owner_id="other")], first_offset=10))
        assert await asyncio.to_thread(stream.next) == (None, "gone", "not-the-course-owner")
    await log.consume(pool, log.logged([log.course(version=3)], first_offset=20))
    with streaming(http) as stream:
        await asyncio.to_thread(stream.next)
        await log.consume(pool, log.logged([log.course(version=4, deleted=True)], first_offset=30))
        assert await asyncio.to_thread(stream.next) == (None, "gone", "course-not-found")


async def test_a_beat_is_on_the_dashboard_within_ten_seconds(
    pool: Pool, analytics_database: Database, settings: Settings, http: httpx.AsyncClient
) -> None:
    """From the log through two workers to an open stream, once everything runs."""
    writing = WorkerSettings(
        database_url=analytics_database.worker_url,
        kafka_bootstrap_servers=settings.kafka_bootstrap_servers,
        kafka_topic_prefix=settings.kafka_topic_prefix,
        kafka_session_timeout_ms=6_000,
    )
    producer = AIOKafkaProducer(bootstrap_servers=settings.kafka_bootstrap_servers, acks="all")
    await producer.start()
    try:
        async with working(writing), working(writing):
            await log.consume(pool, log.logged([log.course()]))
            with streaming(http) as stream:
                await publish(producer, settings, [report(f"u{n}", at_ms=now_ms()) for n in range(8)])
                await next_with(stream, 8)
                sent = time.monotonic()
                await publish(producer, settings, [report(f"u{n}", at_ms=now_ms()) for n in range(8, 16)])
                await next_with(stream, 16)
                assert time.monotonic() - sent < 10
    finally:
        await producer.stop()


def _at(epoch_ms: int) -> datetime:
    return datetime.fromtimestamp(epoch_ms / 1000, UTC)
