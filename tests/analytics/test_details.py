"""Days, filters, what players tell, single learners, and small groups, as the API shows them."""

from collections.abc import AsyncIterator

import httpx
import pytest

from contracts import EnrollmentChanged, Event
from servicekit.database import Pool
from tests.analytics import log
from tests.analytics.test_api import ADMIN, LEARNER, OTHER, OWNER, calling
from tests.analytics.test_tallies import event, request, seek
from tests.databases import Database

DAY_S = 86_400
REBUFFERING = ("beats", "learners", "seconds", "suppressed")
DETAILS = ("days", "interactions", "cohorts", "learners", "learners/a0")


def enrolled(learner: str, cohort: str | None, version: int = 1, **more: object) -> EnrollmentChanged:
    known = {"course_id": "c1", "status": "active", "changed_at": log.START}
    return EnrollmentChanged.model_validate(
        {"learner_id": learner, "cohort": cohort, "version": version, **known, **more}
    )


def watching(learner: str, day: int, session: int, until_ms: int = 30_000) -> Event:
    return log.advanced(
        1, at_s=day * DAY_S, learner_id=learner, session=session, covered=((0, until_ms),), spent_ms=until_ms
    )


def school() -> list[Event]:
    """Six of cohort a who came on the first day, five of b who came on the second, and two of c, on the ninth."""
    people = [(f"a{n}", "a", 0) for n in range(6)] + [(f"b{n}", "b", 1) for n in range(5)]
    people += [(f"c{n}", "c", 8) for n in range(2)]
    events: list[Event] = [log.course(), log.lesson()]
    for number, (learner, cohort, day) in enumerate(people):
        events += [enrolled(learner, cohort), watching(learner, day, number, 60_000 if cohort == "a" else 30_000)]
    return [*events, log.completion("a0", at_s=100), log.completion("a1", at_s=2 * DAY_S)]


@pytest.fixture
async def client(analytics_database: Database, pool: Pool) -> AsyncIterator[httpx.AsyncClient]:
    await log.consume(pool, log.logged(school()))
    async with calling(analytics_database, smallest=5) as http:
        yield http


async def test_a_filter_chooses_viewers_by_cohort_and_day_of_their_first_view(client: httpx.AsyncClient) -> None:
    """Row E6: totals and curve are about these; c has two viewers, hides behind b, and neither can be asked for."""
    a = (await client.get("/api/analytics/lessons/l1?cohort=a", headers=OWNER)).json()
    assert (a["uniqueViewers"], a["totalWatchTime"], a["completions"]) == (6, 360.0, 2)
    assert a["retention"]["unique"] == [6.0] * 60
    assert a["filter"] == {"cohort": "a", "firstViewFrom": None, "firstViewTo": None}
    for cohort in ("b", "c", "nobody"):
        refused = await client.get(f"/api/analytics/lessons/l1?cohort={cohort}", headers=OWNER)
        assert (refused.status_code, refused.json()["type"]) == (403, "urn:seatime:problem:group-too-small")


async def test_dates_are_widened_to_whole_groups_and_said(client: httpx.AsyncClient) -> None:
    """Row E6, E12: b and c are one group, and its second period would be too small: it reaches to the ninth day."""
    first = (await client.get("/api/analytics/lessons/l1?to=2026-03-02", headers=ADMIN)).json()
    assert (first["uniqueViewers"], first["filter"]["firstViewTo"]) == (6, "2026-03-02")
    rest = (await client.get("/api/analytics/lessons/l1?from=2026-03-04&to=2026-03-05", headers=ADMIN)).json()
    assert (rest["uniqueViewers"], rest["filter"]["firstViewFrom"], rest["filter"]["firstViewTo"]) == (
        7,
        "2026-03-03",
        "2026-03-10",
    )
    assert rest["retention"]["unique"] == [7.0] * 30 + [0.0] * 30
    nobody = (await client.get("/api/analytics/lessons/l1?from=2027-01-01", headers=OWNER)).json()
    assert (nobody["uniqueViewers"], nobody["suppressed"]) == (0, False)


