"""A consumer in a process of its own, to be killed: prints what it applied, and goes on when it is told a line."""

import asyncio
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from servicekit import worker
from servicekit.consumer import BatchConsumer
from servicekit.database import create_pool
from servicekit.producer import Producer
from servicekit.received import Received
from servicekit.settings import CommonSettings
from servicekit.worker import Worker
from tests.servicekit.kit import PINGS, Ledger, Ping


class Settings(CommonSettings):
    database_url: str
    max_records: int = 10
    pausing: bool = False


@asynccontextmanager
async def create_worker(settings: Settings) -> AsyncIterator[Worker]:
    pool = await create_pool(settings.database_url, application_name="tests")
    ledger = Ledger(pool)

    async def handle(batch: Sequence[Received[Ping]]) -> None:
        await ledger.apply(batch)
        print("applied", len(batch), flush=True)
        if settings.pausing:
            await asyncio.to_thread(sys.stdin.readline)

    pings = BatchConsumer(
        PINGS,
        Ping.model_validate_json,
        handle,
        group="tests",
        max_records=settings.max_records,
        commit_timeout_s=1,
    )
    async with (
        Producer(settings, service="tests") as producer,
        Worker(
            settings, service="tests", producer=producer, topics=[PINGS, PINGS.dead_letters], consumers=[pings]
        ) as running,
    ):
        yield running


if __name__ == "__main__":
    worker.main(create_worker, Settings, "tests")
