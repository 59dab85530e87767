"""What course owners do on their pages: look on live, judge, take figures along, and see no small group."""

import itertools
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

import asyncpg
import pytest
from playwright.async_api import expect

from analytics_service import store_groups
from devstack import people
from devstack.stack import Stack
from tests.e2e.browser.conftest import PATIENCE_MS, Visit
from tests.e2e.browser.lessons import Lesson
from tests.e2e.people import Json, Platform, eventually
from tests.proxy import Proxy, proxy

pytestmark = pytest.mark.browser

LEARNERS = (people.HONEST.id, people.SKIPPER.id)
LONG_S = 3600.0
HALF_AN_HOUR_AGO = time.time() - 1800
_turns = itertools.count()


def beats(count: int, *, until_s: float, seconds: float = 2.0, rate: float = 1.0, media_s: float = 8.0) -> list[Json]:
    """Honest ones, `seconds` of real time each, the last of which ends at `until_s`; they play the same media again."""
    began = until_s - count * seconds
    media = min(media_s, seconds * rate)
    return [
        {
            "seq": number,
            "since": int((began + number * seconds) * 1000),
            "at": int((began + (number + 1) * seconds) * 1000),
            "position": media,
            "rate": rate,
            "watched_segments": [[0, media]],
        }
        for number in range(count)
    ]


def past(platform: Platform, lesson: Lesson, learner: str) -> str:
    return platform.grant_from_the_past(learner, lesson.id, lesson.course, duration_s=LONG_S, age_s=LONG_S)


async def watched(platform: Platform, lesson: Lesson, *learners: str) -> None:
    """Each of them has watched a few seconds, half an hour ago, and the owner's figures have it.

    At another time in each test: a learner's time is credited once, whatever the lesson.
    """
    ends = HALF_AN_HOUR_AGO - 10 * next(_turns)
    for learner in learners:
        report = await platform.report(past(platform, lesson, learner), beats(4, until_s=ends))
        assert report.status_code == 202, report.text
    await eventually(
        lambda: platform.numbers(lesson.id, owner=people.INSTRUCTOR.id),
        lambda found: found["uniqueViewers"] == len(learners) and found["totalWatchTime"] >= 8 * len(learners),
    )


@asynccontextmanager
async def production(stack: Stack) -> AsyncIterator[None]:
    """Groups are at least as large as in production."""
    connection = await asyncpg.connect(stack.env["DATABASE_URL_ANALYTICS_WORKER"])
    usual = await store_groups.smallest_group(connection)
    await store_groups.set_smallest_group(connection, 5)
    try:
        yield
    finally:
        await store_groups.set_smallest_group(connection, usual)
        await connection.close()


@pytest.fixture
async def wire(stack: Stack) -> AsyncIterator[Proxy]:
    """What stands between a browser and the system, and can be cut."""
    address = urlsplit(stack.urls["web"])
    async with proxy("127.0.0.1", address.port or 80) as through:
        yield through


async def test_a_course_shows_what_was_watched_and_leads_to_who_watched_it(
    visit: Visit, platform: Platform, empty_lesson: Lesson
) -> None:
    """From the course to the lesson, to its learners, to one of them, whose refused seconds are said in words."""
    lesson = empty_lesson
    await watched(platform, lesson, people.HONEST.id)
    faster = {**beats(1, until_s=time.time() - 600)[0], "watched_segments": [[20, 60]], "position": 60}
    assert (await platform.report(past(platform, lesson, people.HONEST.id), [faster])).status_code == 202
    await eventually(lambda: platform.progress(lesson.id, people.HONEST.id), lambda found: bool(found["cuts"]))

    page = await visit(people.INSTRUCTOR, f"/dashboard/courses/{lesson.course}")
    row = page.get_by_test_id("lesson-row")
    await expect(row.get_by_role("cell").nth(1)).to_have_text("1", timeout=PATIENCE_MS)
    await row.get_by_role("link").click()
    await expect(page.get_by_test_id("figure-viewers")).to_have_text("1", timeout=PATIENCE_MS)
    await page.get_by_role("link", name="Learners").click()
    await page.get_by_test_id("learner").get_by_role("link", name=people.HONEST.id).click()
    await expect(page.get_by_test_id("refused")).to_contain_text("played faster than the course allows")
    await expect(page.get_by_test_id("session")).to_have_count(2)
    await expect(page.get_by_test_id("attempt")).to_have_count(1)


