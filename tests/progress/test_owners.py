"""What a course's owner learns of its rules: whom a change would affect, and what cannot be met."""

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import httpx
import pytest

from contracts import CourseRules
from progress_service.app import create_app
from progress_service.preview import CourseLesson
from progress_service.rules import CourseRule, LessonRule
from progress_service.warnings import warnings
from servicekit.database import Pool
from tests.databases import Database
from tests.progress.calling import NOWHERE, bearer, client_of, settings_for
from tests.progress.handling import announced, dump, handle
from tests.progress.making import beat, course_changed, lesson_changed, new_session, quiz_graded, request, watching

PREVIEW = "/api/progress/courses/c1/rules/preview"
OLGA = bearer("olga")


@pytest.fixture
async def api(database: Database) -> AsyncIterator[httpx.AsyncClient]:
    app = create_app(settings_for(database, NOWHERE))
    async with app.router.lifespan_context(app), client_of(app) as client:
        yield client


@pytest.fixture
async def school(worker_pool: Pool) -> None:
    """A course of one lesson: ada watched 95 %, bob 80 % with the quiz, cyd 30 %."""
    await handle(worker_pool, course_changed())
    await handle(worker_pool, lesson_changed())
    for learner, media in (("ada", 95_000), ("bob", 80_000), ("cyd", 30_000)):
        await handle(worker_pool, watching(media, learner_id=learner))
    await handle(worker_pool, quiz_graded(learner_id="bob"))


def affected(complete: int, kept: int, would: int, incomplete: int) -> dict[str, int]:
    return {"complete": complete, "kept": kept, "wouldComplete": would, "incomplete": incomplete}


@pytest.mark.usefixtures("school")
@pytest.mark.parametrize(
    ("change", "course", "lesson"),
    [
        ({}, (1, 0, 0, 2), (1, 0, 0, 2)),
        ({"completionThreshold": 0.8}, (1, 0, 1, 1), (1, 0, 1, 1)),
        ({"completionThreshold": 0.2}, (1, 0, 2, 0), (1, 0, 2, 0)),
        ({"completionThreshold": 0.99}, (1, 1, 0, 2), (1, 1, 0, 2)),
        ({"lessons": {"l1": {"completionThreshold": 0.5, "quizRequired": True}}}, (1, 1, 1, 1), (1, 1, 1, 1)),
        ({"lessons": {"l1": {"requiredSegments": [[10, 20]]}}}, (1, 0, 2, 0), (1, 0, 2, 0)),
        ({"completionThreshold": 0.2, "minVerified": 60}, (1, 0, 1, 1), (1, 0, 2, 0)),
        ({"finalAssessment": "l1"}, (1, 1, 0, 2), (1, 0, 0, 2)),
        ({"lessons": {"l1": {"required": False}}}, (1, 1, 0, 2), (1, 0, 0, 2)),
    ],
)
async def test_a_preview_counts_whom_a_change_affects(
    api: httpx.AsyncClient, change: dict[str, Any], course: tuple[int, ...], lesson: tuple[int, ...]
) -> None:
    """Row D20: who stays complete though the new rules ask for more, who becomes complete, who does not."""
    response = await api.post(PREVIEW, json=change, headers=OLGA)
    assert response.status_code == 200, response.text
    assert response.json()["learners"] == affected(*course)
    assert response.json()["lessons"] == {"l1": affected(*lesson)}


@pytest.mark.usefixtures("school")
async def test_a_preview_changes_nothing_and_says_what_then_happens(api: httpx.AsyncClient, worker_pool: Pool) -> None:
    """Row D20: what the preview counts is what the change does, and a stricter version un-completes nobody."""
    tables = ("lesson_progress", "course_progress", "completions", "course_rules")
    before = await dump(worker_pool, tables)
    milder = (await api.post(PREVIEW, json={"completionThreshold": 0.5}, headers=OLGA)).json()["learners"]
    assert await dump(worker_pool, tables) == before
    await handle(worker_pool, course_changed(version=2, rules=CourseRules(completion_threshold=0.5)))
    assert len(await announced(worker_pool, "course.completed")) == milder["complete"] + milder["wouldComplete"] == 2
    stricter = (await api.post(PREVIEW, json={"completionThreshold": 1.0}, headers=OLGA)).json()["learners"]
    assert stricter == affected(2, 2, 0, 1)
    await handle(worker_pool, course_changed(version=3, rules=CourseRules(completion_threshold=1.0)))
    for learner in ("ada", "bob"):
        told = await api.get("/api/progress/courses/c1", headers=bearer(learner))
        assert told.json()["complete"]
    versions = await worker_pool.fetch(
        "SELECT learner_id, rule_version, basis -> 'rules' ->> 'thresholdPpm' FROM completions "
        "WHERE kind = 'lesson' ORDER BY 1"
    )
    assert [tuple(row) for row in versions] == [("ada", 1, "900000"), ("bob", 1, "500000")]