async def test_a_learner_who_changes_the_cohort_is_in_the_new_one(client: httpx.AsyncClient, pool: Pool) -> None:
    """Row E6: the newest version tells, in any order, and a removed enrollment keeps its cohort."""
    changes = [enrolled("c0", "a", 3, status="removed"), enrolled("c0", "b", 2)]
    await log.consume(pool, log.at_other_offsets(log.logged(changes)))
    a = (await client.get("/api/analytics/lessons/l1?cohort=a", headers=OWNER)).json()
    assert a["uniqueViewers"] == 7


async def test_the_groups_that_can_be_asked_for_are_listed(client: httpx.AsyncClient) -> None:
    """Row E6: by cohort, with the days that are kept whole."""
    body = (await client.get("/api/analytics/lessons/l1/cohorts", headers=OWNER)).json()
    assert body["cohorts"] == [
        {"cohort": "a", "viewers": 6, "periods": [["2026-03-02", "2026-03-02"]]},
        {"cohort": None, "viewers": 7, "periods": [["2026-03-03", "2026-03-10"]]},
    ]


async def test_days_in_a_row_are_shown_from_k_viewers_on(client: httpx.AsyncClient) -> None:
    """Row E1: UTC days; the ninth has two viewers and the third a completion only: they belong to the second."""
    body = (await client.get("/api/analytics/lessons/l1/days", headers=OWNER)).json()
    first, second = body["days"]
    assert (body["timeZone"], body["smallestGroup"]) == ("UTC", 5)
    assert first == {
        "firstDay": "2026-03-02",
        "lastDay": "2026-03-02",
        "views": 6,
        "viewers": 6,
        "newViewers": 6,
        "completions": 1,
        "watchTime": 360.0,
        "verifiedTime": 360.0,
    }
    assert (second["firstDay"], second["lastDay"], second["viewers"], second["completions"]) == (
        "2026-03-03",
        "2026-03-10",
        7,
        1,
    )
    course = (await client.get("/api/analytics/courses/c1/days?from=2026-03-05", headers=OWNER)).json()
    assert course["days"] == [second]


async def test_what_happens_over_midnight_belongs_to_the_day_on_which_it_began(pool: Pool) -> None:
    """Row E13: the view, and the watching."""
    before_midnight = log.advanced(1, at_s=15 * 3_600 + 10, spent_ms=20_000, covered=((0, 20_000),))
    await log.consume(pool, log.logged([before_midnight]))
    row = await pool.fetchrow("SELECT day::text, views, watched_ms, spent_ms FROM lesson_days")
    assert tuple(row or ()) == ("2026-03-02", 1, 20_000, 20_000)


async def test_a_small_lesson_is_in_no_aggregate(client: httpx.AsyncClient, pool: Pool) -> None:
    """Row E12: four viewers are not shown, by themselves or in the course's sums; nobody at all is."""
    before = (await client.get("/api/analytics/courses/c1", headers=OWNER)).json()
    few = [log.advanced(1, learner_id=f"x{n}", session=90 + n, lesson_id="l2") for n in range(4)]
    changes = [log.lesson("l2"), log.lesson("l3"), *few, log.completion("x0", "l2")]
    await log.consume(pool, log.at_other_offsets(log.logged(changes)))
    report = (await client.get("/api/analytics/lessons/l2", headers=OWNER)).json()
    assert report["suppressed"]
    hidden = ("views", "uniqueViewers", "completions", "totalWatchTime", "totalVerifiedTime", "completionRate")
    assert [report[name] for name in (*hidden, "asOf", "retention", "dropOffs")] == [None] * 9
    course = (await client.get("/api/analytics/courses/c1", headers=OWNER)).json()
    assert course["lessons"][1] == {**{name: report[name] for name in course["lessons"][1]}}
    for name in hidden:
        assert course[name] == before[name], name
    nobody = (await client.get("/api/analytics/lessons/l3", headers=OWNER)).json()
    assert (nobody["suppressed"], nobody["views"]) == (False, 0)
    fifth = log.logged([log.advanced(1, learner_id="x5", session=99, lesson_id="l2")], first_offset=900_000)
    await log.consume(pool, fifth)
    assert (await client.get("/api/analytics/lessons/l2", headers=OWNER)).json()["views"] == 5


