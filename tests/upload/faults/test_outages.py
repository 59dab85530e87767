"""PostgreSQL away for 10 s, then silent for 10 s, while Kafka is away for a minute, under a steady stream of work."""

import asyncio
import os
import shutil
import statistics
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from contracts import AssetReady, LessonChanged
from devstack.kafka import KafkaBroker
from devstack.postgres import PostgresServer
from tests.databases import Database, Postgres
from tests.infra import PASSWORD
from tests.polling import SLACK_S
from tests.proxy import proxy
from tests.servicekit import kit
from tests.upload.conftest import Json, asset_event, upload_event
from tests.upload.faults.world import World
from upload_service.worker import create_worker

KAFKA_DOWN_S = float(os.environ.get("FAULTS_KAFKA_DOWN_S", "60"))
DATABASE_DOWN_S = 10.0
REFUSED_WITHIN_S = 4.0
SILENT_WITHIN_S = 16.0
EVERY_S = 1.0


@pytest.fixture
def folder() -> Iterator[Path]:
    made = Path(tempfile.mkdtemp(prefix="seatime-tests-"))
    made.chmod(0o755)
    yield made
    shutil.rmtree(made)


@pytest.fixture
def server(folder: Path) -> Iterator[PostgresServer]:
    """A durable PostgreSQL of this test's own: what it has committed survives SIGKILL."""
    running = PostgresServer(folder / "postgres", password=PASSWORD)
    running.start()
    running.wait_ready()
    yield running
    running.stop()


@pytest.fixture
def broker(folder: Path) -> Iterator[KafkaBroker]:
    running = KafkaBroker(folder / "kafka", heap_mb=256)
    running.start()
    running.wait_ready()
    yield running
    running.kill()


@pytest.fixture
def database(server: PostgresServer) -> Database:
    return Postgres(server.admin_url).create("upload")


@dataclass
class Stream:
    """Authors who bring videos and Mux which tells of them; whoever hears no success asks again."""

    world: World
    http: httpx.AsyncClient
    phase: str = "well"
    refusals: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    stopping: bool = False

    async def run(self) -> list[str]:
        """Begins a lesson every EVERY_S until `stopping`; returns the lessons once each has its video."""
        async with asyncio.TaskGroup() as group:
            tasks = []
            while not self.stopping:
                tasks.append(group.create_task(self._lesson(f"lesson-{len(tasks)}")))
                await asyncio.sleep(EVERY_S)
        return [task.result() for task in tasks]

    async def _lesson(self, lesson_id: str) -> str:
        course = f"/api/courses/course-of-{lesson_id}"
        await self._insist("PUT", course, {"title": "Course"})
        await self._insist("PUT", f"{course}/lessons/{lesson_id}", {"title": "Lesson"})
        made = await self._insist("POST", "/api/videos/mux/upload-url", {"lessonId": lesson_id})
        mux_id = (await self._insist("GET", f"/api/uploads/{made['uploadId']}"))["muxUploadId"]
        for event in (
            upload_event("asset_created", mux_id, asset_id=f"asset-{lesson_id}"),
            asset_event("ready", f"asset-{lesson_id}", mux_id),
        ):
            await self._until_taken(lambda event=event: self.world.webhook(self.http, event))  # type: ignore[misc]
        return lesson_id

    async def _insist(self, method: str, path: str, body: Json | None = None) -> Json:
        answer = await self._until_taken(lambda: self.http.request(method, path, json=body))
        found: Json = answer.json()
        return found

    async def _until_taken(self, ask: "object") -> httpx.Response:
        while True:
            began, phase = time.monotonic(), self.phase
            answer: httpx.Response = await ask()  # type: ignore[operator]
            if answer.is_success:
                return answer
            self.refusals[phase].append(time.monotonic() - began)
            assert answer.status_code == 503, answer.text
            assert int(answer.headers["retry-after"]) > 0
            await asyncio.sleep(0.5)


