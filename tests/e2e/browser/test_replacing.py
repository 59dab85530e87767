"""An author puts another video in a lesson's place, and says what becomes of what learners have watched."""

import re
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from devstack import people
from mux_sim.testing import make_clip
from tests.e2e.browser.conftest import PATIENCE_MS, Visit
from tests.e2e.browser.lessons import CLIP_S, Lesson, Player
from tests.e2e.people import Json, Platform, eventually

pytestmark = pytest.mark.browser

FILE_INPUT = "mux-uploader #hidden-file-input"
SHORTER_S = 8
LEARNER = people.HONEST


@pytest.fixture(scope="session")
def shorter(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Of another length than the film: left to its length, nothing would carry over."""
    return make_clip(tmp_path_factory.mktemp("shorter") / "shorter.mp4", seconds=SHORTER_S)


async def watched(page: Page, platform: Platform, lesson: Lesson) -> Json:
    """The learner has watched the first seconds, and the ledger has them."""
    player = Player(page)
    await player.until_loaded()
    await player.toggle()
    await player.until_at(3)
    await player.toggle()
    return await eventually(
        lambda: platform.progress(lesson.id, LEARNER.id), lambda found: found["coverage"] > 2 / CLIP_S
    )


async def replaced(visit: Visit, platform: Platform, lesson: Lesson, video: Path, wish: str) -> None:
    """The author does it on the lesson's page; until learners are handed the new video."""
    before = await platform.playback(lesson.id, LEARNER.id)
    page = await visit(people.INSTRUCTOR, lesson.edit_page)
    await page.get_by_role("button", name="Replace the video").click()
    choice = page.get_by_role("radio", name=re.compile(f"^{wish}"))
    await choice.check()
    await page.locator(FILE_INPUT).set_input_files(video)
    await eventually(
        lambda: platform.playback(lesson.id, LEARNER.id), lambda found: found["playbackId"] != before["playbackId"]
    )


async def test_who_has_watched_keeps_it_where_the_author_says_so(
    visit: Visit, platform: Platform, lesson: Lesson, shorter: Path
) -> None:
    """Row A14: another length, and yet "it keeps counting": the same seconds are a larger share of what is shorter."""
    learner = await visit(LEARNER, lesson.page)
    before = await watched(learner, platform, lesson)
    await replaced(visit, platform, lesson, shorter, "It keeps counting")
    after = await eventually(
        lambda: platform.progress(lesson.id, LEARNER.id), lambda found: found["duration"] < CLIP_S - 1
    )
    assert after["covered"] == before["covered"]
    await learner.reload()
    await expect(learner.get_by_test_id("covered-range")).to_have_count(len(before["covered"]), timeout=PATIENCE_MS)
    await expect(learner.get_by_test_id("coverage")).to_have_text(re.compile(r"^[1-9]\d*\s?% watched$"))
    await expect(learner.locator('[data-code="replaced"]')).to_have_count(0)


async def test_who_has_watched_starts_anew_and_is_told_where_the_author_says_so(
    visit: Visit, platform: Platform, lesson: Lesson, film: Path
) -> None:
    """Row A14: as long as before, and yet "it no longer counts": the page says why, and the new video counts."""
    learner = await visit(LEARNER, lesson.page)
    await watched(learner, platform, lesson)
    await replaced(visit, platform, lesson, film, "It no longer counts")
    await eventually(lambda: platform.progress(lesson.id, LEARNER.id), lambda found: found["covered"] == [])
    await learner.reload()
    told = learner.locator('[data-testid="reason"][data-code="replaced"]')
    await expect(told).to_contain_text("The video was replaced", timeout=PATIENCE_MS)
    await expect(learner.get_by_test_id("coverage")).to_have_text(re.compile(r"^0\s?% watched$"))
    await watched(learner, platform, lesson)
    await expect(learner.get_by_test_id("covered-range").first).to_be_attached(timeout=PATIENCE_MS)
