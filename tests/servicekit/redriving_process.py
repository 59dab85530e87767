"""A redriver in a process of its own, to be killed after Kafka has a record and before that is noted."""

import asyncio
import sys
from typing import Any

from servicekit.database import create_pool
from servicekit.operations.redriving import Redriver
from servicekit.producer import Producer
from servicekit.settings import CommonSettings


class Settings(CommonSettings):
    database_url: str


class Pausing(Producer):
    """Says when a record is in Kafka, and goes on when it is told a line."""

    async def send_raw(self, topic: str, **record: Any) -> None:
        await super().send_raw(topic, **record)
        print("sent", flush=True)
        await asyncio.to_thread(sys.stdin.readline)


async def main() -> None:
    settings = Settings()
    pool = await create_pool(settings.database_url, application_name="tests")
    async with Pausing(settings, service="tests") as producer:
        await producer.wait_connected(60)
        await Redriver(pool, settings, producer, service="tests").run()


if __name__ == "__main__":
    asyncio.run(main())
