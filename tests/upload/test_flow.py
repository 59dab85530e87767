"""The whole service over real parts: a file goes up, Mux's webhooks come in, the world learns of it from Kafka."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from aiokafka import AIOKafkaConsumer

from contracts import AssetReady, LessonChanged
from contracts.topics import TOPICS
from mux_sim.testing import Simulator, make_clip
from servicekit.auth import issue_token
from tests.serving import serving
from tests.upload.conftest import JWT_SECRET, OWNER
from upload_service.app import create_app
from upload_service.settings import Settings
from upload_service.worker import PRODUCED, create_worker


@pytest.fixture
def live_settings(settings: Settings, kafka_bootstrap: str, topic_prefix: str) -> Settings:
    return settings.model_copy(
        update={"kafka_bootstrap_servers": kafka_bootstrap, "kafka_topic_prefix": topic_prefix, "reconcile_every_s": 1}
    )


@pytest.fixture
async def api(live_settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    running = serving(create_app(live_settings))
    base_url = await asyncio.to_thread(running.__enter__)
    try:
        headers = {"Authorization": f"Bearer {issue_token(JWT_SECRET, OWNER, 'instructor')}"}
        async with httpx.AsyncClient(base_url=base_url, headers=headers, timeout=30) as client:
            yield client
    finally:
        await asyncio.to_thread(running.__exit__, None, None, None)


async def must(response: httpx.Response) -> Any:
    assert response.is_success, response.text
    return response.json() if response.content else None


async def made_lesson(api: httpx.AsyncClient) -> str:
    await must(await api.put("/api/courses/c1", json={"title": "Course"}))
    await must(await api.put("/api/courses/c1/lessons/l1", json={"title": "Lesson"}))
    return "l1"


async def records(settings: Settings, topic: str, *, until: Any) -> list[Any]:
    """Everything on a topic, read until a record's value satisfies `until`."""
    consumer = AIOKafkaConsumer(
        settings.kafka_topic_prefix + topic,
        bootstrap_servers=settings.kafka_bootstrap_servers,
        auto_offset_reset="earliest",
        enable_auto_commit=False,
    )
    await consumer.start()
    found = []
    try:
        async with asyncio.timeout(60):
            async for record in consumer:
                found.append(record)
                if until(json.loads(record.value)):
                    return found
    finally:
        await consumer.stop()
    raise AssertionError("the topic ended")


@pytest.mark.parametrize("mode", ["normal", "twice", "never"])
async def test_a_video_goes_in_and_the_world_learns_that_it_is_ready(
    api: httpx.AsyncClient, live_settings: Settings, mux: Simulator, tmp_path: Path, mode: Any
) -> None:
    """Direct upload, real transcoding, signed webhooks (or none: the reconciler), outbox, Kafka."""
    await mux.set_webhook(f"{str(api.base_url).rstrip('/')}/api/videos/mux/webhook")
    await mux.webhook_mode(mode)
    lesson_id = await made_lesson(api)
    clip = make_clip(tmp_path / "clip.mp4", seconds=2, size="320x180")
    made = await must(await api.post("/api/videos/mux/upload-url", json={"lessonId": lesson_id}))
    async with create_worker(live_settings) as worker:
        await asyncio.wait_for(worker.consuming.wait(), 60)
        await mux.upload_file(made["uploadUrl"], clip)
        changes = await records(
            live_settings, "lesson.changed", until=lambda value: value["processing_status"] == "ready"
        )
        (announced,) = await records(live_settings, "asset.ready", until=lambda value: True)
        ready, report = await worker.ready()
    assert ready, report
    last = LessonChanged.model_validate_json(changes[-1].value)
    assert last.video is not None
    assert (last.video.provider, last.video.policy) == ("mux", "signed")
    assert last.video.duration_ms == pytest.approx(2000, abs=100)
    asset = await mux.asset(last.video.asset_id or "")
    assert asset["playback_ids"] == [{"id": last.video.playback_id, "policy": "signed"}]
    event = AssetReady.model_validate_json(announced.value)
    assert (event.lesson_id, event.version, event.asset_id) == (lesson_id, last.version, last.video.asset_id)
    assert {record.key for record in changes} == {lesson_id.encode()}
    assert [json.loads(record.value)["version"] for record in changes] == list(range(1, last.version + 1))
    headers = dict(changes[-1].headers)
    assert headers["ce_type"] == b"seatime.lesson.changed.v1"
    assert headers["ce_source"] == b"/seatime/upload"
    lesson = await must(await api.get(f"/api/lessons/{lesson_id}"))
    assert (lesson["processingStatus"], lesson["muxPlaybackId"]) == ("ready", last.video.playback_id)


async def test_what_was_accepted_without_kafka_arrives_later(api: httpx.AsyncClient, live_settings: Settings) -> None:
    """The API answers with no worker and no Kafka in sight; the outbox holds until a worker relays it, in order."""
    lesson_id = await made_lesson(api)
    for number in range(5):
        await must(await api.put(f"/api/courses/c1/lessons/{lesson_id}", json={"title": f"Title {number}"}))
    nowhere = live_settings.model_copy(update={"kafka_bootstrap_servers": "127.0.0.1:9"})
    async with create_worker(nowhere) as worker:
        ready, report = await worker.ready()
        assert not ready
        assert report["checks"]["kafka"] != "ok"
        assert report["checks"]["database"] == "ok"
    async with create_worker(live_settings):
        found = await records(live_settings, "lesson.changed", until=lambda value: value["title"] == "Title 4")
    assert [json.loads(record.value)["version"] for record in found] == [1, 2, 3, 4, 5, 6]


def test_the_worker_declares_what_it_produces() -> None:
    """Every topic that the registry gives to this service is created by it."""
    assert {topic.name for topic in PRODUCED} == {topic.name for topic in TOPICS if topic.producer == "upload"}
