"""Learners watch in Mux's player: what they played counts, what they skipped does not, and they find their place."""

import pytest
from playwright.async_api import Page, Route, expect

from devstack import people
from tests.e2e.browser.conftest import PATIENCE_MS, Visit
from tests.e2e.browser.lessons import CLIP_S, Lesson, Player
from tests.e2e.people import Json, Platform, eventually

pytestmark = pytest.mark.browser

READING_S = 0.75
"""How far the player's clock, read from outside, may be from what the page reported."""


async def _covered(platform: Platform, lesson: Lesson, learner: str, at_least: float) -> Json:
    """The learner's progress once so many seconds are covered."""
    return await eventually(
        lambda: platform.progress(lesson.id, learner),
        lambda found: sum(end - start for start, end in found["covered"]) >= at_least,
    )


async def _played(page: Page, until: float) -> float:
    """Play from where the player stands, pause, and return where it stands then."""
    player = Player(page)
    await player.until_loaded()
    await player.toggle()
    await player.until_at(until)
    await player.toggle()
    await player.until_paused()
    return await player.position()


async def test_a_learner_resumes_after_a_reload(visit: Visit, platform: Platform, lesson: Lesson) -> None:
    """The player plays, the page reports it, and after a reload it stands where the learner stopped."""
    page = await visit(people.HONEST, lesson.page)
    stood = await _played(page, until=4)
    progress = await _covered(platform, lesson, people.HONEST.id, stood - READING_S)
    assert progress["covered"] == [[pytest.approx(0, abs=0.3), pytest.approx(stood, abs=READING_S)]]

    await page.reload()
    player = Player(page)
    await player.until_loaded()
    await player.until_at(stood - READING_S)
    assert await player.position() == pytest.approx(stood, abs=READING_S)
    await player.toggle()
    await player.until_at(stood + 1)


async def test_skipping_to_the_end_is_not_complete(visit: Visit, platform: Platform, lesson: Lesson) -> None:
    """Reaching the end proves nothing: the strip has a hole, and the page says why the lesson isn't complete."""
    page = await visit(people.SKIPPER, lesson.page)
    player = Player(page)
    await player.until_loaded()
    await player.toggle()
    await player.until_at(2)
    await player.seek(CLIP_S - 2)
    await player.until_ended()

    await expect(page.get_by_test_id("covered-range")).to_have_count(2, timeout=PATIENCE_MS)
    completion = page.get_by_test_id("completion")
    await expect(completion).to_have_attribute("data-complete", "false")
    await expect(completion.get_by_test_id("reason").first).to_be_visible()
    progress = await platform.progress(lesson.id, people.SKIPPER.id)
    assert progress["coverage"] == pytest.approx(4 / CLIP_S, abs=0.12)
    assert [reason["code"] for reason in progress["reasons"]]


async def test_watching_all_of_it_completes_the_lesson(visit: Visit, lesson: Lesson) -> None:
    """From beginning to end, at double speed: complete, and the page says so."""
    page = await visit(people.HONEST, lesson.page)
    player = Player(page)
    await player.until_loaded()
    await player.speed(2)
    await player.toggle()
    await player.until_ended()

    await expect(page.get_by_test_id("completion")).to_have_attribute("data-complete", "true", timeout=PATIENCE_MS)
    await expect(page.get_by_test_id("covered-range")).to_have_count(1)


async def test_what_is_watched_offline_is_reported_later(visit: Visit, platform: Platform, lesson: Lesson) -> None:
    """A learner who loses the connection plays on from the buffer; the beats wait, and count once it is back."""
    page = await visit(people.HONEST, lesson.page)
    player = Player(page)
    await player.until_loaded()
    await player.toggle()
    await player.until_buffered(5)
    await page.context.set_offline(True)
    await player.until_at(4)
    await player.toggle()
    await player.until_paused()
    stood = await player.position()
    assert (await platform.progress(lesson.id, people.HONEST.id))["covered"] == []

    await page.context.set_offline(False)
    await _covered(platform, lesson, people.HONEST.id, stood - READING_S)
    await expect(page.get_by_test_id("coverage")).not_to_have_text("0 % watched", timeout=PATIENCE_MS)


async def test_what_was_played_last_is_told_on_leaving(visit: Visit, platform: Platform, lesson: Lesson) -> None:
    """A learner who leaves in the middle of playing, with no page of ours to come, has it counted."""
    page = await visit(people.HONEST, lesson.page)
    player = Player(page)
    await player.until_loaded()
    await player.toggle()
    await player.until_at(3)
    await page.goto("about:blank")

    await _covered(platform, lesson, people.HONEST.id, 3 - READING_S)


async def test_a_refreshed_grant_does_not_interrupt(visit: Visit, platform: Platform, lesson: Lesson) -> None:
    """When the grant is refreshed while the video plays, it plays on, and what was played has no gap."""
    page = await visit(people.HONEST, "/")
    refreshes: list[int] = []

    async def due_soon(route: Route) -> None:
        response = await route.fetch()
        if "refresh=" in route.request.url:
            refreshes.append(response.status)
        await route.fulfill(response=response, json={**await response.json(), "refreshAfter": 2})

    await page.route("**/playback*", due_soon)
    await page.goto(lesson.page)
    stood = await _played(page, until=6)

    assert refreshes
    assert set(refreshes) == {200}
    progress = await _covered(platform, lesson, people.HONEST.id, stood - READING_S)
    assert progress["covered"] == [[pytest.approx(0, abs=0.3), pytest.approx(stood, abs=READING_S)]]
    await page.unroute_all(behavior="wait")


async def test_a_stranger_is_told_that_there_is_no_access(visit: Visit, lesson: Lesson) -> None:
    """Who is not enrolled gets a sentence, and no player."""
    page = await visit(people.STRANGER, lesson.page)
    await expect(page.get_by_text("You are not enrolled in this course.")).to_be_visible()
    await expect(page.locator("mux-player")).to_have_count(0)
