"""Beats folded per second, from Kafka to PostgreSQL: the whole ledger, against an upsert per event and against COPY.

Ours is the worker as it is deployed: it reads the topic, judges every beat, writes clocks, sessions and lessons, puts
its events into the outbox and relays them to Kafka. Both others start from rows that are in memory and do nothing but
write them: in their favour. PostgreSQL syncs its commits. Requests of ten beats meet random learners of a population
that has watched before, of one size and of ten times that. Afterwards every request must have been folded once.
"""

import asyncio
import random
import statistics
import sys
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack, ExitStack
from dataclasses import dataclass

from aiokafka import AIOKafkaProducer
from rich.console import Console

from benchmarks import _consuming, _population, _sizes
from benchmarks._population import BEATS_EACH, Beat
from benchmarks._servers import process, syncing
from contracts import topics
from devstack.ports import free_port
from progress_service import store_views
from servicekit import database, kafka
from servicekit.database import Pool
from servicekit.settings import CommonSettings
from tests.databases import Database, Postgres
from tests.infra import Infra

DESCRIPTION = "beats/s from Kafka into the ledger, against an upsert per event and COPY; WAL, HOT, RLS"
AIMS = {"ours_to_upsert": 30.0, "large_to_small": 0.9, "under_300_wal_bytes": 1.0, "hot_share": 1.0, "rls_read": 0.65}

SIZES = _sizes.numbers("BENCH_SIZES", "100000 1000000", short="1000")
REQUESTS = _sizes.number("BENCH_REQUESTS", 20_000, short=2_000)
UPSERTS = _sizes.number("BENCH_UPSERTS", 3_000, short=300)
READS, TIMEOUT_S = 2_000, 600
WRITTEN = ("learner_clocks", "watch_sessions", "lesson_progress")

_UPSERT = """
INSERT INTO upserted (learner, lesson, position_ms, watched_ms, at_ms) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (learner, lesson) DO UPDATE SET
    position_ms = excluded.position_ms, watched_ms = upserted.watched_ms + excluded.watched_ms, at_ms = excluded.at_ms
"""
_PLAIN_TABLES = (
    "CREATE TABLE upserted (learner text, lesson text, position_ms int, watched_ms bigint, at_ms bigint, "
    "PRIMARY KEY (learner, lesson)) WITH (fillfactor = 70)",
    "CREATE TABLE copied (learner text, lesson text, session uuid, seq int, since_ms bigint, at_ms bigint, "
    "position_ms int, start_ms int, end_ms int)",
)


@dataclass(frozen=True)
class Folded:
    """How the worker did over one population."""

    beats_per_s: float
    cpu_us: float
    wal_bytes: float
    hot_share: float


async def run(infra: Infra) -> tuple[dict[str, float], dict[str, float]]:
    """Returns beats/s of each and what a beat costs, and the ratios."""
    console, folded, upsert, copy, rls = Console(stderr=True), dict[int, Folded](), 0.0, 0.0, 0.0
    with ExitStack() as stack:
        postgres = syncing(infra, stack)
        for size in SIZES:
            db = await asyncio.to_thread(postgres.create, "progress", migrated=True)
            stack.callback(postgres.drop, db)
            admin = postgres.admin_url.rpartition("/")[0] + f"/{db.name}"
            await _population.build(admin, size)
            if not folded:
                upsert, copy = await _plain(postgres, db)
                rls = await _rls(db, admin)
                console.print(f"upsert {upsert:,.0f}/s, COPY {copy:,.0f}/s, read with RLS {rls:.2f} of one without")
            folded[size] = await _fold(infra.kafka_bootstrap, db, admin, size)
            console.print(f"{size:,} learner-lessons: {folded[size]}")
    return _reckoned(folded, upsert, copy, rls)


async def _plain(postgres: Postgres, db: Database) -> tuple[float, float]:
    """Rows/s of one upsert per event, each its own commit, and of one COPY."""
    await asyncio.to_thread(postgres.sql, *_PLAIN_TABLES, url=db.owner_url)
    beats = [beat for request in _population.requests(SIZES[0], REQUESTS) for beat in request.beats]
    pool = await database.create_pool(db.owner_url, application_name="bench", max_size=1)
    try:
        async with pool.acquire() as conn:
            upsert = await conn.prepare(_UPSERT)
            events = [(b.learner, b.lesson, b.end_ms, b.end_ms - b.start_ms, b.at_ms) for b in beats[:UPSERTS]]
            started = time.perf_counter()
            for event in events:
                await upsert.fetch(*event)
            upserted = len(events) / (time.perf_counter() - started)
            rows = [_row(beat) for beat in beats]
            started = time.perf_counter()
            await conn.copy_records_to_table("copied", records=rows)
            return upserted, len(rows) / (time.perf_counter() - started)
    finally:
        await pool.close()


def _row(beat: Beat) -> tuple[object, ...]:
    since_ms = beat.at_ms - (beat.end_ms - beat.start_ms)
    media = beat.end_ms, beat.start_ms, beat.end_ms
    return (beat.learner, beat.lesson, beat.session, beat.seq, since_ms, beat.at_ms, *media)


