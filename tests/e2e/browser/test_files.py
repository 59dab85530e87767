"""Lessons that play from S3: addresses that expire, a menu for the speed, captions beside the video."""

import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest
from playwright.async_api import Route, expect

from devstack import people
from devstack.stack import Stack
from mux_sim.config import Config
from mux_sim.testing import Simulator, make_clip
from tests.e2e.browser.conftest import PATIENCE_MS, Visit
from tests.e2e.browser.lessons import FilePlayer, Lesson, seen, watch
from tests.e2e.people import Platform, eventually

pytestmark = pytest.mark.browser

TTL_S = 20
FILM_S = 60
TRACK = "document.querySelector('video').textTracks[0]"
VTT = """WEBVTT

00:00.000 --> 00:05.000
This is the beginning.

00:05.000 --> 00:50.000
And on.

00:50.000 --> 01:00.000
The end.
"""
GAP_S = 2.0
"""How long the picture may stand while one address is put in for another."""


@pytest.fixture(scope="module", autouse=True)
def short_lives(stack: Stack) -> Iterator[None]:
    with stack.told(PLAYBACK_TTL_S=str(TTL_S), PLAYBACK_TTL_MIN_S=str(TTL_S)):
        yield


@pytest.fixture(scope="session")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """So large that a browser does not have it whole in advance."""
    return make_clip(tmp_path_factory.mktemp("large") / "film.mp4", seconds=FILM_S, size="1280x720")


@pytest.fixture
async def in_s3(platform: Platform, empty_lesson: Lesson, large: Path, stack: Stack) -> AsyncIterator[Lesson]:
    """The lesson with its video in S3, where it stays for as long as Mux is away."""
    credentials = stack.credentials
    config = Config(
        data_dir=stack.data_dir, token_id=credentials.mux_token_id, token_secret=credentials.mux_token_secret
    )
    mux = Simulator(stack.urls["mux"], config)
    await mux.fault(path="/video/v1/", status=503, times=None)
    await place(platform, empty_lesson.id, large)
    playback = await platform.playback(empty_lesson.id, people.HONEST.id)
    assert playback["provider"] == "s3"
    yield empty_lesson
    await mux.clear_faults()


async def place(platform: Platform, lesson: str, video: Path) -> None:
    """Send a video to S3, as the page does while Mux is away."""
    content, owner = video.read_bytes(), {"user": people.INSTRUCTOR.id, "role": "instructor"}
    about = {"filename": video.name, "contentType": "video/mp4", "size": len(content), "lessonId": lesson}
    placed = await platform.must("POST", "/api/uploads", json=about, **owner)
    assert placed["provider"] == "s3"
    upload = f"/api/uploads/{placed['uploadId']}"
    async with httpx.AsyncClient(timeout=60) as s3:
        if placed["parts"] is None:
            sent = await s3.request(placed["method"], placed["uploadUrl"], headers=placed["headers"], content=content)
            sent.raise_for_status()
        else:
            numbers = list(range(1, placed["parts"] + 1))
            signed = await platform.must("POST", f"{upload}/parts", json={"numbers": numbers}, **owner)
            for part in signed["parts"]:
                piece = content[(part["number"] - 1) * placed["partSize"] :][: placed["partSize"]]
                (await s3.put(part["url"], headers=part["headers"], content=piece)).raise_for_status()
    await platform.must("POST", f"{upload}/complete", **owner)


async def caption(platform: Platform, lesson: Lesson) -> None:
    """Give the lesson captions, and wait until learners have them."""
    body = {"languageCode": "en", "name": "English", "vtt": VTT}
    path = f"/api/lessons/{lesson.id}/captions"
    await platform.must("POST", path, user=people.INSTRUCTOR.id, role="instructor", json=body)
    await eventually(
        lambda: platform.playback(lesson.id, people.HONEST.id), lambda found: len(found["captions"]) == 1, timeout=30
    )


