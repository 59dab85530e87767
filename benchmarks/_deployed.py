"""Workers as they are deployed, each a process of its own, with topics of their own and nothing to ask outside."""

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from benchmarks._servers import process
from contracts import topics
from devstack.ports import free_port
from servicekit import kafka
from servicekit.settings import CommonSettings
from tests.databases import Database


async def create_topics(bootstrap: str, prefix: str) -> None:
    """All topics, their names with this prefix."""
    settings = CommonSettings(kafka_bootstrap_servers=bootstrap, kafka_topic_prefix=prefix)
    await kafka.ensure_topics(settings, topics.all_topics())


@asynccontextmanager
async def worker(service: str, bootstrap: str, prefix: str, db: Database) -> AsyncIterator[int]:
    """The process id of the service's worker."""
    port = free_port()
    env = {
        "KAFKA_BOOTSTRAP_SERVERS": bootstrap,
        "KAFKA_TOPIC_PREFIX": prefix,
        f"DATABASE_URL_{service.upper()}_WORKER": db.worker_url,
        "WORKER_HEALTH_PORT": str(port),
        "MUX_TOKEN_ID": "",
    }
    async with process([sys.executable, "-m", f"{service}_service.worker"], env, port) as pid:
        yield pid
