"""A learner goes through a course again, through the whole system: from the owner's request to a second certificate."""

import itertools
import json
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from uuid import uuid4

import pytest

from tests.e2e.people import Json, Platform, eventually

pytestmark = pytest.mark.e2e

LEARNER = "learner-who-is-recertified"


def playing(platform: Platform, lesson: str, playback: Json) -> Callable[[], Awaitable[Json]]:
    """Each call reports what was played since the one before, as a player does, and reads how far that is."""
    numbers, state = itertools.count(), {"at": int(time.time() * 1000), "media": 0.0}

    async def play() -> Json:
        now = int(time.time() * 1000)
        began, state["media"] = state["media"], min(3.0, state["media"] + (now - state["at"]) / 1000)
        beat = {
            "seq": next(numbers), "since": state["at"], "at": now, "position": state["media"],
            "watched_segments": [[began, state["media"]]],
        }  # fmt: skip
        state["at"] = now
        response = await platform.report(playback["watchGrant"], [beat])
        assert response.status_code == 202, response.text
        return await platform.progress(lesson, LEARNER)

    return play


async def completions(platform: Platform, topic: str, course: str) -> list[int]:
    """The attempts of the learner's completions on a topic."""
    events = [json.loads(record.value) for record in await platform.records(topic)]
    return [event["attempt"] for event in events if (event["learner_id"], event["course_id"]) == (LEARNER, course)]


@pytest.mark.timeout(300)
async def test_a_course_is_completed_watched_again_and_completed_again(platform: Platform, clip: Path) -> None:
    """Row D20: the player's next grant is of the second attempt, which begins with nothing and is completed anew."""
    lesson = f"lesson-{uuid4().hex[:8]}"
    course = await platform.course(lesson)
    await platform.enroll(course, LEARNER)
    await platform.upload(lesson, clip)
    await platform.until_ready(lesson)
    first = await platform.playback(lesson, LEARNER)
    done = await eventually(playing(platform, lesson, first), lambda found: found["complete"])
    assert (done["attempt"], done["earlier"]) == (1, [])

    attempts = f"/api/progress/courses/{course}/learners/{LEARNER}/attempts"
    wanted = {"attempt": 2, "reason": "Yearly training"}
    for _ in range(2):
        begun = await platform.must("POST", attempts, user="owner-1", role="instructor", json=wanted)
        assert (begun["attempt"], begun["reason"]) == (2, "Yearly training")
    anew = await platform.progress(lesson, LEARNER)
    assert (anew["attempt"], anew["complete"], anew["covered"]) == (2, False, [])
    assert anew["earlier"] == [{"attempt": 1, "completedAt": done["completedAt"]}]
    assert anew["reasons"][0]["code"] == "former_attempt"

    async def refreshed() -> Json:
        path = f"/api/videos/{lesson}/playback"
        answer: Json = await platform.must("GET", path, user=LEARNER, params={"refresh": first["watchGrant"]})
        return answer

    second = await eventually(refreshed, lambda found: found["sessionId"] != first["sessionId"])
    again = await eventually(playing(platform, lesson, second), lambda found: found["complete"])
    assert (again["attempt"], [one["attempt"] for one in again["earlier"]]) == (2, [1])

    async def told() -> tuple[list[int], list[int]]:
        return (
            await completions(platform, "lesson.completed", course),
            await completions(platform, "course.completed", course),
        )

    assert await eventually(told, lambda found: len(found[1]) > 1) == ([1, 2], [1, 2])
    history = await platform.must("GET", attempts, user=LEARNER)
    assert [(one["attempt"], one["state"]) for one in history["attempts"]] == [(1, "completed"), (2, "completed")]
    evidence = await platform.must("GET", f"/api/progress/courses/{course}/evidence", user=LEARNER)
    assert [(row["kind"], row["attempt"]) for row in evidence["learners"][0]["rows"]] == [
        ("lesson", 1),
        ("course", 1),
        ("lesson", 2),
        ("course", 2),
    ]
