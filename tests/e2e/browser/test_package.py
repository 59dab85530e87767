"""Row H3: `@seatime/react` in a page that knows nothing of this repository, by the lines that its README gives."""

import gzip
import re
import tarfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page

from devstack import people, web
from devstack.stack import Stack
from tests.e2e.browser import elsewhere
from tests.e2e.browser.conftest import PATIENCE_MS
from tests.e2e.browser.lessons import FilePlayer, Lesson, Player
from tests.e2e.people import Platform, eventually

pytestmark = pytest.mark.browser

WHOSE = people.HONEST
TSX, PLAIN = "tsx", "ts"
THE_LESSON = "'intro'"
TARBALL_BYTES = 450_000


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Installed, type-checked and built with the README's lines; only the lesson is asked for by the address."""
    return _installed(tmp_path_factory.mktemp("elsewhere"))


def _installed(folder: Path, **instead: str) -> Path:
    asked = "new URLSearchParams(location.search).get('lesson')!"
    lines = {language: elsewhere.readme_lines(language) for language in (TSX, PLAIN)}
    assert all(text.count(THE_LESSON) == 1 for text in lines.values())
    told = {language: text.replace(THE_LESSON, asked) for language, text in lines.items()}
    elsewhere.create(folder, tsx=told[TSX], plain=told[PLAIN], instead=instead)
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
    await page.goto(f"{origin}/?lesson={lesson.id}")
    await _watched_to_its_end(page, platform, lesson)


async def _watched_to_its_end(page: Page, platform: Platform, lesson: Lesson) -> None:
    player = Player(page)
    await player.until_loaded()
    await player.toggle()
    await player.until_ended()
    progress = await eventually(lambda: platform.progress(lesson.id, WHOSE.id), lambda found: bool(found["complete"]))
    assert progress["coverage"] >= progress["threshold"]


async def test_it_plays_under_react_18_as_well(
    page: Page, stack: Stack, platform: Platform, lesson: Lesson, tmp_path: Path
) -> None:
    """The same lines where an LMS has not moved to React 19: types, build, server and all."""
    folder = _installed(tmp_path, **elsewhere.REACT_18)
    assert "Loading the video" in elsewhere.drawn_by_server(folder)
    with elsewhere.served(folder, stack.urls["web"]) as origin:
        await page.goto(f"{origin}/?lesson={lesson.id}")
        assert await page.evaluate("() => document.querySelector('main').children.length") == 1
        await _watched_to_its_end(page, platform, lesson)


def test_a_server_draws_it(app: Path) -> None:
    """Next.js and its like import components where there is no window, and find by the first line whose they are."""
    assert "Loading the video" in elsewhere.drawn_by_server(app)
    first = {
        door: _dist(app).joinpath(f"{door}.js").read_text().splitlines()[0] for door in ("index", "charts", "reporter")
    }
    assert first["index"] == first["charts"] == '"use client";'
    assert "use client" not in first["reporter"]


LOOKS = """() => {
  const of = (element, ...names) => names.map((name) => getComputedStyle(element)[name]);
  const root = document.documentElement;
  const outside = ['h1', 'p', 'button'].map((name) => of(document.body.appendChild(document.createElement(name)),
    'color', 'backgroundColor', 'boxSizing', 'marginTop', 'fontFamily', 'borderRadius'));
  return { root: of(root, 'colorScheme', 'boxSizing', 'fontFamily', 'backgroundColor', 'fontSize'), outside };
}"""


async def test_styles_stay_within_the_components(page: Page, origin: str) -> None:
    """A page looks the same with the styles and without, in the dark too; and what it sets of colours counts."""
    await page.emulate_media(color_scheme="dark")
    await page.route(
        "**/api/**", lambda route: route.fulfill(status=404, json={"type": "urn:seatime:problem:not-found"})
    )
    looks = []
    for styled in (True, False):
        await page.goto(f"{origin}/?lesson=none")
        message = page.get_by_text("There is no such lesson.")
        await message.wait_for()
        if styled:
            await page.add_style_tag(content=":root { --st-accent: rgb(1 2 3) }")
            accent = "getComputedStyle(document.documentElement).getPropertyValue('--st-accent')"
            assert await page.evaluate(accent) == "rgb(1 2 3)"
            frame = "getComputedStyle(document.querySelector('[data-reason=not-found]'))"
            assert await page.evaluate(f"[{frame}.boxSizing, {frame}.borderRadius]") == ["border-box", "12px"]
        else:
            await page.evaluate(
                "document.querySelectorAll('link[rel=stylesheet], style').forEach((one) => one.remove())"
            )
        looks.append(await page.evaluate(LOOKS))
    assert looks[0] == looks[1]
    assert looks[0]["root"][0] == "normal"


def test_every_rule_of_the_styles_is_the_components_own(app: Path) -> None:
    """No selector reaches an element that is not Seatime's, but for where the page's own values stand."""
    css = re.sub(r"/\*.*?\*/", "", (_dist(app) / "styles.css").read_text(), flags=re.DOTALL)
    frames = re.sub(r"@keyframes [^{]+\{(?:[^{}]*\{[^{}]*\})*\s*\}", lambda found: found[0].split("{")[0] + ";", css)
    selectors = [one.strip() for one in re.findall(r"([^{};]+)\{", frames) if not one.strip().startswith("@")]
    assert len(selectors) > 100
    foreign = [one for one in selectors if ".seatime-" not in one and not one.startswith(":where(")]
    assert foreign == []
    named = re.findall(r"@keyframes ([\w-]+)", css)
    assert named
    assert all(name.startswith("seatime-") for name in named)


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
    dist = _dist(app)
    modules, foreign = _behind(dist / "reporter.js")
    assert foreign == set()
    assert dist / "watch" / "outbox.js" in modules
    assert _behind(dist / "index.js")[1] >= {"react", "@mux/mux-player-react"}  # the search would find them


def _dist(app: Path) -> Path:
    return (app / "node_modules" / "@seatime" / "react" / "dist").resolve()


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


def test_the_tarball_says_whose_it_is_and_weighs_little() -> None:
    """With its licence and its first lines; what is installed is code, its types and its maps, and no test."""
    with tarfile.open(web.package()) as packed:
        names = {member.name.removeprefix("package/"): member.size for member in packed.getmembers()}
        readme = packed.extractfile("package/README.md")
        assert readme is not None
        text = readme.read().decode()
    assert {"LICENSE", "README.md", "package.json", "dist/index.js", "dist/styles.css"} <= names.keys()
    assert {Path(name).suffix for name in names} <= {".js", ".map", ".ts", ".css", ".json", ".md", ""}
    assert not [name for name in names if "test" in name or ("generated" in name and name.endswith(".js"))]
    assert web.package().stat().st_size < TARBALL_BYTES
    assert elsewhere.readme_lines("tsx") in text
    assert elsewhere.readme_lines("ts") in text


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
