"""What has been kept of the beats that were acknowledged: counted where it lies, once the servers have ended."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import msgspec
from aiokafka import AIOKafkaConsumer, TopicPartition

from benchmarks import _peers
from servicekit import database
from tests.databases import Database

Count = Callable[[], Awaitable[int]]

_BEATS = """
CREATE TABLE beats (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, learner text NOT NULL, lesson text NOT NULL,
    session uuid NOT NULL, seq int NOT NULL, since_ms bigint NOT NULL, at_ms bigint NOT NULL,
    position float8 NOT NULL, rate float8 NOT NULL, segments jsonb NOT NULL
)
"""


class _Record(msgspec.Struct):
    beats: list[msgspec.Raw]


async def prepare(db: Database, python: Path, learners: int) -> None:
    """The tables of those who write to PostgreSQL."""
    pool = await database.create_pool(db.owner_url, application_name="bench", max_size=1)
    try:
        await pool.execute(_BEATS)
    finally:
        await pool.close()
    command = [str(python), str(_peers.FOLDER / "completions.py"), str(learners)]
    started = await asyncio.create_subprocess_exec(*command, env={"DATABASE_URL": db.owner_url})
    async with asyncio.timeout(120):
        if await started.wait():
            raise RuntimeError("Django's tables could not be made")


def records(bootstrap: str, topic: str) -> Count:
    """Records of a topic."""

    async def count() -> int:
        async with AIOKafkaConsumer(topic, bootstrap_servers=bootstrap) as consumer:
            return sum((await _ends(consumer)).values())

    return count


def beats(bootstrap: str, topic: str) -> Count:
    """Beats in the records of a topic of ours, all of them read."""
    decode = msgspec.json.Decoder(_Record).decode

    async def count() -> int:
        found = 0
        async with AIOKafkaConsumer(topic, bootstrap_servers=bootstrap, auto_offset_reset="earliest") as consumer:
            left = {partition: end for partition, end in (await _ends(consumer)).items() if end}
            async with asyncio.timeout(300):
                while left:
                    for partition, batch in (await consumer.getmany(timeout_ms=1000, max_records=5_000)).items():
                        found += sum(len(decode(record.value).beats) for record in batch if record.value is not None)
                        if batch[-1].offset + 1 >= left[partition]:
                            del left[partition]
        return found

    return count


def rows(url: str) -> Count:
    """Rows of the table that has one for each beat."""
    return lambda: _ask(url, "SELECT count(*) FROM beats")


def writes(url: str, table: str) -> Count:
    """Inserts and updates of a table that keeps only the last beat."""
    return lambda: _ask(url, "SELECT n_tup_ins + n_tup_upd FROM pg_stat_user_tables WHERE relname = $1", table)


async def _ask(url: str, query: str, *arguments: object) -> int:
    pool = await database.create_pool(url, application_name="bench", max_size=1)
    try:
        return int(await pool.fetchval(query, *arguments))
    finally:
        await pool.close()


async def _ends(consumer: AIOKafkaConsumer) -> dict[TopicPartition, int]:
    async with asyncio.timeout(30):
        ends: dict[TopicPartition, int] = await consumer.end_offsets(consumer.assignment())
    if not ends:
        raise RuntimeError("the topic has no partitions")
    return ends
