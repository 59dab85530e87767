"""The worker on real Kafka: projections filled from topics, the outbox emptied into them."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiokafka import AIOKafkaConsumer

from contracts import CourseRules, EnrollmentChanged, Event, PlaybackGranted, topics
from playback_service.worker import create_worker
from servicekit.kafka import Message
from servicekit.outbox import message_of
from servicekit.producer import Producer
from servicekit.worker import Worker
from tests.playback.conftest import MakeSettings, OpenSchool
from tests.playback.school import School, course_changed, enrollment_changed, lesson_changed, mux_video, problem
from tests.polling import PATIENCE_S
from tests.polling import until as eventually


@pytest.fixture
async def running(
    settings: MakeSettings, open_school: OpenSchool, kafka_bootstrap: str, topic_prefix: str
) -> AsyncIterator["Running"]:
    overrides = {"kafka_bootstrap_servers": kafka_bootstrap, "kafka_topic_prefix": topic_prefix}
    configured = settings(**overrides)
    async with (
        open_school(**overrides) as school,
        create_worker(configured) as worker,
        Producer(configured, service="tests") as producer,
    ):
        async with asyncio.timeout(PATIENCE_S):
            await worker.consuming.wait()
        await producer.wait_connected(PATIENCE_S)
        yield Running(school, worker, producer, kafka_bootstrap, topic_prefix)


class Running:
    def __init__(self, school: School, worker: Worker, producer: Producer, bootstrap: str, prefix: str) -> None:
        self.school, self.worker, self.producer = school, worker, producer
        self.bootstrap, self.prefix = bootstrap, prefix

    async def publish(self, *events: Event) -> None:
        for event in events:
            await self.producer.send(message_of(event), timeout=20)

    async def watchable(self, user: str = "ada") -> bool:
        return (await self.school.play(user=user)).status_code == 200

    @asynccontextmanager
    async def reading(self, topic: str) -> AsyncIterator[AIOKafkaConsumer]:
        consumer = AIOKafkaConsumer(self.prefix + topic, bootstrap_servers=self.bootstrap, auto_offset_reset="earliest")
        await consumer.start()
        try:
            yield consumer
        finally:
            await consumer.stop()


async def take(consumer: AIOKafkaConsumer, count: int) -> list[Any]:
    async with asyncio.timeout(PATIENCE_S):
        return [await consumer.getone() for _ in range(count)]


async def test_topics_make_a_lesson_watchable(running: Running) -> None:
    """Lesson, enrollment and course arrive, newest first and repeated; the learner may watch by the newest of each."""
    await running.publish(
        lesson_changed(version=2, video=mux_video("new")),
        lesson_changed(version=1, video=mux_video("old")),
        enrollment_changed(version=2),
        enrollment_changed(version=1, status="removed"),
        enrollment_changed(version=2),
        course_changed(rules=CourseRules(max_rate=1.25)),
    )
    await eventually(running.watchable)
    assert (await running.school.granted())["playbackId"] == "new"
    await running.publish(enrollment_changed(version=3, status="removed"), enrollment_changed(version=2))

    async def refused() -> bool:
        return not await running.watchable()

    await eventually(refused)
    problem(await running.school.play(), 403, "not-entitled")


async def test_changes_leave_and_come_back_without_effect(running: Running) -> None:
    """The API's own enrollment events reach Kafka in order, and change nothing when they return."""
    await running.publish(course_changed(), lesson_changed())

    async def enrolled() -> bool:
        answer = await running.school.ask("PUT", "/api/courses/c1/enrollments/ada", "owner")
        return answer.status_code == 200

    await eventually(enrolled)
    for status in ("suspended", "active"):
        await running.school.ask("PUT", "/api/courses/c1/enrollments/ada", "owner", json={"status": status})
    await eventually(running.watchable)
    async with running.reading("enrollment.changed") as consumer:
        records = await take(consumer, 3)
    events = [EnrollmentChanged.model_validate_json(record.value) for record in records]
    assert [(event.version, event.status) for event in events] == [(1, "active"), (2, "suspended"), (3, "active")]
    assert {record.key for record in records} == {b"ada/c1"}
    assert dict(records[0].headers)["ce_type"] == b"seatime.enrollment.changed.v1"
    # A later event of another learner that has been applied shows that ours has been through the consumer, too.
    await running.publish(*(enrollment_changed(f"after-{n}") for n in range(24)))

    async def all_applied() -> bool:
        return await running.school.pool.fetchval("SELECT count(*) FROM enrollments") == 25

    await eventually(all_applied)
    stored = await running.school.pool.fetchrow("SELECT version, status FROM enrollments WHERE learner_id = 'ada'")
    assert (stored["version"], stored["status"]) == (3, "active")
    async with running.reading("playback.granted") as consumer:
        (granted,) = await take(consumer, 1)
    assert PlaybackGranted.model_validate_json(granted.value).learner_id == granted.key.decode() == "ada"


async def test_poison_goes_to_the_dead_letters(running: Running) -> None:
    """What is no event, and what the database cannot hold, is put aside; what follows is applied."""
    too_large = json.loads(lesson_changed("huge").to_json()) | {"version": 2**70}
    nul = json.loads(lesson_changed("nul").to_json()) | {"title": "\0"}
    for key, value in (("l1", b"{"), ("huge", json.dumps(too_large).encode()), ("nul", json.dumps(nul).encode())):
        await running.producer.send(Message(topics.LESSON_CHANGED.name, key, value, ()), timeout=20)
    await running.publish(lesson_changed(), course_changed(), enrollment_changed())
    await eventually(running.watchable)
    async with running.reading("lesson.changed.dlq") as consumer:
        dead = await take(consumer, 3)
    assert {record.key for record in dead} == {b"l1", b"huge", b"nul"}
    assert await running.school.pool.fetchval("SELECT count(*) FROM playable_lessons") == 1


async def test_worker_starts_without_its_dependencies(settings: MakeSettings) -> None:
    """With neither database nor broker it runs, and says that it is not ready."""
    nothing = {
        "database_url": "postgresql://playback_app:x@127.0.0.1:9/none",
        "kafka_bootstrap_servers": "127.0.0.1:9",
    }
    async with create_worker(settings(**nothing)) as worker:
        ready, report = await worker.ready()
        assert not ready
        assert report["checks"]["database"] != "ok"
        assert not worker.consuming.is_set()
