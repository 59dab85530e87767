"""Courses and lessons: who may change and see them, and what the others are told."""

import asyncio
from typing import Any

import pytest

from tests.upload.conftest import ADMIN, LEARNER, OTHER, OWNER, Service, asset_event
from upload_service import schemas

COURSE = {"title": "Course"}
LESSON = {"title": "Lesson"}


async def given_course(service: Service, course_id: str = "c1", **fields: Any) -> None:
    await service.must("PUT", f"/api/courses/{course_id}", json=COURSE | fields)
    await service.must("PUT", f"/api/courses/{course_id}/lessons/{course_id}-l1", json=LESSON)


async def test_a_course_is_made_and_announced(service: Service) -> None:
    """201, the whole course in the answer and in course.changed, rules in their own units."""
    body = {
        "title": "Safety",
        "published": False,
        "public": True,
        "rules": {"completionThreshold": 0.8, "minVerifiedS": 600, "finalAssessment": "exam-1"},
    }
    response = await service.ask("PUT", "/api/courses/c1", json=body)
    assert response.status_code == 201
    made = response.json()
    assert {name: made[name] for name in ("id", "title", "ownerId", "published", "public", "lessons")} == {
        "id": "c1",
        "title": "Safety",
        "ownerId": OWNER,
        "published": False,
        "public": True,
        "lessons": [],
    }
    assert made["rules"]["completionThreshold"] == 0.8
    (event,) = await service.outbox("c1")
    assert (event["topic"], event["version"], event["owner_id"]) == ("course.changed", 1, OWNER)
    assert event["rules"]["min_verified_s"] == 600


async def test_a_lesson_is_made_and_announced(service: Service) -> None:
    """201; segments are seconds in the request and milliseconds in the event."""
    await service.must("PUT", "/api/courses/c1", json=COURSE)
    body = {"title": "One", "position": 3, "required": False, "rules": {"requiredSegments": [[0.5, 10]]}}
    response = await service.ask("PUT", "/api/courses/c1/lessons/l1", json=body)
    assert response.status_code == 201
    lesson = response.json()
    assert (lesson["processingStatus"], lesson["videoProvider"], lesson["duration"]) == ("pending", "s3", None)
    assert lesson["rules"]["requiredSegments"] == [[0.5, 10.0]]
    (event,) = await service.outbox("l1")
    assert (event["topic"], event["version"], event["course_id"]) == ("lesson.changed", 1, "c1")
    assert (event["position"], event["required"]) == (3, False)
    assert event["rules"]["required_segments"] == [[500, 10_000]]
    assert (event["processing_status"], event["video"]) == ("pending", None)


async def test_versions_grow_with_changes_only(service: Service) -> None:
    """The same PUT again answers 200 and announces nothing; another title is version 2."""
    await given_course(service)
    assert (await service.ask("PUT", "/api/courses/c1", json=COURSE)).status_code == 200
    assert (await service.ask("PUT", "/api/courses/c1/lessons/c1-l1", json=LESSON)).status_code == 200
    assert [event["version"] for event in await service.outbox("c1")] == [1]
    assert [event["version"] for event in await service.outbox("c1-l1")] == [1]
    await service.must("PUT", "/api/courses/c1", json={"title": "New"})
    await service.must("PUT", "/api/courses/c1/lessons/c1-l1", json={"title": "New"})
    assert [event["version"] for event in await service.outbox("c1")] == [1, 2]
    assert [event["version"] for event in await service.outbox("c1-l1")] == [1, 2]


async def test_a_new_title_keeps_the_video(service: Service) -> None:
    """lesson.changed carries the whole state: describing a lesson anew does not lose its video."""
    lesson_id = await service.make_lesson()
    upload_id = (await service.upload_url(lesson_id))["muxUploadId"]
    await service.delivered(asset_event("ready", "a", upload_id))
    course_id = (await service.lesson(lesson_id))["courseId"]
    await service.must("PUT", f"/api/courses/{course_id}/lessons/{lesson_id}", json={"title": "New"})
    event = (await service.outbox(lesson_id))[-1]
    assert (event["title"], event["processing_status"]) == ("New", "ready")
    assert event["video"] == {
        "provider": "mux",
        "asset_id": "a",
        "playback_id": "play-a",
        "policy": "signed",
        "s3_key": None,
        "duration_ms": 30_500,
        "size_bytes": None,
    }


