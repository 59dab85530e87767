"""The ledger is thrown away and rebuilt from Kafka by the real consumer: every table is the same, byte for byte."""

import asyncio
import random
import time
from uuid import UUID

import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition

from contracts import WatchProgress
from progress_service.settings import WorkerSettings
from progress_service.worker import create_worker
from servicekit.database import Pool
from servicekit.outbox import message_of
from servicekit.producer import Producer
from tests.databases import Database
from tests.progress import making
from tests.progress.handling import dump
from tests.progress.making import course_changed, lesson_changed, watching
from tests.servicekit import kit

GROUP, TOPIC = "progress.watch.progress", "watch.progress"
LEARNERS, LESSONS, REQUESTS = 6, 2, 180


def history(rng: random.Random) -> list[WatchProgress]:
    """Requests of several learners: overlapping sessions, repetitions, claims of too much, two lessons at once, and for
    every other learner a second attempt, with beats of the first that come after it has begun."""
    made: list[WatchProgress] = []
    for number in range(REQUESTS):
        if made and rng.random() < 0.15:
            made.append(rng.choice(made))
            continue
        learner, lesson = rng.randrange(LEARNERS), rng.randrange(LESSONS)
        start = rng.choice([number * 4_000, number * 2_000])
        attempt = 2 if learner % 2 and number > REQUESTS // 3 and rng.random() < 0.9 else 1
        made.append(
            watching(
                rng.choice([10_000, 35_000, 100_000]),
                start=start,
                rate=rng.choice([1.0, 1.5, 2.0, 4.0]),
                learner_id=f"learner{learner}",
                lesson_id=f"l{lesson}",
                session_id=UUID(int=((learner * LESSONS + lesson) * 5 + rng.randrange(5)) * 2 + attempt),
                attempt=attempt,
            )
        )
    return made


async def tables(pool: Pool) -> dict[str, list[str]]:
    """Every row of every table of the ledger; what is on its way is not of the ledger."""
    rows = await pool.fetch(
        "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace "
        "AND has_table_privilege(oid, 'SELECT') AND relname NOT IN ('outbox', 'inbox')"
    )
    return await dump(pool, sorted(row[0] for row in rows))


async def rewind(settings: WorkerSettings) -> None:
    """The group begins anew: what an operator does who rebuilds the ledger."""
    prefix = settings.kafka_topic_prefix
    consumer = AIOKafkaConsumer(
        bootstrap_servers=settings.kafka_bootstrap_servers, group_id=prefix + GROUP, enable_auto_commit=False
    )
    await consumer.start()
    try:
        await consumer._client.force_metadata_update()
        partitions = [TopicPartition(prefix + TOPIC, n) for n in consumer.partitions_for_topic(prefix + TOPIC) or ()]
        assert partitions
        consumer.assign(partitions)
        await consumer.commit(dict.fromkeys(partitions, 0))
    finally:
        await consumer.stop()


@pytest.fixture(autouse=True)
def _an_hour_ago(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sessions of long ago would be forgotten by the worker that starts."""
    monkeypatch.setattr(making, "T0", (int(time.time()) - 3600) * 1000)


async def test_a_replay_of_the_log_gives_the_same_bytes(
    database: Database, worker_pool: Pool, kafka_bootstrap: str, topic_prefix: str
) -> None:
    """Row D21: a log that was folded in many small batches, folded again in few large ones, leaves the same rows:
    credit, clocks, sessions, completions, and the hashes of the evidence."""
    settings = WorkerSettings(
        database_url=database.worker_url, kafka_bootstrap_servers=kafka_bootstrap, kafka_topic_prefix=topic_prefix
    )
    seed = random.randrange(10**9)
    print(f"seed {seed}")
    requests = history(random.Random(seed))

    async def folded() -> bool:
        return await kit.committed(settings, GROUP, TOPIC) >= len(requests)

    async def rules_are_known() -> bool:
        count = "SELECT (SELECT count(*) FROM lesson_rules) + (SELECT count(*) FROM course_rules)"
        return bool(await worker_pool.fetchval(count) == LESSONS + 1)

    async with Producer(settings, service="test") as producer:
        async with create_worker(settings) as worker, asyncio.timeout(120):
            await worker.consuming.wait()
            await producer.wait_connected(20)
            await producer.send(message_of(course_changed(rules={"min_verified_s": 200})), timeout=20)
            for number in range(LESSONS):
                await producer.send(message_of(lesson_changed(f"l{number}")), timeout=20)
            await kit.until(rules_are_known)
            for first in range(0, len(requests), 7):
                for request in requests[first : first + 7]:
                    await producer.send(message_of(request), timeout=20)
                await asyncio.sleep(0)
            await kit.until(folded, timeout=60)
            before = await tables(worker_pool)
        kinds = [row.split(",")[2] for row in before["completions"]]
        assert kinds.count("lesson") > LEARNERS, "there is evidence to compare"
        assert "course" in kinds, "and of courses, which wait for their verified time"
        second = await worker_pool.fetchval("SELECT count(*) FROM lesson_progress WHERE attempt = 2 AND spent_ms > 0")
        assert second, "and second attempts, completed or not"
        ledger = ("learner_clocks", "watch_sessions", "lesson_progress", "course_progress")
        await kit.execute(database.owner_url, f"TRUNCATE {', '.join((*ledger, 'completions'))}")
        await rewind(settings)
        async with create_worker(settings) as worker, asyncio.timeout(120):
            await worker.consuming.wait()
            await kit.until(folded, timeout=60)
    after = await tables(worker_pool)
    differing = {name: sorted(set(rows) ^ set(before[name]), key=repr)[:4] for name, rows in after.items()}
    assert {name: rows for name, rows in differing.items() if rows} == {}
