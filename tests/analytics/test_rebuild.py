"""Rebuilding from Kafka: the same tables, row for row, while the old ones serve (row E8)."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest
from aiokafka import AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, RecordsToDelete
from pydantic import SecretStr

from analytics_service.rebuild.rebuilding import Log, Loss, RebuildSettings, Refused, losses, rebuild
from analytics_service.rebuild.store_schemas import Applied
from analytics_service.settings import Settings, WorkerSettings
from contracts import Event, LearnerErased, topics
from servicekit.database import Pool
from tests.analytics import log
from tests.analytics.naive import numbers
from tests.analytics.test_live import now_ms, report
from tests.analytics.test_worker import has_consumed, publish, until, working
from tests.databases import Database, Postgres

Connect = Callable[[], Awaitable[Any]]

CONSUMED = (
    topics.COURSE_CHANGED,
    topics.LESSON_CHANGED,
    topics.WATCH_PROGRESS,
    topics.PROGRESS_ADVANCED,
    topics.LESSON_COMPLETED,
)


@pytest.fixture
def worker_settings(analytics_database: Database, kafka_bootstrap: str, topic_prefix: str) -> WorkerSettings:
    return WorkerSettings(
        database_url=analytics_database.worker_url,
        kafka_bootstrap_servers=kafka_bootstrap,
        kafka_topic_prefix=topic_prefix,
        kafka_session_timeout_ms=6_000,
    )


@pytest.fixture
def settings(analytics_database: Database, kafka_bootstrap: str, topic_prefix: str) -> RebuildSettings:
    return RebuildSettings(
        database_url=analytics_database.worker_url,
        database_owner_url=analytics_database.owner_url,
        kafka_bootstrap_servers=kafka_bootstrap,
        kafka_topic_prefix=topic_prefix,
    )


@pytest.fixture
async def producer(settings: RebuildSettings) -> AsyncIterator[AIOKafkaProducer]:
    running = AIOKafkaProducer(bootstrap_servers=settings.kafka_bootstrap_servers, acks="all")
    await running.start()
    yield running
    await running.stop()


@pytest.fixture
def all_seeing(postgres: Postgres, analytics_database: Database) -> Connect:
    """Connections that row-level security does not hold back."""
    url = postgres.admin_url.rpartition("/")[0] + "/" + analytics_database.name
    return lambda: asyncpg.connect(url)


class Told:
    """What the rebuild said, and how many records it read."""

    def __init__(self) -> None:
        self.said: list[str] = []
        self.read = 0

    def say(self, text: str) -> None:
        self.said.append(text)

    def expect(self, left: int) -> None: ...

    def advance(self, records: int) -> None:
        self.read += records


async def rows(connect: Connect) -> dict[str, list[str]]:
    """Every row of every table, but for when the migrations ran."""
    connection = await connect()
    try:
        names = await connection.fetch(
            "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' "
            "AND relname <> 'schema_migrations'"
        )
        return {
            name: sorted(row[0] for row in await connection.fetch(f'SELECT t::text FROM public."{name}" t'))
            for (name,) in names
        }
    finally:
        await connection.close()


async def catalogue(connect: Connect) -> set[tuple[str, ...]]:
    """What surrounds the rows: who may do what, policies, indexes, comments, and privileges to come."""
    connection = await connect()
    try:
        found = await connection.fetch(
            """
            SELECT 'table', relname::text, relrowsecurity::text, relforcerowsecurity::text,
                   ARRAY(SELECT a::text FROM aclexplode(relacl) a ORDER BY 1)::text, obj_description(oid, 'pg_class')
            FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'v', 'S')
            UNION ALL
            SELECT 'policy', tablename, policyname, roles::text, cmd, qual || coalesce(with_check, '') FROM pg_policies
            WHERE schemaname = 'public'
            UNION ALL
            SELECT 'index', tablename, indexname, indexdef, '', '' FROM pg_indexes WHERE schemaname = 'public'
            UNION ALL
            SELECT 'default', pg_get_userbyid(defaclrole), defaclobjtype::text,
                   ARRAY(SELECT a::text FROM aclexplode(defaclacl) a ORDER BY 1)::text, '', ''
            FROM pg_default_acl WHERE defaclnamespace = 'public'::regnamespace
            UNION ALL
            SELECT 'schema', pg_get_userbyid(grantee), privilege_type, '', '', ''
            FROM pg_namespace, aclexplode(nspacl) WHERE nspname = 'public'
              AND grantee <> 'pg_database_owner'::regrole AND grantee <> 'analytics_owner'::regrole
            """
        )
        return {tuple(str(value) for value in row) for row in found}
    finally:
        await connection.close()


async def schemas(connect: Connect) -> list[str]:
    connection = await connect()
    try:
        return [row[0] for row in await connection.fetch("SELECT nspname FROM pg_namespace WHERE nspname ~ '^seatime'")]
    finally:
        await connection.close()


async def consumed(pool: Pool, settings: Settings) -> None:
    for topic in CONSUMED:
        await until(has_consumed(pool, settings, topic.name))


def history(seed: int, events: int) -> list[Event]:
    projections = [log.course(), *map(log.lesson, log.LESSON_MS)]
    reports = [report(f"u{n}", at_ms=now_ms(), session_id=UUID(int=n)) for n in range(20)]
    return [*projections, *log.random_watching(seed, events=events), *reports]


async def test_a_rebuild_gives_the_same_rows_while_beats_go_on(
    pool: Pool,
    worker_settings: WorkerSettings,
    settings: RebuildSettings,
    producer: AIOKafkaProducer,
    all_seeing: Connect,
) -> None:
    """Spoilt numbers come out right, no event is lost or doubled at the swap, and a second rebuild changes no row."""
    events = log.random_watching(7, events=400)
    connection = await all_seeing()
    await connection.execute("GRANT SELECT ON lessons TO pg_monitor")
    await connection.execute(
        "INSERT INTO outbox (event_id, topic, key, event_type, source, payload, parked_at) "
        "VALUES (gen_random_uuid(), 't', 'k', 'e', 's', '{}', now())"
    )
    async with working(worker_settings):
        await publish(producer, worker_settings, [*history(7, 0), *events[:150]])
        await consumed(pool, worker_settings)
        before = await catalogue(all_seeing)
        await pool.execute("UPDATE lesson_totals SET views = views + 100, covered_ms = 0")
        await pool.execute("DELETE FROM retention_cells")

        async def go_on() -> None:
            for event in events[150:]:
                await publish(producer, worker_settings, [event])
                await asyncio.sleep(0.005)

        beats = asyncio.create_task(go_on())
        told = Told()
        assert await rebuild(settings, told) == 0
        assert told.read > 150
        await beats
        await consumed(pool, worker_settings)
        for lesson_id in log.LESSON_MS:
            row = await pool.fetchrow(
                "SELECT views, viewers, completions, covered_ms + replayed_ms FROM lesson_sums WHERE lesson_id = $1",
                lesson_id,
            )
            n = numbers(lesson_id, events, 1)
            assert tuple(row or ()) == (n.views, n.viewers, n.completions, n.watched_ms)
        once = await rows(all_seeing)
        assert once["outbox"]
        assert once["live_viewers"]
        await rebuild(settings, Told())
        assert await rows(all_seeing) == once
        assert await catalogue(all_seeing) == before
        assert await schemas(all_seeing) == []
        following = await connection.fetchval(
            "INSERT INTO outbox (event_id, topic, key, event_type, source, payload, parked_at) "
            "VALUES (gen_random_uuid(), 't', 'k', 'e', 's', '{}', now()) RETURNING id"
        )
        assert following == 2
    await connection.close()


@asynccontextmanager
async def rebuilding(settings: RebuildSettings) -> AsyncIterator[subprocess.Popen[str]]:
    """The command as an operator runs it."""
    env = os.environ | {
        "DATABASE_URL_ANALYTICS_WORKER": settings.database_url,
        "DATABASE_OWNER_URL_ANALYTICS": settings.database_owner_url,
        "KAFKA_BOOTSTRAP_SERVERS": settings.kafka_bootstrap_servers,
        "KAFKA_TOPIC_PREFIX": settings.kafka_topic_prefix,
    }
    command = [sys.executable, "-m", "analytics_service.cli", "rebuild"]
    process = await asyncio.to_thread(
        subprocess.Popen, command, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    try:
        yield process
    finally:
        process.kill()
        await asyncio.to_thread(process.communicate)


@pytest.mark.parametrize("by", [signal.SIGKILL, signal.SIGINT])
async def test_a_rebuild_that_is_ended_changes_nothing_and_can_be_run_again(
    pool: Pool,
    worker_settings: WorkerSettings,
    settings: RebuildSettings,
    producer: AIOKafkaProducer,
    all_seeing: Connect,
    by: signal.Signals,
) -> None:
    """Ended before the swap, by force or politely, it leaves the serving tables; the next run clears up and works."""
    async with working(worker_settings):
        await publish(producer, worker_settings, history(3, 100))
        await consumed(pool, worker_settings)
    before = await rows(all_seeing)
    connection, looking = await all_seeing(), await all_seeing()
    async with rebuilding(settings) as process, connection.transaction():
        await connection.execute("LOCK TABLE lesson_totals IN ROW EXCLUSIVE MODE")  # nobody swaps meanwhile

        async def built() -> bool:
            assert process.poll() is None, process.communicate()[0]
            name = "seatime_rebuild.lesson_totals"
            if not await looking.fetchval("SELECT to_regclass($1) IS NOT NULL", name):
                return False
            return bool(await looking.fetchval(f"SELECT count(*) FROM {name}"))

        await until(built)
        process.send_signal(by)
        output, _ = await asyncio.to_thread(process.communicate, timeout=60)
    assert process.returncode == (-signal.SIGKILL if by is signal.SIGKILL else 130), output
    assert await schemas(all_seeing) == (["seatime_rebuild"] if by is signal.SIGKILL else [])
    assert await rows(all_seeing) == before

    await pool.execute("DELETE FROM lesson_totals")
    async with rebuilding(settings) as process:
        output, _ = await asyncio.to_thread(process.communicate, timeout=120)
        assert process.returncode == 0, output
        assert "records in" in output
    assert await rows(all_seeing) == before
    assert await schemas(all_seeing) == []
    await connection.close()
    await looking.close()


async def test_what_the_log_has_forgotten_is_said_before_anything_is_done(
    pool: Pool,
    worker_settings: WorkerSettings,
    settings: RebuildSettings,
    producer: AIOKafkaProducer,
    all_seeing: Connect,
) -> None:
    """Records past their retention: refused with topic and number, and done without them when that is accepted."""
    async with working(worker_settings):
        await publish(producer, worker_settings, history(5, 100))
        await consumed(pool, worker_settings)
    before = await rows(all_seeing)
    name = settings.kafka_topic_prefix + topics.PROGRESS_ADVANCED.name
    partition, reached = max(
        [
            tuple(row)
            for row in await pool.fetch("SELECT partition, next_offset FROM applied_offsets WHERE topic = $1", name)
        ]
    )
    admin = AIOKafkaAdminClient(bootstrap_servers=settings.kafka_bootstrap_servers)
    await admin.start()
    try:
        await admin.delete_records({TopicPartition(name, partition): RecordsToDelete(before_offset=reached)})
    finally:
        await admin.close()
    told = Told()
    with pytest.raises(Refused, match="--accept-loss"):
        await rebuild(settings, told)
    assert told.said == [f"{name}: up to {reached:,} records cannot be rebuilt: older than the topic's retention"]
    assert await rows(all_seeing) == before
    assert await schemas(all_seeing) == []
    await rebuild(settings, Told(), accept_loss=True)
    after = await rows(all_seeing)
    assert len(after["watch_sessions"]) < len(before["watch_sessions"])
    assert after["lessons"] == before["lessons"]


async def test_an_erased_learner_stays_erased_and_the_sums_stay(
    pool: Pool,
    worker_settings: WorkerSettings,
    settings: RebuildSettings,
    producer: AIOKafkaProducer,
    all_seeing: Connect,
) -> None:
    """The log still has the learner's watching: it counts in the sums as before, and no row names the learner."""
    key = {"erasure_key": SecretStr("a key of the tests, of more than 32 characters")}
    writing = worker_settings.model_copy(update=key)
    async with working(writing):
        await publish(producer, writing, history(9, 100))
        await consumed(pool, writing)
        erased = LearnerErased(learner_id="u1", erasure_id=uuid4(), erased_at=datetime.now(UTC))
        await publish(producer, writing, [erased])
        await until(has_consumed(pool, writing, topics.LEARNER_ERASED.name))
        await until(lambda: _empty(pool, "outbox"))
    before = await rows(all_seeing)
    assert before["forgotten"]
    assert not any("u1," in row for row in before["learner_lessons"])
    await rebuild(settings.model_copy(update=key), Told())
    assert await rows(all_seeing) == before


