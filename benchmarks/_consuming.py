"""How far a consumer group is with a topic, and how fast it goes, from the offsets that it commits."""

import asyncio
import time

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import GroupCoordinatorNotAvailableError

from benchmarks._servers import cpu_s

TIMEOUT_S = 900


async def committed(admin: AIOKafkaAdminClient, group: str) -> int:
    """Records that the group is done with; none as long as Kafka has not heard of any group."""
    try:
        return sum(offset.offset for offset in (await admin.list_consumer_group_offsets(group)).values())
    except GroupCoordinatorNotAvailableError:
        return 0


async def rate(bootstrap: str, group: str, records: int, pid: int) -> tuple[float, float]:
    """Records a second, and microseconds of the process's processor for each, from the first commit to the last."""
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    first: tuple[int, float, float] | None = None
    try:
        async with asyncio.timeout(TIMEOUT_S):
            while True:
                done, now, spent = await committed(admin, group), time.perf_counter(), cpu_s(pid)
                if first is None and done:
                    first = done, now, spent
                if first is not None and done >= records:
                    if done == first[0]:
                        raise RuntimeError("all records were done in one batch: there is no rate to tell")
                    return (done - first[0]) / (now - first[1]), (spent - first[2]) / (done - first[0]) * 1e6
                await asyncio.sleep(0.02)
    finally:
        await admin.close()