async def test_a_course_of_small_lessons_is_suppressed(client: httpx.AsyncClient, pool: Pool) -> None:
    """Row E12: its zeros would say that nobody watched."""
    changes = [log.course("c2"), log.lesson("l2", course_id="c2"), log.advanced(1, lesson_id="l2", course_id="c2")]
    await log.consume(pool, log.at_other_offsets(log.logged(changes)))
    course = (await client.get("/api/analytics/courses/c2", headers=OWNER)).json()
    assert (course["suppressed"], course["views"]) == (True, None)


async def test_the_owner_sees_what_players_told_from_k_learners_on(client: httpx.AsyncClient, pool: Pool) -> None:
    """Row E4: six learners seek to the middle, and four to the end; each beat counts once, whoever sends it again."""
    told = [
        request(
            (1, (seek(0, 30_000), event("qualitychange", value="720p"))),
            (2, (seek(10_000, 59_000), event("error", value="2"))[: 2 if n < 4 else 0]),
            learner_id=f"a{n}",
            session=n,
            duration_ms=60_000,
        )
        for n in range(6)
    ]
    await log.consume(pool, log.logged([*told, *told[:3]]))
    body = (await client.get("/api/analytics/lessons/l1/interactions", headers=OWNER)).json()
    cell = {"fromBucket": 0, "toBucket": 30, "seeks": 6, "learners": 6}
    assert body["seeks"] == {
        "bucketSeconds": 1,
        "cells": [cell],
        "hotCells": [cell],
        "hotTargets": [{"bucket": 30, "seeks": 6}],
        "suppressed": True,
    }
    (changed,) = body["qualityChanges"]["values"]
    assert [changed[name] for name in ("name", "times", "learners", "watchTime")] == ["720p", 6, 6, None]
    assert not body["qualityChanges"]["suppressed"]
    assert body["errors"] == {"values": [], "suppressed": True}
    assert [body["rebuffering"][name] for name in REBUFFERING] == [0, 0, 0.0, False]
    waited = [request((9, ()), learner_id=f"a{n}", session=n) for n in range(5)]
    waited = [
        one.model_copy(update={"beats": (one.beats[0].model_copy(update={"stalled_ms": 2_000}),)}) for one in waited
    ]
    for number, expected in ((4, (None, None, None, True)), (5, (5, 5, 10.0, False))):
        await log.consume(pool, log.logged(waited[:number], first_offset=500_000 + number))
        body = (await client.get("/api/analytics/lessons/l1/interactions", headers=OWNER)).json()
        assert tuple(body["rebuffering"][name] for name in REBUFFERING) == expected
    (speed,) = body["speeds"]["values"]
    assert [speed[name] for name in ("name", "times", "learners", "watchTime")] == ["1", 13, 13, 570.0]
    assert speed["byPlayer"] == []


async def test_what_players_told_is_split_by_player_browser_and_country(client: httpx.AsyncClient, pool: Pool) -> None:
    """Row E4, E12: with the two of another browser the smallest that may be shown; beats of before are among them."""
    beats = ((1, (event("play"), event("error", value="3"))),)
    of_before = [request(*beats, learner_id="a9", session=99)]
    await log.consume(pool, log.logged(of_before))
    await pool.execute("DELETE FROM lesson_tallies WHERE kind LIKE '%/%'")
    told = [
        request(*beats, learner_id=f"{browser}{n}", session=100 * people + n, browser=browser, country="PT")
        for browser, people in (("chrome", 7), ("safari", 5), ("firefox", 2))
        for n in range(people)
    ]
    told = [one.model_copy(update={"beats": (one.beats[0].model_copy(update={"player": "video"}),)}) for one in told]
    await log.consume(pool, log.logged([*told, *told[:4]], first_offset=500))
    body = (await client.get("/api/analytics/lessons/l1/interactions", headers=OWNER)).json()
    (decode,) = body["errors"]["values"]
    assert (decode["times"], body["plays"]["times"], body["plays"]["learners"]) == (15, 15, 15)
    for number in (decode, body["plays"]):
        assert number["byBrowser"] == [
            {"name": "chrome", "withOthers": False, "times": 7, "learners": 7, "seconds": None},
            {"name": "safari", "withOthers": True, "times": 8, "learners": None, "seconds": None},
        ]
        for split, name in (("byPlayer", "video"), ("byCountry", "PT")):
            assert number[split] == [{"name": name, "withOthers": True, "times": 15, "learners": None, "seconds": None}]


