"""Row D25: a course that lets nobody seek ahead, in every player."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from devstack import people
from devstack.stack import Stack
from mux_sim.config import Config
from mux_sim.testing import Simulator, make_clip
from tests.e2e.browser.conftest import PATIENCE_MS, Visit
from tests.e2e.browser.lessons import CLIP_S, FilePlayer, Lesson, Player
from tests.e2e.browser.test_files import place
from tests.e2e.people import Platform, eventually

pytestmark = pytest.mark.browser

OWNER = {"user": people.INSTRUCTOR.id, "role": "instructor"}
NEAR_S = 0.5


@pytest.fixture(scope="module", autouse=True)
def brisk(stack: Stack) -> Iterator[None]:
    """Grants that are refreshed every few seconds, so that what a refresh brings is soon seen."""
    with stack.told(PLAYBACK_TTL_S="20", PLAYBACK_TTL_MIN_S="20"):
        yield


@pytest.fixture
async def mux(stack: Stack) -> AsyncIterator[Simulator]:
    credentials = stack.credentials
    config = Config(
        data_dir=stack.data_dir, token_id=credentials.mux_token_id, token_secret=credentials.mux_token_secret
    )
    simulator = Simulator(stack.urls["mux"], config)
    yield simulator
    await simulator.clear_faults()


@pytest.fixture(scope="session")
def longer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Another video, of another length: what was watched of the former one is void."""
    return make_clip(tmp_path_factory.mktemp("longer") / "film.mp4", seconds=CLIP_S + 3)


async def lock(platform: Platform, lesson: Lesson) -> None:
    """The owner says so, and playback knows."""
    body = {"title": "In order", "published": True, "rules": {"seekAhead": "locked"}}
    await platform.must("PUT", f"/api/courses/{lesson.course}", json=body, **OWNER)
    await eventually(
        lambda: platform.playback(lesson.id, people.HONEST.id), lambda answer: answer["seekLock"] is not None
    )


async def turned_back(page: Page, player: Player, *, aim: float) -> float:
    """Seek, be turned back, and be told. Returns to where."""
    await player.seek(aim)
    await expect(page.get_by_test_id("seek-notice")).to_contain_text("watched in order", timeout=PATIENCE_MS)
    await page.wait_for_function(f"() => document.querySelector('{player.element}').currentTime < {aim - NEAR_S}")
    return await player.position()


async def test_nobody_seeks_ahead(visit: Visit, platform: Platform, lesson: Lesson) -> None:
    """Row D25: in Mux's player a seek ends where watching has come to, in words that a screen reader hears; back and
    forth within it is free; and after a reload it is as far as the server knows."""
    await lock(platform, lesson)
    page = await visit(people.HONEST, lesson.page)
    player = Player(page)
    await player.until_loaded()
    assert await turned_back(page, player, aim=CLIP_S - 2) < NEAR_S
    await expect(page.get_by_role("status").filter(has_text="watched in order")).to_be_visible()

    await player.toggle()
    await player.until_at(4)
    await player.toggle()
    await player.until_paused()
    reached = await player.position()
    await player.seek(1)
    await player.seek(3)
    assert abs(await player.position() - 3) < NEAR_S
    assert abs(await turned_back(page, player, aim=CLIP_S - 1) - reached) < NEAR_S

    await eventually(
        lambda: platform.playback(lesson.id, people.HONEST.id),
        lambda answer: abs(answer["seekLock"]["frontier"] - reached) < NEAR_S,
    )
    await page.reload()
    await player.until_loaded()
    await player.seek(3)
    assert abs(await player.position() - 3) < NEAR_S
    assert abs(await turned_back(page, player, aim=CLIP_S - 1) - reached) < NEAR_S


async def test_the_end_is_reached_by_watching(visit: Visit, platform: Platform, lesson: Lesson) -> None:
    """Row D25: who watches from the beginning is never stopped, and a lesson that is complete is free."""
    await lock(platform, lesson)
    page = await visit(people.HONEST, lesson.page)
    player = Player(page)
    await player.until_loaded()
    await player.speed(2)
    await player.toggle()
    await player.until_ended()
    await expect(page.get_by_text("watched in order")).to_have_count(0)
    await eventually(lambda: platform.progress(lesson.id, people.HONEST.id), lambda known: known["complete"])
    await page.reload()
    await player.until_loaded()
    await player.seek(CLIP_S - 3)
    await expect(page.get_by_test_id("seek-notice")).to_have_count(0)
    assert abs(await player.position() - (CLIP_S - 3)) < NEAR_S


async def test_another_video_arms_the_lock_again(
    visit: Visit, platform: Platform, lesson: Lesson, longer: Path
) -> None:
    """Row D25: what was watched of a video that no longer counts opens nothing of the one in its place."""
    await lock(platform, lesson)
    page = await visit(people.HONEST, lesson.page)
    player = Player(page)
    await player.until_loaded()
    await player.toggle()
    await player.until_at(4)
    await player.toggle()
    await eventually(
        lambda: platform.playback(lesson.id, people.HONEST.id), lambda answer: answer["seekLock"]["frontier"] > 3
    )
    await platform.upload(lesson.id, longer, owner=people.INSTRUCTOR.id)
    await eventually(
        lambda: platform.playback(lesson.id, people.HONEST.id),
        lambda answer: answer["seekLock"] == {"frontier": 0, "videoRevision": 2, "attempt": 1},
    )
    await page.reload()
    await player.until_loaded()
    assert await turned_back(page, player, aim=3) < NEAR_S


async def test_a_file_is_locked_too(
    visit: Visit, platform: Platform, empty_lesson: Lesson, film: Path, mux: Simulator
) -> None:
    """Row D25: the browser's own player, with a video in S3."""
    await mux.fault(path="/video/v1/", status=503, times=None)
    await place(platform, empty_lesson.id, film)
    await platform.playback(empty_lesson.id, people.HONEST.id)
    await lock(platform, empty_lesson)
    page = await visit(people.HONEST, empty_lesson.page)
    player = FilePlayer(page)
    await player.until_loaded()
    assert await turned_back(page, player, aim=CLIP_S - 2) < NEAR_S
    await player.play()
    await player.until_at(3)
    before = await player.position()
    assert await turned_back(page, player, aim=CLIP_S - 1) >= before - NEAR_S
