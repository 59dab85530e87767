"""The app round its pages: signing in, a phone, dark colours, and all of it by keyboard."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from playwright.async_api import Browser, Page, ViewportSize, expect

from devstack import people
from devstack.stack import Stack
from tests.e2e.browser.conftest import PATIENCE_MS, Visit
from tests.e2e.browser.lessons import Lesson, Player
from tests.e2e.people import Platform, eventually

pytestmark = pytest.mark.browser

PHONE = ViewportSize(width=390, height=844)
TOO_SMALL = """() => [...document.querySelectorAll('main a, main button, main select, header a, header button')]
  .filter((one) => one.offsetParent !== null)
  .filter((one) => { const box = one.getBoundingClientRect(); return box.width > 0 && box.height < 43.5; })
  .map((one) => one.textContent)"""
FOCUSED = """() => {
  let one = document.activeElement;
  while (one?.shadowRoot?.activeElement) one = one.shadowRoot.activeElement;
  return one?.getAttribute('aria-label') ?? one?.textContent ?? '';
}"""
WIDER_THAN_SCREEN = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture
async def phone(browser: Browser, stack: Stack) -> AsyncIterator[Page]:
    context = await browser.new_context(
        base_url=stack.urls["web"], viewport=PHONE, has_touch=True, is_mobile=True, color_scheme="dark"
    )
    page = await context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    yield page
    await context.close()


async def _focus_by_tab(page: Page, name: str) -> None:
    """Tab until what has the focus has a name that begins so; AssertionError if it never does."""
    met: list[str] = []
    for _ in range(40):
        await page.keyboard.press("Tab")
        met.append(await page.evaluate(FOCUSED))
        if met[-1].lower().startswith(name.lower()):
            return
    raise AssertionError(f"{name} is not reached by Tab: {met}")


async def test_from_signing_in_to_playing_by_keyboard_alone(
    browser: Browser, stack: Stack, platform: Platform, lesson: Lesson
) -> None:
    """Tab, Enter and Space are all it takes to sign in, find the lesson and watch it, and it counts."""
    context = await browser.new_context(base_url=stack.urls["web"])
    page = await context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    await page.goto(f"/courses/{lesson.course}")
    await expect(page.get_by_test_id(f"sign-in-{people.HONEST.id}")).to_be_visible()
    await _focus_by_tab(page, people.HONEST.name)
    await page.keyboard.press("Enter")
    await expect(page.get_by_test_id("course-standing")).to_be_visible()
    await _focus_by_tab(page, "Start")
    await page.keyboard.press("Enter")
    player = Player(page)
    await player.until_loaded()
    await _focus_by_tab(page, "play")
    await page.keyboard.press("Space")
    await player.until_at(2)
    await page.keyboard.press("Space")
    await player.until_paused()
    await eventually(
        lambda: platform.progress(lesson.id, people.HONEST.id),
        lambda found: bool(found["covered"]) and found["covered"][0][1] > 1,
    )
    await context.close()


async def test_a_phone_has_the_navigation_behind_a_button_and_nothing_too_small(phone: Page, lesson: Lesson) -> None:
    """On a narrow dark screen pages fit, what is touched is 44 px high, and the menu leads on."""
    await phone.goto("/")
    await phone.get_by_test_id(f"sign-in-{people.HONEST.id}").click()
    await expect(phone.get_by_role("heading", name="My courses")).to_be_visible()
    await expect(phone.get_by_role("link", name="My courses")).to_be_hidden()
    await phone.get_by_role("button", name="Menu").click()
    await phone.get_by_role("link", name="My courses").click()
    await expect(phone.get_by_role("link", name="My courses")).to_be_hidden()

    for page in (f"/courses/{lesson.course}", lesson.page):
        await phone.goto(page)
        await expect(phone.get_by_role("heading", level=1)).to_be_visible()
        assert await phone.evaluate(TOO_SMALL) == []
        assert await phone.evaluate(WIDER_THAN_SCREEN) <= 0


async def test_dark_follows_the_system_and_then_the_choice(phone: Page) -> None:
    """A dark system makes dark pages; who chooses light keeps it after a reload."""
    background = "() => getComputedStyle(document.body).backgroundColor"
    await phone.goto("/")
    await expect(phone.get_by_test_id("theme")).to_be_visible(timeout=PATIENCE_MS)
    assert await phone.evaluate(background) == "rgb(15, 18, 24)"
    await phone.get_by_test_id("theme").click()
    assert await phone.evaluate(background) == "rgb(246, 247, 249)"
    await phone.reload()
    await expect(phone.get_by_test_id("theme")).to_be_visible(timeout=PATIENCE_MS)
    assert await phone.evaluate(background) == "rgb(246, 247, 249)"


async def test_a_course_shows_what_is_missing(visit: Visit, platform: Platform, lesson: Lesson) -> None:
    """The course's page counts what is complete, shows the learner's own map and says what is missing."""
    page = await visit(people.HONEST, lesson.page)
    player = Player(page)
    await player.until_loaded()
    await player.toggle()
    await player.until_at(3)
    await player.toggle()
    await eventually(lambda: platform.progress(lesson.id, people.HONEST.id), lambda found: found["coverage"] >= 0.2)
    await page.get_by_role("link", name="A course").click()
    standing = page.get_by_test_id("course-standing")
    await expect(standing).to_contain_text("0 of 1 required lessons complete")
    await expect(page.get_by_test_id("course-reason").first).to_be_visible()
    row = page.get_by_test_id("lesson-row")
    await expect(row).to_have_attribute("data-state", "begun")
    await expect(row.get_by_test_id("lesson-map")).to_be_visible()
    await standing.get_by_role("link", name="Continue").click()
    await Player(page).until_at(2)


async def test_an_enrolment_is_told_before_the_player_refuses(visit: Visit, platform: Platform, lesson: Lesson) -> None:
    """Row C8: the outline and the list say until when one may watch, and that one may not; then so does the player."""
    enrollment = f"/api/courses/{lesson.course}/enrollments/{people.HONEST.id}"
    owner = {"user": people.INSTRUCTOR.id, "role": "instructor"}
    in_three_days = (datetime.now(UTC) + timedelta(days=3, hours=6)).isoformat()
    await platform.must("PUT", enrollment, **owner, json={"expiresAt": in_three_days})
    page = await visit(people.HONEST, f"/courses/{lesson.course}")
    told = page.get_by_test_id("enrollment")
    await expect(told).to_contain_text("Your enrolment ends in 3 days")
    start = page.get_by_test_id("course-standing").get_by_role("link", name="Start")
    await expect(start).to_be_visible()

    await platform.must("PUT", enrollment, **owner, json={"status": "suspended"})
    await page.reload()
    await expect(told).to_contain_text("Your enrolment is suspended")
    await expect(page.get_by_test_id("course-standing")).to_be_visible()
    await expect(start).to_have_count(0)
    await page.get_by_test_id("lesson-row").get_by_role("link").click()
    await expect(page.get_by_role("status").filter(has_text="suspended")).to_be_visible()

    await platform.must("DELETE", enrollment, **owner)
    await page.goto("/")
    card = page.get_by_role("listitem").filter(has=page.locator(f"a[href='/courses/{lesson.course}']"))
    await expect(card.get_by_test_id("enrollment")).to_have_text("No longer enrolled")

    stranger = await visit(people.STRANGER, "/")
    others = stranger.get_by_role("region", name="Other courses")
    theirs = others.get_by_role("listitem").filter(has=stranger.locator(f"a[href='/courses/{lesson.course}']"))
    await expect(theirs.get_by_test_id("enrollment")).to_have_text("Not enrolled")
