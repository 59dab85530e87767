"""Listening: one app on one HTTP port, and on an HTTPS port if wanted."""

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import Future
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass

from aiohttp import web

from mux_sim.config import Config
from mux_sim.server import create_app
from mux_sim.tls import server_context

START_TIMEOUT = 30.0
STOP_TIMEOUT = 30.0


@dataclass(frozen=True)
class Listening:
    """Where a running simulator can be reached; `tls_url` None without a TLS port."""

    base_url: str
    tls_url: str | None


@asynccontextmanager
async def listening(config: Config) -> AsyncIterator[Listening]:
    """Serve until the context ends. Port 0 takes a free one. A busy port raises OSError."""
    runner = web.AppRunner(create_app(config), access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    try:
        plain = web.TCPSite(runner, config.host, config.port)
        await plain.start()
        tls_url = None
        if config.tls_port is not None:
            context = server_context(config.data_dir / "tls")
            tls = web.TCPSite(runner, config.host, config.tls_port, ssl_context=context)
            await tls.start()
            tls_url = f"https://{config.host}:{_port(tls)}"
        yield Listening(f"http://{config.host}:{_port(plain)}", tls_url)
    finally:
        await runner.cleanup()


@contextmanager
def listening_in_thread(config: Config) -> Iterator[Listening]:
    """The same in a thread with its own event loop: callers may block, and need not have a loop at all."""
    started: Future[tuple[Listening, asyncio.AbstractEventLoop, asyncio.Event]] = Future()

    async def serve() -> None:
        stop = asyncio.Event()
        async with listening(config) as where:
            started.set_result((where, asyncio.get_running_loop(), stop))
            await stop.wait()

    def run() -> None:
        try:
            asyncio.run(serve())
        except BaseException as failure:
            if started.done():
                raise
            started.set_exception(failure)

    thread = threading.Thread(target=run, name="mux-sim")
    thread.start()
    try:
        where, loop, stop = started.result(START_TIMEOUT)
        try:
            yield where
        finally:
            loop.call_soon_threadsafe(stop.set)
    finally:
        thread.join(STOP_TIMEOUT)


def _port(site: web.TCPSite) -> int:
    assert site._server is not None
    sockets = site._server.sockets  # type: ignore[attr-defined]
    return int(sockets[0].getsockname()[1])
