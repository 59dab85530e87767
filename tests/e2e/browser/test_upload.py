"""A video goes up from a browser, by Mux's uploader on our page and by Mux's upload library alone."""

import base64
import re
from pathlib import Path

import pytest
from playwright.async_api import expect

from devstack import people
from devstack.paths import WEB
from tests.e2e.browser.conftest import PATIENCE_MS, Visit
from tests.e2e.browser.lessons import Lesson
from tests.e2e.people import Platform

pytestmark = pytest.mark.browser

UPCHUNK = WEB / "node_modules/@mux/upchunk/dist/upchunk.js"
FILE_INPUT = "mux-uploader #hidden-file-input"


async def test_the_owner_uploads_until_the_video_is_ready(
    visit: Visit, platform: Platform, empty_lesson: Lesson, clip: Path
) -> None:
    """A file given to the page's uploader becomes a lesson that is ready, and the page says both."""
    page = await visit(people.INSTRUCTOR, empty_lesson.upload_page)
    await page.locator(FILE_INPUT).set_input_files(clip)

    await expect(page.get_by_role("status").get_by_text(re.compile("^Ready"))).to_be_visible(timeout=PATIENCE_MS)
    await expect(page.get_by_role("link", name="Watch")).to_be_visible()
    found = await platform.lesson(empty_lesson.id, owner=people.INSTRUCTOR.id)
    assert found["processingStatus"] == "ready"
    assert found["duration"] == pytest.approx(3, abs=0.5)


async def test_the_owner_reads_why_a_file_was_refused(visit: Visit, empty_lesson: Lesson, tmp_path: Path) -> None:
    """A file that is no video ends in an error with a reason, and another can be sent."""
    (tmp_path / "notes.mp4").write_bytes(b"these are only notes " * 500)
    page = await visit(people.INSTRUCTOR, empty_lesson.upload_page)
    await page.locator(FILE_INPUT).set_input_files(tmp_path / "notes.mp4")

    failed = page.get_by_role("status").filter(has_text="Failed")
    await expect(failed).to_be_visible(timeout=PATIENCE_MS)
    assert len(await failed.inner_text()) > len("Failed") + 10
    await page.get_by_role("button", name="Upload another file").click()
    await expect(page.locator(FILE_INPUT)).to_be_attached()
    await expect(failed).to_have_count(0)


async def test_a_lesson_is_made_on_the_upload_page(visit: Visit, platform: Platform, empty_lesson: Lesson) -> None:
    """A title is all it takes: the new lesson is chosen, and the course has it."""
    page = await visit(people.INSTRUCTOR, empty_lesson.upload_page)
    await page.get_by_label("Or create one").fill("Knots, part two")
    await page.get_by_role("button", name="Create").click()

    await expect(page.get_by_role("radio", name="Knots, part two")).to_be_checked()
    course = await platform.must("GET", f"/api/courses/{empty_lesson.course}", user=people.HONEST.id)
    assert [lesson["title"] for lesson in course["lessons"]][-1] == "Knots, part two"


async def test_upchunk_alone_uploads_in_chunks(
    visit: Visit, platform: Platform, empty_lesson: Lesson, film: Path
) -> None:
    """Mux's upload library, on a page of ours, sends a video in several chunks to where the service says."""
    made = await platform.must(
        "POST",
        "/api/videos/mux/upload-url",
        user=people.INSTRUCTOR.id,
        role="instructor",
        json={"lessonId": empty_lesson.id},
    )
    page = await visit(people.INSTRUCTOR, "/")
    await page.add_script_tag(path=UPCHUNK)
    chunks = await page.evaluate(
        """async ([endpoint, encoded]) => {
            const bytes = Uint8Array.from(atob(encoded), (c) => c.charCodeAt(0));
            const file = new File([bytes], 'film.mp4', { type: 'video/mp4' });
            const upload = UpChunk.createUpload({ endpoint, file, chunkSize: 256 });
            let chunks = 0;
            upload.on('chunkSuccess', () => { chunks += 1; });
            await new Promise((resolve, reject) => {
                upload.on('success', resolve);
                upload.on('error', (event) => reject(new Error(event.detail.message)));
            });
            return chunks;
        }""",
        [made["uploadUrl"], base64.b64encode(film.read_bytes()).decode()],
    )

    assert chunks > 1
    await platform.until_ready(empty_lesson.id, owner=people.INSTRUCTOR.id)
