"""The administrator's pages: a dead letter redriven, a class enrolled, videos moved to Mux; and nobody else gets in."""

import json
import re
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from aiokafka import AIOKafkaProducer
from playwright.async_api import expect

from devstack import people
from tests.e2e.browser.conftest import PATIENCE_MS, Visit
from tests.e2e.browser.lessons import Lesson
from tests.e2e.people import Platform, eventually

pytestmark = pytest.mark.browser

SERVICES = ("upload", "playback", "progress", "analytics")


async def poisoned(platform: Platform, topic: str, event_id: str, value: bytes) -> None:
    """A record on the topic that nobody can read."""
    producer = AIOKafkaProducer(bootstrap_servers=platform.stack.env["KAFKA_BOOTSTRAP_SERVERS"])
    await producer.start()
    try:
        await producer.send_and_wait(topic, value, key=event_id.encode(), headers=[("ce_id", event_id.encode())])
    finally:
        await producer.stop()


async def letters_of(platform: Platform, service: str, event_id: str) -> list[dict[str, Any]]:
    found = await platform.must(
        "GET", f"/api/operations/{service}/dead-letters?limit=1000", user=people.ADMIN.id, role="admin"
    )
    return [letter for letter in found["letters"] if letter["eventId"] == event_id]


async def test_a_dead_letter_is_redriven_from_the_page(visit: Visit, platform: Platform) -> None:
    """Row G3: laid aside by its consumer, seen with its reason, redriven with a note; the audit has who and why."""
    event_id = f"poison-{uuid4().hex[:8]}"
    await poisoned(platform, "quiz.graded", event_id, b'{"learnerId": "somebody", "score"')
    await eventually(lambda: letters_of(platform, "progress", event_id), lambda found: len(found) == 1)
    page = await visit(people.ADMIN, "/admin/dead-letters?service=progress")
    letter = page.locator(f'[data-testid="letter"][data-event="{event_id}"]')
    await expect(letter).to_contain_text("It can’t be read by progress", timeout=PATIENCE_MS)
    await letter.get_by_role("button", name="Redrive…").click()
    dialog = page.get_by_role("dialog")
    await expect(dialog).to_contain_text("nothing counts twice")
    await dialog.get_by_label("Why").fill(f"trying {event_id}")
    await dialog.get_by_role("button", name="Redrive").click()
    await expect(dialog).to_have_count(0)

    async def again() -> list[dict[str, str]]:
        headers = [dict(record.headers) for record in await platform.records("quiz.graded")]
        return [{name: value.decode() for name, value in one.items()} for one in headers if "x-redrive" in one]

    written = await eventually(again, lambda found: any(one["ce_id"] == event_id for one in found))
    (redriven,) = [one for one in written if one["ce_id"] == event_id]
    assert redriven["x-redrive"].startswith("progress/")
    # The cause is not mended: it is another dead letter now, which says so.
    second = letter.filter(has_text="It was redriven before and died again.")
    await expect(second).to_be_visible(timeout=PATIENCE_MS)
    await page.get_by_role("tab", name="Decided").click()
    await expect(letter).to_have_attribute("data-state", "redriven", timeout=PATIENCE_MS)
    await page.get_by_role("tab", name="Audit").click()
    entry = page.get_by_test_id("audit-entry").filter(has_text=f"trying {event_id}")
    await expect(entry).to_contain_text(f"redrive asked for by {people.ADMIN.id}")


async def test_a_class_is_enrolled_and_the_bad_row_named(
    visit: Visit, platform: Platform, empty_lesson: Lesson
) -> None:
    """One row that makes no sense is refused by its line; all others count, and may play at once."""
    course, learner = empty_lesson.course, f"learner-{uuid4().hex[:8]}"
    page = await visit(people.ADMIN, f"/admin/enrollments?course={course}")
    many = page.get_by_role("region", name="Enrol many")
    rows = [f"{learner};active;class-a", "", "somebody;perhaps;class-a", f"{people.HONEST.id};suspended;"]
    await many.get_by_role("textbox").fill("\n".join(["learner id;status;cohort", *rows]))
    await many.get_by_role("button", name="Apply 3 rows").click()
    await expect(many.get_by_test_id("report-refused")).to_have_count(1)
    await expect(many.get_by_test_id("report-refused").get_by_role("rowheader")).to_have_text("4")
    await expect(many.get_by_test_id("report-refused")).to_contain_text("somebody")
    await expect(many.get_by_test_id("report-changed")).to_have_count(2)
    enrolled = page.get_by_test_id("enrollment")
    await expect(enrolled.filter(has_text=learner)).to_contain_text("class-a")
    await expect(enrolled.filter(has_text=people.HONEST.id)).to_contain_text("suspended")
    await expect(enrolled.filter(has_text="somebody")).to_have_count(0)
    found = await platform.must("GET", f"/api/courses/{course}/enrollments", user=people.ADMIN.id, role="admin")
    states = {one["learnerId"]: (one["status"], one["cohort"]) for one in found["enrollments"]}
    assert states[learner] == ("active", "class-a")
    assert states[people.HONEST.id][0] == "suspended"


