"""Workers in processes of their own, to be killed and frozen."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from progress_service.settings import WorkerSettings


class Process:
    """A worker in a process of its own."""

    def __init__(self, settings: WorkerSettings) -> None:
        self._environment = {
            **os.environ,
            "DATABASE_URL_PROGRESS_WORKER": settings.database_url,
            "KAFKA_BOOTSTRAP_SERVERS": settings.kafka_bootstrap_servers,
            "KAFKA_TOPIC_PREFIX": settings.kafka_topic_prefix,
            "KAFKA_SESSION_TIMEOUT_MS": str(settings.kafka_session_timeout_ms),
            "LOG_LEVEL": "ERROR",
        }
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        self._process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "progress_service.worker", env=self._environment
        )

    async def ended(self) -> None:
        assert self._process is not None
        await self._process.wait()

    def signal(self, number: signal.Signals) -> None:
        assert self._process is not None
        self._process.send_signal(number)

    async def kill(self) -> None:
        if self._process is not None and self._process.returncode is None:
            with suppress(ProcessLookupError):
                self._process.kill()
            await self._process.wait()


@asynccontextmanager
async def supervised(settings: WorkerSettings) -> AsyncIterator[Process]:
    """A worker that is started again whenever it has ended itself, as a supervisor would."""
    process = Process(settings)

    async def supervise() -> None:
        while True:
            await process.start()
            await process.ended()
            await asyncio.sleep(0.5)

    supervisor = asyncio.create_task(supervise())
    try:
        yield process
    finally:
        supervisor.cancel()
        with suppress(asyncio.CancelledError):
            await supervisor
        await process.kill()


@asynccontextmanager
async def processes(settings: WorkerSettings, count: int) -> AsyncIterator[list[Process]]:
    started = [Process(settings) for _ in range(count)]
    try:
        for process in started:
            await process.start()
        yield started
    finally:
        for process in started:
            await process.kill()
