"""An author records a lesson's video in the browser: Chromium's own pretended camera, the real recorder and upload."""

import re

import pytest
from playwright.async_api import Page, expect

from devstack import people
from tests.e2e.browser.conftest import FLAGS, PATIENCE_MS, Visit
from tests.e2e.browser.lessons import Lesson, Player
from tests.e2e.people import Platform

pytestmark = pytest.mark.browser

ALLOWED = "--use-fake-ui-for-media-stream"
DEVICES = "--use-fake-device-for-media-stream"
NO_DEVICES = "--use-fake-device-for-media-stream=device-count=0"
REFUSED = "--deny-permission-prompts"


@pytest.fixture
async def chromium_flags(request: pytest.FixtureRequest) -> list[str]:
    return [*FLAGS, *getattr(request, "param", [ALLOWED, DEVICES])]


async def _choose(page: Page, source: str) -> None:
    await page.get_by_role("button", name="Record instead").click()
    await page.get_by_role("button", name=source).click()


async def _record(page: Page, seconds: int) -> None:
    """Begin, and stop when at least so much is recorded."""
    await page.get_by_role("button", name="Record", exact=True).click()
    await _until_recorded(page, seconds)
    await page.get_by_role("button", name="Stop").click()
    await expect(page.get_by_test_id("take")).to_be_visible()


async def _until_recorded(page: Page, seconds: int) -> None:
    """Each length is shown for a second only, so one that was missed is as good."""
    await page.wait_for_function(
        """seconds => {
            const [minutes, rest] = (document.querySelector("[data-testid=length]")?.textContent ?? "0:00").split(":");
            return 60 * Number(minutes) + Number(rest) >= seconds;
        }""",
        arg=seconds,
    )


async def test_a_recording_becomes_a_lesson_that_plays(visit: Visit, platform: Platform, empty_lesson: Lesson) -> None:
    """Row A15: camera and microphone are recorded, the take is seen and sent to Mux, and a learner watches it."""
    page = await visit(people.INSTRUCTOR, empty_lesson.upload_page)
    await _choose(page, "Camera")
    await expect(page.get_by_label("Camera").locator("option")).not_to_have_count(0)
    await expect(page.get_by_label("Microphone").locator("option")).not_to_have_count(0)
    await expect(page.get_by_role("meter")).not_to_have_attribute("aria-valuenow", "0")
    await _record(page, 3)

    take = page.get_by_test_id("take")
    await page.wait_for_function("take => Number.isFinite(take.duration)", arg=await take.element_handle())
    recorded = float(await take.evaluate("take => take.duration"))
    assert 1 < recorded < 60
    await page.get_by_role("button", name="Upload this recording").click()
    await expect(page.get_by_role("status").get_by_text(re.compile("^Ready"))).to_be_visible(timeout=PATIENCE_MS)

    found = await platform.lesson(empty_lesson.id, owner=people.INSTRUCTOR.id)
    assert (found["processingStatus"], found["videoProvider"]) == ("ready", "mux")
    # Mux goes by the pictures, and an encoder without enough of the processor leaves the last ones out.
    assert 0.5 < found["duration"] < recorded + 0.5
    await platform.playback(empty_lesson.id, people.HONEST.id)
    learner = await visit(people.HONEST, empty_lesson.page)
    player = Player(learner)
    await player.until_loaded()
    await player.toggle()
    await player.until_at(0.5)


async def test_a_take_is_made_again(visit: Visit, empty_lesson: Lesson) -> None:
    """A take that is not liked goes, the camera opens again, pauses are not in the length, and nothing was sent."""
    page = await visit(people.INSTRUCTOR, empty_lesson.upload_page)
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.method) if request.method in {"POST", "PUT"} else None)
    await _choose(page, "Camera")
    await _record(page, 1)
    await page.get_by_role("button", name="Record again").click()
    await page.get_by_role("button", name="Record", exact=True).click()
    await page.get_by_role("button", name="Pause").click()
    await expect(page.get_by_text("paused", exact=True)).to_be_visible()
    shown = await page.get_by_test_id("length").inner_text()
    await page.get_by_role("button", name="Stop").click()

    await expect(page.get_by_test_id("take-length")).to_contain_text(f"{shown} long")
    assert sent == []


async def test_the_screen_is_recorded_with_the_voice(visit: Visit, empty_lesson: Lesson) -> None:
    """Screen instead of camera: the take has the screen's picture and the microphone's sound."""
    page = await visit(people.INSTRUCTOR, empty_lesson.upload_page)
    await _choose(page, "Screen")
    await _record(page, 2)
    take = page.get_by_test_id("take")
    await page.wait_for_function("take => take.videoWidth > 0", arg=await take.element_handle())
    sounds = await take.evaluate(
        """async take => {
            const bytes = await (await fetch(take.src)).arrayBuffer();
            return (await new AudioContext().decodeAudioData(bytes)).duration;
        }"""
    )
    assert 0.5 < sounds < 60


async def test_a_camera_that_goes_leaves_the_take(visit: Visit, empty_lesson: Lesson) -> None:
    """Row A15: when the camera is unplugged in the middle, what was recorded is kept, and the page says why."""
    page = await visit(people.INSTRUCTOR, empty_lesson.upload_page)
    await _choose(page, "Camera")
    await page.get_by_role("button", name="Record", exact=True).click()
    await _until_recorded(page, 1)
    await page.get_by_label("What is being recorded").evaluate(
        "video => video.srcObject.getVideoTracks()[0].dispatchEvent(new Event('ended'))"
    )

    await expect(page.get_by_text("The camera was disconnected.")).to_be_visible()
    await expect(page.get_by_test_id("take")).to_be_visible()
    await expect(page.get_by_role("button", name="Upload this recording")).to_be_enabled()


@pytest.mark.parametrize(
    ("chromium_flags", "words"),
    [
        pytest.param([REFUSED, DEVICES], "Access to the camera was refused", id="refused"),
        pytest.param([ALLOWED, NO_DEVICES], "No camera was found", id="no device"),
    ],
    indirect=["chromium_flags"],
)
async def test_why_there_is_no_picture_is_said(visit: Visit, empty_lesson: Lesson, words: str) -> None:
    """Row A15: a refusal and a missing camera are told apart, with advice, and a file can be uploaded instead."""
    page = await visit(people.INSTRUCTOR, empty_lesson.upload_page)
    await _choose(page, "Camera")
    told = page.get_by_role("alert")
    await expect(told).to_contain_text(words)
    assert len(await told.inner_text()) > len(words) + 20
    await page.get_by_role("button", name="Upload a file instead").click()
    await expect(page.locator("mux-uploader")).to_be_attached()
