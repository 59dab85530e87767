"""Servers for a benchmark: a PostgreSQL whose commits are on disk, and processes that answer before they are used."""

import asyncio
import os
import sys
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import ExitStack, asynccontextmanager
from pathlib import Path

from fastapi import FastAPI

from benchmarks._load import drive
from devstack.postgres import PostgresServer
from servicekit import database
from tests.databases import Postgres
from tests.infra import DevstackInfra, Infra


def syncing(infra: Infra, stack: ExitStack) -> Postgres:
    """A PostgreSQL whose commits are on disk: the tests' own server is careless, so the devstack gets another."""
    if isinstance(infra, DevstackInfra):
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="seatime-bench-")))
        folder.chmod(0o755)
        server = PostgresServer(folder / "postgres", password="seatime-tests", durable=True)
        stack.callback(server.stop)
        server.start()
        server.wait_ready()
        postgres = Postgres(server.admin_url)
    else:
        postgres = Postgres(infra.postgres_admin_url)
    if (postgres.sql("SHOW fsync"), postgres.sql("SHOW synchronous_commit")) != ("on", "on"):
        raise RuntimeError("this PostgreSQL does not sync its commits: nothing durable can be measured")
    return postgres


def uvicorn(factory: str) -> list[str]:
    """The command of a plain application by its factory, with our options; a port is to follow."""
    options = ["--http", "httptools", "--loop", "asyncio", "--no-access-log", "--no-server-header"]
    return [sys.executable, "-m", "uvicorn", "--factory", factory, *options, "--log-level", "warning", "--port"]


def plain_application() -> FastAPI:
    """What a team would begin with: a pool of DATABASE_URL in its state, and word that it runs; routes follow."""

    @asynccontextmanager
    async def lifespan(api: FastAPI) -> AsyncIterator[None]:
        api.state.pool = await database.create_pool(os.environ["DATABASE_URL"], application_name="plain")
        yield
        await api.state.pool.close()

    api = FastAPI(lifespan=lifespan)

    @api.get("/health/live")
    async def live() -> dict[str, bool]:
        return {"live": True}

    return api


@asynccontextmanager
async def process(command: Sequence[str], env: dict[str, str], port: int) -> AsyncIterator[int]:
    """The process id of a server that answers on the port by now."""
    started = await asyncio.create_subprocess_exec(*command, env=os.environ | {"LOG_LEVEL": "ERROR"} | env)
    try:
        async with asyncio.timeout(120):
            while not await _answers(port):
                if started.returncode is not None:
                    raise RuntimeError(f"{command[-1]} ended with {started.returncode}")
                await asyncio.sleep(0.05)
        yield started.pid
    finally:
        if started.returncode is None:
            started.terminate()
        async with asyncio.timeout(30):
            await started.wait()


def cpu_s(pid: int) -> float:
    """What the process has spent of the processor so far (s); on a busy machine it says more than the clock."""
    spent = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(spent[11]) + int(spent[12])) / os.sysconf("SC_CLK_TCK")


async def _answers(port: int) -> bool:
    try:
        await drive(port, [b"GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n"], connections=1, timeout_s=5)
    except OSError:
        return False
    return True
