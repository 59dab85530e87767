"""What happens to people who learn: from an author's file to the owner's figures, two tabs, a minute in a tunnel."""

import re
import time
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from devstack import people
from mux_sim.testing import make_clip
from progress_service.timing import REACH_MS
from tests.e2e.browser.conftest import PATIENCE_MS, Visit
from tests.e2e.browser.lessons import CLIP_S, Lesson, Player
from tests.e2e.browser.test_upload import FILE_INPUT
from tests.e2e.people import Json, Platform, eventually

pytestmark = pytest.mark.browser

MINUTE_S = 60.0
TUNNEL_FROM_S = 5.0
READING_S = 0.75
"""How far the player's clock, read from outside, may be from what the page reported."""


async def test_from_the_upload_to_the_dashboard(
    visit: Visit, platform: Platform, empty_lesson: Lesson, film: Path
) -> None:
    """On pages alone: the owner uploads, a learner watches all of it and completes, the owner's figures say so."""
    author = await visit(people.INSTRUCTOR, empty_lesson.upload_page)
    await author.locator(FILE_INPUT).set_input_files(film)
    await expect(author.get_by_role("status").get_by_text(re.compile("^Ready"))).to_be_visible(timeout=PATIENCE_MS)
    await platform.playback(empty_lesson.id, people.HONEST.id)

    learner = await visit(people.HONEST, empty_lesson.page)
    player = Player(learner)
    await player.until_loaded()
    await player.speed(2)
    await player.toggle()
    await player.until_ended()
    completion = learner.get_by_test_id("completion")
    await expect(completion).to_have_attribute("data-complete", "true", timeout=PATIENCE_MS)

    owner = await visit(people.INSTRUCTOR, empty_lesson.dashboard)
    await expect(owner.get_by_test_id("figure-completion")).to_have_text("100 %", timeout=PATIENCE_MS)
    await expect(owner.get_by_test_id("figure-views")).to_have_text("1")
    await expect(owner.get_by_test_id("figure-viewers")).to_have_text("1")


async def test_two_tabs_are_one_learner(visit: Visit, platform: Platform, lesson: Lesson) -> None:
    """The whole video in two tabs at once: both are sessions, and the time that passed is verified once, be it with the
    seconds before that a slow network may have hidden."""
    one = await visit(people.HONEST, lesson.page)
    other = await one.context.new_page()
    await other.goto(lesson.page)
    tabs = [Player(one), Player(other)]
    for tab in tabs:
        await tab.until_loaded()
    began = time.monotonic()
    for tab in tabs:
        await tab.toggle()
    for tab in tabs:
        await tab.until_ended()
    passed = time.monotonic() - began

    sessions = await eventually(
        lambda: platform.must("GET", f"/api/progress/lessons/{lesson.id}/sessions", user=people.HONEST.id),
        lambda found: sum(session["beats"] > 0 for session in found["sessions"]) == 2,
    )
    assert len({session["sessionId"] for session in sessions["sessions"]}) == 2
    for page in (one, other):
        await expect(page.get_by_test_id("completion")).to_have_attribute("data-complete", "true", timeout=PATIENCE_MS)
    numbers = await eventually(
        lambda: platform.numbers(lesson.id, owner=people.INSTRUCTOR.id),
        lambda found: (found["totalVerifiedTime"] or 0) >= CLIP_S - READING_S,
    )
    assert numbers["totalVerifiedTime"] <= passed + REACH_MS / 1000 + READING_S
    assert numbers["uniqueViewers"] == 1


@pytest.fixture
async def long_lesson(platform: Platform, empty_lesson: Lesson, tmp_path: Path) -> Lesson:
    """One that outlasts a minute in a tunnel."""
    video = make_clip(tmp_path / "long.mp4", seconds=int(MINUTE_S + 3 * TUNNEL_FROM_S), size="320x180")
    await platform.upload(empty_lesson.id, video, owner=people.INSTRUCTOR.id)
    await platform.until_ready(empty_lesson.id, owner=people.INSTRUCTOR.id)
    await platform.playback(empty_lesson.id, people.HONEST.id)
    return empty_lesson


async def test_a_minute_without_a_connection_is_not_lost(visit: Visit, platform: Platform, long_lesson: Lesson) -> None:
    """In the middle of the video the line goes for a minute; what was played meanwhile counts once it is back."""
    page = await visit(people.HONEST, long_lesson.page)
    player = Player(page)
    out = TUNNEL_FROM_S + MINUTE_S
    await player.until_loaded()
    await player.toggle()
    await player.until_at(TUNNEL_FROM_S)
    await player.until_buffered(out + 1)
    await page.context.set_offline(True)
    await player.until_at(out)
    assert await _seconds(platform, long_lesson) < TUNNEL_FROM_S + CLIP_S

    await page.context.set_offline(False)
    await player.until_at(out + 2)
    await player.toggle()
    await player.until_paused()
    stood = await player.position()
    await eventually(lambda: _seconds(platform, long_lesson), lambda seconds: seconds >= stood - READING_S)
    await _nothing_is_refused(page)


async def _seconds(platform: Platform, lesson: Lesson) -> float:
    progress: Json = await platform.progress(lesson.id, people.HONEST.id)
    return float(sum(end - start for start, end in progress["covered"]))


async def _nothing_is_refused(page: Page) -> None:
    """One piece without a hole is what the learner sees."""
    await expect(page.get_by_test_id("covered-range")).to_have_count(1, timeout=PATIENCE_MS)
