"""The lines between a process and its neighbours, message by message: from a chosen one on they stand still.

PostgreSQL's protocol is cut into requests (up to a Sync, a Flush or a simple Query), HTTP into calls. A request stopped
"before" never reaches the neighbour; stopped "after" it took effect in full, and only its answer is lost.
"""

import asyncio
import io
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import urlsplit, urlunsplit

import aiohttp
from aiohttp import web

Verdict = Literal["pass", "last", "hold"]

_SSL_REQUEST = 80877103
_QUERY = b"Q"
_ENDS = (b"S", b"H", _QUERY, b"p")
"""What asks for an answer: Sync, Flush, Query, a password."""
_ANSWERED = (b"Z", b"T", b"n", b"E")
"""What an answer ends with: ReadyForQuery, and after a Flush the description of the rows, or an error."""


@dataclass
class Stop:
    """At which request (from 1) the line stops, and on which side of its effect."""

    number: int
    side: Literal["before", "after"]

    def __str__(self) -> str:
        return f"{self.side} {self.number}"


@dataclass
class Line:
    """Counts requests once it is `armed`, over all neighbours, in the order in which they are sent."""

    stop: Stop | None = None
    armed: bool = False
    frozen: bool = False
    sent: list[str] = field(default_factory=list)
    stopped: asyncio.Event = field(default_factory=asyncio.Event)
    over: asyncio.Event = field(default_factory=asyncio.Event)

    def next(self, what: str) -> Verdict:
        """What becomes of the request that is about to be sent."""
        if not self.armed:
            return "pass"
        if self.frozen:
            return "hold"
        self.sent.append(what)
        if self.stop is None or len(self.sent) != self.stop.number:
            return "pass"
        self.frozen = True
        if self.stop.side == "after":
            return "last"
        self.stopped.set()
        return "hold"


@asynccontextmanager
async def database_line(url: str, line: Line) -> AsyncIterator[str]:
    """The same database behind `line`: its URL."""
    parts = urlsplit(url)
    tasks: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            back = await asyncio.open_connection(parts.hostname, parts.port)
        except OSError:
            writer.transport.abort()
            return
        session = _Session(line, reader, writer, *back)
        pumps = [asyncio.create_task(session.requests()), asyncio.create_task(session.answers())]
        tasks.update(pumps)
        await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
        for pump in pumps:
            pump.cancel()
        await asyncio.wait(pumps)
        tasks.difference_update(pumps)
        for end in (writer, back[1]):
            end.transport.abort()
            with suppress(OSError):
                await end.wait_closed()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    try:
        yield urlunsplit(parts._replace(netloc=f"{parts.username}:{parts.password}@127.0.0.1:{port}"))
    finally:
        server.close()
        for task in list(tasks):
            task.cancel()
        await server.wait_closed()


@dataclass
class _Session:
    """One connection to the database."""

    line: Line
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    back_reader: asyncio.StreamReader
    back_writer: asyncio.StreamWriter
    losing: bool = False
    flushed: bool = False
    plain: asyncio.Event = field(default_factory=asyncio.Event)

    async def requests(self) -> None:
        with suppress(asyncio.IncompleteReadError, OSError):
            await self._greet()
            request, what = b"", ""
            while True:
                kind, message = await _message(self.reader)
                request += message
                if kind in (b"P", _QUERY):
                    what = message[5:].replace(b"\0", b" ").decode(errors="replace").strip()
                if kind not in _ENDS:
                    continue
                self.flushed = kind == b"H"
                verdict = self.line.next(" ".join((what or "bind").split())[:60])
                self.losing = self.losing or verdict == "last"
                if verdict != "hold":
                    self.back_writer.write(request)
                    await self.back_writer.drain()
                request, what = b"", ""

    async def _greet(self) -> None:
        """The start of a connection: messages without a type, and one answer without a length."""
        while True:
            (length,) = struct.unpack("!i", head := await self.reader.readexactly(4))
            body = await self.reader.readexactly(length - 4)
            self.back_writer.write(head + body)
            if struct.unpack("!i", body[:4])[0] != _SSL_REQUEST:
                self.plain.set()
                return
            self.writer.write(await self.back_reader.readexactly(1))

    async def answers(self) -> None:
        with suppress(asyncio.IncompleteReadError, OSError):
            await self.plain.wait()
            while True:
                kind, message = await _message(self.back_reader)
                if not self.losing:
                    self.writer.write(message)
                    await self.writer.drain()
                elif kind in (_ANSWERED if self.flushed else _ANSWERED[:1]):
                    self.line.stopped.set()


async def _message(reader: asyncio.StreamReader) -> tuple[bytes, bytes]:
    head = await reader.readexactly(5)
    return head[:1], head + await reader.readexactly(struct.unpack("!i", head[1:])[0] - 4)


@asynccontextmanager
async def http_line(base_url: str, line: Line, *, refusing: "Refusal | None" = None) -> AsyncIterator[str]:
    """The same HTTP server behind `line`: its base URL. What `refusing` claims is answered by it instead."""
    session = aiohttp.ClientSession(auto_decompress=False, timeout=aiohttp.ClientTimeout(60))

    async def pass_on(request: web.Request) -> web.StreamResponse:
        body = await request.read()
        verdict = line.next(f"{request.method} {request.path}"[:60])
        if verdict == "hold":
            await line.over.wait()
            return web.Response(status=500)
        if refusing is not None and (refused := refusing.answer(request)) is not None:
            return refused
        async with session.request(
            request.method,
            base_url.rstrip("/") + request.raw_path,
            data=io.BytesIO(body) if body else None,
            headers=_passed(request.headers),
            skip_auto_headers=("Content-Type", "User-Agent", "Accept", "Accept-Encoding"),
            allow_redirects=False,
        ) as answer:
            content = await answer.read()
        if verdict == "last":
            line.stopped.set()
            await line.over.wait()
        headers = _passed(answer.headers)
        if request.method == "HEAD" and "Content-Length" in answer.headers:
            headers["Content-Length"] = answer.headers["Content-Length"]
        return web.Response(status=answer.status, body=content, headers=headers)

    app = web.Application(client_max_size=1 << 30)
    app.router.add_route("*", "/{path:.*}", pass_on)
    runner = web.AppRunner(app, shutdown_timeout=5, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        line.over.set()
        await runner.cleanup()
        await session.close()


class Refusal:
    """Answers a share of the calls by itself, as S3 does when it is asked too much: 503 SlowDown."""

    BODY = (
        b"<?xml version='1.0'?><Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>"
    )

    def __init__(self) -> None:
        self.every = 0
        """0 refuses none, 1 all, n each n-th."""
        self.calls = 0
        self.refused = 0

    def answer(self, request: web.Request) -> web.Response | None:
        self.calls += 1
        if not self.every or self.calls % self.every:
            return None
        self.refused += 1
        return web.Response(status=503, body=self.BODY, content_type="application/xml")


def _passed(headers: "aiohttp.typedefs.LooseHeaders") -> dict[str, str]:
    dropped = {"connection", "transfer-encoding", "content-length", "expect", "keep-alive", "date", "server"}
    return {name: value for name, value in dict(headers).items() if name.lower() not in dropped}
