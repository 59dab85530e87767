"""Kafka is away for a minute, and PostgreSQL for ten seconds of it, while people watch: whoever heard 202 has it."""

import asyncio
import os
import random
import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from contracts import topics
from devstack.kafka import KafkaBroker
from progress_service.app import create_app
from progress_service.settings import WorkerSettings
from servicekit.database import Pool
from servicekit.kafka import ensure_topics
from servicekit.producer import Producer
from tests.databases import Database
from tests.progress.calling import client_of, settings_for
from tests.progress.cheating.reports import session_of
from tests.progress.faults import watched
from tests.progress.faults.processes import supervised
from tests.progress.granting import grant
from tests.proxy import proxy
from tests.servicekit import kit

KAFKA_DOWN_S = float(os.environ.get("FAULTS_KAFKA_DOWN_S", "60"))
DATABASE_DOWN_S = float(os.environ.get("FAULTS_DATABASE_DOWN_S", "10"))
LEARNERS = [f"learner{number}" for number in range(8)]


@pytest.fixture
def broker() -> Iterator[KafkaBroker]:
    """A broker of this test's own, which it may kill."""
    folder = Path(tempfile.mkdtemp(prefix="seatime-tests-"))
    running = KafkaBroker(folder / "kafka", heap_mb=256)
    running.start()
    running.wait_ready()
    yield running
    running.kill()
    shutil.rmtree(folder, ignore_errors=True)


class Viewers:
    """Players that report ten seconds after ten seconds, and keep what was not accepted. Their minutes are virtual."""

    def __init__(self, client: httpx.AsyncClient, start_ms: int, now_ms: int) -> None:
        self._client, self._start_ms, self._now_ms = client, start_ms, now_ms
        self.answers: Counter[int] = Counter()
        self._tokens = {
            name: grant(
                sub=name, sid=str(session_of(name)), dur=watched.WATCHED_MS, iat=start_ms // 1000,
                exp=start_ms // 1000 + 7200,
            )
            for name in LEARNERS
        }  # fmt: skip

    async def watch(self, name: str, pause_s: float) -> None:
        for step in range(watched.STEPS):
            await asyncio.sleep(pause_s * random.uniform(0.5, 1.5))
            since = self._start_ms + step * watched.STEP_MS
            seconds = [step * 10, step * 10 + 10]
            played = {
                "seq": step, "since": since, "at": since + watched.STEP_MS, "position": seconds[1],
                "watched_segments": [seconds],
            }  # fmt: skip
            while await self._report(name, played) != 202:
                await asyncio.sleep(0.5)

    async def _report(self, name: str, played: dict[str, object]) -> int:
        body = {"grant": self._tokens[name], "sentAt": self._now_ms, "beats": [played]}
        response = await self._client.post("/api/progress", json=body)
        assert response.status_code in (202, 503), response.text
        self.answers[response.status_code] += 1
        return response.status_code


@pytest.mark.timeout(600)
async def test_a_minute_without_kafka_and_ten_seconds_without_anything(
    database: Database, worker_pool: Pool, broker: KafkaBroker
) -> None:
    """Rows D11, G10: without Kafka every report is accepted, without both stores it is refused and comes again; when
    both are back every second counts once, and is told once.

    The API goes on; a worker whose commit is stuck ends itself and is started anew."""
    host, _, port = database.app_url.rpartition("@")[2].partition("/")[0].partition(":")
    now_ms = int(time.time()) * 1000
    start_ms = now_ms - 3_600_000
    async with proxy(host, int(port)) as wire:
        behind = Database(database.name, "", kit.through(database.app_url, wire.port), "")
        settings = WorkerSettings(
            database_url=kit.through(database.worker_url, wire.port), kafka_bootstrap_servers=broker.bootstrap
        )
        app = create_app(settings_for(behind, broker.bootstrap), clock=lambda: now_ms)
        async with (
            supervised(settings),
            app.router.lifespan_context(app),
            client_of(app) as client,
            Producer(settings, service="test") as producer,
        ):
            await ensure_topics(settings, [topics.WATCH_PROGRESS, topics.LESSON_CHANGED, topics.COURSE_CHANGED])
            await asyncio.gather(producer.wait_connected(60), app.state.producer.wait_connected(60))
            await watched.teach(producer, worker_pool)
            viewers = Viewers(client, start_ms, now_ms)
            pause_s = (KAFKA_DOWN_S + 5) / watched.STEPS
            watching = [asyncio.create_task(viewers.watch(name, pause_s)) for name in LEARNERS]
            await kit.until(lambda: viewers.answers[202] >= len(LEARNERS))
            await asyncio.to_thread(broker.kill)
            down_at = time.monotonic()
            await kit.until(lambda: app.state.intake.spooling, timeout=KAFKA_DOWN_S)
            wire.refusing = True
            wire.cut()
            await asyncio.sleep(DATABASE_DOWN_S)
            wire.refusing = False
            refused = viewers.answers[503]
            await asyncio.sleep(max(0.0, down_at + KAFKA_DOWN_S - time.monotonic()))
            kept = await worker_pool.fetchval("SELECT count(*) FROM outbox WHERE topic = 'watch.progress'")
            await asyncio.to_thread(broker.start)
            await asyncio.to_thread(broker.wait_ready)
            await asyncio.wait_for(asyncio.gather(*watching), 60)
            print(f"{viewers.answers}, {kept} reports in the spool when Kafka came back")
            assert refused > 0, "both stores were away"
            assert kept > 0, "reports were accepted without Kafka"
            folded = "SELECT coalesce(sum(late_ms), 0)::bigint = $1 FROM lesson_progress"
            whole = len(LEARNERS) * watched.WATCHED_MS
            await kit.until(lambda: worker_pool.fetchval(folded, whole), timeout=90)
            await watched.assert_exact(worker_pool, settings, LEARNERS, live=False)