async def test_the_lessons_of_a_course_come_by_position(service: Service) -> None:
    """GET shows what a course page needs."""
    await service.must("PUT", "/api/courses/c1", json=COURSE)
    for lesson_id, position in (("b", 2), ("a", 2), ("z", 1)):
        await service.must("PUT", f"/api/courses/c1/lessons/{lesson_id}", json=LESSON | {"position": position})
    course = await service.must("GET", "/api/courses/c1", LEARNER)
    assert [lesson["id"] for lesson in course["lessons"]] == ["z", "a", "b"]
    assert set(course["lessons"][0]) == {
        "id",
        "title",
        "position",
        "required",
        "processingStatus",
        "duration",
        "videoProvider",
    }


MATRIX = [
    # method, path, body, expected for owner, another instructor, admin, learner, nobody
    ("PUT", "/api/courses/new", COURSE, (201, 201, 201, 403, 401)),
    ("PUT", "/api/courses/c1", {"title": "New"}, (200, 403, 200, 403, 401)),
    ("GET", "/api/courses/c1", None, (200, 200, 200, 200, 401)),
    ("GET", "/api/courses/hidden", None, (200, 404, 200, 404, 401)),
    ("GET", "/api/courses/missing", None, (404, 404, 404, 404, 401)),
    ("GET", "/api/courses", None, (200, 200, 200, 200, 401)),
    ("DELETE", "/api/courses/c1", None, (204, 403, 204, 403, 401)),
    ("DELETE", "/api/courses/missing", None, (404, 404, 404, 404, 401)),
    ("PUT", "/api/courses/c1/lessons/new", LESSON, (201, 403, 201, 403, 401)),
    ("PUT", "/api/courses/missing/lessons/new", LESSON, (404, 404, 404, 404, 401)),
    ("DELETE", "/api/courses/c1/lessons/c1-l1", None, (204, 403, 204, 403, 401)),
    ("DELETE", "/api/courses/c1/lessons/missing", None, (404, 403, 404, 403, 401)),
    ("GET", "/api/lessons/c1-l1", None, (200, 403, 200, 403, 401)),
    ("GET", "/api/lessons/missing", None, (404, 404, 404, 404, 401)),
    ("POST", "/api/videos/mux/upload-url", {"lessonId": "c1-l1"}, (200, 403, 200, 403, 401)),
    ("POST", "/api/videos/mux/upload-url", {"lessonId": "missing"}, (404, 404, 404, 404, 401)),
]


@pytest.mark.parametrize("position", range(5), ids=["owner", "other", "admin", "learner", "nobody"])
async def test_who_may_do_what(service: Service, position: int) -> None:
    """The matrix of callers and endpoints; every refusal is a problem with a stable type."""
    user = (OWNER, OTHER, ADMIN, LEARNER, None)[position]
    for number, (method, path, body, expected) in enumerate(MATRIX):
        course = f"c{number}"
        await given_course(service, course)
        await given_course(service, f"hidden{number}", published=False)
        here = path.replace("c1", course).replace("hidden", f"hidden{number}").replace("new", f"new{number}")
        wanted = {"lessonId": body["lessonId"].replace("c1", course)} if body and "lessonId" in body else body
        response = await service.ask(method, here, user, json=wanted)
        assert response.status_code == expected[position], f"{method} {path}: {response.text}"
        if response.status_code >= 400:
            assert response.headers["content-type"] == "application/problem+json"
            assert response.json()["type"].startswith("urn:seatime:problem:")


