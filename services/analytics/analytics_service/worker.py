"""The analytics worker: one consumer per topic. It produces nothing but dead letters."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from functools import partial

from analytics_service import consumers, store_live
from analytics_service.settings import Settings, WorkerSettings
from contracts import topics
from servicekit import database, worker
from servicekit.consumer import BatchConsumer
from servicekit.database import Pool, transaction
from servicekit.producer import Producer
from servicekit.topic_ids import TopicIds, fetch_topic_id
from servicekit.worker import Worker

SERVICE = "analytics"
PRODUCED = (topics.ANALYTICS_ERASED,)
_SWEEP_S = 60


@asynccontextmanager
async def create_worker(settings: Settings) -> AsyncIterator[Worker]:
    """The running worker; starts without Kafka and PostgreSQL and catches up when they come."""
    pool = await database.create_pool(
        settings.database_url, application_name="seatime-analytics-worker", max_size=len(consumers.EFFECTS) + 2
    )
    topic_ids = TopicIds(partial(fetch_topic_id, settings))
    try:
        async with (
            Producer(settings, service=SERVICE) as producer,
            Worker(
                settings,
                service=SERVICE,
                producer=producer,
                topics=[*(part for topic in consumers.TOPICS for part in (topic, topic.dead_letters)), *PRODUCED],
                consumers=[
                    BatchConsumer(
                        model.topic,
                        model.model_validate_json,
                        consumers.handler(pool, topic_ids, model),
                        group=SERVICE,
                    )
                    for model in consumers.EFFECTS
                ],
                loops={"live sweep": partial(_sweep_live, pool)},
                checks={"database": lambda: database.ping(pool)},
            ) as running,
        ):
            yield running
    finally:
        await pool.close()


async def _sweep_live(pool: Pool) -> None:
    while True:
        async with transaction(pool) as conn:
            await store_live.sweep(conn, datetime.now(UTC))
        await asyncio.sleep(_SWEEP_S)


def main() -> None:
    worker.main(create_worker, WorkerSettings, SERVICE)


if __name__ == "__main__":
    main()
