"""Row H3: `@seatime/react` in a page that knows nothing of this repository, by the lines that its README gives."""

import gzip
import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page

from devstack import people
from devstack.stack import Stack
from tests.e2e.browser import elsewhere
from tests.e2e.browser.conftest import PATIENCE_MS
from tests.e2e.browser.lessons import FilePlayer, Lesson, Player
from tests.e2e.people import Platform, eventually

pytestmark = pytest.mark.browser

WHOSE = people.HONEST
TSX, PLAIN = "tsx", "ts"
THE_LESSON = "'intro'"


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Installed, type-checked and built with the README's lines; only the lesson is asked for by the address."""
    folder = tmp_path_factory.mktemp("elsewhere")
    asked = "new URLSearchParams(location.search).get('lesson')!"
    lines = {language: elsewhere.readme_lines(language) for language in (TSX, PLAIN)}
    assert all(text.count(THE_LESSON) == 1 for text in lines.values())
    told = {language: text.replace(THE_LESSON, asked) for language, text in lines.items()}
    elsewhere.create(folder, tsx=told[TSX], plain=told[PLAIN])
    return folder


@pytest.fixture
def origin(app: Path, stack: Stack) -> Iterator[str]:
    with elsewhere.served(app, stack.urls["web"]) as origin:
        yield origin


@pytest.fixture
async def page(browser: Browser, platform: Platform) -> AsyncIterator[Page]:
    """Somebody who is signed in there: the host page knows the bearer. What no script caught fails the test."""
    context = await browser.new_context()
    await context.add_init_script(f"sessionStorage.setItem('bearer', '{platform.token(WHOSE.id, WHOSE.role)}')")
    page, errors = await context.new_page(), []
    page.set_default_timeout(PATIENCE_MS)
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    await context.close()
    assert errors == []


def test_it_takes_no_more_than_ten_lines() -> None:
    """Of the README, imports and all."""
    for language in (TSX, PLAIN):
        assert len(elsewhere.readme_lines(language).strip().splitlines()) <= 10


async def test_the_player_plays_there_and_what_was_watched_counts(
    page: Page, origin: str, platform: Platform, lesson: Lesson
) -> None:
    """The ten lines: a lesson plays to its end in Mux's player, and the ledger has it as watched and complete."""
    player = Player(page)
    await page.goto(f"{origin}/?lesson={lesson.id}")
    await player.until_loaded()
    await player.toggle()
    await player.until_ended()
    progress = await eventually(lambda: platform.progress(lesson.id, WHOSE.id), lambda found: bool(found["complete"]))
    assert progress["coverage"] >= progress["threshold"]
    styled = "getComputedStyle(document.documentElement).getPropertyValue('--st-accent')"
    assert await page.evaluate(styled) != ""


async def test_any_element_is_reported_without_react(
    page: Page, origin: str, platform: Platform, empty_lesson: Lesson, film: Path
) -> None:
    """A bare `<video>` and seven lines: what it plays counts like anything else."""
    owner = people.INSTRUCTOR
    path = f"/api/courses/lessons/{empty_lesson.id}/upload-video"
    files = {"file": (film.name, film.read_bytes(), "video/mp4")}
    await platform.must("POST", path, user=owner.id, role=owner.role, files=files)
    await platform.playback(empty_lesson.id, WHOSE.id)
    player = FilePlayer(page)
    await page.goto(f"{origin}/plain.html?lesson={empty_lesson.id}")
    await player.until_loaded()
    await player.play()
    await player.until_ended()
    progress = await eventually(
        lambda: platform.progress(empty_lesson.id, WHOSE.id), lambda found: bool(found["complete"])
    )
    assert progress["coverage"] >= progress["threshold"]


def test_the_reporter_needs_nothing_that_is_not_its_own(app: Path) -> None:
    """No module behind `@seatime/react/reporter` imports React, a player, or any other package."""
    dist = (app / "node_modules" / "@seatime" / "react" / "dist").resolve()
    modules, foreign = _behind(dist / "reporter.js")
    assert foreign == set()
    assert dist / "watch" / "outbox.js" in modules
    assert _behind(dist / "index.js")[1] >= {"react", "@mux/mux-player-react"}  # the search would find them


def _behind(module: Path) -> tuple[set[Path], set[str]]:
    """The modules that loading this one loads sooner or later, and the packages that they name."""
    seen, foreign, left = set(), set(), {module.resolve()}
    while left:
        seen.add(one := left.pop())
        for name in re.findall(
            r"""^(?:import|export) [^'"]*['"]([^'"]+)['"]|import\(['"]([^'"]+)""", one.read_text(), re.M
        ):
            specifier = name[0] or name[1]
            if not specifier.startswith("."):
                foreign.add(specifier)
            elif (found := (one.parent / specifier).resolve()) not in seen:
                left.add(found)
    return seen, foreign


def test_a_page_loads_what_it_uses_of_the_package(app: Path) -> None:
    """The player's library is a chunk for when it is shown, and a page with the reporter alone is a few kilobytes."""
    first, alone = (_first_script(app, page) for page in ("index.html", "plain.html"))
    assert first < 150_000
    assert alone < 12_000


def _first_script(app: Path, page: str) -> int:
    """Bytes, gzipped, of the scripts that the page names."""
    html = (app / "dist" / page).read_text()
    names = re.findall(r'(?:src|href)="/(assets/[^"]+\.js)"', html)
    assert names
    return sum(len(gzip.compress((app / "dist" / name).read_bytes())) for name in names)