async def test_somebody_is_taken_out_after_a_yes(visit: Visit, platform: Platform, empty_lesson: Lesson) -> None:
    """The dialog says what happens; without a yes nothing does."""
    page = await visit(people.ADMIN, f"/admin/enrollments?course={empty_lesson.course}")
    row = page.get_by_test_id("enrollment").filter(has_text=people.SKIPPER.id)
    for answer, left in (("Cancel", 1), ("Take out", 0)):
        await row.get_by_role("button", name=f"Change {people.SKIPPER.id}").click()
        await page.get_by_role("menuitem", name="Take out…").click()
        dialog = page.get_by_role("alertdialog")
        await expect(dialog).to_contain_text("Progress and completions stay")
        await dialog.get_by_role("button", name=answer, exact=True).click()
        await expect(dialog).to_have_count(0)
        await expect(row).to_have_count(left)


async def test_a_course_moves_to_mux_and_back_from_the_page(
    visit: Visit, platform: Platform, empty_lesson: Lesson, clip: Path
) -> None:
    """Planned with its size and cost, moved after a yes, watched until it is done, and taken back."""
    lesson, title = empty_lesson.id, f"Moving {empty_lesson.course}"
    await platform.must(
        "PUT",
        f"/api/courses/{empty_lesson.course}",
        user=people.INSTRUCTOR.id,
        role="instructor",
        json={"title": title, "published": True},
    )
    await platform.must(
        "POST",
        f"/api/courses/lessons/{lesson}/upload-video",
        user=people.INSTRUCTOR.id,
        role="instructor",
        files={"video": ("clip.mp4", clip.read_bytes(), "video/mp4")},
    )
    page = await visit(people.ADMIN, "/admin/migrations")
    await page.get_by_role("radio", name="The lessons of some courses").check()
    await page.get_by_role("checkbox", name=title, exact=True).check()
    await page.get_by_role("button", name="See what it comes to").click()
    plan = page.get_by_test_id("plan")
    await expect(plan.get_by_test_id("figure-videos")).to_have_text("1", timeout=PATIENCE_MS)
    await expect(plan.get_by_test_id("figure-size")).to_contain_text(re.compile(r"[kM]B"))
    await plan.get_by_role("button", name="Move 1 video…").click()
    await page.get_by_role("alertdialog").get_by_role("button", name="Begin").click()
    await expect(page).to_have_url(re.compile(r"/admin/migrations/[0-9a-f-]{36}$"))
    await expect(page.get_by_test_id("state")).to_have_text("Finished", timeout=3 * PATIENCE_MS)
    await expect(page.get_by_test_id("transfer-migrated")).to_contain_text(lesson)
    assert (await platform.lesson(lesson, owner=people.INSTRUCTOR.id))["videoProvider"] == "mux"

    await page.get_by_role("button", name="Roll back…").click()
    dialog = page.get_by_role("alertdialog")
    await expect(dialog).to_contain_text("learners’ progress stays")
    await dialog.get_by_role("button", name="Roll back").click()
    await expect(page.get_by_test_id("state")).to_have_text("Rolled back", timeout=3 * PATIENCE_MS)
    await eventually(
        lambda: platform.lesson(lesson, owner=people.INSTRUCTOR.id), lambda found: found["videoProvider"] == "s3"
    )


@pytest.mark.parametrize("person", [people.HONEST, people.INSTRUCTOR], ids=lambda person: person.role)
async def test_nobody_else_gets_in_and_nothing_reaches_them(
    visit: Visit, platform: Platform, person: people.Person
) -> None:
    """Neither by the address nor by the services: the page says so, and no answer of an administrator's route comes."""
    page = await visit(person, "/")
    await expect(page.get_by_role("navigation", name="Main").get_by_role("link", name="Platform")).to_have_count(0)
    answered: list[str] = []
    page.on("response", lambda answer: answered.append(answer.url))
    for path in ("", "/dead-letters", "/migrations", "/enrollments", "/keys", "/webhooks", "/drift", "/cost"):
        await page.goto(f"/admin{path}")
        await expect(page.get_by_role("alert")).to_contain_text("Not for you")
    private = re.compile(
        r"/api/(operations|migrations|playback/signing-keys|analytics/(drifts|cost|webhooks)|courses/[^/]+/enrollments)"
    )
    assert [url for url in answered if private.search(url)] == []
    asked = [
        *(f"/api/operations/{service}/{what}" for service in SERVICES for what in ("health", "dead-letters")),
        "/api/migrations",
        "/api/playback/signing-keys",
        "/api/analytics/drifts",
        "/api/analytics/webhooks",
        "/api/analytics/cost",
    ]
    for path in asked:
        refused = await platform.ask("GET", path, user=person.id, role=person.role)
        assert refused.status_code == 403, path
        assert set(json.loads(refused.text)) <= {"type", "title", "status", "detail"}, path
