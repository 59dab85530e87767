"""The whole service over real Kafka and PostgreSQL: from a report to what the learner reads and others are told."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any
from uuid import uuid4

import pytest
from aiokafka import AIOKafkaConsumer

from contracts import AttemptStarted, CourseCompleted, LessonCompleted, ProgressAdvanced
from progress_service.app import create_app
from progress_service.settings import WorkerSettings
from progress_service.worker import create_worker
from servicekit.database import Pool
from servicekit.outbox import message_of
from servicekit.producer import Producer
from servicekit.worker import Worker
from tests.databases import Database
from tests.polling import until
from tests.progress.calling import NOWHERE, bearer, client_of, settings_for
from tests.progress.granting import grant
from tests.progress.making import attempt_started, course_changed, lesson_changed, watching


@pytest.fixture
def settings(database: Database, kafka_bootstrap: str, topic_prefix: str) -> WorkerSettings:
    return WorkerSettings(
        database_url=database.worker_url, kafka_bootstrap_servers=kafka_bootstrap, kafka_topic_prefix=topic_prefix
    )


@pytest.fixture
async def worker(settings: WorkerSettings) -> AsyncIterator[Worker]:
    async with create_worker(settings) as running, asyncio.timeout(120):
        await running.consuming.wait()
        yield running


@pytest.fixture
async def producer(settings: WorkerSettings) -> AsyncIterator[Producer]:
    async with Producer(settings, service="test") as connected:
        await connected.wait_connected(60)
        yield connected


async def records(settings: WorkerSettings, topic: str, count: int) -> list[Any]:
    """The first `count` records of a topic."""
    consumer = AIOKafkaConsumer(
        settings.kafka_topic_prefix + topic,
        bootstrap_servers=settings.kafka_bootstrap_servers,
        auto_offset_reset="earliest",
    )
    await consumer.start()
    try:
        found: list[Any] = []
        while len(found) < count:
            fetched = await consumer.getmany(timeout_ms=20_000)
            assert fetched, f"{len(found)} of {count} records in {topic}"
            found += [record for batch in fetched.values() for record in batch]
        return found
    finally:
        await consumer.stop()


async def test_a_report_becomes_progress_completion_and_events(
    worker: Worker, settings: WorkerSettings, database: Database, producer: Producer, kafka_bootstrap: str
) -> None:
    """Reports over HTTP, twice each, end as one completion that the learner reads and Kafka tells of, once."""
    await producer.send(message_of(course_changed()), timeout=20)
    await producer.send(message_of(lesson_changed()), timeout=20)
    async with AsyncExitStack() as stack:
        app = create_app(settings_for(database, kafka_bootstrap, settings.kafka_topic_prefix))
        await stack.enter_async_context(app.router.lifespan_context(app))
        client = await stack.enter_async_context(client_of(app))
        await app.state.producer.wait_connected(60)

        async def knows_the_lesson() -> bool:
            response = await client.get("/api/progress/courses/c1", headers=bearer("ada"))
            return response.status_code == 200 and response.json()["lessons"] != []

        await until(knows_the_lesson)
        now, token = int(time.time() * 1000), grant(sid=str(uuid4()))
        for number in range(5):
            since = now - 50_000 + number * 10_000
            played = {
                "seq": number,
                "since": since,
                "at": since + 10_000,
                "position": (number + 1) * 20,
                "rate": 2,
                "watched_segments": [[number * 20, (number + 1) * 20]],
            }
            for _ in range(2):
                sent = {"grant": token, "sentAt": int(time.time() * 1000), "beats": [played]}
                assert (await client.post("/api/progress", json=sent)).status_code == 202

        async def complete() -> dict[str, Any] | None:
            answer: dict[str, Any] = (await client.get("/api/progress/courses/c1", headers=bearer("ada"))).json()
            return answer if answer["complete"] else None

        await until(complete)

        async def all_of_it() -> dict[str, Any] | None:
            answer: dict[str, Any] = (await client.get("/api/progress/lessons/l1", headers=bearer("ada"))).json()
            return answer if answer["coverage"] == 1.0 else None

        answer = await until(all_of_it)
    assert (answer["covered"], answer["watched"], answer["resumePosition"]) == (
        [[0.0, 100.0]],
        {"live": 100.0, "late": 0.0, "hidden": 0.0},
        100.0,
    )
    advanced = [ProgressAdvanced.model_validate_json(r.value) for r in await records(settings, "progress.advanced", 5)]
    assert [event.version for event in advanced] == [1, 2, 3, 4, 5]
    assert sum(event.live_ms for event in advanced) == 100_000
    (lesson,) = await records(settings, "lesson.completed", 1)
    assert LessonCompleted.model_validate_json(lesson.value).coverage >= 0.9
    assert dict(lesson.headers)["ce_type"] == b"seatime.lesson.completed.v1"
    (course,) = await records(settings, "course.completed", 1)
    assert CourseCompleted.model_validate_json(course.value).learner_id == "ada"


async def test_an_attempt_begun_over_http_is_announced_and_changes_what_counts(
    worker: Worker, settings: WorkerSettings, database: Database, producer: Producer, worker_pool: Pool
) -> None:
    """Row D20: the API's row leaves by the worker's relay, the LMS may tell of the same, and from a completed first
    attempt to a completed second one each is told once."""
    for event in (course_changed(), lesson_changed(), watching(95_000)):
        await producer.send(message_of(event), timeout=20)

    async def completed(attempt: int) -> bool:
        question = "SELECT count(*) FROM completions WHERE kind = 'course' AND attempt = $1"
        return bool(await worker_pool.fetchval(question, attempt))

    await until(lambda: completed(1))
    async with AsyncExitStack() as stack:
        app = create_app(settings_for(database, NOWHERE))
        await stack.enter_async_context(app.router.lifespan_context(app))
        client = await stack.enter_async_context(client_of(app))
        url = "/api/progress/courses/c1/learners/ada/attempts"
        response = await client.post(url, json={"reason": "2027"}, headers=bearer("olga"))
        assert response.status_code == 201, response.text
        (record,) = await records(settings, "attempt.started", 1)
        assert (record.key, AttemptStarted.model_validate_json(record.value).attempt) == (b"ada/c1", 2)
        await producer.send(message_of(attempt_started(2, reason="told by the LMS as well")), timeout=20)
        second = watching(95_000, start=300_000, session_id=uuid4(), attempt=2)
        await producer.send(message_of(second), timeout=20)
        await until(lambda: completed(2))
        told = (await client.get(url, headers=bearer("ada"))).json()
    assert [(one["attempt"], one["state"]) for one in told["attempts"]] == [(1, "completed"), (2, "completed")]
    lessons = [LessonCompleted.model_validate_json(r.value) for r in await records(settings, "lesson.completed", 2)]
    assert [event.attempt for event in lessons] == [1, 2]


async def test_poison_goes_aside_and_the_partition_moves_on(
    worker: Worker, settings: WorkerSettings, producer: Producer, worker_pool: Pool
) -> None:
    """What cannot be parsed and what cannot be stored are dead letters; what stood around them is folded."""
    prefix = settings.kafka_topic_prefix
    unstorable = watching(10_000, learner_id="eve", duration_ms=2**40)
    poison = [b"{", b'{"learner_id": 1}', unstorable.to_json()]
    await producer.send(message_of(watching(10_000)), timeout=20)
    for value in poison:
        await producer.send_raw(f"{prefix}watch.progress", key=b"ada", value=value, headers=[])
    await producer.send(message_of(watching(20_000)), timeout=20)
    await producer.send(message_of(watching(20_000, start=20_000, session_id=uuid4())), timeout=20)

    async def folded() -> bool:
        spent: int | None = await worker_pool.fetchval("SELECT spent_ms FROM lesson_progress WHERE learner_id = 'ada'")
        return spent == 40_000

    await until(folded)
    dead = await records(settings, "watch.progress.dlq", 3)
    assert [record.value for record in dead] == poison
    assert [dict(record.headers)["x-reason"] for record in dead] == [b"unparsable", b"unparsable", b"failed"]
    assert await worker_pool.fetchval("SELECT count(*) FROM lesson_progress WHERE learner_id = 'eve'") == 0


async def test_a_log_that_is_delivered_again_changes_nothing(
    worker: Worker, settings: WorkerSettings, producer: Producer, worker_pool: Pool
) -> None:
    """Every record of a log once more, in its order, leaves every row and version as it was."""
    for number in range(20):
        await producer.send(
            message_of(watching(10_000, start=number * 10_000, session_id=uuid4(), learner_id=f"learner{number % 4}"))
        )

    async def state() -> list[tuple[Any, ...]]:
        rows = await worker_pool.fetch(
            "SELECT learner_id, covered::text, spent_ms, version FROM lesson_progress WHERE lesson_id = 'l1' ORDER BY 1"
        )
        return [tuple(row) for row in rows]

    async def all_folded() -> bool:
        versions: list[int] = [row[3] for row in await state()]
        return sum(versions) == 20

    await until(all_folded)
    before = await state()
    for record in await records(settings, "watch.progress", 20):
        await producer.send_raw(record.topic, key=record.key, value=record.value, headers=list(record.headers))
    for number in range(4):
        last = watching(10_000, start=900_000, lesson_id="last", session_id=uuid4(), learner_id=f"learner{number}")
        await producer.send(message_of(last))

    async def all_read() -> bool:
        count: int = await worker_pool.fetchval("SELECT count(*) FROM lesson_progress WHERE lesson_id = 'last'")
        return count == 4

    await until(all_read)
    assert await state() == before


async def test_a_worker_starts_without_its_dependencies(database: Database) -> None:
    """With Kafka and the database out of reach the worker runs and says what it waits for."""
    nowhere = WorkerSettings(
        database_url=database.worker_url.replace(database.worker_url.rpartition(":")[2], "9/none"),
        kafka_bootstrap_servers=NOWHERE,
    )
    async with create_worker(nowhere) as running:
        ready, report = await running.ready()
        assert not ready
        assert report["checks"]["database"] != "ok"
        assert report["checks"]["kafka"] != "ok"
