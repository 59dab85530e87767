"""Every page, in every look, at rest and opened: nothing for axe, nothing that jumps, nothing wider than the screen."""

import pytest
from playwright.async_api import Browser, Page, expect

from devstack import people
from devstack.sights import LOOKS, OPENED, SIGHTS, Look, open_sight, open_up
from devstack.stack import Stack
from tests.e2e.browser.axe import EXCUSED, Judge
from tests.e2e.browser.lessons import Lesson
from tests.e2e.people import Platform

pytestmark = pytest.mark.browser

SHIFT_AT_MOST = 0.1
"""What Web Vitals call good: https://web.dev/articles/cls."""
SHIFTS = """() => new Promise((tell) => {
  let sum = 0;
  new PerformanceObserver((list) => { for (const one of list.getEntries()) if (!one.hadRecentInput) sum += one.value; })
    .observe({ type: 'layout-shift', buffered: true });
  requestAnimationFrame(() => requestAnimationFrame(() => tell(sum)));
})"""


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: look.name)
async def test_every_page_is_fit_to_be_used(
    browser: Browser, stack: Stack, platform: Platform, lesson: Lesson, look: Look
) -> None:
    """By keyboard, by screen reader, on a phone, in the dark."""
    wanted = {"courses": [lesson.course]}
    migration = await platform.must("POST", "/api/migrations", user=people.ADMIN.id, role="admin", json=wanted)
    places = {
        "course": lesson.course,
        "lesson": lesson.id,
        "learner": people.HONEST.id,
        "migration": migration["id"],
    }
    judge, faults = Judge(), list[str]()
    for sight in SIGHTS:
        page = await open_sight(browser, stack.urls["web"], sight, look, places)
        faults += [f"{sight.name}: {fault}" for fault in await _faults(page, judge)]
        await page.context.close()
    sights = {sight.name: sight for sight in SIGHTS}
    for opened in OPENED:
        if look.name not in opened.looks:
            continue
        page = await open_sight(browser, stack.urls["web"], sights[opened.sight], look, places)
        await open_up(page, opened)
        faults += [f"{opened.name}: {fault}" for fault in await _faults(page, judge)]
        await page.context.close()
    assert faults == []
    if look.name == "light":
        assert judge.used == set(EXCUSED), "what is excused and not found any more needs no excuse"


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: look.name)
async def test_the_offer_to_take_over_is_fit_to_be_used(
    browser: Browser, stack: Stack, platform: Platform, lesson: Lesson, look: Look
) -> None:
    """Where another device plays, the dialog in the player's place is as good as any page."""
    policy = f"/api/courses/{lesson.course}/playback-policy"
    await platform.must("PUT", policy, user=people.INSTRUCTOR.id, role="instructor", json={"devices": 1})
    await platform.playback(lesson.id, people.HONEST.id)
    places = {"course": lesson.course, "lesson": lesson.id}
    sight = next(sight for sight in SIGHTS if sight.name == "lesson")
    page = await open_sight(browser, stack.urls["web"], sight, look, places)
    await expect(page.get_by_role("alertdialog").get_by_role("button", name="Continue here")).to_be_focused()
    assert await _faults(page, Judge()) == []
    await page.context.close()


async def _faults(page: Page, judge: Judge) -> list[str]:
    found = await judge.violations(page)
    if (shift := await page.evaluate(SHIFTS)) > SHIFT_AT_MOST:
        found.append(f"its layout shifts by {shift:.3f}")
    width, screen = await page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    if width > screen:
        found.append(f"{width} px wide on a screen of {screen} px")
    return found
