"""Features C2, C8: the enrollment API, and events that arrive in any order."""

import asyncio
import json
import random
from typing import Any

import pytest

from contracts import EnrollmentChanged, examples
from contracts.registry import model_of
from playback_service import store, store_enrollments
from servicekit.database import transaction
from tests.playback.school import (
    School,
    course_changed,
    enrollment_changed,
    lesson_changed,
    mux_video,
    problem,
)

PATH = "/api/courses/c1/enrollments"


async def announced(school: School) -> list[EnrollmentChanged]:
    """What the outbox holds, in order."""
    rows = await school.pool.fetch("SELECT payload FROM outbox WHERE topic = 'enrollment.changed' ORDER BY id")
    return [EnrollmentChanged.model_validate_json(row["payload"]) for row in rows]


async def test_enrolling_lets_a_learner_in_and_announces_it(school: School) -> None:
    """A PUT by the owner gives the right at once, and the event leaves with the first version."""
    await school.course()
    await school.lesson()
    problem(await school.play(), 403, "not-entitled")
    response = await school.ask("PUT", f"{PATH}/ada", "owner", "instructor")
    assert response.status_code == 200
    assert response.json() | {"changedAt": 0} == {
        "learnerId": "ada",
        "courseId": "c1",
        "status": "active",
        "expiresAt": None,
        "cohort": None,
        "version": 1,
        "changedAt": 0,
    }
    await school.granted()
    (event,) = await announced(school)
    assert (event.learner_id, event.course_id, event.version, event.status) == ("ada", "c1", 1, "active")


async def test_versions_grow_with_changes_only(school: School) -> None:
    """The same state again changes nothing and announces nothing; each change is one version on."""
    await school.course()
    bodies: list[dict[str, Any]] = [
        {},
        {},
        {"status": "suspended"},
        {"status": "suspended"},
        {"expiresAt": "2030-01-01T00:00:00+02:00"},
        {"expiresAt": "2029-12-31T22:00:00Z"},
    ]
    versions = [(await school.ask("PUT", f"{PATH}/ada", "owner", json=body)).json()["version"] for body in bodies]
    assert versions == [1, 1, 2, 2, 3, 3]
    assert [event.version for event in await announced(school)] == [1, 2, 3]


async def test_a_cohort_stays_until_another_is_named(school: School) -> None:
    """Row E6: it is announced with every version, also by who takes a learner out, and when an LMS wrote it."""
    await school.course()
    suspended = {"status": "suspended"}
    bodies: list[dict[str, Any]] = [{"cohort": "spring"}, {}, suspended, {**suspended, "cohort": "autumn"}]
    for body in bodies:
        assert (await school.ask("PUT", f"{PATH}/ada", "owner", json=body)).status_code == 200
    rows = {"enrollments": [{"learnerId": "ada", "status": "active"}, {"learnerId": "bob", "cohort": "spring"}]}
    assert (await school.ask("PUT", PATH, "owner", json=rows)).json()["changed"] == 2
    assert (await school.ask("DELETE", f"{PATH}/ada", "owner")).status_code == 204
    events = await announced(school)
    assert [(event.version, event.cohort) for event in events if event.learner_id == "ada"] == [
        (1, "spring"),
        (2, "spring"),
        (3, "autumn"),
        (4, "autumn"),
        (5, "autumn"),
    ]
    assert [(event.version, event.cohort) for event in events if event.learner_id == "bob"] == [(1, "spring")]


async def test_removing_takes_the_right_and_keeps_the_version(school: School) -> None:
    """A DELETE ends the right; repeated it changes nothing; for one who never was enrolled it is a 404."""
    await school.standard()
    assert (await school.ask("DELETE", f"{PATH}/ada", "owner")).status_code == 204
    problem(await school.play(), 403, "not-entitled")
    assert (await school.ask("DELETE", f"{PATH}/ada", "owner")).status_code == 204
    problem(await school.ask("DELETE", f"{PATH}/eve", "owner"), 404, "enrollment-not-found")
    assert [(event.status, event.version) for event in await announced(school)] == [("removed", 2)]
    assert (await school.ask("PUT", f"{PATH}/ada", "owner")).json()["version"] == 3


async def test_only_owner_and_admin_may_enroll(school: School) -> None:
    """Others are refused alike whether the course exists or not; an admin may be ahead of the course's event."""
    await school.course()
    for user, role in (("ada", "learner"), ("other-teacher", "instructor")):
        for course in ("c1", "never-was"):
            for method, path in (("PUT", "/eve"), ("DELETE", "/eve"), ("GET", ""), ("POST", "")):
                response = await school.ask(
                    method,
                    f"/api/courses/{course}/enrollments{path}",
                    user,
                    role,
                    json={"learnerIds": ["eve"]} if method == "POST" else None,
                )
                problem(response, 403, "not-course-owner")
    assert (await school.ask("PUT", "/api/courses/early/enrollments/ada", "root", "admin")).status_code == 200
    assert (await school.http.put(f"{PATH}/eve")).status_code == 401


async def test_many_at_once(school: School) -> None:
    """A bulk enrollment changes those who were not in that state, each once, and announces exactly those."""
    await school.course()
    await school.ask("PUT", f"{PATH}/bob", "owner")
    response = await school.ask("POST", PATH, "owner", json={"learnerIds": ["eve", "ada", "bob", "ada"]})
    assert response.status_code == 200
    assert sorted(changed["learnerId"] for changed in response.json()["changed"]) == ["ada", "eve"]
    assert response.json()["unchanged"] == 1
    assert sorted(event.learner_id for event in await announced(school)) == ["ada", "bob", "eve"]


