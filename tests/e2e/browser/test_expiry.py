"""Videos outlive their addresses: tokens expire, addresses are refused, machines sleep, and the playing goes on."""

import asyncio
import re
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.async_api import Page, Response, Route, expect

from devstack import people
from devstack.stack import Stack
from mux_sim.config import Config
from mux_sim.testing import Simulator, make_clip
from tests.e2e.browser.conftest import PATIENCE_MS, Visit
from tests.e2e.browser.lessons import Lesson, Player, seen, watch
from tests.e2e.people import Platform, eventually

pytestmark = pytest.mark.browser

TTL_S = 90
FILM_S = 160
"""What is played in a token's life at more than single speed, and what a player has of it in advance."""
RATE = 1.25
SEGMENT_S = 5
BLINK_S = 0.6
"""The longest that the picture may stand still; what a busy machine takes between two looks at it."""

VTT = "WEBVTT\n\n" + "\n\n".join(
    f"{second // 60:02}:{second % 60:02}.000 --> {(second + 5) // 60:02}:{(second + 5) % 60:02}.000\nFrom {second} on."
    for second in range(0, FILM_S, 5)
)


@dataclass
class Answers:
    """What the stream's host has answered a page, in order: (when, address, status)."""

    of: list[tuple[float, str, int]] = field(default_factory=list)

    @classmethod
    def to(cls, page: Page) -> "Answers":
        answers = cls()

        def note(response: Response) -> None:
            if "/hls/" in response.url:
                answers.of.append((time.time(), response.url, response.status))

        page.on("response", note)
        return answers

    @property
    def refused(self) -> list[str]:
        return [url for _, url, status in self.of if status == 403]

    def segments_after(self, moment: float) -> list[str]:
        return [
            url for when, url, status in self.of if when > moment and status == 200 and url.split("?")[0][-3:] == ".ts"
        ]

    @property
    def first_expiry(self) -> float:
        return float(parse_qs(urlsplit(self.of[0][1]).query)["expires"][0])


@dataclass
class Line:
    """A line that brings segments at `speed` times the speed of the video, until it is `free`.

    On a quick one a player has the whole film in advance, and asks for nothing any more that could be refused.
    """

    speed: float
    free: asyncio.Event = field(default_factory=asyncio.Event)
    began: float | None = None

    async def to(self, page: Page) -> None:
        await page.route(_SEGMENT, self._carry)

    async def _carry(self, route: Route) -> None:
        found = _SEGMENT.search(route.request.url)
        assert found is not None
        self.began = self.began or time.monotonic()
        due = self.began + (int(found[1]) - 1) * SEGMENT_S / self.speed
        with suppress(TimeoutError):
            await asyncio.wait_for(self.free.wait(), max(0.0, due - time.monotonic()))
        await route.continue_()


_SEGMENT = re.compile(r"/(\d+)\.ts\?")


@pytest.fixture(scope="module")
def short_lives(stack: Stack) -> Iterator[None]:
    with stack.told(PLAYBACK_TTL_S=str(TTL_S), PLAYBACK_TTL_MIN_S=str(TTL_S)):
        yield


@pytest.fixture(scope="module")
def long_film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_clip(tmp_path_factory.mktemp("long") / "film.mp4", seconds=FILM_S, size="320x180")


@pytest.fixture(scope="module")
def on_mux(stack: Stack, long_film: Path, short_lives: None) -> Lesson:
    """A long lesson with captions, whose tokens live for 90 s."""
    del short_lives
    with ThreadPoolExecutor(1) as beside:
        return beside.submit(asyncio.run, _prepared(stack, long_film)).result()


async def _prepared(stack: Stack, film: Path) -> Lesson:
    owner, lesson = people.INSTRUCTOR.id, f"film-{time.time_ns()}"
    async with Platform.of(stack) as platform:
        course = await platform.course(lesson, owner=owner)
        await platform.enroll(course, people.HONEST.id, people.SKIPPER.id, people.STRANGER.id, owner=owner)
        await platform.upload(lesson, film, owner=owner)
        await platform.until_ready(lesson, owner=owner)
        path = f"/api/lessons/{lesson}/captions"
        body = {"languageCode": "en", "name": "English", "vtt": VTT}
        await platform.must("POST", path, user=owner, role="instructor", json=body)
        await eventually(
            lambda: platform.must("GET", path, user=owner, role="instructor"),
            lambda found: [caption["status"] for caption in found["captions"]] == ["ready"],
        )
        await platform.playback(lesson, people.HONEST.id)
    return Lesson(course, lesson)


@pytest.fixture
def mux(stack: Stack) -> Simulator:
    credentials = stack.credentials
    config = Config(
        data_dir=stack.data_dir, token_id=credentials.mux_token_id, token_secret=credentials.mux_token_secret
    )
    return Simulator(stack.urls["mux"], config)