async def test_a_small_group_is_named_as_one_and_never_shown_as_nobody(
    visit: Visit, platform: Platform, empty_lesson: Lesson, stack: Stack
) -> None:
    """With the group size of production, two viewers are no figures: the pages say so, and why."""
    await watched(platform, empty_lesson, *LEARNERS)
    async with production(stack):
        page = await visit(people.INSTRUCTOR, f"/dashboard/courses/{empty_lesson.course}")
        await expect(page.get_by_test_id("lesson-row").get_by_test_id("withheld")).to_have_text(
            "under 5", timeout=PATIENCE_MS
        )
        await expect(page.get_by_test_id("figure-views")).to_have_count(0)

        await page.goto(empty_lesson.dashboard)
        withheld = page.get_by_test_id("withheld")
        await expect(withheld.first).to_contain_text("Fewer than 5 people", timeout=PATIENCE_MS)
        await expect(withheld.first).to_contain_text("single people could be told")
        await expect(page.get_by_test_id("figure-views")).to_have_count(0)
        await expect(page.get_by_text("No one has watched this lesson yet.")).to_have_count(0)


async def test_an_owner_decides_about_odd_watching(visit: Visit, platform: Platform, empty_lesson: Lesson) -> None:
    """Two players at once at double speed are in the queue, with reasons; the decision is kept with its note."""
    ends = time.time() - 600
    for _ in range(2):
        twice = beats(20, until_s=ends, seconds=40, rate=2.0, media_s=80)
        assert (await platform.report(past(platform, empty_lesson, people.SKIPPER.id), twice)).status_code == 202
    queue = f"/api/progress/courses/{empty_lesson.course}/reviews"
    owner = {"user": people.INSTRUCTOR.id, "role": "instructor"}
    await eventually(lambda: platform.must("GET", queue, **owner), lambda found: len(found["reviews"]) == 1)

    page = await visit(people.INSTRUCTOR, f"/dashboard/courses/{empty_lesson.course}/reviews")
    review = page.get_by_test_id("review")
    await expect(review).to_have_attribute("data-learner", people.SKIPPER.id)
    await expect(review).to_contain_text("the same time was claimed more than once")
    await review.get_by_role("button", name="Decide").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_role("radio", name="It is odd").check()
    await dialog.get_by_label("Note").fill("Two devices, we spoke about it.")
    await dialog.get_by_role("button", name="Keep the decision").click()

    await expect(review).to_have_count(0, timeout=PATIENCE_MS)
    await page.get_by_role("tab", name="Confirmed").click()
    await expect(page.get_by_test_id("decision")).to_contain_text("Two devices, we spoke about it.")
    (kept,) = (await platform.must("GET", f"{queue}?state=confirmed", **owner))["reviews"]
    decision = kept["decision"]
    assert (decision["decision"], decision["decidedBy"]) == ("confirmed", people.INSTRUCTOR.id)
    assert decision["note"] == "Two devices, we spoke about it."


@pytest.mark.parametrize(("label", "ending"), [("CSV", "csv"), ("JSON Lines", "jsonl")])
async def test_a_file_is_what_the_api_says(
    visit: Visit, platform: Platform, empty_lesson: Lesson, label: str, ending: str
) -> None:
    """The downloaded export has the same bytes as the answer of the API."""
    await watched(platform, empty_lesson, *LEARNERS)
    page = await visit(people.INSTRUCTOR, f"/dashboard/courses/{empty_lesson.course}/exports")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    await page.get_by_role("radio", name=label).check()
    async with page.expect_download() as saving:
        await page.get_by_role("button", name="Download").click()
    download = await saving.value
    path = f"/api/analytics/courses/{empty_lesson.course}/export/learners?format={ending}"
    answer = await platform.ask("GET", path, user=people.INSTRUCTOR.id, role="instructor")
    saved = (await download.path()).read_bytes()
    assert saved == answer.content
    assert all(learner.encode() in saved for learner in LEARNERS)
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{download.suggested_filename}"'
    assert download.suggested_filename.endswith(f".{ending}")
    await expect(page.get_by_test_id("download")).to_contain_text("Your browser is saving it")
    # The browser takes it, not the page; and what it takes it with is in no address.
    assert not [url for url in asked if "blob:" in url or url.endswith("/export/learners")]
    (ticket_at,) = [url for url in asked if "/tickets" in url]
    assert ticket_at.endswith(f"/export/learners/tickets?format={ending}")
    assert download.url.endswith("/api/analytics/exports")


