"""The analytics worker: one consumer per topic, the outbox's relay, and the sweeps."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from functools import partial

from analytics_service import budgeting, consumers, mux_sync, store_groups, store_live, store_tickets
from analytics_service.settings import WorkerSettings
from analytics_service.webhooks.sealing import seal_of
from analytics_service.webhooks.sender import Sender
from contracts import topics
from servicekit import database, worker
from servicekit.consumer import BatchConsumer
from servicekit.database import Pool, transaction
from servicekit.errors import Unavailable
from servicekit.forgotten import Hashing
from servicekit.operations.redriving import Redriver
from servicekit.outbox import OutboxRelay
from servicekit.producer import Producer
from servicekit.topic_ids import TopicIds, fetch_topic_id
from servicekit.worker import Worker

SERVICE = "analytics"
PRODUCED = (topics.ANALYTICS_ERASED,)
"""Beside what is consumed as well."""

_SWEEP_S = 60
_TICKETS_KEPT = timedelta(days=90)
"""Who took which file along can be asked for so long."""


@asynccontextmanager
async def create_worker(settings: WorkerSettings) -> AsyncIterator[Worker]:
    """The running worker; starts without Kafka and PostgreSQL and catches up when they come."""
    pool = await database.create_pool(
        settings.database_url, application_name="seatime-analytics-worker", max_size=len(consumers.EFFECTS) + 8
    )
    hashing = Hashing(settings.erasure_key)
    topic_ids = TopicIds(partial(fetch_topic_id, settings))
    try:
        async with Producer(settings, service=SERVICE) as producer, mux_sync.running(settings, pool) as sync:
            relay = OutboxRelay(settings.database_url, producer, service=SERVICE)
            webhooks = Sender(pool, settings, seal_of(settings))

            async def nothing_stuck() -> None:
                if relay.parked:
                    raise Unavailable(f"{relay.parked} outbox rows can never be sent")

            async with Worker(
                settings,
                service=SERVICE,
                producer=producer,
                topics=[*(part for topic in consumers.TOPICS for part in (topic, topic.dead_letters)), *PRODUCED],
                consumers=[
                    BatchConsumer(
                        model.topic,
                        model.model_validate_json,
                        consumers.handler(pool, topic_ids, model, hashing),
                        group=SERVICE,
                    )
                    for model in consumers.EFFECTS
                    for _ in range(consumers.SIDE_BY_SIDE.get(model, 1))
                ],
                loops={
                    "smallest group": partial(_state_smallest_group, pool, settings.analytics_smallest_group),
                    "sweep": partial(_sweep, pool),
                    "outbox": relay.run,
                    "redrive": Redriver(pool, settings, producer, service=SERVICE).run,
                    "budgets": partial(budgeting.run, pool, settings),
                    "webhooks": webhooks.run,
                    **({"mux": sync.run} if sync is not None else {}),
                },
                checks={
                    "database": lambda: database.ping(pool),
                    "outbox": nothing_stuck,
                    "webhooks": webhooks.check,
                    **({"mux": sync.check} if sync is not None else {}),
                },
            ) as running:
                yield running
    finally:
        await pool.close()


async def _state_smallest_group(pool: Pool, learners: int) -> None:
    """Once, as soon as the database is there; the worker that started last has the say."""
    async with transaction(pool) as conn:
        await store_groups.set_smallest_group(conn, learners)
    await asyncio.Event().wait()


async def _sweep(pool: Pool) -> None:
    while True:
        now = datetime.now(UTC)
        async with transaction(pool) as conn:
            await store_live.sweep(conn, now)
            await store_tickets.sweep(conn, now - _TICKETS_KEPT)
        await asyncio.sleep(_SWEEP_S)


def main() -> None:
    worker.main(create_worker, WorkerSettings, SERVICE)


if __name__ == "__main__":
    main()
