"""Row C2: an LMS's list of learners in one request: each row by itself, and each learner's right as the row says."""

import asyncio
import json
import random
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from playback_service import store_enrollments
from servicekit.database import transaction
from tests.playback.school import School, enrollment_changed, problem
from tests.playback.test_enrollments import announced

PATH = "/api/courses/c1/enrollments"


async def put(school: School, rows: Any, user: str = "owner") -> dict[str, Any]:
    sent = {"content": json.dumps({"enrollments": rows}), "headers": {"Content-Type": "application/json"}}
    answer = await school.ask("PUT", PATH, user, **sent)
    assert answer.status_code == 200, answer.text
    report: dict[str, Any] = answer.json()
    return report


async def test_each_row_is_applied_or_refused_by_itself(school: School) -> None:
    """Row C2: rows that make no sense are refused with the reason and change nothing; the others are applied, with
    one event for each that changed; the same list again changes nothing."""
    await school.standard()
    past = (datetime.now(UTC) - timedelta(hours=1)).isoformat()
    rows = [
        {"learnerId": "bob"},
        {"learnerId": "cy", "status": "suspended"},
        {"learnerId": "dee", "expiresAt": past},
        {"learnerId": "ada", "status": "removed"},
        {"learnerId": "eve", "status": "removed"},
        {"learnerId": "bob", "status": "suspended"},
        {"learnerId": "no id"},
        {"learnerId": "fay", "status": "king"},
        {"learnerId": "fay", "expiresAt": "tomorrow"},
        {"learnerId": "\ud800"},
        {},
        None,
        ["ada"],
    ]
    report = await put(school, rows)
    assert [row["outcome"] for row in report["rows"]] == ["changed"] * 4 + ["unchanged"] + ["refused"] * 8
    assert (report["changed"], report["unchanged"], report["refused"]) == (4, 1, 8)
    assert [row["version"] for row in report["rows"][:4]] == [1, 1, 1, 2]
    assert all(row["problem"] for row in report["rows"][5:])
    assert report["rows"][7]["problem"].startswith("status: ")
    statuses = {user: (await school.play(user=user)) for user in ("bob", "cy", "dee", "ada", "eve", "fay")}
    assert {user: answer.status_code for user, answer in statuses.items()} == {
        **dict.fromkeys(statuses, 403),
        "bob": 200,
    }
    assert [statuses[user].json()["reason"] for user in ("cy", "dee")] == ["suspended", "expired"]
    assert sorted((event.learner_id, event.status, event.version) for event in await announced(school)) == [
        ("ada", "removed", 2),
        ("bob", "active", 1),
        ("cy", "suspended", 1),
        ("dee", "active", 1),
    ]
    again = await put(school, rows)
    assert (again["changed"], again["unchanged"], again["refused"]) == (0, 5, 8)


async def test_only_those_who_may_and_not_without_bounds(school: School) -> None:
    """Row C2: learners and other teachers get a 403; no rows, too many, or no list is a 422."""
    await school.standard()
    for user in ("ada", "teacher"):
        refused = await school.ask("PUT", PATH, user, json={"enrollments": [{"learnerId": "eve"}]})
        problem(refused, 403, "not-course-owner")
    for rows in ([], [{"learnerId": f"l{n}"} for n in range(1001)], "ada", None):
        problem(await school.ask("PUT", PATH, "owner", json={"enrollments": rows}), 422, "invalid-payload")
    report = await put(school, [{"learnerId": f"l{n}"} for n in range(1000)])
    assert report["changed"] == 1000


async def test_lists_that_cross_do_not_lock_each_other_out(school: School) -> None:
    """Row C2: two systems that send the same learners in opposite order, again and again, both get through, and each
    learner's versions are without a gap."""
    await school.course()
    learners = [f"l{n}" for n in range(50)]
    one = [{"learnerId": learner} for learner in learners]
    other = [{"learnerId": learner, "status": "suspended"} for learner in reversed(learners)]
    await asyncio.gather(*(put(school, rows) for rows in (one, other) * 5))
    versions: dict[str, list[int]] = {}
    for event in await announced(school):
        versions.setdefault(event.learner_id, []).append(event.version)
    assert all(sorted(found) == list(range(1, len(found) + 1)) for found in versions.values())
    assert len(versions) == 50


@pytest.mark.parametrize("seed", range(3))
async def test_a_removal_here_stands_against_what_the_lms_sent_before(school: School, seed: int) -> None:
    """Row C8: events of an LMS that are late, repeated and out of order never bring back what was removed after them,
    and a newer one of the LMS counts."""
    await school.standard()
    history = [enrollment_changed(version=version) for version in range(1, 6)]
    async with transaction(school.pool) as conn:
        await store_enrollments.apply(conn, history)
    report = await put(school, [{"learnerId": "ada", "status": "removed"}])
    assert report["rows"][0]["version"] == 6
    order = random.Random(seed)
    for event in order.sample(history * 2, 10):
        async with transaction(school.pool) as conn:
            await store_enrollments.apply(conn, [event])
        problem(await school.play(), 403, "not-entitled")
    async with transaction(school.pool) as conn:
        await store_enrollments.apply(conn, [enrollment_changed(version=7)])
    await school.granted()
