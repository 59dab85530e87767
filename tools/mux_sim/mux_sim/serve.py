"""Listening: one app on one HTTP port, and on an HTTPS port if wanted."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from aiohttp import web

from mux_sim.config import Config
from mux_sim.server import create_app
from mux_sim.tls import server_context


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


def _port(site: web.TCPSite) -> int:
    assert site._server is not None
    sockets = site._server.sockets  # type: ignore[attr-defined]
    return int(sockets[0].getsockname()[1])
