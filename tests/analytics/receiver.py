"""A receiver of webhooks: a real HTTP server on the loopback that keeps what it gets and answers as it is told."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import orjson
from aiohttp import web

Answering = Callable[["Got"], Awaitable[web.Response]]


@dataclass(frozen=True)
class Got:
    """A request as it came."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]

    @property
    def payload(self) -> dict[str, Any]:
        found: dict[str, Any] = orjson.loads(self.body)
        return found


@dataclass
class Receiver:
    """`answers` are used up one by one, each a status or a function; then comes 204."""

    url: str
    got: list[Got] = field(default_factory=list)
    answers: list[int | Answering] = field(default_factory=list)

    @property
    def ids(self) -> list[str]:
        return [one.id for one in self.got]

    async def _handle(self, request: web.Request) -> web.Response:
        headers = {name.lower(): value for name, value in request.headers.items()}
        got = Got(request.path_qs, headers, await request.read())
        self.got.append(got)
        answer = self.answers.pop(0) if self.answers else 204
        return web.Response(status=answer) if isinstance(answer, int) else await answer(got)


def saying(status: int, text: str = "", **headers: str) -> Answering:
    """An answer with a body and headers (`Retry_After` for Retry-After)."""

    async def answer(_: Got) -> web.Response:
        return web.Response(status=status, text=text, headers={k.replace("_", "-"): v for k, v in headers.items()})

    return answer


def never() -> Answering:
    """No answer at all."""

    async def answer(_: Got) -> web.Response:
        await asyncio.Event().wait()
        raise AssertionError

    return answer


@asynccontextmanager
async def receiving() -> AsyncIterator[Receiver]:
    """A receiver at a port of its own."""
    receiver = Receiver("")
    application = web.Application()
    application.router.add_route("*", "/{tail:.*}", receiver._handle)
    runner = web.AppRunner(application, shutdown_timeout=0.1, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    receiver.url = f"http://127.0.0.1:{port}/hook"
    try:
        yield receiver
    finally:
        await runner.cleanup()
