"""A thousand learners through the real pipeline: every number equals a slow and obvious recount of the log.

The clean run is compared with tests/analytics/naive.py, which is written from docs/metrics.md and reads nothing but
the raw topics; then the tables are rebuilt, and the same log is consumed by workers that are killed: the same rows.
"""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import httpx
import pytest
from aiokafka import AIOKafkaProducer
from aiokafka.errors import CommitFailedError

from analytics_service.rebuild.rebuilding import RebuildSettings, rebuild
from analytics_service.settings import WorkerSettings
from contracts import LessonCompleted, ProgressAdvanced, Topic, WatchProgress, topics
from progress_service.settings import WorkerSettings as ProgressSettings
from progress_service.worker import create_worker as create_progress_worker
from servicekit import database
from servicekit.database import Pool
from servicekit.kafka import ensure_topics
from tests.analytics import naive
from tests.analytics.crowd import LATE_LESSON, TINY, Crowd, course_of, crowd
from tests.analytics.test_api import OWNER, calling
from tests.analytics.test_counting import dump
from tests.analytics.test_rebuild import Told
from tests.analytics.test_worker import ends, publish, rewind, working
from tests.databases import Database
from tests.polling import until
from tests.servicekit import kit

SEED = int(os.environ.get("EQUALITY_SEED", "7"))
LEARNERS = int(os.environ.get("EQUALITY_LEARNERS", "1000"))
KILLS = 5
PATIENCE_S = 240
K = 5
CONSUMED = (
    topics.COURSE_CHANGED,
    topics.LESSON_CHANGED,
    topics.ENROLLMENT_CHANGED,
    topics.WATCH_PROGRESS,
    topics.PROGRESS_ADVANCED,
    topics.LESSON_COMPLETED,
)
PRODUCED = (topics.PROGRESS_ADVANCED, topics.LESSON_COMPLETED, topics.COURSE_COMPLETED)
PARTS: dict[str, Callable[[WatchProgress, Any], str]] = {
    "byPlayer": lambda request, beat: "other" if beat.player == "somebody's own" else beat.player or "unknown",
    "byBrowser": lambda request, beat: request.browser or "unknown",
    "byCountry": lambda request, beat: request.country or "unknown",
}
Get = Callable[[str], Awaitable[dict[str, Any]]]


@dataclass(frozen=True)
class Raw:
    """What the topics hold: the ledger's words, and the players'."""

    ledger: list[ProgressAdvanced | LessonCompleted]
    players: list[WatchProgress]


@pytest.fixture
def settings(analytics_database: Database, kafka_bootstrap: str, topic_prefix: str) -> WorkerSettings:
    return WorkerSettings(
        database_url=analytics_database.worker_url,
        kafka_bootstrap_servers=kafka_bootstrap,
        kafka_topic_prefix=topic_prefix,
        kafka_session_timeout_ms=6_000,
    )


@pytest.fixture
async def producer(settings: WorkerSettings) -> AsyncIterator[AIOKafkaProducer]:
    running = AIOKafkaProducer(bootstrap_servers=settings.kafka_bootstrap_servers, acks="all")
    await running.start()
    yield running
    await running.stop()


async def applied(pool: Pool) -> int:
    """How many records the tables have."""
    return int(await pool.fetchval("SELECT coalesce(sum(next_offset), 0) FROM applied_offsets"))


async def logged(settings: WorkerSettings) -> int:
    """How many records the topics that are consumed have."""
    return sum([sum((await ends(settings, settings.kafka_topic_prefix + topic.name)).values()) for topic in CONSUMED])


async def through_the_ledger(settings: WorkerSettings, ledger: Database) -> None:
    """Let the progress worker judge all that was sent, and tell of it."""
    pool = await database.create_pool(ledger.worker_url, application_name="tests", max_size=1)
    folding = ProgressSettings(
        database_url=ledger.worker_url,
        kafka_bootstrap_servers=settings.kafka_bootstrap_servers,
        kafka_topic_prefix=settings.kafka_topic_prefix,
        kafka_session_timeout_ms=6_000,
    )
    sent = sum((await ends(settings, settings.kafka_topic_prefix + topics.WATCH_PROGRESS.name)).values())

    async def told() -> bool:
        folded = await kit.committed(folding, "progress.watch.progress", topics.WATCH_PROGRESS.name) >= sent
        return folded and await pool.fetchval("SELECT NOT EXISTS (SELECT FROM outbox)")

    async with create_progress_worker(folding):
        await until(told, timeout=PATIENCE_S)
    await pool.close()


