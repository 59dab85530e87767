"""What the contract of `MuxService` is tested against: the simulator always, Mux itself where there are credentials."""

import asyncio
import os
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TypeVar

import httpx
from aiohttp import web
from aiohttp.test_utils import TestServer

from mux_sim.testing import make_clip, running_simulator
from upload_service.errors import MuxNotFound, ServiceError
from upload_service.mux import MuxService
from upload_service.settings import Settings

T = TypeVar("T")

REAL_TOKEN_ID, REAL_TOKEN_SECRET = os.environ.get("MUX_REAL_TOKEN_ID"), os.environ.get("MUX_REAL_TOKEN_SECRET")
BACKENDS = ["simulator", *(["real"] if REAL_TOKEN_ID and REAL_TOKEN_SECRET else [])]
VIDEO_URL = os.environ.get("MUX_REAL_VIDEO_URL", "https://muxed.s3.amazonaws.com/leds.mp4")
CAPTIONS_URL = os.environ.get("MUX_REAL_CAPTIONS_URL", "https://tears-of-steel-subtitles.s3.amazonaws.com/tears-en.vtt")

_VTT = "WEBVTT\n\n00:00.000 --> 00:01.000\nHello\n"


@dataclass
class Backend:
    """A Mux to test against, with addresses that it can fetch. What is `made` is deleted in the end."""

    service: MuxService
    video_url: str
    captions_url: str
    clip: Path
    patience_s: float
    made: list[str] = field(default_factory=list)

    async def until(self, ask: Callable[[], Awaitable[T]], wanted: Callable[[T], bool]) -> T:
        """The first wanted answer; fails if none comes."""
        end = time.monotonic() + self.patience_s
        while not wanted(answer := await ask()):
            assert time.monotonic() < end, f"still {answer}"
            await asyncio.sleep(self.patience_s / 300)
        return answer

    async def put(self, url: str) -> None:
        """Send the clip as a browser would."""
        async with httpx.AsyncClient(timeout=self.patience_s) as http:
            (await http.put(url, content=self.clip.read_bytes())).raise_for_status()


@asynccontextmanager
async def backend(name: str, folder: Path) -> AsyncIterator[Backend]:
    clip = make_clip(folder / "clip.mp4", seconds=2, size="320x180")
    async with _simulator(clip) if name == "simulator" else _mux(clip) as found:
        try:
            yield found
        finally:
            for asset_id in found.made:
                await found.until(partial(_settled, found.service, asset_id), bool)
                await _delete(found.service, asset_id)
            found.service.close()


async def _settled(service: MuxService, asset_id: str) -> bool:
    """Not in the middle of something; what is gone is settled too."""
    try:
        return (await service.get_asset(asset_id)).status != "preparing"
    except MuxNotFound:
        return True


async def _delete(service: MuxService, asset_id: str) -> None:
    try:
        await service.delete_asset(asset_id)
    except ServiceError as error:
        raise AssertionError(f"the asset {asset_id} is left at Mux") from error


@asynccontextmanager
async def _simulator(clip: Path) -> AsyncIterator[Backend]:
    async def captions(_: web.Request) -> web.Response:
        return web.Response(text=_VTT)

    async def video(_: web.Request) -> web.StreamResponse:
        return web.FileResponse(clip)

    app = web.Application()
    app.router.add_get("/en.vtt", captions)
    app.router.add_get("/clip.mp4", video)
    async with TestServer(app) as files, running_simulator() as mux:
        service = MuxService(
            Settings(
                database_url="postgresql://nowhere",
                mux_base_url=mux.base_url,
                mux_token_id=mux.token_id,
                mux_token_secret=mux.token_secret,
                mux_posts_per_s=100,
                mux_calls_per_s=100,
            )
        )
        yield Backend(service, str(files.make_url("/clip.mp4")), str(files.make_url("/en.vtt")), clip, 30)


@asynccontextmanager
async def _mux(clip: Path) -> AsyncIterator[Backend]:
    service = MuxService(
        Settings(
            database_url="postgresql://nowhere",
            mux_token_id=REAL_TOKEN_ID,
            mux_token_secret=REAL_TOKEN_SECRET,
        )
    )
    yield Backend(service, VIDEO_URL, CAPTIONS_URL, clip, 300)