async def _with_captions(page: Page) -> None:
    """The captions are shown, as if chosen in the player's menu."""
    shown = "track => track.kind === 'subtitles' && (track.mode = 'showing')"
    await page.wait_for_function(
        f"() => [...document.querySelector('mux-player').textTracks].some({shown})", timeout=PATIENCE_MS
    )


async def _caption(page: Page) -> str:
    """What the captions say at this moment."""
    spoken = (
        "[...document.querySelector('mux-player').textTracks].find(t => t.mode === 'showing' && t.kind === 'subtitles')"
    )
    await page.wait_for_function(f"() => {spoken}?.activeCues?.length > 0", timeout=PATIENCE_MS)
    text: str = await page.evaluate(f"() => {spoken}.activeCues[0].text")
    return text


async def test_playing_goes_on_past_the_end_of_its_token(visit: Visit, platform: Platform, on_mux: Lesson) -> None:
    """Row C4: refreshed at 80 % of 90 s and played past their end, without a stop: place, rate and captions stay."""
    page = await visit(people.HONEST, "/")
    answers = Answers.to(page)
    await Line(RATE * 1.2).to(page)
    await page.goto(on_mux.page)
    player = Player(page)
    await player.until_loaded()
    await _with_captions(page)
    await player.speed(RATE)
    await player.toggle()
    await player.until_at(2)
    await watch(page)

    async def later_segments() -> list[str]:
        return answers.segments_after(answers.first_expiry + 1)

    assert answers.first_expiry <= time.time() + TTL_S
    await eventually(later_segments, lambda found: len(found) >= 2, timeout=TTL_S + 10)

    what = await seen(page)
    assert what["events"] == []
    assert what["still"] < BLINK_S
    assert answers.refused == []
    assert await page.locator("mux-player").evaluate("player => player.playbackRate") == RATE
    position = await player.position()
    said = int((await _caption(page)).split()[1])
    assert said <= await player.position() <= said + 5 + RATE
    await player.toggle()
    await player.until_paused()
    progress = await eventually(
        lambda: platform.progress(on_mux.id, people.HONEST.id),
        lambda found: sum(end - start for start, end in found["covered"]) >= position - 1,
    )
    assert len(progress["covered"]) == 1
    await page.unroute_all(behavior="ignoreErrors")


async def test_playing_goes_on_where_addresses_are_refused(visit: Visit, mux: Simulator, on_mux: Lesson) -> None:
    """Row C4: in mid-play every address is refused with 403; the page asks for a newer grant and nobody notices."""
    page = await visit(people.SKIPPER, "/")
    answers = Answers.to(page)
    await Line(4).to(page)
    await page.goto(on_mux.page)
    player = Player(page)
    await player.until_loaded()
    await _with_captions(page)
    await player.speed(2)
    await player.toggle()
    await player.until_at(3)
    await watch(page)
    await mux.cut_streams()

    async def refused() -> list[str]:
        return answers.refused

    await eventually(refused, bool)
    cut = time.time()

    async def later_segments() -> list[str]:
        return answers.segments_after(cut)

    await eventually(later_segments, lambda found: len(found) >= 2)
    what = await seen(page)
    assert what["events"] == []
    assert what["still"] < BLINK_S
    await player.until_at(await player.position() + 1)
    await expect(page.get_by_text("No access")).to_have_count(0)
    await page.unroute_all(behavior="ignoreErrors")


async def test_playing_goes_on_after_a_sleep(visit: Visit, mux: Simulator, on_mux: Lesson) -> None:
    """Row C4: paused, the page is frozen while its addresses end; woken, it plays on from where it stood."""
    page = await visit(people.STRANGER, "/")
    answers, line = Answers.to(page), Line(1.5)
    await line.to(page)
    await page.goto(on_mux.page)
    player = Player(page)
    await player.until_loaded()
    await player.toggle()
    await player.until_at(3)
    await player.toggle()
    await player.until_paused()
    stood = await player.position()
    session = await page.context.new_cdp_session(page)
    await session.send("Page.setWebLifecycleState", {"state": "frozen"})
    await mux.cut_streams()
    await session.send("Page.setWebLifecycleState", {"state": "active"})

    assert await player.position() == pytest.approx(stood, abs=0.1)
    await watch(page)
    line.free.set()
    await player.toggle()
    await player.until_at(stood + 1)
    await player.seek(FILM_S - 40)
    await player.until_at(FILM_S - 38)
    assert answers.refused
    assert not {"emptied", "error"} & set((await seen(page))["events"])
    await page.unroute_all(behavior="ignoreErrors")
