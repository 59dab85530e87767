"""A real clip, a receiver of webhooks, and Mux's own clients installed as judges: shared by the simulator's tests."""

import asyncio
import json
import subprocess
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from devstack import tools
from devstack import web as npm
from mux_sim.testing import make_clip


@pytest.fixture(scope="session")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two seconds of 640x360 with sound."""
    return make_clip(tmp_path_factory.mktemp("clips") / "clip.mp4", seconds=2)


@pytest.fixture(scope="session")
def long_clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Six seconds of 720p: two segments, two renditions, and a transcode that one can interrupt."""
    return make_clip(tmp_path_factory.mktemp("clips") / "long.mp4", seconds=6, size="1280x720")


@pytest.fixture(scope="session")
def judges() -> Path:
    """The folder of Mux's own clients, installed from its lock if they aren't yet."""
    npm.judges()
    return npm.JUDGES


def ask_node(judges: Path, script: str, question: dict[str, Any]) -> dict[str, Any]:
    """Run one of the judges' scripts: JSON in, JSON out."""
    command = [tools.node(), str(judges / script)]
    done = subprocess.run(
        command, input=json.dumps(question), capture_output=True, text=True, timeout=60, check=False, cwd=judges
    )
    assert done.returncode == 0, done.stderr
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


@dataclass
class Receiver:
    """A webhook endpoint: keeps what came, answers `status` (or the next of `statuses`) after `delay` seconds."""

    url: str = ""
    status: int = 200
    statuses: list[int] = field(default_factory=list)
    delay: float = 0.0
    received: list[tuple[str, bytes]] = field(default_factory=list)
    _arrived: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def handle(self, request: web.Request) -> web.Response:
        body = await request.read()
        async with self._arrived:
            self.received.append((request.headers["Mux-Signature"], body))
            self._arrived.notify_all()
        await asyncio.sleep(self.delay)
        return web.Response(status=self.statuses.pop(0) if self.statuses else self.status)

    def events(self) -> list[dict[str, Any]]:
        return [json.loads(body) for _, body in self.received]

    def types(self) -> list[str]:
        return [event["type"] for event in self.events()]

    async def wait_for(self, count: int, timeout: float = 60) -> None:
        """Until `count` webhooks have come."""
        async with asyncio.timeout(timeout), self._arrived:
            await self._arrived.wait_for(lambda: len(self.received) >= count)


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    receiver = Receiver()
    app = web.Application()
    app.router.add_post("/hook", receiver.handle)
    async with TestServer(app) as server:
        receiver.url = str(server.make_url("/hook"))
        yield receiver
