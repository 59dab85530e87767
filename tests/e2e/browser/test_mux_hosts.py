"""As in production, where videos are on Mux's own hosts: the player gets a playback id and tokens, and no URL."""

import asyncio
import base64
import json
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
from playwright.async_api import Page, Route, expect

from devstack import people
from devstack.stack import Stack
from mux_sim.tls import server_context
from tests.e2e.browser.conftest import FLAGS, PATIENCE_MS, Visit
from tests.e2e.browser.lessons import Lesson, Player
from tests.e2e.people import Platform
from tests.proxy import Proxy

pytestmark = pytest.mark.browser

STREAM, IMAGE, LICENSE = "stream.mux.com", "image.mux.com", "license.mux.com"
KEY_ID = b"sixteen bytes id"
WIDEVINE = "urn:uuid:edef8ba9-79d6-4ace-a3c8-27dcd51d21ed"
# Debian's Chromium has no Widevine, but the key system of the standard itself, which asks for licenses all the same.
CLEAR_KEY_FOR_WIDEVINE = """
const ask = navigator.requestMediaKeySystemAccess.bind(navigator);
const plain = (capabilities) => capabilities?.map(({ contentType }) => ({ contentType }));
navigator.requestMediaKeySystemAccess = (system, configurations) =>
  ask(
    system === 'com.widevine.alpha' ? 'org.w3.clearkey' : system,
    configurations.map(({ audioCapabilities, videoCapabilities }) => ({
      initDataTypes: ['cenc'],
      audioCapabilities: plain(audioCapabilities),
      videoCapabilities: plain(videoCapabilities),
    })),
  );
"""


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
    mapped = ", ".join(f"MAP {host} 127.0.0.1:{mux_hosts}" for host in (STREAM, IMAGE, LICENSE))
    others = [flag for flag in FLAGS if not flag.startswith("--host-resolver-rules")]
    rules = f"--host-resolver-rules={mapped}, MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost"
    return [*others, rules, "--ignore-certificate-errors"]


async def test_the_player_plays_by_playback_id_and_tokens(visit: Visit, stack: Stack, lesson: Lesson) -> None:
    """Video, poster and storyboard come from Mux's hosts, each with its own token, and the video plays."""
    page = await visit(people.HONEST, "/")
    asked: dict[str, int] = {}
    page.on("response", lambda answer: asked.update({urlsplit(answer.url).netloc + _kind(answer.url): answer.status}))

    await page.route("**/playback", on_mux(stack))
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


def on_mux(stack: Stack, **tokens: str) -> Callable[[Route], Awaitable[None]]:
    """The grant as in production: of a video on Mux's own host. `drm="playback"` puts one token in another's place."""

    async def answer(route: Route) -> None:
        response = await route.fetch()
        text = (await response.text()).replace(stack.urls["mux"] + "/", f"https://{STREAM}/")
        grant = json.loads(text)
        grant["tokens"] |= {use: grant["tokens"][other] for use, other in tokens.items()}
        await route.fulfill(response=response, json=grant)

    return answer


def encrypted(playlist: str) -> str:
    """The playlist as that of a video under DRM: it names the key and its system."""
    common = bytes.fromhex("1077efecc0b24d02ace33c1e52e2fb4b")
    inner = b"pssh" + b"\x01\0\0\0" + common + (1).to_bytes(4, "big") + KEY_ID + bytes(4)
    pssh = base64.b64encode((len(inner) + 4).to_bytes(4, "big") + inner).decode()
    uri = f"data:text/plain;base64,{pssh}"
    key = f'#EXT-X-KEY:METHOD=SAMPLE-AES-CTR,URI="{uri}",KEYID=0x{KEY_ID.hex()},KEYFORMAT="{WIDEVINE}"'
    return playlist.replace("#EXTINF", f"{key}\n#EXTINF", 1)


class LicenseServer:
    """Mux's judges who asks; who is let in gets a license of the key system that is here, instead of Widevine's."""

    def __init__(self, stack: Stack) -> None:
        self._mux = stack.urls["mux"]
        self.asked: list[tuple[str, str, dict[str, Any], int]] = []

    async def answer(self, route: Route) -> None:
        asked = urlsplit(route.request.url)
        judged = await route.fetch(url=f"{self._mux}{asked.path}?{asked.query}")
        claims = jwt.decode(parse_qs(asked.query)["token"][0], options={"verify_signature": False})
        self.asked.append((route.request.method, asked.path, claims, judged.status))
        if judged.status == 501:
            key = {"kty": "oct", "kid": _unpadded(KEY_ID), "k": _unpadded(bytes(16))}
            everywhere = {"Access-Control-Allow-Origin": "*"}
            await route.fulfill(status=200, headers=everywhere, json={"keys": [key], "type": "temporary"})
        else:
            await route.fulfill(response=judged)


async def under_drm(page: Page, stack: Stack, **tokens: str) -> LicenseServer:
    """The page finds every video to be under DRM; `tokens` are put in each other's places."""
    licenses = LicenseServer(stack)

    async def protect(route: Route) -> None:
        asked = urlsplit(route.request.url)
        response = await route.fetch(url=f"{stack.urls['mux']}{asked.path}?{asked.query}")
        await route.fulfill(response=response, body=encrypted(await response.text()))

    await page.add_init_script(CLEAR_KEY_FOR_WIDEVINE)
    await page.route("**/playback", on_mux(stack, **tokens))
    await page.route(re.compile(r"\.m3u8(\?|$)"), protect)
    await page.route(f"https://{LICENSE}/**", licenses.answer)
    return licenses


async def test_a_license_takes_a_token_of_its_own(
    visit: Visit, stack: Stack, platform: Platform, lesson: Lesson
) -> None:
    """Row C10: where the course names a DRM configuration, Mux's player asks Mux's license server with the token for
    that, is let in, and plays. What is in the license is Mux's and the browser maker's."""
    await _name_configuration(platform, lesson)
    page = await visit(people.HONEST, "/")
    licenses = await under_drm(page, stack)
    await page.goto(lesson.page)
    player = Player(page)
    await player.until_loaded()
    await player.toggle()
    await player.until_at(1)
    playback_id = await page.locator("mux-player").get_attribute("playback-id")
    method, path, claims, status = licenses.asked[0]
    assert (method, path, status) == ("POST", f"/license/widevine/{playback_id}", 501)
    assert (claims["sub"], claims["aud"]) == (playback_id, "d")


async def test_without_a_license_nothing_plays(visit: Visit, stack: Stack, platform: Platform, lesson: Lesson) -> None:
    """Row C10: the video's own token opens no license, and the page says that the video does not come."""
    await _name_configuration(platform, lesson)
    page = await visit(people.HONEST, "/")
    licenses = await under_drm(page, stack, drm="playback")
    await page.goto(lesson.page)
    await expect(page.get_by_text("Video temporarily unavailable")).to_be_visible(timeout=2 * PATIENCE_MS)
    assert {(claims["aud"], status) for _, _, claims, status in licenses.asked} == {("v", 403)}


async def _name_configuration(platform: Platform, lesson: Lesson) -> None:
    policy = f"/api/courses/{lesson.course}/playback-policy"
    body = {"drmConfigurationId": "drmconfig1"}
    await platform.must("PUT", policy, user=people.INSTRUCTOR.id, role="instructor", json=body)


def _unpadded(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).decode().rstrip("=")


def _kind(url: str) -> str:
    return Path(urlsplit(url).path).suffix