async def _rls(db: Database, admin_url: str) -> float:
    """How many times the reads per second as the API's role are those of a role that no policy holds."""
    chance = random.Random(6)
    asked = [_population.key(chance.randrange(SIZES[0])) for _ in range(READS)]
    app = await database.create_pool(db.app_url, application_name="bench", max_size=1)
    free = await database.create_pool(admin_url, application_name="bench", max_size=1)
    try:
        rounds = [(await _reads_per_s(app, asked), await _reads_per_s(free, asked)) for _ in range(4)]
    finally:
        await app.close()
        await free.close()
    return statistics.median(held / unheld for held, unheld in rounds[1:])


async def _reads_per_s(pool: Pool, asked: Sequence[tuple[str, str]]) -> float:
    started = time.perf_counter()
    for learner, lesson in asked:
        async with database.transaction(pool, acting_as=learner, readonly=True) as conn:
            if await store_views.lesson(conn, learner, lesson) is None:
                raise RuntimeError(f"{learner} has nothing in {lesson}")
    return len(asked) / (time.perf_counter() - started)


async def _fold(bootstrap: str, db: Database, admin_url: str, size: int) -> Folded:
    prefix, port = f"{db.name}.", free_port()
    settings = CommonSettings(kafka_bootstrap_servers=bootstrap, kafka_topic_prefix=prefix)
    await kafka.ensure_topics(settings, topics.all_topics())
    topic = prefix + topics.WATCH_PROGRESS.name
    async with AIOKafkaProducer(bootstrap_servers=bootstrap, acks="all", linger_ms=5) as producer:
        for request in _population.requests(size, REQUESTS):
            await producer.send(topic, request.value, key=request.key.encode())
    env = {
        "KAFKA_BOOTSTRAP_SERVERS": bootstrap,
        "KAFKA_TOPIC_PREFIX": prefix,
        "DATABASE_URL_PROGRESS_WORKER": db.worker_url,
        "WORKER_HEALTH_PORT": str(port),
    }
    async with AsyncExitStack() as stack:
        pool = await database.create_pool(admin_url, application_name="bench", max_size=1)
        stack.push_async_callback(pool.close)
        before = await pool.fetchval("SELECT pg_current_wal_insert_lsn()")
        pid = await stack.enter_async_context(process([sys.executable, "-m", "progress_service.worker"], env, port))
        per_s, cpu_us = await _consuming.rate(
            bootstrap, f"{prefix}progress.{topics.WATCH_PROGRESS.name}", REQUESTS, pid
        )
        async with asyncio.timeout(TIMEOUT_S):
            while await pool.fetchval("SELECT count(*) FROM outbox"):
                await asyncio.sleep(0.2)
        wal = await pool.fetchval("SELECT pg_current_wal_insert_lsn() - $1::pg_lsn", before)
        await asyncio.sleep(1.5)  # what the worker's idle connections have counted reaches the statistics
        await _check(pool)
        hot = await pool.fetchval(
            "SELECT sum(n_tup_hot_upd) / sum(n_tup_upd) FROM pg_stat_user_tables WHERE relname = ANY($1::text[])",
            list(WRITTEN),
        )
    return Folded(per_s * BEATS_EACH, cpu_us / BEATS_EACH, float(wal) / (REQUESTS * BEATS_EACH), float(hot))


async def _check(pool: Pool) -> None:
    """Every request was folded once, and each beat was worth what it claimed."""
    folded = await pool.fetchval("SELECT sum(version) - count(*) FROM lesson_progress")
    credited = await pool.fetchval("SELECT sum(live_ms + late_ms) FROM lesson_progress")
    seen = await pool.fetchval("SELECT sum(upper(r) - lower(r)) FROM watch_sessions, unnest(seqs) AS r")
    wanted = REQUESTS, REQUESTS * BEATS_EACH * _population.BEAT_MS, REQUESTS * BEATS_EACH
    if (folded, credited, seen) != wanted:
        raise RuntimeError(f"folded, credited, seen are {(folded, credited, seen)} instead of {wanted}")


def _reckoned(
    folded: dict[int, Folded], upsert: float, copy: float, rls: float
) -> tuple[dict[str, float], dict[str, float]]:
    figures: dict[str, float] = {"upserts_per_s": round(upsert), "copy_rows_per_s": round(copy)}
    for size, found in folded.items():
        figures |= {
            f"ours_{size}_beats_per_s": round(found.beats_per_s),
            f"ours_{size}_cpu_us": round(found.cpu_us, 1),
            f"ours_{size}_wal_bytes": round(found.wal_bytes),
            f"ours_{size}_hot_share": round(found.hot_share, 4),
        }
    small, large = folded[SIZES[0]], folded[SIZES[-1]]
    return figures, {
        "ours_to_upsert": round(small.beats_per_s / upsert, 1),
        "ours_to_copy": round(small.beats_per_s / copy, 3),
        "large_to_small": round(large.beats_per_s / small.beats_per_s, 2),
        "under_300_wal_bytes": round(300 / max(found.wal_bytes for found in folded.values()), 2),
        "hot_share": round(min(found.hot_share for found in folded.values()), 3),
        "rls_read": round(rls, 2),
    }
