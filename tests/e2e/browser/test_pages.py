"""Every page, in every look: nothing for axe to find, nothing that jumps, nothing wider than the screen."""

from typing import Any

import pytest
from playwright.async_api import Browser, Page

from devstack import people
from devstack.paths import WEB
from devstack.sights import LOOKS, SIGHTS, Look, open_sight
from devstack.stack import Stack
from tests.e2e.browser.lessons import Lesson
from tests.e2e.people import Platform

pytestmark = pytest.mark.browser

AXE = WEB / "node_modules" / "axe-core" / "axe.min.js"
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
    faults: list[str] = []
    for sight in SIGHTS:
        page = await open_sight(browser, stack.urls["web"], sight, look, places)
        faults += [f"{sight.name}: {fault}" for fault in await _faults(page)]
        await page.context.close()
    assert faults == []


async def _faults(page: Page) -> list[str]:
    found = [_words(violation) for violation in await _violations(page)]
    if (shift := await page.evaluate(SHIFTS)) > SHIFT_AT_MOST:
        found.append(f"its layout shifts by {shift:.3f}")
    width, screen = await page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    if width > screen:
        found.append(f"{width} px wide on a screen of {screen} px")
    return found


async def _violations(page: Page) -> list[dict[str, Any]]:
    await page.add_script_tag(path=AXE)
    run = "() => axe.run({exclude: [['mux-player']]}, {resultTypes: ['violations']})"
    violations: list[dict[str, Any]] = (await page.evaluate(run))["violations"]
    return violations


def _words(violation: dict[str, Any]) -> str:
    where = [" ".join(map(str, node["target"])) for node in violation["nodes"]]
    return f"{violation['id']} ({violation['impact']}): {violation['help']}: {'; '.join(where[:3])}"
