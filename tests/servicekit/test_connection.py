"""Answers leave a connection in one piece, in order and whole, whatever the client does."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext
from typing import Any

import pytest
import uvicorn
from starlette.types import Receive, Scope, Send

from servicekit.connection import OneWrite

BIG = bytes(range(256)) * 40_000


class App:
    """`/short` answers at once, `/big` with much, `/slow` a piece, then waits to be told for the other."""

    def __init__(self) -> None:
        self.told = asyncio.Event()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        parts = {"/short": [b"hello"], "/big": [BIG], "/slow": [b"first", b"second"]}[scope["path"]]
        length = sum(len(part) for part in parts)
        headers = [(b"content-length", str(length).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        for number, part in enumerate(parts):
            if number:
                await self.told.wait()
            await send({"type": "http.response.body", "body": part, "more_body": number + 1 < len(parts)})


class Counted(OneWrite):
    """Counts what the socket is given."""

    writes = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        write = transport.write

        def counted(data: bytes) -> None:
            type(self).writes += 1
            write(data)

        transport.write = counted  # type: ignore[method-assign, assignment]
        super().connection_made(transport)


@asynccontextmanager
async def served(app: App) -> AsyncIterator[tuple[str, int]]:
    config = uvicorn.Config(app, port=0, http=Counted, log_config=None, lifespan="off")
    server = uvicorn.Server(config)
    server.capture_signals = _nothing  # type: ignore[method-assign]
    running = asyncio.create_task(server.serve())
    try:
        while not server.started:
            await asyncio.sleep(0.01)
        yield server.servers[0].sockets[0].getsockname()
    finally:
        server.should_exit = True
        await running


def _nothing() -> Any:
    return nullcontext()


class Pieces(asyncio.Protocol):
    """What arrives, read by read."""

    def __init__(self) -> None:
        self.read: list[bytes] = []
        self.came, self.closed = asyncio.Event(), asyncio.Event()

    def data_received(self, data: bytes) -> None:
        self.read.append(data)
        self.came.set()

    def connection_lost(self, _: Exception | None) -> None:
        self.closed.set()
        self.came.set()

    async def until(self, end: bytes) -> bytes:
        """All of the answer, which ends so."""
        async with asyncio.timeout(30):
            while not b"".join(self.read).endswith(end):
                self.came.clear()
                await self.came.wait()
        answer, self.read = b"".join(self.read), []
        return answer


@asynccontextmanager
async def connected(address: tuple[str, int]) -> AsyncIterator[tuple[asyncio.Transport, Pieces]]:
    transport, pieces = await asyncio.get_running_loop().create_connection(Pieces, *address)
    try:
        yield transport, pieces
    finally:
        transport.close()


def asked(path: str, *more: str) -> bytes:
    return "\r\n".join([f"GET {path} HTTP/1.1", "host: x", *more, "", ""]).encode()


async def test_head_and_body_leave_together() -> None:
    """An answer is one write; uvicorn alone makes it two."""
    async with served(App()) as address, connected(address) as (transport, pieces):
        before = Counted.writes
        for _ in range(3):
            transport.write(asked("/short"))
            await pieces.until(b"\r\n\r\nhello")
        assert Counted.writes - before == 3


async def test_several_requests_at_once_are_answered_in_order() -> None:
    async with served(App()) as address, connected(address) as (transport, pieces):
        transport.write(asked("/short") + asked("/big") + asked("/short", "connection: close"))
        async with asyncio.timeout(30):
            await pieces.closed.wait()
        answers = b"".join(pieces.read).split(b"HTTP/1.1 200 OK\r\n")[1:]
        assert [answer.partition(b"\r\n\r\n")[2] for answer in answers] == [b"hello", BIG, b"hello"]


async def test_a_stream_is_not_held_back() -> None:
    """What an answer has so far is sent while the rest is waited for."""
    app = App()
    async with served(app) as address, connected(address) as (transport, pieces):
        transport.write(asked("/slow"))
        await pieces.until(b"first")
        app.told.set()
        assert await pieces.until(b"second") == b"second"


@pytest.mark.parametrize("close", [False, True])
async def test_a_client_that_reads_slowly_gets_everything(close: bool) -> None:
    more = ["connection: close"] if close else []
    async with served(App()) as address, connected(address) as (transport, pieces):
        transport.pause_reading()
        transport.write(asked("/big", *more))
        await asyncio.sleep(0)
        transport.resume_reading()
        answer = await pieces.until(BIG)
        assert answer.partition(b"\r\n\r\n")[2] == BIG
