"""An API served for real, by uvicorn on a loopback port, in a thread of its own: for clients that are not asyncio."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import uvicorn
from starlette.types import ASGIApp


@contextmanager
def serving(api: ASGIApp, *, timeout_s: float = 60) -> Iterator[str]:
    """The base URL of the running API; it is stopped, lifespan included, at the end of the block."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
        kept_s = 600  # longer than any client keeps a connection: else both may let go of it at once
        server = uvicorn.Server(
            uvicorn.Config(api, http="httptools", log_config=None, access_log=False, timeout_keep_alive=kept_s)
        )
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        try:
            base_url = f"http://127.0.0.1:{port}"
            _wait_until_live(base_url, thread, timeout_s)
            yield base_url
        finally:
            server.should_exit = True
            thread.join(timeout_s)
            assert not thread.is_alive(), "the API did not stop"


def _wait_until_live(base_url: str, thread: threading.Thread, timeout_s: float) -> None:
    deadline = time.monotonic() + timeout_s
    while True:
        try:
            httpx.get(f"{base_url}/health/live", timeout=timeout_s).raise_for_status()
        except httpx.TransportError:
            if not thread.is_alive() or time.monotonic() > deadline:
                raise
            time.sleep(0.02)
        else:
            return