async def raw(settings: WorkerSettings) -> Raw:
    ledger: list[ProgressAdvanced | LessonCompleted] = [
        ProgressAdvanced.model_validate_json(record.value)
        for record in await kit.read_all(settings, topics.PROGRESS_ADVANCED.name)
    ]
    for record in await kit.read_all(settings, topics.LESSON_COMPLETED.name):
        ledger.append(LessonCompleted.model_validate_json(record.value))
    players = [
        WatchProgress.model_validate_json(record.value)
        for record in await kit.read_all(settings, topics.WATCH_PROGRESS.name)
    ]
    return Raw(ledger, players)


@pytest.mark.timeout(600)
async def test_every_number_equals_a_recount_of_the_log_also_after_kills(
    settings: WorkerSettings,
    pool: Pool,
    producer: AIOKafkaProducer,
    make_database: Callable[[str], Database],
    analytics_database: Database,
) -> None:
    """Rows E1, E2, E3, E4, E5, E6, E12, E13: reports, curves, days, filters, tallies, maps; the same rows after
    a rebuild (E8), and by workers that are killed with -9 five times."""
    people = crowd(SEED, learners=LEARNERS)
    await ensure_topics(settings, [*CONSUMED, *PRODUCED])
    await publish(producer, settings, [*people.said, *people.sent])
    await through_the_ledger(settings, make_database("progress"))
    count = await logged(settings)
    async with working(settings):
        await until(lambda: _has(pool, count), timeout=PATIENCE_S)
    log = await raw(settings)
    async with calling(analytics_database, smallest=K) as http:
        await Comparison(people, log, lambda path: _get(http, path)).everything()
    clean = await dump(pool)

    await rebuild(rebuilding(settings, analytics_database), Told())
    async with database_pool(analytics_database) as after:
        same_rows(await dump(after), clean)

    other = make_database("analytics")
    async with database_pool(other) as second:
        await killed_and_killed_again(settings.model_copy(update={"database_url": other.worker_url}), second, count)
        same_rows(await dump(second), clean)


def same_rows(found: dict[str, list[dict[str, Any]]], expected: dict[str, list[dict[str, Any]]]) -> None:
    for table, rows in expected.items():
        assert found[table] == rows, table


def rebuilding(settings: WorkerSettings, analytics: Database) -> RebuildSettings:
    return RebuildSettings(
        database_url=analytics.worker_url,
        database_owner_url=analytics.owner_url,
        kafka_bootstrap_servers=settings.kafka_bootstrap_servers,
        kafka_topic_prefix=settings.kafka_topic_prefix,
    )


async def _has(pool: Pool, count: int) -> bool:
    return await applied(pool) >= count


async def _get(http: httpx.AsyncClient, path: str) -> dict[str, Any]:
    response = await http.get(f"/api/analytics/{path}", headers=OWNER)
    assert response.status_code == 200, (path, response.text)
    found: dict[str, Any] = response.json()
    return found


class database_pool:
    """A pool for the block."""

    def __init__(self, one: Database) -> None:
        self._url = one.worker_url

    async def __aenter__(self) -> Pool:
        self._pool = await database.create_pool(self._url, application_name="tests", max_size=2)
        return self._pool

    async def __aexit__(self, *_: object) -> None:
        await self._pool.close()


