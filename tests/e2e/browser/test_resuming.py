"""Large files from the upload pages: to S3 in parts, and on from where they stopped, whatever came between."""

import re
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.async_api import Page, Request, Route, expect

from devstack import people
from devstack.stack import Stack
from mux_sim.config import Config
from mux_sim.testing import Simulator
from tests.e2e.browser.conftest import PATIENCE_MS, Visit
from tests.e2e.browser.lessons import Lesson
from tests.e2e.people import Json, Platform, eventually

pytestmark = pytest.mark.browser

FILE_INPUT = "mux-uploader #hidden-file-input"
ANY_FILE_INPUT = "[data-testid=file-input]"
PARTS = re.compile(r"[?&]partNumber=")
MIB = 1 << 20
FILLING = 36 * MIB


@pytest.fixture(scope="session")
def movie(tmp_path_factory: pytest.TempPathFactory, clip: Path) -> Path:
    """A short video that is a large file: most of it is a box that players skip."""
    path = tmp_path_factory.mktemp("movie") / "movie.mp4"
    path.write_bytes(clip.read_bytes() + FILLING.to_bytes(4, "big") + b"free" + bytes(FILLING - 8))
    return path


@pytest.fixture(scope="session")
def book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A large file that is no video."""
    path = tmp_path_factory.mktemp("book") / "book.pdf"
    path.write_bytes(b"%PDF-1.7\n" + bytes(FILLING))
    return path


@pytest.fixture
async def mux(stack: Stack) -> AsyncIterator[Simulator]:
    credentials = stack.credentials
    config = Config(
        data_dir=stack.data_dir, token_id=credentials.mux_token_id, token_secret=credentials.mux_token_secret
    )
    simulator = Simulator(stack.urls["mux"], config)
    yield simulator
    await simulator.clear_faults()


@pytest.fixture
async def mux_is_away(mux: Simulator) -> None:
    await mux.fault(path="/video/v1/uploads", status=503, times=None)


class Sent:
    """What a page has put where, request by request."""

    def __init__(self, page: Page) -> None:
        self.parts: list[int] = []
        self.ranges: list[str] = []
        self.arrived: list[str] = []
        page.on("request", self._note)
        page.on("response", lambda answer: self.arrived.append(answer.url) if PARTS.search(answer.url) else None)

    def _note(self, request: Request) -> None:
        if request.method != "PUT":
            return
        query = parse_qs(urlsplit(request.url).query)
        if "partNumber" in query:
            self.parts.append(int(query["partNumber"][0]))
        elif "content-range" in request.headers:
            self.ranges.append(request.headers["content-range"])


async def slowed(page: Page, bytes_per_s: int) -> None:
    """An uplink so slow that one can stop in the middle."""
    session = await page.context.new_cdp_session(page)
    conditions = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": bytes_per_s}
    await session.send("Network.emulateNetworkConditions", conditions)


async def half_way(page: Page, file: Path, *, picker: str = FILE_INPUT) -> list[Route]:
    """The file is chosen in the page, two of its parts have arrived, and those returned wait to leave.

    They have not left, because the S3 server of the tests lists no parts any more once one was cut off in the middle.
    """
    held: list[Route] = []
    let_through = iter(range(2))

    async def gate(route: Route) -> None:
        if next(let_through, None) is None:
            held.append(route)
        else:
            await route.continue_()

    await page.route(PARTS, gate)
    sent = Sent(page)
    await page.locator(picker).set_input_files(file)
    await eventually(lambda: _answer(len(sent.arrived)), lambda count: count == 2)
    await eventually(lambda: _answer(len(held)), lambda count: count > 0)
    return held


async def _answer(value: int) -> int:
    return value


async def parts_of(platform: Platform, lesson: Lesson) -> Json:
    """What S3 lists; the server of the tests stumbles over a part that is being written, and is asked again."""
    path = f"/api/uploads/{await newest(platform, lesson)}/parts"
    answer = await eventually(
        lambda: platform.ask("GET", path, user=people.INSTRUCTOR.id, role="instructor"),
        lambda response: response.status_code == 200,
    )
    found: Json = answer.json()
    return found


async def newest(platform: Platform, lesson: Lesson) -> str:
    upload_id: str = (await platform.lesson(lesson.id, owner=people.INSTRUCTOR.id))["upload"]["id"]
    return upload_id


async def ready(page: Page, platform: Platform, lesson: Lesson) -> Json:
    """The page says so, and the lesson is."""
    await expect(page.get_by_role("status").get_by_text(re.compile("^Ready"))).to_be_visible(timeout=PATIENCE_MS)
    return await platform.lesson(lesson.id, owner=people.INSTRUCTOR.id)


def phase(name: str) -> str:
    return f"[data-testid=sending][data-phase={name}]"


@pytest.mark.usefixtures("mux_is_away")
async def test_an_author_uploads_while_mux_is_away(
    visit: Visit, platform: Platform, empty_lesson: Lesson, movie: Path
) -> None:
    """Row A4: with Mux off the page sends the video to S3, each part once, and a learner watches it from there."""
    page = await visit(people.INSTRUCTOR, empty_lesson.upload_page)
    sent = Sent(page)
    await page.locator(FILE_INPUT).set_input_files(movie)
    found = await ready(page, platform, empty_lesson)
    assert (found["videoProvider"], found["processingStatus"]) == ("s3", "ready")
    assert sorted(sent.parts) == list(range(1, -(-movie.stat().st_size // (8 * MIB)) + 1))
    await platform.playback(empty_lesson.id, people.HONEST.id)
    learner = await visit(people.HONEST, empty_lesson.page)
    await learner.wait_for_function(
        "() => { const video = document.querySelector('video'); return video && video.readyState >= 2 }"
    )


@pytest.mark.usefixtures("mux_is_away")
async def test_an_upload_in_parts_survives_a_reload(
    visit: Visit, platform: Platform, empty_lesson: Lesson, movie: Path
) -> None:
    """Row A2: reloaded in the middle and given the same file again, the page sends the missing parts and no other."""
    page = await visit(people.INSTRUCTOR, empty_lesson.upload_page)
    await half_way(page, movie)
    await page.reload()
    await page.unroute_all(behavior="ignoreErrors")
    await expect(page.get_by_test_id("unfinished")).to_contain_text("movie.mp4")
    there = await parts_of(platform, empty_lesson)
    missing = sorted(set(range(1, there["count"] + 1)) - {part["number"] for part in there["parts"]})
    assert 0 < len(missing) < there["count"]

    sent = Sent(page)
    await page.locator(FILE_INPUT).set_input_files(movie)
    await expect(page.get_by_test_id("resumed")).to_contain_text("Resumed at", timeout=PATIENCE_MS)
    found = await ready(page, platform, empty_lesson)
    assert found["videoProvider"] == "s3"
    assert sorted(sent.parts) == missing
    assert await page.evaluate("() => Object.keys(localStorage).filter(key => key.startsWith('seatime.upload'))") == []


async def test_a_large_document_is_paused_and_survives_a_reload(visit: Visit, platform: Platform, book: Path) -> None:
    """Row A2: no video, and yet in parts; paused, reloaded and given the same file again, only the rest is sent."""
    page = await visit(people.INSTRUCTOR, "/uploads")
    async with page.expect_response(re.compile("/api/uploads$")) as placing:
        await half_way(page, book, picker=ANY_FILE_INPUT)
    path = f"/api/files/{(await (await placing.value).json())['fileId']}/parts"
    await page.get_by_role("button", name="Pause").click()
    await expect(page.locator(phase("paused"))).to_be_visible()
    await page.reload()
    await page.unroute_all(behavior="ignoreErrors")
    await expect(page.get_by_test_id("unfinished")).to_contain_text("book.pdf")
    there = await eventually(
        lambda: platform.ask("GET", path, user=people.INSTRUCTOR.id, role="instructor"),
        lambda answer: answer.status_code == 200,
    )
    arrived = {part["number"] for part in there.json()["parts"]}
    missing = sorted(set(range(1, there.json()["count"] + 1)) - arrived)
    assert arrived
    assert missing

    sent = Sent(page)
    await page.locator(ANY_FILE_INPUT).set_input_files(book)
    stored = page.get_by_test_id("stored-file")
    await expect(stored).to_contain_text("book.pdf", timeout=PATIENCE_MS)
    assert sorted(sent.parts) == missing
    address = await stored.get_by_role("link", name="Download").get_attribute("href")
    assert await (await page.request.get(str(address))).body() == book.read_bytes()
    assert await page.evaluate("() => Object.keys(localStorage).filter(key => key.startsWith('seatime.upload'))") == []


async def test_an_upload_to_mux_survives_a_reload(
    visit: Visit, platform: Platform, empty_lesson: Lesson, movie: Path, mux: Simulator
) -> None:
    """Row A2: reloaded in the middle, the page asks Mux how far it is and sends what follows, not a byte before."""
    page = await visit(people.INSTRUCTOR, empty_lesson.upload_page)
    await slowed(page, 8 * MIB)
    await page.locator(FILE_INPUT).set_input_files(movie)
    upload = (await eventually(lambda: platform.lesson(empty_lesson.id, owner=people.INSTRUCTOR.id), _has_upload))[
        "muxUploadId"
    ]

    async def received() -> int:
        (mine,) = (one for one in await mux.uploads() if one["id"] == upload)
        return int(mine["received"])

    await eventually(received, lambda count: count > 9 * MIB)
    await page.reload()
    await expect(page.get_by_test_id("unfinished")).to_contain_text("movie.mp4")
    sent = Sent(page)
    await page.locator(FILE_INPUT).set_input_files(movie)
    await expect(page.get_by_test_id("resumed")).to_contain_text("Resumed at", timeout=PATIENCE_MS)
    found = await ready(page, platform, empty_lesson)
    size = movie.stat().st_size
    assert (found["videoProvider"], found["muxUploadId"]) == ("mux", upload)
    assert sent.ranges[0] == f"bytes */{size}"
    spans = [tuple(map(int, span[6:].split("/")[0].split("-"))) for span in sent.ranges[1:]]
    assert spans[0][0] > 9 * MIB
    assert [first for first, _ in spans[1:]] == [last + 1 for _, last in spans[:-1]]
    assert spans[-1][1] == size - 1


def _has_upload(lesson: Json) -> bool:
    return lesson["muxUploadId"] is not None


@pytest.mark.usefixtures("mux_is_away")
async def test_an_upload_in_parts_survives_a_lost_connection(
    visit: Visit, platform: Platform, empty_lesson: Lesson, movie: Path
) -> None:
    """Row A2: offline in the middle, the page says so and waits; back again, it goes on by itself."""
    page = await visit(people.INSTRUCTOR, empty_lesson.upload_page)
    held = await half_way(page, movie)
    await page.context.set_offline(True)
    for route in held:
        await route.abort("internetdisconnected")
    await expect(page.locator(phase("offline"))).to_contain_text("goes on by itself", timeout=PATIENCE_MS)
    there = {part["number"] for part in (await parts_of(platform, empty_lesson))["parts"]}
    sent = Sent(page)
    await page.unroute_all(behavior="ignoreErrors")
    await page.context.set_offline(False)
    assert (await ready(page, platform, empty_lesson))["videoProvider"] == "s3"
    assert there.isdisjoint(sent.parts)


async def test_an_upload_to_mux_survives_a_lost_connection(
    visit: Visit, platform: Platform, empty_lesson: Lesson, movie: Path, mux: Simulator
) -> None:
    """Row A2: the connection is lost in the middle of a chunk; back again, the same upload goes on by itself."""
    page = await visit(people.INSTRUCTOR, empty_lesson.upload_page)
    await slowed(page, 8 * MIB)
    await page.locator(FILE_INPUT).set_input_files(movie)
    found = await eventually(lambda: platform.lesson(empty_lesson.id, owner=people.INSTRUCTOR.id), _has_upload)

    async def received() -> int:
        (mine,) = (one for one in await mux.uploads() if one["id"] == found["muxUploadId"])
        return int(mine["received"])

    await eventually(received, lambda count: count > 9 * MIB)
    await page.context.set_offline(True)
    await expect(page.get_by_text("Currently offline")).to_be_visible(timeout=PATIENCE_MS)
    await page.context.set_offline(False)
    done = await ready(page, platform, empty_lesson)
    assert (done["videoProvider"], done["muxUploadId"]) == ("mux", found["muxUploadId"])


@pytest.mark.usefixtures("mux_is_away")
async def test_an_author_pauses_and_goes_on(
    visit: Visit, platform: Platform, empty_lesson: Lesson, movie: Path
) -> None:
    """Paused, nothing moves; gone on with, it ends well."""
    page = await visit(people.INSTRUCTOR, empty_lesson.upload_page)
    await half_way(page, movie)
    await page.get_by_role("button", name="Pause").click()
    await expect(page.locator(phase("paused"))).to_be_visible()
    assert (await platform.lesson(empty_lesson.id, owner=people.INSTRUCTOR.id))["processingStatus"] == "pending"
    await page.unroute_all(behavior="ignoreErrors")
    await page.get_by_role("button", name="Go on").click()
    assert (await ready(page, platform, empty_lesson))["videoProvider"] == "s3"


@pytest.mark.usefixtures("mux_is_away")
async def test_the_owner_reads_why_a_file_was_refused_by_us(visit: Visit, empty_lesson: Lesson, tmp_path: Path) -> None:
    """Row A9: with Mux away the first bytes are looked at here, and the page says what was wrong with them."""
    (tmp_path / "notes.mp4").write_bytes(b"these are only notes " * 500)
    page = await visit(people.INSTRUCTOR, empty_lesson.upload_page)
    await page.locator(FILE_INPUT).set_input_files(tmp_path / "notes.mp4")
    failed = page.get_by_role("status").filter(has_text="Failed")
    await expect(failed).to_contain_text("its first bytes are not those of a video", timeout=PATIENCE_MS)
    await page.get_by_role("button", name="Upload another file").click()
    await expect(page.locator(FILE_INPUT)).to_be_attached()
