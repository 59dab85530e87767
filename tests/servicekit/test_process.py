"""Background loops are restarted, and a worker's port tells how it is."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress

import aiohttp
import pytest

from devstack.ports import free_port
from servicekit.consumer import BatchConsumer
from servicekit.errors import Unavailable
from servicekit.process import keep_running
from servicekit.received import Received
from servicekit.settings import CommonSettings
from tests.servicekit import kit
from tests.servicekit.kit import PINGS, Ping, until, working


async def test_a_loop_that_raises_or_ends_is_started_again() -> None:
    """Neither an error nor a return nor a doubt ends a background loop; being cancelled does."""
    outcomes = iter([RuntimeError("a defect"), Unavailable("an outage"), None])
    runs = 0
    again = asyncio.Event()

    async def loop() -> None:
        nonlocal runs
        runs += 1
        outcome = next(outcomes, "stay")
        if isinstance(outcome, Exception):
            raise outcome
        if outcome == "stay":
            again.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(keep_running("tests", loop, max_delay_s=0.01))
    await asyncio.wait_for(again.wait(), 60)
    assert runs == 4
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_the_health_port_says_live_ready_and_why_not(settings: CommonSettings) -> None:
    """A worker without HTTP of its own answers an orchestrator's probes and Prometheus."""
    well = False

    async def check() -> None:
        if not well:
            raise Unavailable("the sweep has not run")

    async def handle(batch: Sequence[Received[Ping]]) -> None: ...

    port = free_port()
    listening = settings.model_copy(update={"worker_health_port": port})
    pings = BatchConsumer(PINGS, Ping.model_validate_json, handle, group="tests")
    async with (
        aiohttp.ClientSession(f"http://127.0.0.1:{port}") as http,
        working(listening, pings, checks={"sweep": check}),
    ):

        async def get(path: str) -> tuple[int, str]:
            async with http.get(path) as response:
                return response.status, await response.text()

        async def answers() -> bool:
            with suppress(aiohttp.ClientError):
                return (await get("/health/live"))[0] == 200
            return False

        await until(answers)
        status, body = await get("/health/ready")
        assert status == 503
        assert "the sweep has not run" in body
        well = True
        assert (await get("/health/ready"))[0] == 200
        await kit.send_all(listening, [{"key": b"a", "value": Ping(number=1).to_json()}])

        async def counted() -> bool:
            return 'seatime_consumed_records_total{outcome="applied",topic="pings"}' in (await get("/metrics"))[1]

        await until(counted)