@pytest.mark.timeout(400)
async def test_work_goes_on_when_everything_is_back(
    world: World, server: PostgresServer, broker: KafkaBroker, database: Database
) -> None:
    """A6, A8: without PostgreSQL each request is refused in time with Retry-After, and asked again it is applied once.

    Without Kafka nothing is refused: the outbox holds, and all of it arrives in order when the broker is back. No
    process is started anew and nobody has to act.
    """
    address = urlsplit(database.app_url)
    settings = world.worker(broker.bootstrap, "", reconcile_after_s=3600, reconcile_every_s=5)
    async with (
        proxy(address.hostname or "", address.port or 0) as wire,
        world.process(storage=False, database_url=kit.through(database.app_url, wire.port)) as process,
        create_worker(settings) as worker,
    ):
        await asyncio.wait_for(worker.consuming.wait(), 60)
        stream = Stream(world, process.http)
        running = asyncio.create_task(stream.run())
        await asyncio.sleep(2)
        await asyncio.to_thread(broker.kill)
        down_at = time.monotonic()
        await asyncio.sleep(3)
        stream.phase = "down"
        await asyncio.to_thread(server.kill)
        await asyncio.sleep(DATABASE_DOWN_S)
        await asyncio.to_thread(server.start)
        await asyncio.to_thread(server.wait_ready)
        stream.phase = "back"
        await asyncio.sleep(5)
        stream.phase = "silent"
        wire.half_open = True
        await asyncio.sleep(DATABASE_DOWN_S)
        wire.half_open = False
        wire.cut()
        stream.phase = "back again"
        await asyncio.sleep(max(0.0, down_at + KAFKA_DOWN_S - time.monotonic()))
        stream.stopping = True
        lessons = await asyncio.wait_for(running, 120)
        held = await _count(world, "SELECT count(*) FROM outbox")
        assert held >= 3 * len(lessons), "Kafka is away and everything is in the outbox"
        await asyncio.to_thread(broker.start)
        await asyncio.to_thread(broker.wait_ready)

        async def sent() -> bool:
            return await _count(world, "SELECT count(*) FROM outbox") == 0

        await kit.until(sent, timeout=120)
        worst = {phase: max(times) for phase, times in stream.refusals.items()}
        print(f"{len(lessons)} lessons, {held} events held, refusals {_sizes(stream.refusals)}, slowest (s) {worst}")
        assert len(stream.refusals["down"]) > 10
        assert statistics.median(stream.refusals["down"]) < REFUSED_WITHIN_S, (
            "half of the outage, if they waited for its end"
        )
        assert max(worst.values()) < SILENT_WITHIN_S + SLACK_S
        assert await _count(world, "SELECT count(*) FROM mux_events WHERE state = 'applied'") == 2 * len(lessons)
        ready = "SELECT count(*) FROM lessons WHERE processing_status = 'ready'"
        assert await _count(world, ready) == len(lessons)
        records = await kit.read_all(settings, "lesson.changed")
        first: dict[bytes, LessonChanged] = {}
        for record in records:
            first.setdefault(dict(record.headers)["ce_id"], LessonChanged.model_validate_json(record.value))
        versions: dict[str, list[int]] = defaultdict(list)
        for event in first.values():
            versions[event.lesson_id].append(event.version)
        assert sorted(versions) == sorted(lessons)
        assert {tuple(seen) for seen in versions.values()} == {
            tuple(range(1, len(seen) + 1)) for seen in versions.values()
        }
        told = {
            dict(record.headers)["ce_id"]: AssetReady.model_validate_json(record.value).lesson_id
            for record in await kit.read_all(settings, "asset.ready")
        }
        assert sorted(told.values()) == sorted(lessons)
        print(f"{len(first)} events, {len(records) - len(first)} of them delivered twice under the same id")


async def _count(world: World, query: str) -> int:
    while True:
        try:
            return int((await world.rows(query))[0][0])
        except OSError:
            await asyncio.sleep(0.1)


def _sizes(refusals: dict[str, list[float]]) -> dict[str, int]:
    return {phase: len(times) for phase, times in refusals.items()}