async def test_listing_pages_through_all_but_the_removed(school: School) -> None:
    """Pages by learner id, each with where to go on."""
    await school.course()
    learners = [f"learner-{n:02}" for n in range(7)]
    await school.ask("POST", PATH, "owner", json={"learnerIds": learners})
    await school.ask("DELETE", f"{PATH}/learner-03", "owner")
    found, after = [], ""
    while after is not None:
        page = (await school.ask("GET", PATH, "owner", params={"after": after, "limit": 3})).json()
        found += [enrollment["learnerId"] for enrollment in page["enrollments"]]
        after = page["next"]
    assert found == [learner for learner in learners if learner != "learner-03"]


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PUT", "/ada", {"status": "king"}),
        ("PUT", "/ada", {"status": "removed"}),
        ("PUT", "/ada", {"expiresAt": "tomorrow"}),
        ("PUT", "/ada", {"expiresAt": "2030-01-01T00:00:00"}),
        ("PUT", "/ada", {"expiresAt": "9999-12-31T23:59:59-14:00"}),
        ("PUT", "/ada", {"expiresAt": "0001-01-01T00:00:00+14:00"}),
        ("PUT", "/%00", {}),
        ("PUT", "/ada", [1]),
        ("POST", "", {"learnerIds": []}),
        ("POST", "", {"learnerIds": ["a b"]}),
        ("POST", "", {"learnerIds": ["\ud800"]}),
        ("POST", "", {"learnerIds": "ada"}),
        ("POST", "", {"learnerIds": ["ada"] * 1001}),
    ],
)
async def test_bad_payloads_are_refused(school: School, method: str, path: str, body: Any) -> None:
    """What makes no sense is a 422 and changes nothing."""
    await school.course()
    sent = {"content": json.dumps(body), "headers": {"Content-Type": "application/json"}}
    problem(await school.ask(method, PATH + path, "owner", **sent), 422, "invalid-payload")
    assert await school.pool.fetchval("SELECT count(*) FROM enrollments") == 0


async def test_concurrent_changes_each_get_their_own_version(school: School) -> None:
    """Owners who change the same enrollment at the same time leave a gapless history."""
    await school.course()
    statuses = ["active", "suspended"] * 8
    await asyncio.gather(*(school.ask("PUT", f"{PATH}/ada", "owner", json={"status": status}) for status in statuses))
    events = await announced(school)
    assert [event.version for event in events] == list(range(1, len(events) + 1))
    stored = await school.pool.fetchrow("SELECT status, version FROM enrollments")
    assert (stored["status"], stored["version"]) == (events[-1].status, events[-1].version)


@pytest.mark.parametrize("seed", range(5))
async def test_replayed_and_reordered_events_never_bring_a_right_back(school: School, seed: int) -> None:
    """Whatever the order and repetition, in batches of any size, the highest version stands."""
    order = random.Random(seed)
    history = [
        enrollment_changed(version=version, status=order.choice(["active", "suspended", "removed"]))
        for version in range(1, 8)
    ]
    delivered = history * 3
    order.shuffle(delivered)
    while delivered:
        size = order.randint(1, 6)
        async with transaction(school.pool) as conn:
            await store_enrollments.apply(conn, delivered[:size])
        del delivered[:size]
    async with transaction(school.pool) as conn:
        stored = await store_enrollments.find(conn, "c1", "ada")
    assert stored is not None
    assert (stored.version, stored.status) == (7, history[-1].status)


async def test_older_event_after_a_removal_changes_nothing(school: School) -> None:
    """An active state that was overtaken by the removal comes too late, even if it was never seen before."""
    await school.course()
    await school.lesson()
    for event in (enrollment_changed(version=3, status="removed"), enrollment_changed(version=2)):
        async with transaction(school.pool) as conn:
            await store_enrollments.apply(conn, [event])
    problem(await school.play(), 403, "not-entitled")


async def test_projections_go_by_version(school: School) -> None:
    """Courses and lessons: the newest state wins within a batch, between batches, and before its row exists."""
    courses = [course_changed(version=version, owner_id=f"owner-{version}") for version in (2, 3, 1)]
    lessons = [lesson_changed(version=version, video=mux_video(f"pb{version}")) for version in (3, 1, 2)]
    async with transaction(school.pool) as conn:
        await store.project_lessons(conn, lessons)
        await store.project_courses(conn, courses)
        await store.project_lessons(conn, [lesson_changed(version=2, deleted=True)])
        await store.project_courses(conn, [course_changed(version=2, deleted=True)])
    await school.enroll()
    assert (await school.granted())["playbackId"] == "pb3"
    assert (await school.ask("GET", PATH, "owner-3")).status_code == 200


async def test_enrollment_before_its_course(school: School) -> None:
    """Events of course, lesson and enrollment may come in any order; the right begins with the last of them."""
    await school.enroll()
    await school.lesson()
    problem(await school.play(), 403, "not-entitled")
    await school.course()
    await school.granted()


@pytest.mark.parametrize("topic", ["course.changed", "lesson.changed", "enrollment.changed"])
async def test_golden_examples_are_applied(school: School, topic: str) -> None:
    """Every example of every consumed topic is understood, those from the future included, and leaves its row."""
    events = [model_of(topic).model_validate_json(example.value) for example in examples.load(topic)]
    async with transaction(school.pool) as conn:
        await {
            "course.changed": store.project_courses,
            "lesson.changed": store.project_lessons,
            "enrollment.changed": store_enrollments.apply,
        }[topic](conn, events)
    table = {"course.changed": "courses", "lesson.changed": "playable_lessons", "enrollment.changed": "enrollments"}
    stored = await school.pool.fetchval(f"SELECT count(*) FROM {table[topic]}")
    assert stored == len({event.key for event in events}) > 0
