"""As in production, where videos are on Mux's own hosts: the player gets a playback id and tokens, and no URL."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.async_api import Route

from devstack import people
from devstack.stack import Stack
from mux_sim.tls import server_context
from tests.e2e.browser.conftest import FLAGS, Visit
from tests.e2e.browser.lessons import Lesson, Player
from tests.proxy import Proxy

pytestmark = pytest.mark.browser

STREAM, IMAGE = "stream.mux.com", "image.mux.com"


@pytest.fixture
async def mux_hosts(stack: Stack, tmp_path: Path) -> AsyncIterator[int]:
    """The port where the simulator answers as Mux's hosts do, by TLS."""
    proxy = Proxy("127.0.0.1", urlsplit(stack.urls["mux"]).port or 80)
    server = await asyncio.start_server(proxy.accept, "127.0.0.1", 0, ssl=server_context(tmp_path))
    async with server:
        yield server.sockets[0].getsockname()[1]
        await proxy.close()


@pytest.fixture
async def chromium_flags(mux_hosts: int) -> list[str]:
    mapped = ", ".join(f"MAP {host} 127.0.0.1:{mux_hosts}" for host in (STREAM, IMAGE))
    others = [flag for flag in FLAGS if not flag.startswith("--host-resolver-rules")]
    rules = f"--host-resolver-rules={mapped}, MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost"
    return [*others, rules, "--ignore-certificate-errors"]


async def test_the_player_plays_by_playback_id_and_tokens(visit: Visit, stack: Stack, lesson: Lesson) -> None:
    """Video, poster and storyboard come from Mux's hosts, each with its own token, and the video plays."""
    page = await visit(people.HONEST, "/")
    asked: dict[str, int] = {}
    page.on("response", lambda answer: asked.update({urlsplit(answer.url).netloc + _kind(answer.url): answer.status}))

    async def on_mux(route: Route) -> None:
        response = await route.fetch()
        text = (await response.text()).replace(stack.urls["mux"] + "/", f"https://{STREAM}/")
        await route.fulfill(response=response, body=text)

    await page.route("**/playback", on_mux)
    await page.goto(lesson.page)
    player = Player(page)
    await player.until_loaded()
    await player.toggle()
    await player.until_at(1)

    assert await page.locator("mux-player").get_attribute("src") is None
    assert await page.locator("mux-player").get_attribute("playback-id")
    assert asked[f"{STREAM}.m3u8"] == 200
    assert asked[f"{IMAGE}.vtt"] == 200
    assert asked[f"{IMAGE}.webp"] == 200


def _kind(url: str) -> str:
    return Path(urlsplit(url).path).suffix