async def test_the_list_shows_what_concerns_the_caller(service: Service) -> None:
    """Instructors see their own, admins all, learners what is published; deleted ones nobody."""
    await service.must("PUT", "/api/courses/mine", json=COURSE)
    await service.must("PUT", "/api/courses/draft", json=COURSE | {"published": False})
    await service.must("PUT", "/api/courses/other", OTHER, json=COURSE)
    await service.must("PUT", "/api/courses/gone", json=COURSE)
    await service.must("DELETE", "/api/courses/gone")

    async def listed(user: str) -> list[str]:
        return [course["id"] for course in (await service.must("GET", "/api/courses", user))["courses"]]

    assert await listed(OWNER) == ["draft", "mine"]
    assert await listed(OTHER) == ["other"]
    assert await listed(ADMIN) == ["draft", "mine", "other"]
    assert await listed(LEARNER) == ["mine", "other"]


async def test_a_long_list_comes_in_pages(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    """`next` is the `after` of the following page, and null on the last."""
    monkeypatch.setattr("upload_service.courses._PAGE", 2)
    for name in ("a", "b", "c"):
        await service.must("PUT", f"/api/courses/{name}", json=COURSE)
    first = await service.must("GET", "/api/courses")
    second = await service.must("GET", f"/api/courses?after={first['next']}")
    assert [course["id"] for course in first["courses"] + second["courses"]] == ["a", "b", "c"]
    assert second["next"] is None


async def test_only_an_admin_gives_a_course_to_somebody(service: Service) -> None:
    """ownerId is the admin's to set; an admin who leaves it out leaves the owner as it is."""
    refused = await service.ask("PUT", "/api/courses/c1", json=COURSE | {"ownerId": OTHER})
    assert refused.status_code == 403
    made = await service.must("PUT", "/api/courses/c1", ADMIN, json=COURSE | {"ownerId": OTHER})
    assert made["ownerId"] == OTHER
    assert (await service.must("PUT", "/api/courses/c1", ADMIN, json={"title": "New"}))["ownerId"] == OTHER
    assert (await service.must("PUT", "/api/courses/c1", OTHER, json=COURSE | {"ownerId": OTHER}))["ownerId"] == OTHER


async def test_a_lesson_stays_in_its_course(service: Service) -> None:
    """A lesson's id cannot be taken by another course."""
    await given_course(service)
    await service.must("PUT", "/api/courses/c2", json=COURSE)
    response = await service.ask("PUT", "/api/courses/c2/lessons/c1-l1", json=LESSON)
    assert response.status_code == 409
    assert response.json()["type"] == "urn:seatime:problem:lesson-elsewhere"
    assert (await service.ask("DELETE", "/api/courses/c2/lessons/c1-l1")).status_code == 404


async def test_deleting_a_lesson_announces_it_and_its_video(service: Service) -> None:
    """lesson.changed says deleted at once, asset.deleted when the asset is gone; nothing of it answers any more."""
    lesson_id = await service.make_lesson()
    upload = await service.upload_url(lesson_id)
    await service.delivered(asset_event("ready", "a", upload["muxUploadId"]))
    course_id = (await service.lesson(lesson_id))["courseId"]
    await service.must("DELETE", f"/api/courses/{course_id}/lessons/{lesson_id}")
    changed = (await service.outbox(lesson_id))[-1]
    assert (changed["topic"], changed["deleted"], changed["video"]) == ("lesson.changed", True, None)
    await service.delivered(asset_event("deleted", "a", upload["muxUploadId"]))
    deleted = (await service.outbox(lesson_id))[-1]
    assert (deleted["topic"], deleted["asset_id"], deleted["version"]) == ("asset.deleted", "a", changed["version"])
    assert (await service.ask("GET", f"/api/lessons/{lesson_id}")).status_code == 404
    assert (await service.ask("POST", "/api/videos/mux/upload-url", json={"lessonId": lesson_id})).status_code == 404
    assert (await service.must("GET", f"/api/courses/{course_id}"))["lessons"] == []
    again = await service.ask("DELETE", f"/api/courses/{course_id}/lessons/{lesson_id}")
    assert again.status_code == 404


async def test_deleting_a_course_deletes_its_lessons(service: Service) -> None:
    """Each lesson is announced as deleted, then the course."""
    await given_course(service)
    await service.must("DELETE", "/api/courses/c1")
    assert (await service.outbox("c1-l1"))[-1]["deleted"] is True
    assert (await service.outbox("c1"))[-1]["deleted"] is True
    assert (await service.ask("GET", "/api/courses/c1")).status_code == 404


async def test_a_deleted_lesson_comes_back_without_its_video(service: Service) -> None:
    """PUT revives it with a higher version; its discarded video does not return."""
    lesson_id = await service.make_lesson()
    upload_id = (await service.upload_url(lesson_id))["muxUploadId"]
    await service.delivered(asset_event("ready", "a", upload_id))
    path = f"/api/courses/{(await service.lesson(lesson_id))['courseId']}/lessons/{lesson_id}"
    await service.must("DELETE", path)
    lesson = await service.must("PUT", path, json=LESSON)
    assert (lesson["processingStatus"], lesson["muxAssetId"]) == ("pending", None)
    versions = [event["version"] for event in await service.outbox(lesson_id)]
    assert versions == sorted(versions)
    assert (await service.outbox(lesson_id))[-1]["deleted"] is False


async def test_two_at_once_make_one_course(service: Service) -> None:
    """Concurrent PUTs of a new course: one makes it, and no version is lost or doubled."""
    bodies = [{"title": f"Title {number}"} for number in range(6)]
    responses = await asyncio.gather(*(service.ask("PUT", "/api/courses/c1", json=body) for body in bodies))
    assert sorted(response.status_code for response in responses) == [200] * 5 + [201]
    assert [event["version"] for event in await service.outbox("c1")] == [1, 2, 3, 4, 5, 6]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"title": ""},
        {"title": None},
        {"title": "a\x00b"},
        {"title": "x" * 513},
        {"title": "t", "ownerId": "no spaces"},
        {"title": "t", "rules": {"completionThreshold": 1.5}},
        {"title": "t", "rules": {"minVerifiedS": 10**30}},
        {"title": "t", "rules": {"offlineGraceS": 5}},
        {"title": "t", "rules": {"threshold": 0.8}},
        {"title": "t", "published": "perhaps"},
        [],
        "text",
    ],
)
async def test_a_course_that_makes_no_sense_is_refused(service: Service, body: Any) -> None:
    """422 with the place of the fault."""
    response = await service.ask("PUT", "/api/courses/c1", json=body)
    assert response.status_code == 422
    assert response.json()["errors"]


