"""The player beyond playing: its menus, what it says when it can't play, and who else plays at the same time."""

import json
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from playwright.async_api import Page, Route, expect

from devstack import people
from devstack.stack import Stack
from mux_sim.config import Config
from mux_sim.testing import Simulator, make_clip
from tests.e2e.browser.conftest import PATIENCE_MS, Visit
from tests.e2e.browser.lessons import CLIP_S, Lesson, Player
from tests.e2e.people import Json, Platform, eventually

pytestmark = pytest.mark.browser

LEASE_S = 30
PLAYER = "node_modules/@mux/mux-player-react/dist/index.mjs"


@pytest.fixture(scope="module", autouse=True)
def brisk(stack: Stack) -> Iterator[None]:
    """Grants that are refreshed every few seconds, so that what a refresh brings is soon seen."""
    with stack.told(PLAYBACK_TTL_S="20", PLAYBACK_TTL_MIN_S="20", PLAYBACK_LEASE_S=str(LEASE_S)):
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


class Beats:
    """What a page reports."""

    def __init__(self, page: Page) -> None:
        self.all: list[Json] = []
        page.on("request", lambda request: self._note(request.url, request.post_data))

    def _note(self, url: str, body: str | None) -> None:
        if url.endswith("/api/progress") and body:
            self.all += json.loads(body)["beats"]

    async def rates(self) -> set[float]:
        return {beat["rate"] for beat in self.all if beat["watched_segments"]}

    async def events(self) -> set[tuple[str, object]]:
        return {(event["type"], event.get("value")) for beat in self.all for event in beat["events"]}


