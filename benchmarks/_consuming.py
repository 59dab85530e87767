"""How far a consumer group is with a topic, and how fast it goes, from the offsets that it commits."""

import asyncio
import time

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import GroupCoordinatorNotAvailableError

TIMEOUT_S = 900


async def committed(admin: AIOKafkaAdminClient, group: str) -> int:
    """Records that the group is done with; none as long as Kafka has not heard of any group."""
    try:
        return sum(offset.offset for offset in (await admin.list_consumer_group_offsets(group)).values())
    except GroupCoordinatorNotAvailableError:
        return 0


async def rate(bootstrap: str, group: str, records: int) -> float:
    """Records a second from the first commit to the one by which all are done."""
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    first: tuple[int, float] | None = None
    try:
        async with asyncio.timeout(TIMEOUT_S):
            while True:
                done, now = await committed(admin, group), time.perf_counter()
                if first is None and done:
                    first = done, now
                if first is not None and done >= records:
                    return (done - first[0]) / max(now - first[1], 1e-9) if done > first[0] else float("nan")
                await asyncio.sleep(0.02)
    finally:
        await admin.close()