async def _empty(pool: Pool, table: str) -> bool:
    return not await pool.fetchval(f"SELECT count(*) FROM {table}")


ID, OTHER_ID = UUID(int=1), UUID(int=2)


def test_losses_are_told_by_topic_and_reason() -> None:
    """Retention, a topic made anew, a log that was cut: each is counted; compaction and what was never read are not."""
    topic = TopicPartition("t", 0), TopicPartition("t", 1)
    compacted = TopicPartition("c", 0)
    now = Log({"t": ID, "c": ID}, {topic[0]: 7, topic[1]: 9, compacted: 3}, {topic[0]: 20, topic[1]: 9, compacted: 9})
    read = [
        Applied("t", ID, 0, 20),
        Applied("t", ID, 1, 4),
        Applied("t", OTHER_ID, 0, 100),
        Applied("c", ID, 0, 9),
        Applied("gone", ID, 0, 5),
    ]
    assert losses(now, read, frozenset({"c"})) == [
        Loss("gone", 5, "the topic was made anew since, or is not consumed any more"),
        Loss("t", 7 + 4, "older than the topic's retention"),
        Loss("t", 100, "the topic was made anew since, or is not consumed any more"),
    ]
    cut = losses(now, [Applied("t", ID, 1, 12)], frozenset())
    assert cut == [Loss("t", 3, "the log ends before")]


async def test_a_table_of_no_migration_is_not_thrown_away(settings: RebuildSettings, all_seeing: Connect) -> None:
    """Somebody's own table beside ours would go with the old ones: refused by name."""
    connection = await all_seeing()
    await connection.execute("CREATE TABLE somebodys_notes (note text)")
    with pytest.raises(Refused, match="table somebodys_notes"):
        await rebuild(settings, Told())
    await connection.execute("DROP TABLE somebodys_notes")
    await connection.execute("SELECT pg_advisory_lock($1)", 0x5EA7B17D)
    with pytest.raises(Refused, match="another rebuild"):
        await rebuild(settings, Told())
    await connection.close()
    assert await schemas(all_seeing) == []