@pytest.mark.usefixtures("school")
@pytest.mark.parametrize("path", ["rules/preview", "warnings"])
async def test_only_owner_and_administrator_are_told(api: httpx.AsyncClient, path: str) -> None:
    """Neither a learner of the course nor another instructor; a course that is not there is not found."""

    async def ask(course: str, headers: dict[str, str]) -> int:
        method, body = ("POST", {"json": {}}) if path != "warnings" else ("GET", dict[str, Any]())
        url = f"/api/progress/courses/{course}/{path}"
        return (await api.request(method, url, headers=headers, **body)).status_code

    assert await ask("c1", OLGA) == 200
    assert await ask("c1", bearer("root", "admin")) == 200
    assert await ask("c1", bearer("ada")) == 403
    assert await ask("c1", bearer("otto", "instructor")) == 403
    assert await ask("none", bearer("otto", "instructor")) == 403
    assert await ask("none", bearer("root", "admin")) == 404


GOOD = CourseLesson(LessonRule("l1", "c1", 1, duration_ms=100_000), required=True, own_threshold=False)
COURSE = CourseRule("c1", 1)


def with_rule(**more: Any) -> CourseLesson:
    return replace(GOOD, rule=replace(GOOD.rule, **more))


@pytest.mark.parametrize(
    ("course", "lesson", "codes"),
    [
        (COURSE, GOOD, []),
        (COURSE, with_rule(duration_ms=0), [("no_video", True)]),
        (COURSE, replace(GOOD, required=False), [("no_required_lessons", True)]),
        (COURSE, with_rule(required_segments=((0, 10_000),)), []),
        (COURSE, with_rule(required_segments=((90_000, 110_000),)), [("segments_beyond_end", False)]),
        (COURSE, with_rule(required_segments=((100_000, 110_000),)), [("segments_nowhere", False)]),
        (COURSE, with_rule(quiz_required=True), [("quiz_never_graded", False)]),
        (CourseRule("c1", 1, 100_000), GOOD, []),
        (CourseRule("c1", 1, 100_001), GOOD, [("too_much_verified_time", False)]),
        (CourseRule("c1", 1, 100_001), with_rule(duration_ms=0), [("no_video", True)]),
        (CourseRule("c1", 1, 0, "l1"), GOOD, [("assessment_never_graded", False)]),
        (CourseRule("c1", 1, 0, "l7"), GOOD, [("assessment_unknown", True)]),
    ],
)
def test_a_rule_that_cannot_be_met_is_told(course: CourseRule, lesson: CourseLesson, codes: list[Any]) -> None:
    """Row D27: each with a code and words, and whether anybody can still complete it."""
    found = warnings(course, [lesson], {"l1": "Fire safety"}, frozenset())
    assert [(one.code, one.dead_end) for one in found] == codes
    assert all(one.message.endswith((".", "?")) for one in found)


@pytest.mark.usefixtures("school")
async def test_an_author_is_warned(api: httpx.AsyncClient, worker_pool: Pool) -> None:
    """Row D27: over HTTP, of the rules as they are; a quiz that somebody has a result in is connected."""
    rules = {"quiz_required": True, "required_segments": ((90_000, 200_000),)}
    await handle(
        worker_pool, lesson_changed(version=2, rules=rules), lesson_changed("l2", rules={"quiz_required": True})
    )
    response = await api.get("/api/progress/courses/c1/warnings", headers=OLGA)
    assert [(one["code"], one["lessonId"]) for one in response.json()["warnings"]] == [
        ("segments_beyond_end", "l1"),
        ("quiz_never_graded", "l2"),
    ]


@pytest.mark.usefixtures("school")
async def test_a_learner_sees_what_has_to_be_watched(api: httpx.AsyncClient, worker_pool: Pool) -> None:
    """Row D16: in seconds, up to the end of the video; what lies behind it is not shown."""
    rules = {"required_segments": ((5_000, 8_500), (90_000, 200_000), (150_000, 160_000))}
    await handle(worker_pool, lesson_changed(version=2, rules=rules))
    answer = (await api.get("/api/progress/lessons/l1", headers=bearer("cyd"))).json()
    assert answer["requiredSegments"] == [[5.0, 8.5], [90.0, 100.0]]


LEARNER = "/api/progress/lessons/l1/learners/cyd"


@pytest.mark.usefixtures("school")
async def test_an_owner_sees_what_a_learner_is_told(api: httpx.AsyncClient, worker_pool: Pool) -> None:
    """Coverage, why the lesson is not complete, and what was refused, word for word; zero for one who never watched."""
    too_much = beat(0, 40_000, 50_000, (30_000, 90_000))
    await handle(worker_pool, request(too_much, learner_id="cyd", session_id=new_session()))
    own = (await api.get("/api/progress/lessons/l1", headers=bearer("cyd"))).json()
    assert own["cuts"]
    assert own["reasons"]
    for caller in (OLGA, bearer("root", "admin")):
        assert (await api.get(LEARNER, headers=caller)).json() == own
    nobody = (await api.get(LEARNER.replace("cyd", "dan"), headers=OLGA)).json()
    assert (nobody["coverage"], nobody["covered"], nobody["cuts"]) == (0, [], {})


@pytest.mark.usefixtures("school")
async def test_nobody_else_sees_how_far_a_learner_is(api: httpx.AsyncClient) -> None:
    """Not another learner, not another owner, not cyd by this way; and a lesson that is none is told as that."""
    for caller in ("ada", "cyd", "otto"):
        answer = await api.get(LEARNER, headers=bearer(caller))
        assert (answer.status_code, "covered" in answer.text) == (403, False)
    missing = await api.get(LEARNER.replace("l1", "l9"), headers=bearer("root", "admin"))
    assert (missing.status_code, missing.json()["type"]) == (404, "urn:seatime:problem:lesson-not-found")