async def killed_and_killed_again(settings: WorkerSettings, pool: Pool, count: int) -> None:
    """The whole log again into empty tables, by workers that are killed in turn; twice their commits are lost too."""
    for kill in range(KILLS):
        if kill in (0, 3):
            for topic in CONSUMED:
                await until(lambda topic=topic: _commits_lost(settings, topic), timeout=PATIENCE_S)
        worker = await _start(settings)
        try:
            await until(lambda kill=kill: _has(pool, count * (kill + 1) // (KILLS + 1)), timeout=PATIENCE_S)
        finally:
            worker.kill()
            await worker.wait()
    worker = await _start(settings)
    try:
        await until(lambda: _has(pool, count), timeout=PATIENCE_S)
        for topic in CONSUMED:
            await until(lambda topic=topic: _committed(settings, topic), timeout=PATIENCE_S)
    finally:
        worker.kill()
        await worker.wait()


async def _commits_lost(settings: WorkerSettings, topic: Topic) -> bool:
    """Not while the broker still takes a killed worker for a member of the group."""
    try:
        await rewind(settings, topic.name)
    except CommitFailedError:
        return False
    return True


async def _committed(settings: WorkerSettings, topic: Topic) -> bool:
    end = sum((await ends(settings, settings.kafka_topic_prefix + topic.name)).values())
    return await kit.committed(settings, f"analytics.{topic.name}", topic.name) >= end


async def _start(settings: WorkerSettings) -> asyncio.subprocess.Process:
    environment = {
        **os.environ,
        "DATABASE_URL_ANALYTICS_WORKER": settings.database_url,
        "KAFKA_BOOTSTRAP_SERVERS": settings.kafka_bootstrap_servers,
        "KAFKA_TOPIC_PREFIX": settings.kafka_topic_prefix,
        "KAFKA_SESSION_TIMEOUT_MS": str(settings.kafka_session_timeout_ms),
        "WORKER_HEALTH_PORT": "0",
        "LOG_LEVEL": "ERROR",
    }
    return await asyncio.create_subprocess_exec(sys.executable, "-m", "analytics_service.worker", env=environment)


class Comparison:
    """What the API says, beside a recount."""

    def __init__(self, people: Crowd, log: Raw, get: Get) -> None:
        self._people, self._log, self._get = people, log, get
        self._cohorts = {
            event.learner_id: event.cohort for event in people.said if event.topic is topics.ENROLLMENT_CHANGED
        }

    async def everything(self) -> None:
        viewers: dict[str, set[str]] = {"c1": set(), "c2": set()}
        for lesson_id, duration in self._people.durations.items():
            seconds = -(-duration // 1000)
            expected = naive.numbers(lesson_id, self._log.ledger, seconds)
            report = await self._get(f"lessons/{lesson_id}")
            if expected.viewers < K:
                assert lesson_id == LATE_LESSON
                assert 0 < expected.viewers <= TINY
                assert report["suppressed"]
                assert all(report[name] is None for name in ("views", "uniqueViewers", "retention", "dropOffs", "asOf"))
                assert (await self._get(f"lessons/{lesson_id}/days"))["days"] == []
                assert (await self._get(f"lessons/{lesson_id}/cohorts"))["cohorts"] == []
            else:
                self._same(report, expected, duration)
                await self._same_days(lesson_id, expected)
                await self._same_when_filtered(lesson_id, duration, seconds)
                viewers[course_of(lesson_id)] |= await self._same_maps(lesson_id, duration)
            await self._same_tallies(lesson_id, duration, expected)
        for course_id, found in viewers.items():
            assert (await self._get(f"courses/{course_id}"))["uniqueViewers"] == len(found)

    def _same(self, report: Mapping[str, Any], expected: naive.Numbers, duration: int) -> None:
        assert not report["suppressed"]
        assert (report["views"], report["uniqueViewers"]) == (expected.views, expected.viewers)
        assert report["completions"] == expected.completions
        assert report["totalWatchTime"] == expected.watched_ms / 1000
        assert report["totalVerifiedTime"] == expected.spent_ms / 1000
        views = max(expected.views, 1)
        assert report["averageWatchTime"] == pytest.approx(expected.watched_ms / views / 1000, abs=0.00051)
        assert report["averageVerifiedTime"] == pytest.approx(expected.spent_ms / views / 1000, abs=0.00051)
        rate = expected.completed_viewers / max(expected.viewers, 1)
        assert report["completionRate"] == pytest.approx(rate, abs=0.000051)
        assert report["retention"]["unique"] == pytest.approx(naive.buckets(expected.unique, duration), abs=0.00051)
        assert report["retention"]["replays"] == pytest.approx(naive.buckets(expected.replays, duration), abs=0.00051)
        falls = naive.drop_offs(expected.unique[: duration // 1000], expected.viewers)
        assert [(fall["position"], fall["lost"]) for fall in report["dropOffs"]] == [
            (second, pytest.approx(lost, abs=0.00051)) for second, lost in falls
        ]

    async def _same_days(self, lesson_id: str, expected: naive.Numbers) -> None:
        series = (await self._get(f"lessons/{lesson_id}/days"))["days"]
        assert series
        known = dict(expected.days)
        for period in series:
            first, last = date.fromisoformat(period["firstDay"]), date.fromisoformat(period["lastDay"])
            within = [known.pop(day) for day in sorted(known) if first <= day <= last]
            names = {"views": "views", "viewers": "viewers", "newViewers": "new_viewers", "completions": "completions"}
            assert {name: period[name] for name in names} == {
                name: sum(getattr(day, ours) for day in within) for name, ours in names.items()
            }
            assert period["watchTime"] == sum(day.watched_ms for day in within) / 1000
            assert period["verifiedTime"] == sum(day.spent_ms for day in within) / 1000
        assert known == {}, "every day is in one period"

    async def _same_when_filtered(self, lesson_id: str, duration: int, seconds: int) -> None:
        """Row E6: as many learners as the filter says it chose, and all their numbers."""
        groups = (await self._get(f"lessons/{lesson_id}/cohorts"))["cohorts"]
        assert "tiny" not in {group["cohort"] for group in groups}
        asked = [f"cohort={group['cohort']}" for group in groups if group["cohort"]]
        asked += ["from=2026-03-05&to=2026-03-12", *(f"{cohort}&to=2026-03-10" for cohort in asked[:1])]
        for question in asked:
            report = await self._get(f"lessons/{lesson_id}?{question}")
            chosen = report["filter"]
            first, last = (
                chosen[name] and date.fromisoformat(chosen[name]) for name in ("firstViewFrom", "firstViewTo")
            )

            def of(learner: str, day: date | None, chosen: Any = chosen, first: Any = first, last: Any = last) -> bool:
                in_cohort = chosen["cohort"] is None or self._cohorts[learner] == chosen["cohort"]
                in_days = day is not None and (first or day) <= day <= (last or day)
                return in_cohort and in_days

            expected = naive.numbers(lesson_id, self._log.ledger, seconds, of=of)
            assert expected.viewers == 0 or expected.viewers >= K
            self._same(report, expected, duration)

    async def _same_maps(self, lesson_id: str, duration: int) -> set[str]:
        """Row E5: every learner's coverage, page by page. Returns the viewers."""
        watched: dict[str, list[tuple[int, int]]] = {}
        for event in self._log.ledger:
            if isinstance(event, ProgressAdvanced) and event.lesson_id == lesson_id:
                watched.setdefault(event.learner_id, []).extend([*event.covered, *event.replayed])
        found, after = {}, ""
        while True:
            page = await self._get(f"lessons/{lesson_id}/learners?limit=50{after}")
            found |= {learner["learnerId"]: learner for learner in page["learners"]}
            if page["next"] is None:
                break
            after = f"&after={page['next']}"
        assert found.keys() == watched.keys()
        for learner, parts in watched.items():
            covered = naive.flattened(parts)
            assert found[learner]["covered"] == [[start / 1000, end / 1000] for start, end in covered]
            share = sum(end - start for start, end in covered) / duration
            assert found[learner]["coverage"] == pytest.approx(share, abs=0.000051)
        return {learner for learner, row in found.items() if row["views"]}

    async def _same_tallies(self, lesson_id: str, duration: int, expected: naive.Numbers) -> None:
        """Row E4: seeks, qualities, errors and speeds, from k learners on."""
        told = naive.told(lesson_id, self._log.players, duration)
        report = await self._get(f"lessons/{lesson_id}/interactions")
        width = report["seeks"]["bucketSeconds"]
        assert {
            f"{width}/{cell['fromBucket']}/{cell['toBucket']}": (cell["seeks"], cell["learners"])
            for cell in report["seeks"]["cells"]
        } == {name: counts for (kind, name), counts in told.items() if kind == "seek" and counts[1] >= K}
        beats, learners, ms = naive.stalls(lesson_id, self._log.players)
        rebuffering = report["rebuffering"]
        if 0 < learners < K:
            assert (rebuffering["beats"], rebuffering["learners"], rebuffering["seconds"]) == (None, None, None)
            assert rebuffering["suppressed"]
        else:
            assert (rebuffering["beats"], rebuffering["learners"], rebuffering["seconds"] * 1000) == (
                beats,
                learners,
                pytest.approx(ms),
            )
        for kind, field in (("quality", "qualityChanges"), ("error", "errors")):
            assert {value["name"]: (value["times"], value["learners"]) for value in report[field]["values"]} == {
                name: counts for (of, name), counts in told.items() if of == kind and counts[1] >= K
            }
        assert {
            value["name"]: (value["times"], value["learners"], round(value["watchTime"] * 1000))
            for value in report["speeds"]["values"]
        } == {name: counts for name, counts in expected.speeds.items() if counts[1] >= K}
        self._same_splits(lesson_id, report)

    def _same_splits(self, lesson_id: str, report: Mapping[str, Any]) -> None:
        """Row E4: by player, browser and country, what is too small together with the smallest that is not."""
        numbers = {("play", "start"): report["plays"], ("stall", "data"): report["rebuffering"]}
        for kind, field in (("quality", "qualityChanges"), ("error", "errors")):
            numbers |= {(kind, value["name"]): value for value in report[field]["values"]}
        for split, part_of in PARTS.items():
            expected = naive.parts(lesson_id, self._log.players, part_of)
            for key, number in numbers.items():
                shares = {share["name"]: share for share in number[split]}
                parts = expected.get(key, {})
                large = {name: part for name, part in parts.items() if part[1] >= K}
                assert shares.keys() == large.keys(), (lesson_id, split, key)
                if not large:
                    continue
                small = [part for name, part in parts.items() if name not in large]
                joined = min(large, key=lambda name, large=large: (large[name][1], name)) if small else None
                for name, share in shares.items():
                    counted = [large[name], *(small if name == joined else [])]
                    assert share["times"] == sum(part[0] for part in counted)
                    assert (share["withOthers"], share["learners"]) == (
                        name == joined,
                        None if name == joined else large[name][1],
                    )
                    if key[0] == "stall":
                        assert share["seconds"] * 1000 == pytest.approx(sum(part[2] for part in counted))
