"""Processes of the upload service in a tenth of a second: imported once, forked for each, and each may be killed.

Run as a program it reads a line, an environment (JSON object): it forks a child that runs the service's own `main` in
it. A line that is a pid: it kills that child. Each is answered by the child's pid. It ends its children when its input
ends. A child that ended keeps its pid until it is asked for: nobody else's process is ever killed in its place.
"""

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

from pydantic import SecretStr

CHECKOUT = Path(__file__).resolve().parents[3]


class Forks:
    """The other end of that program."""

    def __init__(self, process: asyncio.subprocess.Process, log: Path) -> None:
        self._process, self.log = process, log
        self._turn = asyncio.Lock()

    async def start(self, environment: Mapping[str, str]) -> int:
        """A new process with these variables and no other settings; returns its pid."""
        return await self._ask(dict(environment))

    async def kill(self, pid: int) -> None:
        """SIGKILL, unless that was done or it ended; the kernel has closed all that the process had open."""
        assert await self._ask(pid) == pid

    async def _ask(self, question: dict[str, str] | int) -> int:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        async with self._turn, asyncio.timeout(60):
            self._process.stdin.write(json.dumps(question).encode() + b"\n")
            line = await self._process.stdout.readline()
        assert line, self.log.read_text()
        return int(line)


@asynccontextmanager
async def forking(log: Path) -> AsyncIterator[Forks]:
    """Forks until the end of the block; what the children say goes to `log`."""
    with log.open("wb") as errors:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "tests.upload.faults.forking",
            cwd=CHECKOUT,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=errors,
        )
    try:
        yield Forks(process, log)
    finally:
        assert process.stdin is not None
        process.stdin.close()
        async with asyncio.timeout(60):
            await process.wait()


def _serve(environment: Mapping[str, str]) -> None:
    from upload_service import app

    os.dup2(2, 1)
    os.environ.update(environment)
    app.main()


async def _warm() -> None:
    """What takes long, once for all: the imports, and the client's reading of S3's description."""
    from upload_service import app, storage_connection
    from upload_service.settings import Settings

    nowhere = Settings(database_url="", s3_access_key_id="warm", s3_secret_access_key=SecretStr("warm"))
    async with storage_connection.connect(nowhere):
        assert app


def _run() -> None:
    asyncio.run(_warm())
    children: set[int] = set()
    for line in sys.stdin:
        asked = json.loads(line)
        pid = _end(asked, children) if isinstance(asked, int) else _fork(asked, children)
        print(pid, flush=True)
    for pid in list(children):
        _end(pid, children)


def _fork(environment: Mapping[str, str], children: set[int]) -> int:
    if (pid := os.fork()) == 0:
        os.close(0)
        try:
            _serve(environment)
        finally:
            os._exit(1)
    children.add(pid)
    return pid


def _end(pid: int, children: set[int]) -> int:
    if pid in children:
        children.remove(pid)
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
    return pid


if __name__ == "__main__":
    _run()