@pytest.fixture(scope="session")
def wide(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A video that there are two qualities of."""
    return make_clip(tmp_path_factory.mktemp("wide") / "film.mp4", seconds=CLIP_S, size="1280x720")


async def test_quality_and_speed_are_chosen_in_the_menus(
    visit: Visit, platform: Platform, empty_lesson: Lesson, wide: Path
) -> None:
    """Row C11: both menus of Mux's player do what they say, and the beats carry the rate and name the quality."""
    await platform.upload(empty_lesson.id, wide, owner=people.INSTRUCTOR.id)
    await platform.until_ready(empty_lesson.id, owner=people.INSTRUCTOR.id)
    await platform.playback(empty_lesson.id, people.HONEST.id)
    page = await visit(people.HONEST, empty_lesson.page)
    beats = Beats(page)
    player = Player(page)
    await player.until_loaded()
    await player.toggle()
    await player.until_at(1)
    height = "document.querySelector('mux-player').videoHeight"
    chosen = "360p" if await page.evaluate(f"() => {height}") == 720 else "720p"
    await _choose(page, "media-rendition-menu", chosen)
    await page.wait_for_function(f"() => {height} + 'p' === '{chosen}'", timeout=PATIENCE_MS)
    await _choose(page, "media-playback-rate-menu", "1.5x")
    await page.wait_for_function("() => document.querySelector('mux-player').playbackRate === 1.5")
    await player.until_at(CLIP_S - 2)
    await player.toggle()
    await player.until_paused()
    await eventually(beats.rates, lambda rates: {1, 1.5} <= rates)
    assert {("ratechange", 1.5), ("qualitychange", chosen)} <= await beats.events()


async def _choose(page: Page, menu: str, item: str) -> None:
    await page.locator("mux-player").hover()
    await page.locator(f"mux-player {menu}-button").first.click()
    await page.locator(f"mux-player {menu}:visible").get_by_text(item, exact=True).first.click()


DEEPEST = """() => {
  let active = document.activeElement;
  while (active?.shadowRoot?.activeElement) active = active.shadowRoot.activeElement;
  return active?.localName ?? '';
}"""
MANY_STOPS = 60


async def _tab_to(page: Page, control: str) -> None:
    """By nothing but the tabulator, through whatever lies before it."""
    for _ in range(MANY_STOPS):
        if await page.evaluate(DEEPEST) == control:
            return
        await page.keyboard.press("Tab")
    pytest.fail(f"no way to {control} by keyboard")


async def test_the_speed_is_chosen_by_keyboard(visit: Visit, lesson: Lesson) -> None:
    """Row C11: Mux's player is started and its menu reached, opened and chosen from, without a mouse."""
    page = await visit(people.HONEST, lesson.page)
    await Player(page).until_loaded()
    await _tab_to(page, "media-play-button")  # the only one, until it was pressed
    await page.keyboard.press("Enter")
    await Player(page).until_at(0.1)
    await _tab_to(page, "media-playback-rate-menu-button")
    await _choose_next(page, "media-playback-rate-menu")
    await page.wait_for_function("() => document.querySelector('mux-player').playbackRate !== 1")


async def _choose_next(page: Page, menu: str) -> None:
    await page.keyboard.press("Enter")
    await page.locator(f"mux-player {menu}:visible").first.wait_for()
    await page.wait_for_function(f"() => ({DEEPEST})().endsWith('menu-item')")
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Enter")


async def test_another_address_of_the_stream_is_taken_up_as_it_stood(
    visit: Visit, stack: Stack, lesson: Lesson
) -> None:
    """Row C4: where a refresh names another host, the source is put in anew: place, speed, sound and pause stay."""
    page = await visit(people.HONEST, "/")
    here = stack.urls["mux"]
    there = here.replace("127.0.0.1", "localhost")

    async def move(route: Route) -> None:
        response = await route.fetch()
        text = await response.text()
        await route.fulfill(
            response=response, body=text.replace(here, there) if "refresh=" in route.request.url else text
        )

    await page.route("**/playback*", move)
    await page.goto(lesson.page)
    player = Player(page)
    await player.until_loaded()
    await player.toggle()
    await player.until_at(2)
    await player.toggle()
    await player.until_paused()
    await page.evaluate(
        "() => Object.assign(document.querySelector('mux-player'), { playbackRate: 1.5, volume: 0.25, muted: true })"
    )
    stood = await player.position()
    await page.wait_for_function(
        "() => document.querySelector('mux-player')?.src?.startsWith('http://localhost')", timeout=PATIENCE_MS
    )
    await player.until_at(stood - 0.1)
    await page.wait_for_function("() => document.querySelector('mux-player').playbackRate === 1.5")
    found = await page.evaluate(
        "() => (({ paused, volume, muted, currentTime }) => [paused, volume, muted, currentTime])"
        "(document.querySelector('mux-player'))"
    )
    assert found == [True, 0.25, True, pytest.approx(stood, abs=0.3)]
    await page.unroute_all(behavior="ignoreErrors")


NOTHING_TO_KEEP_IT_IN = """
for (const [on, name] of [[window, 'indexedDB'], [Navigator.prototype, 'locks']]) {
  Object.defineProperty(on, name, { get() { throw new DOMException('not in this frame', 'SecurityError') } });
}
"""


async def test_what_is_watched_counts_where_a_browser_keeps_nothing(
    visit: Visit, platform: Platform, lesson: Lesson
) -> None:
    """Row D12: neither IndexedDB nor Web Locks, as in some private modes and frames: the page remembers by itself."""
    page = await visit(people.HONEST, "/")
    await page.add_init_script(NOTHING_TO_KEEP_IT_IN)
    await page.goto(lesson.page)
    player = Player(page)
    await player.until_loaded()
    await player.toggle()
    await player.until_at(3)
    await player.toggle()
    await player.until_paused()
    await eventually(
        lambda: platform.progress(lesson.id, people.HONEST.id),
        lambda found: sum(end - start for start, end in found["covered"]) >= 2,
    )


async def test_who_is_unenrolled_is_told_so_in_mid_play(visit: Visit, platform: Platform, lesson: Lesson) -> None:
    """Row C8: unenrolled while the video plays, the learner's page stops at the next refresh and says why."""
    page = await visit(people.HONEST, lesson.page)
    player = Player(page)
    await player.until_loaded()
    await player.toggle()
    await player.until_at(1)
    path = f"/api/courses/{lesson.course}/enrollments/{people.HONEST.id}"
    await platform.must("DELETE", path, user=people.INSTRUCTOR.id, role="instructor")
    await expect(page.get_by_text("You are no longer enrolled in this course.")).to_be_visible(timeout=PATIENCE_MS)
    await expect(page.locator("mux-player")).to_have_count(0)


async def test_another_device_takes_over(visit: Visit, platform: Platform, lesson: Lesson) -> None:
    """Row C9: the second device asks whether to continue here; then it plays there, and the first is told why not."""
    policy = f"/api/courses/{lesson.course}/playback-policy"
    await platform.must("PUT", policy, user=people.INSTRUCTOR.id, role="instructor", json={"devices": 1})
    first = await visit(people.HONEST, lesson.page)
    at_first = Player(first)
    await at_first.until_loaded()
    await at_first.toggle()
    await at_first.until_at(1)

    second = await visit(people.HONEST, lesson.page)
    dialog = second.get_by_role("alertdialog", name="You are watching on another device")
    await expect(dialog).to_be_visible()
    await expect(second.locator("mux-player")).to_have_count(0)
    here = dialog.get_by_role("button", name="Continue here")
    await expect(here).to_be_focused()
    await second.keyboard.press("Enter")
    at_second = Player(second)
    await at_second.until_loaded()

    lost = first.get_by_role("alertdialog", name="It plays on another device now")
    await expect(lost).to_contain_text("You continued there, so it stopped here.", timeout=PATIENCE_MS)
    await expect(first.locator("mux-player")).to_have_count(0)

    await lost.get_by_role("button", name="Continue here").click()
    await at_first.until_loaded()
    back = second.get_by_role("alertdialog", name="It plays on another device now")
    await expect(back).to_be_visible(timeout=PATIENCE_MS)
    await expect(second.locator("mux-player")).to_have_count(0)


async def test_who_leaves_frees_the_place(visit: Visit, platform: Platform, lesson: Lesson) -> None:
    """Row C9: a device that goes away says so, long before its lease ends, and the next one is not asked anything."""
    policy = f"/api/courses/{lesson.course}/playback-policy"
    await platform.must("PUT", policy, user=people.INSTRUCTOR.id, role="instructor", json={"devices": 1})
    page = await visit(people.HONEST, lesson.page)
    await Player(page).until_loaded()
    playback = f"/api/videos/{lesson.id}/playback"
    held = await platform.ask("GET", playback, user=people.HONEST.id)
    assert (held.status_code, held.json()["reason"]) == (403, "too_many_devices")
    await page.goto("about:blank")
    await eventually(
        lambda: platform.ask("GET", playback, user=people.HONEST.id),
        lambda answer: answer.status_code == 200,
        timeout=LEASE_S / 3,
    )


async def test_the_viewer_s_id_is_written_over_the_picture(visit: Visit, platform: Platform, lesson: Lesson) -> None:
    """Row C10: where the course wants a watermark it is on the picture, and in what goes full screen."""
    policy = f"/api/courses/{lesson.course}/playback-policy"
    await platform.must("PUT", policy, user=people.INSTRUCTOR.id, role="instructor", json={"watermark": "id"})
    page = await visit(people.HONEST, lesson.page)
    await Player(page).until_loaded()
    mark = page.get_by_test_id("watermark")
    await expect(mark).to_have_text(people.HONEST.id)
    large = "document.querySelector('mux-player').mediaController.fullscreenElement"
    await page.wait_for_function(f"() => {large}.querySelector('[data-testid=watermark]') !== null")


async def test_a_limit_and_an_outage_are_waited_out(visit: Visit, lesson: Lesson) -> None:
    """Row C12: 429 and 503 say what it is, are asked again no sooner than told, and playing starts by itself."""
    page = await visit(people.HONEST, "/")
    asked: list[float] = []
    refusals = [(429, "rate-limited", "2"), (503, "database-unavailable", "1")]

    async def refuse(route: Route) -> None:
        asked.append(await page.evaluate("() => performance.now()"))
        if len(asked) > len(refusals):
            await route.continue_()
            return
        status, slug, after = refusals[len(asked) - 1]
        problem = {"type": f"urn:seatime:problem:{slug}", "title": slug, "status": status}
        await route.fulfill(status=status, json=problem, headers={"Retry-After": after})

    await page.route("**/playback", refuse)
    await page.goto(lesson.page)
    await expect(page.get_by_text("Too many requests")).to_be_visible()
    await expect(page.get_by_text("Video temporarily unavailable")).to_be_visible(timeout=PATIENCE_MS)
    await Player(page).until_loaded()
    assert asked[1] - asked[0] >= 1900
    assert asked[2] - asked[1] >= 900
    await page.unroute_all(behavior="ignoreErrors")


async def test_a_video_that_does_not_come_is_given_up_in_words(visit: Visit, mux: Simulator, lesson: Lesson) -> None:
    """Row C12: a stream that keeps failing ends in a sentence and a button, and the button helps once it is back."""
    await mux.fault(path="/hls/", status=404, times=None)
    page = await visit(people.HONEST, lesson.page)
    failed = page.get_by_role("status").filter(has_text="Video temporarily unavailable")
    await expect(failed).to_contain_text("Your place is kept.", timeout=PATIENCE_MS)
    await mux.clear_faults()
    await failed.get_by_role("button", name="Try again").click()
    await Player(page).until_loaded()


async def test_a_video_in_the_making_starts_when_it_is_ready(
    visit: Visit, platform: Platform, empty_lesson: Lesson, film: Path
) -> None:
    """Row C12: 409 is no error: the page says that there is no video yet, and plays it once there is."""
    page = await visit(people.HONEST, empty_lesson.page)
    await expect(page.get_by_role("status").filter(has_text="No video yet")).to_be_visible(timeout=PATIENCE_MS)
    await platform.upload(empty_lesson.id, film, owner=people.INSTRUCTOR.id)
    await Player(page).until_loaded()


async def test_the_player_is_loaded_where_it_is_shown(visit: Visit, built_web: Path, lesson: Lesson) -> None:
    """Row C14: pages without a player don't fetch its chunk; a lesson's page does."""
    chunk = json.loads((built_web / ".vite" / "manifest.json").read_text())[PLAYER]["file"]
    page = await visit(people.INSTRUCTOR, "/")
    loaded: list[str] = []
    page.on("request", lambda request: loaded.append(request.url))
    for path in ("/", lesson.upload_page, lesson.dashboard):
        await page.goto(path)
        await page.get_by_role("heading").first.wait_for()
        await page.wait_for_load_state("networkidle" if path == "/" else "load")
    assert any(url.endswith(".js") for url in loaded)
    assert not any(url.endswith(chunk) for url in loaded)
    await page.goto(lesson.page)
    await Player(page).until_loaded()
    assert any(url.endswith(chunk) for url in loaded)
