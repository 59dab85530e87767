"""People at real browsers: Debian's Chromium, the built web app, Mux's own player and uploader."""

from collections.abc import AsyncIterator, Awaitable, Callable, Generator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from playwright.async_api import Browser, BrowserContext, Page, async_playwright, expect

from devstack import people, tools, web
from devstack.sights import FLAGS
from devstack.stack import Stack
from mux_sim.testing import make_clip
from tests.e2e.browser.lessons import CLIP_S, Lesson
from tests.e2e.people import Platform

RESULTS = Path("test-results")
PATIENCE_MS = 60_000
"""For what other processes have to bring about."""
EXPECT_MS = 30_000
"""For what the page does by itself: Playwright's own five seconds pass on a machine that has other work."""
expect.set_options(timeout=EXPECT_MS)

Visit = Callable[[people.Person, str], Awaitable[Page]]
_FAILED = pytest.StashKey[bool]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, Any, pytest.TestReport]:
    report: pytest.TestReport = yield
    earlier = report.when != "setup" and item.stash.get(_FAILED, False)  # not at a former try
    item.stash[_FAILED] = earlier or report.failed
    return report


@pytest.fixture(scope="session")
def built_web() -> Path:
    return web.build()


@pytest.fixture
async def chromium_flags() -> list[str]:
    """A module may put its own in place."""
    return list(FLAGS)


@pytest.fixture
async def browser(built_web: Path, chromium_flags: list[str]) -> AsyncIterator[Browser]:
    chromium = tools.chromium()
    if chromium is None:
        pytest.skip("no Chromium on this machine: `make programs`")
    async with async_playwright() as playwright:
        launched = await playwright.chromium.launch(executable_path=chromium, args=chromium_flags)
        yield launched
        await launched.close()


@pytest.fixture
async def visit(browser: Browser, stack: Stack, request: pytest.FixtureRequest) -> AsyncIterator[Visit]:
    """`visit(person, path)`: a browser of this person's own, signed in, at that page of the web app.

    An error that no script caught fails the test; a test that failed leaves a picture of every open page.
    """
    contexts: list[BrowserContext] = []
    errors: list[str] = []

    async def visit(person: people.Person, path: str) -> Page:
        context = await browser.new_context(base_url=stack.urls["web"], viewport={"width": 1280, "height": 900})
        contexts.append(context)
        page = await context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        page.on("pageerror", lambda error: errors.append(f"{person.id}: {error}"))
        await page.goto("/")
        await page.get_by_test_id(f"sign-in-{person.id}").click()
        await page.goto(path)
        return page

    yield visit
    if request.node.stash.get(_FAILED, False):
        await _picture(contexts, request.node.name)
    for context in contexts:
        await context.close()
    assert not errors


async def _picture(contexts: list[BrowserContext], name: str) -> None:
    RESULTS.mkdir(exist_ok=True)
    pages = [page for context in contexts for page in context.pages]
    for number, page in enumerate(pages):
        await page.screenshot(path=RESULTS / f"{name}-{number}.png", full_page=True)


@pytest.fixture(scope="session")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A video long enough to stop in the middle of it."""
    return make_clip(tmp_path_factory.mktemp("film") / "film.mp4", seconds=CLIP_S)


@pytest.fixture
async def empty_lesson(platform: Platform) -> AsyncIterator[Lesson]:
    """A lesson without a video, in a course of its own that HONEST and SKIPPER are enrolled in.

    Deleted at the end: what is left in S3 would move to Mux, and keep its only transcoder from those who come next.
    """
    lesson = f"lesson-{uuid4().hex[:8]}"
    course = await platform.course(lesson, owner=people.INSTRUCTOR.id)
    await platform.enroll(course, people.HONEST.id, people.SKIPPER.id, owner=people.INSTRUCTOR.id)
    yield Lesson(course, lesson)
    await platform.must("DELETE", f"/api/courses/{course}", user=people.INSTRUCTOR.id, role="instructor")


@pytest.fixture
async def lesson(platform: Platform, empty_lesson: Lesson, film: Path) -> Lesson:
    """The same with its video, playable."""
    await platform.upload(empty_lesson.id, film, owner=people.INSTRUCTOR.id)
    await platform.until_ready(empty_lesson.id, owner=people.INSTRUCTOR.id)
    await platform.playback(empty_lesson.id, people.HONEST.id)
    return empty_lesson
