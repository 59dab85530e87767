"""Captions from the author's page to the learner's transcript: read along, search, and go to a sentence."""

from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from devstack import people
from tests.e2e.browser.conftest import PATIENCE_MS, Visit
from tests.e2e.browser.lessons import CLIP_S, Lesson, Player
from tests.e2e.people import Platform, eventually

pytestmark = pytest.mark.browser

VTT = """WEBVTT

00:00.000 --> 00:02.000
Welcome back. Today we tie a bowline,

00:02.000 --> 00:04.000
the king of knots.

00:04.000 --> 00:06.000
Make a small loop in the rope.

00:06.000 --> 00:08.000
Now pull tight!

00:08.000 --> 00:12.000
And that is it: a loop that never slips.
"""


@pytest.fixture
async def spoken(platform: Platform, lesson: Lesson) -> Lesson:
    """The lesson with captions that learners have."""
    body = {"languageCode": "en", "name": "English", "vtt": VTT}
    path = f"/api/lessons/{lesson.id}/captions"
    await platform.must("POST", path, user=people.INSTRUCTOR.id, role="instructor", json=body)
    await eventually(
        lambda: platform.must("GET", path, user=people.INSTRUCTOR.id, role="instructor"),
        lambda found: [caption["status"] for caption in found["captions"]] == ["ready"],
    )
    return lesson


def _sentence(text: str) -> str:
    return f"section:has-text('Transcript') li button:has-text('{text}')"


async def _read(page: Page) -> list[str]:
    """The sentences that a learner sees who comes now."""
    await page.reload()
    sentences = page.get_by_role("region", name="Transcript").get_by_role("listitem")
    await sentences.first.wait_for()
    return await sentences.all_text_contents()


async def test_a_sentence_is_found_and_gone_to(visit: Visit, platform: Platform, spoken: Lesson) -> None:
    """Row A11: a search marks and counts, a click on a sentence seeks there, what was jumped over is not watched."""
    page = await visit(people.HONEST, spoken.page)
    player = Player(page)
    await player.until_loaded()
    await page.get_by_role("searchbox").fill("LOOP")
    hits = page.get_by_test_id("hits")
    await expect(hits).to_have_text("1 of 2")
    await expect(page.locator("mark")).to_have_text(["loop", "loop"])
    await page.get_by_role("searchbox").press("Enter")
    await expect(hits).to_have_text("2 of 2")
    assert await player.position() == 0

    await page.locator(_sentence("never slips")).click()
    await player.until_at(8)
    await expect(page.locator(_sentence("never slips"))).to_have_attribute("aria-current", "true")
    await player.toggle()
    await player.until_at(10)
    await player.toggle()
    await player.until_paused()
    stood = await player.position()

    progress = await eventually(
        lambda: platform.progress(spoken.id, people.HONEST.id), lambda found: bool(found["covered"])
    )
    assert progress["covered"] == [[pytest.approx(8, abs=0.3), pytest.approx(stood, abs=0.75)]]
    assert progress["coverage"] < 6 / CLIP_S


async def test_the_transcript_follows_what_is_spoken(visit: Visit, spoken: Lesson) -> None:
    """Row A11: while the video plays, the sentence that is spoken is marked; cues of one sentence are one."""
    page = await visit(people.HONEST, spoken.page)
    player = Player(page)
    await player.until_loaded()
    first = page.get_by_role("button", name="Welcome back. Today we tie a bowline, the king of knots.")
    await expect(first).to_have_attribute("aria-current", "true")
    await player.toggle()
    await player.until_at(6)
    await expect(page.locator(_sentence("pull tight"))).to_have_attribute("aria-current", "true")
    await expect(first).not_to_have_attribute("aria-current", "true")