async def test_the_owner_sees_each_learners_map(client: httpx.AsyncClient) -> None:
    """Row E5: page by page, and one by one; single learners are shown by right, whatever the group."""
    page = (await client.get("/api/analytics/lessons/l1/learners?limit=6", headers=OWNER)).json()
    assert [learner["learnerId"] for learner in page["learners"]] == [f"a{n}" for n in range(6)]
    assert page["next"] == "a5"
    rest = (await client.get("/api/analytics/lessons/l1/learners?after=a5", headers=ADMIN)).json()
    assert (len(rest["learners"]), rest["next"]) == (7, None)
    one = (await client.get("/api/analytics/lessons/l1/learners/b0", headers=OWNER)).json()
    assert one == {
        "learnerId": "b0",
        "cohort": "b",
        "views": 1,
        "watchTime": 30.0,
        "verifiedTime": 30.0,
        "coverage": 0.5,
        "covered": [[0.0, 30.0]],
        "lastWatchedAt": "2026-03-03T09:00:00Z",
        "completedAt": None,
    }
    assert one in rest["learners"]
    missing = await client.get("/api/analytics/lessons/l1/learners/nobody", headers=OWNER)
    assert (missing.status_code, missing.json()["type"]) == (404, "urn:seatime:problem:learner-not-found")


@pytest.mark.parametrize(
    "path", [*(f"lessons/l1/{name}" for name in DETAILS), "lessons/l1?cohort=a", "courses/c1/days"]
)
@pytest.mark.parametrize(("headers", "status"), [({}, 401), (LEARNER, 403), (OTHER, 403), (OWNER, 200), (ADMIN, 200)])
async def test_only_the_courses_owner_and_admins_see_details(
    client: httpx.AsyncClient, path: str, headers: dict[str, str], status: int
) -> None:
    """Rows E4, E5, E6: also a learner who asks for the own map under its address is told to ask elsewhere."""
    response = await client.get(f"/api/analytics/{path}", headers=headers)
    assert response.status_code == status
    if status == 200:
        etag = response.headers["etag"]
        again = await client.get(f"/api/analytics/{path}", headers={**headers, "If-None-Match": etag})
        assert (again.status_code, response.headers["cache-control"]) == (304, "private, max-age=5")


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("lessons/l1?from=2026-03-09&to=2026-03-08", 400),
        ("lessons/l1/days?from=2026-03-09&to=2026-03-08", 400),
        ("lessons/none/days?from=2026-03-09&to=2026-03-08", 400),
        ("courses/none/days?from=2026-03-09&to=2026-03-08", 400),
        ("courses/none/days?from=yesterday", 422),
        ("lessons/l1?from=yesterday", 422),
        ("lessons/l1?cohort=%00", 422),
        ("lessons/l1/learners?limit=0", 422),
        ("lessons/l1/learners?after=a%20b", 422),
        *((f"lessons/none/{name}", 404) for name in DETAILS),
        ("lessons/none?cohort=a", 404),
        ("courses/none/days", 404),
    ],
)
async def test_what_makes_no_sense_is_refused(client: httpx.AsyncClient, path: str, status: int) -> None:
    """Bad questions are the caller's mistake, and what is not there is not found."""
    assert (await client.get(f"/api/analytics/{path}", headers=ADMIN)).status_code == status


async def test_a_further_attempt_makes_no_new_viewer(client: httpx.AsyncClient, pool: Pool) -> None:
    """Row E3: the ledger covers anew, the curve calls it replays; the second completion is none."""
    anew = log.advanced(
        2, at_s=30 * DAY_S, learner_id="a0", session=77, covered=((0, 40_000),), spent_ms=40_000, attempt=2
    )
    await log.consume(pool, log.at_other_offsets(log.logged([anew, log.completion("a0", at_s=31 * DAY_S)])))
    report = (await client.get("/api/analytics/lessons/l1", headers=OWNER)).json()
    assert (report["uniqueViewers"], report["views"], report["completions"]) == (13, 14, 2)
    assert report["retention"]["unique"] == [13.0] * 30 + [6.0] * 30
    assert report["retention"]["replays"] == [1.0] * 40 + [0.0] * 20
    completions = await pool.fetchval("SELECT sum(completions) FROM lesson_days")
    assert completions == 2
