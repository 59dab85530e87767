"""Feature C8: learners are told how they stand in their courses before they ask for a video, and of nobody else."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.playback.school import School, problem

PATH = "/api/playback/enrollments"
SOON, BEFORE = datetime.now(UTC) + timedelta(days=3), datetime.now(UTC) - timedelta(days=3)
OPEN, DRAFT = {"public": True}, {"published": False}


async def standing(school: School, course_id: str = "c1", user: str = "ada", *roles: str) -> dict[str, Any]:
    response = await school.ask("GET", f"{PATH}/{course_id}", user, *roles)
    assert response.status_code == 200, response.text
    assert response.headers["cache-control"] == "no-store"
    found: dict[str, Any] = response.json()
    assert found.keys() == {"courseId", "standing", "expiresAt", "access"}
    return found


@pytest.mark.parametrize(
    ("course", "enrollment", "expected", "access", "refusal"),
    [
        ({}, {}, "active", "enrolled", None),
        ({}, {"expires_at": SOON}, "active", "enrolled", None),
        ({}, {"expires_at": BEFORE}, "expired", None, "expired"),
        ({}, {"status": "suspended"}, "suspended", None, "suspended"),
        ({}, {"status": "suspended", "expires_at": BEFORE}, "suspended", None, "suspended"),
        ({}, {"status": "removed"}, "removed", None, "not_entitled"),
        ({}, None, "none", None, "not_entitled"),
        (DRAFT, {}, "active", None, "unpublished"),
        (OPEN, None, "none", "public", None),
        (OPEN, {"status": "removed"}, "removed", "public", None),
        (OPEN, {"expires_at": BEFORE}, "expired", "public", None),
        (OPEN, {"status": "suspended"}, "suspended", None, "suspended"),
    ],
)
async def test_says_what_playback_will_do(
    school: School, course: dict[str, Any], enrollment: dict[str, Any] | None, expected: str, access: Any, refusal: Any
) -> None:
    """The standing is that of the enrollment, the access is the one by which a video is granted or refused."""
    await school.course(**course)
    await school.lesson()
    if enrollment is not None:
        await school.enroll(**enrollment)
    expires_at = (enrollment or {}).get("expires_at")
    found = await standing(school)
    assert (found["courseId"], found["standing"], found["access"]) == ("c1", expected, access)
    assert (found["expiresAt"] and datetime.fromisoformat(found["expiresAt"])) == expires_at
    played = await school.play()
    if refusal is None:
        assert played.status_code == 200
    else:
        assert problem(played, 403, "not-entitled")["reason"] == refusal


async def test_owner_and_admin_are_told_that_they_preview(school: School) -> None:
    """Who runs a course is not enrolled in it, and may watch all the same."""
    await school.course()
    assert (await standing(school, "c1", "owner", "instructor"))["access"] == "owner"
    assert (await standing(school, "c1", "root", "admin"))["access"] == "admin"
    assert (await standing(school, "c1", "owner", "instructor"))["standing"] == "none"


async def test_lists_the_callers_own_and_nobody_elses(school: School) -> None:
    """Page by page, ended ones included; who is in the same courses, or asks with more rights, sees only the own."""
    courses = [f"course-{n}" for n in range(5)]
    for course in courses:
        await school.course(course)
        await school.enroll("ada", course)
        await school.enroll("bob", course, status="suspended")
    await school.enroll("ada", "course-3", status="removed")
    await school.enroll("ada", "unheard-of")
    found, after = [], ""
    while after is not None:
        page = (await school.ask("GET", PATH, "ada", params={"after": after, "limit": 2})).json()
        found += page["enrollments"]
        after = page["next"]
    assert [one["courseId"] for one in found] == [*courses, "unheard-of"]
    assert {one["courseId"]: one["standing"] for one in found}["course-3"] == "removed"
    assert {one["standing"] for one in found} == {"active", "removed"}
    assert next(one for one in found if one["courseId"] == "unheard-of")["access"] is None
    for user, roles in (("eve", ("learner",)), ("owner", ("instructor",)), ("root", ("admin",))):
        answer = await school.ask("GET", PATH, user, *roles)
        assert answer.json() == {"enrollments": [], "next": None}
    assert not re.search("bob|owner", (await school.ask("GET", PATH, "ada")).text)


async def test_guessing_teaches_nothing(school: School) -> None:
    """A course that is not there reads like one in which the caller is not; without a token nothing is read."""
    await school.course()
    await school.course("draft", published=False, public=True)
    await school.course("gone", deleted=True, public=True)
    answers = [await standing(school, course, "eve") for course in ("c1", "draft", "gone", "never-was")]
    assert [answer | {"courseId": ""} for answer in answers] == [
        {"courseId": "", "standing": "none", "expiresAt": None, "access": None}
    ] * 4
    for path in (PATH, f"{PATH}/c1"):
        assert (await school.http.get(path)).status_code == 401
    assert (await school.ask("GET", f"{PATH}/c%201")).status_code == 422