@pytest.mark.parametrize(
    "rules",
    [
        {"requiredSegments": [[5, 1]]},
        {"requiredSegments": [[0, 1e300]]},
        {"requiredSegments": [[-1, 1]]},
        {"requiredSegments": [[1]]},
        {"requiredSegments": [[0, 1]] * 501},
        {"completionThreshold": 0},
        {"threshold": 0.8},
    ],
)
async def test_rules_that_make_no_sense_are_refused(service: Service, rules: Any) -> None:
    """422: segments have a beginning before their end, and bounds."""
    await service.must("PUT", "/api/courses/c1", json=COURSE)
    response = await service.ask("PUT", "/api/courses/c1/lessons/l1", json=LESSON | {"rules": rules})
    assert response.status_code == 422


@pytest.mark.parametrize("raw", [b"{", b'{"title": NaN}', b'{"title":"\\ud800"}', b"1" * 5000, b"\xff", b""])
async def test_a_body_that_is_not_json_is_refused(service: Service, raw: bytes) -> None:
    """A 4xx problem, never a 5xx."""
    response = await service.ask("PUT", "/api/courses/c1", content=raw)
    assert 400 <= response.status_code < 500
    assert response.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("path", ["/api/courses/a%00b", "/api/courses/-x", "/api/courses/" + "x" * 65])
async def test_an_id_that_is_none_is_refused(service: Service, path: str) -> None:
    """422 for ids that no LMS could have given."""
    assert (await service.ask("GET", path)).status_code == 422
    assert (await service.ask("PUT", path, json=COURSE)).status_code == 422


def test_a_segment_may_be_as_long_as_a_video(service: Service) -> None:
    """The bound on segments is far above any lesson."""
    body = schemas.LessonRulesBody.model_validate({"requiredSegments": [[0, 12 * 3600]]})
    assert body.stored()["required_segments"] == [[0, 12 * 3_600_000]]