async def test_the_keyboard_is_enough(visit: Visit, spoken: Lesson) -> None:
    """Row A11: from the search field by Tab to a sentence, Enter goes there, Escape ends the search."""
    page = await visit(people.HONEST, spoken.page)
    player = Player(page)
    await player.until_loaded()
    await page.get_by_role("searchbox").focus()
    await page.keyboard.type("knots")
    await expect(page.get_by_test_id("hits")).to_have_text("1 of 1")
    await page.keyboard.press("Escape")
    await expect(page.locator("mark")).to_have_count(0)
    await page.keyboard.press("Tab")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Tab")
    await expect(page.locator(_sentence("pull tight"))).to_be_focused()
    await page.keyboard.press("Enter")
    await player.until_at(6)


async def test_the_author_uploads_edits_and_deletes_captions(visit: Visit, lesson: Lesson, tmp_path: Path) -> None:
    """Row A10: a bad file is refused with its line, a good one becomes a transcript, an edit replaces it, both go."""
    (tmp_path / "bad.vtt").write_text("WEBVTT\n\n00:00,000 --> 00:02,000\nWith commas\n")
    (tmp_path / "good.vtt").write_text(VTT)
    page = await visit(people.INSTRUCTOR, lesson.upload_page)
    await page.get_by_role("radio", name=lesson.id).check()
    await page.get_by_label("Upload a WebVTT file").check()
    await page.get_by_label("File", exact=True).set_input_files(tmp_path / "bad.vtt")
    await page.get_by_role("button", name="Upload", exact=True).click()
    await expect(page.get_by_role("alert")).to_contain_text("line 3")
    await page.get_by_label("File", exact=True).set_input_files(tmp_path / "good.vtt")
    await page.get_by_role("button", name="Upload", exact=True).click()
    caption = page.get_by_test_id("caption")
    await expect(caption).to_contain_text("Ready", timeout=PATIENCE_MS)
    await expect(page.get_by_role("alert")).to_have_count(0)

    await page.get_by_role("button", name="Edit: English").click()
    text = caption.get_by_role("textbox")
    await expect(text).to_have_value(VTT)
    await text.fill(VTT.replace("pull tight!", "pull --> tight!"))
    await caption.get_by_role("button", name="Save").click()
    await expect(caption.get_by_role("alert")).to_contain_text("line 13")
    await expect(text).to_have_attribute("aria-invalid", "true")
    await text.fill(VTT.replace("pull tight!", "dress the knot."))
    await caption.get_by_role("button", name="Save").click()
    await expect(text).to_have_count(0)
    await expect(caption).to_contain_text("Ready", timeout=PATIENCE_MS)

    learner = await visit(people.HONEST, lesson.page)
    await eventually(lambda: _read(learner), lambda sentences: "0:06Now dress the knot." in sentences)
    await page.get_by_role("button", name="Delete: English").click()
    await page.get_by_role("button", name="Yes, delete: English").click()
    await expect(caption).to_have_count(0)


async def test_the_author_has_captions_generated_and_edits_them(visit: Visit, lesson: Lesson) -> None:
    """Row A10: Mux writes the captions, the page shows how they stand, and their text can be opened and changed."""
    page = await visit(people.INSTRUCTOR, lesson.upload_page)
    await page.get_by_role("radio", name=lesson.id).check()
    await page.get_by_role("button", name="Generate").click()
    caption = page.get_by_test_id("caption")
    await expect(caption).to_contain_text("generated")
    await expect(caption).to_contain_text("Ready", timeout=PATIENCE_MS)
    await page.get_by_role("button", name="Edit: English").click()
    text = caption.get_by_role("textbox")
    await expect(text).to_have_value(f"WEBVTT\n\n00:00:00.000 --> 00:00:{CLIP_S:06.3f}\n[no speech recognised]\n")
    await text.fill(VTT)
    await caption.get_by_role("button", name="Save").click()
    await expect(caption).to_contain_text("uploaded")
    await expect(caption).to_contain_text("Ready", timeout=PATIENCE_MS)
