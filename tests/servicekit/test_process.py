"""Background loops are restarted, and a worker's port tells how it is."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress

import aiohttp
import pytest

from devstack.ports import free_port
from servicekit import process
from servicekit.consumer import BatchConsumer
from servicekit.errors import Unavailable
from servicekit.process import keep_running, repeat
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


async def test_turns_go_on_after_an_outage_and_end_with_a_defect() -> None:
    """What is away comes back by itself; a defect is for whoever restarts the loop, and says what it was."""
    outcomes = iter([None, Unavailable("an outage"), RuntimeError("a defect")])
    turns = 0

    async def turn() -> int:
        nonlocal turns
        turns += 1
        if outcome := next(outcomes):
            raise outcome
        return 7

    with pytest.raises(RuntimeError, match="a defect"):
        await asyncio.wait_for(repeat("tests", turn, 0), 60)
    assert turns == 3


async def test_turns_are_a_pause_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also after one that was cut short: an outage is no reason to ask more often."""
    pauses: list[float] = []

    async def pause(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == 3:
            raise EndOfTest

    async def turn() -> None:
        if len(pauses) == 1:
            raise Unavailable("an outage")

    monkeypatch.setattr(process.asyncio, "sleep", pause)
    with pytest.raises(EndOfTest):
        await repeat("tests", turn, 12.5)
    assert pauses == [12.5] * 3


class EndOfTest(Exception):
    pass


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