async def test_a_file_that_does_not_come_says_why(visit: Visit, platform: Platform, empty_lesson: Lesson) -> None:
    """A ticket that was used: the page says so, and nothing is saved."""
    await watched(platform, empty_lesson, people.HONEST.id)
    page = await visit(people.INSTRUCTOR, f"/dashboard/courses/{empty_lesson.course}/exports")
    saved: list[str] = []
    page.on("download", lambda download: saved.append(download.url))
    path = f"/api/analytics/courses/{empty_lesson.course}/export/learners/tickets"
    used = await platform.must("POST", path, user=people.INSTRUCTOR.id, role="instructor")
    taken = await platform.http.post(used["action"], data={"ticket": used["ticket"]})
    assert taken.status_code == 200

    await page.route("**/tickets?*", lambda route: route.fulfill(status=201, json=used))
    await page.get_by_role("button", name="Download").click()
    await expect(page.get_by_role("alert")).to_contain_text("The ticket was used", timeout=PATIENCE_MS)
    await page.unroute_all(behavior="wait")
    await expect(page.get_by_test_id("download")).to_be_empty()
    assert saved == []


async def test_the_live_view_rises_and_survives_a_cut(
    visit: Visit, platform: Platform, empty_lesson: Lesson, wire: Proxy
) -> None:
    """Somebody watches, and it shows; the line is cut, and it says so; it is back, and shows who came meanwhile."""
    lesson, grants = empty_lesson, dict[str, str]()
    page = await visit(people.INSTRUCTOR, "/")
    await page.add_init_script(f"localStorage.setItem('seatime.user', '{people.INSTRUCTOR.id}')")
    await page.goto(f"http://127.0.0.1:{wire.port}/dashboard/courses/{lesson.course}")
    live, viewers = page.get_by_test_id("live-view"), page.get_by_test_id("live-viewers")
    await expect(live).to_have_attribute("data-feed", "standing", timeout=PATIENCE_MS)
    await expect(viewers).to_have_text("0", timeout=PATIENCE_MS)

    async def watching(*learners: str) -> str:
        """They report that they play right now, however long it takes to be shown; returns what is shown."""
        for learner in learners:
            grant = grants.setdefault(learner, past(platform, lesson, learner))
            beat = {**beats(1, until_s=time.time())[0], "seq": int(time.monotonic() * 10)}
            assert (await platform.report(grant, [beat])).status_code == 202
        return await viewers.inner_text()

    await eventually(lambda: watching(people.HONEST.id), lambda shown: shown == "1")
    wire.refusing = True
    wire.cut()
    await expect(live).to_have_attribute("data-feed", "down", timeout=PATIENCE_MS)
    await expect(live.get_by_role("status")).to_contain_text("The live feed is down")
    wire.refusing = False
    await expect(live).to_have_attribute("data-feed", "standing", timeout=PATIENCE_MS)
    await eventually(lambda: watching(*LEARNERS), lambda shown: shown == "2")


async def test_a_budget_is_set(visit: Visit, platform: Platform, empty_lesson: Lesson) -> None:
    """What cannot be a budget is refused in words; what can is kept."""
    page = await visit(people.INSTRUCTOR, f"/dashboard/courses/{empty_lesson.course}/cost")
    await page.get_by_role("button", name="Set a budget").click()
    await page.get_by_label("US dollars a month").fill("none")
    await page.get_by_role("button", name="Set the budget").click()
    await expect(page.get_by_text("An amount above 0.")).to_be_visible()
    await page.get_by_label("US dollars a month").fill("40")
    await page.get_by_role("button", name="Set the budget").click()

    await expect(page.get_by_test_id("spent")).to_contain_text("of $40.00 a month", timeout=PATIENCE_MS)
    path = f"/api/analytics/courses/{empty_lesson.course}/cost"
    budget = (await platform.must("GET", path, user=people.INSTRUCTOR.id, role="instructor"))["budget"]
    assert (budget["monthlyUsd"], budget["thresholds"]) == (40, [0.8, 1])