async def test_a_file_plays_past_the_end_of_its_address(visit: Visit, platform: Platform, in_s3: Lesson) -> None:
    """Row C4: the address of a video in S3 ends after 20 s; it goes on, at its place, its speed, with its captions."""
    await caption(platform, in_s3)
    page = await visit(people.HONEST, in_s3.page)
    player = FilePlayer(page)
    await player.until_loaded()
    await page.wait_for_function(f"() => {TRACK} && ({TRACK}.mode = 'showing')", timeout=PATIENCE_MS)
    first = await player.address()
    await page.get_by_label("Speed").select_option("1.25")
    await player.play()
    await player.until_at(1)
    began, stood = time.monotonic(), await player.position()
    await watch(page)
    await eventually(player.address, lambda address: address != first, timeout=TTL_S)
    await player.until_at(stood + (TTL_S + 4) * 1.25)
    took = time.monotonic() - began
    what = await seen(page)
    assert "error" not in what["events"]
    assert what["still"] < GAP_S
    assert await player.rate() == 1.25
    assert await page.evaluate(f"() => {TRACK}.mode") == "showing"
    await page.wait_for_function(f"() => {TRACK}.activeCues[0]?.text === 'And on.'")
    assert await player.position() == pytest.approx(stood + took * 1.25, abs=GAP_S * 1.25 + 1)


async def test_a_file_whose_address_has_ended_is_found_again(visit: Visit, in_s3: Lesson) -> None:
    """Row C4: nothing could be refreshed for as long as the address lived; asked for more, the page gets a new one."""
    page = await visit(people.SKIPPER, "/")
    away = True

    async def gate(route: Route) -> None:
        if away and "refresh=" in route.request.url:
            await route.abort("internetdisconnected")
        else:
            await route.continue_()

    await page.route("**/playback*", gate)
    await page.goto(in_s3.page)
    player = FilePlayer(page)
    await player.until_loaded()
    loaded = time.time()
    await eventually(_now, lambda now: now > loaded + TTL_S + 1)
    await player.seek(FILM_S - 10)
    await expect(page.get_by_text("One moment…")).to_be_visible(timeout=PATIENCE_MS)
    away = False
    await player.until_loaded()
    assert await player.position() == pytest.approx(FILM_S - 10, abs=0.5)
    await expect(page.get_by_text("One moment…")).to_have_count(0)
    await expect(page.get_by_text("No access")).to_have_count(0)
    await page.unroute_all(behavior="ignoreErrors")


async def test_captions_of_a_file_are_shown_and_read(visit: Visit, platform: Platform, in_s3: Lesson) -> None:
    """Row A11: a video in S3 has its captions as tracks, and a transcript whose sentences seek."""
    await caption(platform, in_s3)
    page = await visit(people.HONEST, in_s3.page)
    player = FilePlayer(page)
    await player.until_loaded()
    sentence = page.get_by_role("region", name="Transcript").get_by_role("button", name="The end.")
    await sentence.click(timeout=PATIENCE_MS)
    await player.until_at(50)
    await expect(sentence).to_have_attribute("aria-current", "true")
    assert await page.evaluate(f"() => [{TRACK}.kind, {TRACK}.label, {TRACK}.language]") == [
        "subtitles",
        "English",
        "en",
    ]


async def _now() -> float:
    return time.time()


async def test_the_speed_of_a_file_is_chosen_in_a_menu(visit: Visit, in_s3: Lesson) -> None:
    """Row C11: the plain player has a speed menu of ours, by keyboard too; the file needs no chunk of Mux's player."""
    page = await visit(people.HONEST, "/")
    loaded: list[str] = []
    page.on("request", lambda request: loaded.append(request.url))
    await page.goto(in_s3.page)
    player = FilePlayer(page)
    await player.until_loaded()
    speed = page.get_by_label("Speed")
    await expect(speed).to_have_value("1")
    await speed.focus()
    await page.keyboard.press("ArrowDown")
    assert await player.rate() == 1.25
    await speed.select_option("2")
    async with page.expect_request(
        lambda request: request.url.endswith("/api/progress") and '"rate":2' in (request.post_data or "")
    ):
        await player.play()
    await expect(speed).to_have_value("2")
