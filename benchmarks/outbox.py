"""The relay against the bare producer: what a transactional hand-over costs beside sending without one.

Both send the same events to the same topic with `acks=all` and an awaited acknowledgement each; the relay also reads
them from PostgreSQL, keeps the order of each key, and deletes what was acknowledged.
"""

import asyncio
import time
from dataclasses import dataclass
from uuid import uuid4

from rich.console import Console

from benchmarks import _sizes
from servicekit import database, kafka, outbox
from servicekit.producer import Producer
from servicekit.settings import CommonSettings
from tests.databases import Postgres
from tests.infra import Infra

DESCRIPTION = "events/s through the outbox relay, against the bare producer with as many acknowledgements"
AIMS = {"relay_to_producer": 0.3}

_EVENTS = _sizes.number("BENCH_EVENTS", 20_000, short=2_000)
_KEYS, _WINDOW = 5_000, 500


@dataclass(frozen=True)
class _Topic:
    name: str = "bench.events"
    partitions: int = 12

    @property
    def config(self) -> dict[str, str]:
        return {}


@dataclass(frozen=True)
class _Event:
    key: str
    topic_name: str = "bench.events"
    event_type: str = "seatime.bench.v1"
    event_source: str = "/seatime/bench"

    def to_json(self) -> bytes:
        return b'{"learner_id":"%s","padding":"%s"}' % (self.key.encode(), b"x" * 250)


async def run(infra: Infra) -> tuple[dict[str, float], dict[str, float]]:
    """Returns events/s of both, and their ratio."""
    console = Console(stderr=True)
    settings = CommonSettings(kafka_bootstrap_servers=infra.kafka_bootstrap, kafka_topic_prefix=f"b{uuid4().hex[:8]}.")
    postgres = Postgres(infra.postgres_admin_url)
    db = await asyncio.to_thread(postgres.create, "upload", migrated=True)
    events = [_Event(f"learner-{number % _KEYS}") for number in range(_EVENTS)]
    try:
        await kafka.ensure_topics(settings, [_Topic()])
        async with Producer(settings, service="bench") as producer:
            await producer.wait_connected(30)
            console.print(f"bare producer, {_EVENTS} events …")
            bare = await _bare(producer, events)
            console.print(f"{bare:,.0f} events/s\noutbox and relay …")
            relayed = await _relayed(db.app_url, producer, events)
            console.print(f"{relayed:,.0f} events/s")
    finally:
        await asyncio.to_thread(postgres.drop, db)
    figures = {"producer_events_per_s": round(bare, 0), "relay_events_per_s": round(relayed, 0)}
    return figures, {"relay_to_producer": round(relayed / bare, 3)}


async def _bare(producer: Producer, events: list[_Event]) -> float:
    started = time.perf_counter()
    for first in range(0, len(events), _WINDOW):
        await asyncio.gather(
            *(producer.send(outbox.message_of(event), timeout=30) for event in events[first : first + _WINDOW])
        )
    return len(events) / (time.perf_counter() - started)


async def _relayed(dsn: str, producer: Producer, events: list[_Event]) -> float:
    pool = await database.create_pool(dsn, application_name="bench", max_size=2)
    try:
        async with database.transaction(pool) as conn:
            await outbox.append(conn, events, notify=False)
        relay = asyncio.create_task(outbox.OutboxRelay(dsn, producer, service="bench", batch=_WINDOW).run())
        started = time.perf_counter()
        async with asyncio.timeout(120):
            while await pool.fetchval("SELECT EXISTS (SELECT FROM outbox)"):
                await asyncio.sleep(0.02)
        elapsed = time.perf_counter() - started
        relay.cancel()
        await asyncio.gather(relay, return_exceptions=True)
        return len(events) / elapsed
    finally:
        await pool.close()
