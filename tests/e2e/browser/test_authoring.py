"""Authors set what completes a lesson, by keyboard and told whom it affects; learners are told what is missing."""

from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from devstack import people
from tests.e2e.browser.conftest import PATIENCE_MS, Visit
from tests.e2e.browser.lessons import CLIP_S, Lesson, Player
from tests.e2e.people import Platform, eventually

pytestmark = pytest.mark.browser

OWNER = people.INSTRUCTOR


async def _press(page: Page, *keys: str) -> None:
    for key in keys:
        await page.keyboard.press(key)


async def test_a_required_part_is_drawn_by_keyboard_and_missed_by_the_learner(
    visit: Visit, platform: Platform, lesson: Lesson
) -> None:
    """The author draws 0:05 to 0:08 with keys alone; who has watched only the beginning is told that it is missing."""
    page = await visit(OWNER, f"{lesson.edit_page}?tab=completion")
    cursor = page.get_by_role("slider", name="Place in the video")
    await cursor.focus()
    await _press(page, *["ArrowRight"] * 5, "Enter", *["ArrowRight"] * 3, "Enter")
    await expect(page.get_by_role("slider", name="Part 1: begins")).to_have_attribute("aria-valuetext", "0:05")
    await expect(page.get_by_role("slider", name="Part 1: ends")).to_have_attribute("aria-valuetext", "0:08")
    await expect(page.get_by_test_id("affects").get_by_role("listitem").first).to_be_visible()
    await page.get_by_role("button", name="Save the rules").press("Enter")
    await expect(page.get_by_text("Saved. Learners are told within seconds.")).to_be_visible()
    rules = (await platform.lesson(lesson.id, owner=OWNER.id))["rules"]
    assert rules["requiredSegments"] == [[5, 8]]

    learner = await visit(people.HONEST, lesson.page)
    player = Player(learner)
    await player.until_loaded()
    await player.toggle()
    await player.until_at(2)
    await player.toggle()
    await eventually(
        lambda: platform.progress(lesson.id, people.HONEST.id),
        lambda found: found["covered"] and any("0:05–0:08" in reason["message"] for reason in found["reasons"]),
    )
    await learner.reload()
    missing = learner.locator('[data-testid="reason"][data-code="required_segments"]')
    await expect(missing).to_contain_text("0:05–0:08", timeout=PATIENCE_MS)
    await expect(learner.get_by_test_id("required-range")).to_have_attribute("title", "Required: 0:05 – 0:08")


async def test_whom_a_rule_affects_is_told_before_it_is_saved(visit: Visit, platform: Platform, lesson: Lesson) -> None:
    """A learner has watched a third; the author reads that a third being enough would complete one learner."""
    learner = await visit(people.HONEST, lesson.page)
    player = Player(learner)
    await player.until_loaded()
    await player.toggle()
    await player.until_at(CLIP_S / 3)
    await player.toggle()
    await eventually(lambda: platform.progress(lesson.id, people.HONEST.id), lambda found: found["coverage"] >= 0.25)

    page = await visit(OWNER, f"{lesson.edit_page}?tab=completion")
    await page.get_by_role("radio", name="This lesson has its own share").check()
    await page.get_by_label("in percent").fill("20")
    await expect(page.get_by_test_id("affects")).to_contain_text("1 learner who is not complete yet would be.")
    assert not (await platform.progress(lesson.id, people.HONEST.id))["complete"]


async def test_a_lesson_is_deleted_after_a_yes_that_knows_what_goes(
    visit: Visit, platform: Platform, lesson: Lesson
) -> None:
    """The question says that the video goes too; Escape leaves all as it is, the button does not."""
    page = await visit(OWNER, lesson.edit_page)
    await page.get_by_role("button", name="Delete…").click()
    question = page.get_by_role("alertdialog")
    await expect(question).to_contain_text("its video, from the video platform and from storage")
    await page.keyboard.press("Escape")
    await expect(question).to_have_count(0)
    assert (await platform.lesson(lesson.id, owner=OWNER.id))["processingStatus"] == "ready"

    await page.get_by_role("button", name="Delete…").click()
    await question.get_by_role("button", name="Delete the lesson").click()
    await expect(page.get_by_text("No lessons yet")).to_be_visible()
    course = await platform.must("GET", f"/api/courses/{lesson.course}", user=OWNER.id, role="instructor")
    assert course["lessons"] == []


async def test_a_course_is_made_with_its_lesson(visit: Visit, platform: Platform) -> None:
    """From the first page to a course with a lesson, which nobody else sees before it is published."""
    page = await visit(OWNER, "/")
    await page.get_by_role("button", name="New course").click()
    await page.get_by_label("Title of the new course").fill("Splicing")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", name="Splicing")).to_be_visible()
    await page.get_by_label("Add a lesson").fill("The long splice")
    await page.get_by_role("button", name="Create").click()
    await expect(page.get_by_test_id("authored-lesson")).to_contain_text("The long splice")

    course = page.url.split("/courses/")[1].split("/")[0]
    found = await platform.must("GET", f"/api/courses/{course}", user=OWNER.id, role="instructor")
    assert (found["title"], found["published"]) == ("Splicing", False)
    hidden = await platform.ask("GET", f"/api/courses/{course}", user=people.HONEST.id)
    assert hidden.status_code == 404
    await platform.must("DELETE", f"/api/courses/{course}", user=OWNER.id, role="instructor")


async def test_a_document_is_stored_and_a_video_asks_for_its_lesson(visit: Visit, clip: Path, tmp_path: Path) -> None:
    """One place for any file: a document goes to S3 and can be downloaded, a video needs a lesson."""
    document = tmp_path / "knots.pdf"
    document.write_bytes(b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n")
    page = await visit(OWNER, "/uploads")
    await page.get_by_test_id("file-input").set_input_files(document)
    stored = page.get_by_test_id("stored-file")
    await expect(stored).to_contain_text("knots.pdf", timeout=PATIENCE_MS)
    address = await stored.get_by_role("link", name="Download").get_attribute("href")
    answer = await page.request.get(str(address))
    assert await answer.body() == document.read_bytes()

    await page.get_by_role("button", name="Choose another file").click()
    await page.get_by_test_id("file-input").set_input_files(clip)
    await expect(page.get_by_role("alert")).to_contain_text("choose the lesson")
