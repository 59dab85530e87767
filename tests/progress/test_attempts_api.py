"""Having learners go through a course again, over HTTP: one at a time or many, and what came of each attempt."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import httpx
import pytest

from progress_service.app import create_app
from progress_service.ledger import moment
from progress_service.schemas import MAX_LEARNERS
from servicekit.database import Pool, transaction
from tests.databases import Database
from tests.progress.calling import NOWHERE, bearer, client_of, settings_for
from tests.progress.handling import announced, handle
from tests.progress.making import SESSION, T0, attempt_started, course_changed, lesson_changed, new_session, watching

OLGA = bearer("olga")
NOW = T0 + 200_000
ADA = "/api/progress/courses/c1/learners/ada/attempts"
ALL = "/api/progress/courses/c1/attempts"


@pytest.fixture
async def clock() -> list[int]:
    return [NOW]


@pytest.fixture
async def api(database: Database, clock: list[int]) -> AsyncIterator[httpx.AsyncClient]:
    app = create_app(settings_for(database, NOWHERE), clock=lambda: clock[0])
    async with app.router.lifespan_context(app), client_of(app) as client:
        yield client


@pytest.fixture(autouse=True)
async def _school(worker_pool: Pool) -> None:
    """A course of one lesson, which ada has completed and bob has begun; and a course of somebody else."""
    await handle(worker_pool, course_changed(), course_changed("c2", owner_id="otto"))
    await handle(worker_pool, lesson_changed())
    await handle(worker_pool, watching(95_000), watching(30_000, learner_id="bob"))


async def rows(pool: Pool) -> list[tuple[Any, ...]]:
    found = await pool.fetch(
        "SELECT learner_id, course_id, attempt, started_at_ms, reason FROM attempts ORDER BY 1, 2, 3"
    )
    return [tuple(row) for row in found]


async def test_an_attempt_is_begun_with_its_event(api: httpx.AsyncClient, worker_pool: Pool) -> None:
    """Row D20: the next number, the reason, and when; the row and what is announced say the same."""
    response = await api.post(ADA, json={"reason": "Annual training"}, headers=OLGA)
    assert response.status_code == 201, response.text
    told = {"learnerId": "ada", "attempt": 2, "startedAt": moment(NOW).isoformat().replace("+00:00", "Z")}
    assert response.json() == told | {"reason": "Annual training"}
    assert await rows(worker_pool) == [("ada", "c1", 2, NOW, "Annual training")]
    (event,) = await announced(worker_pool, "attempt.started")
    assert (event["learner_id"], event["course_id"], event["attempt"]) == ("ada", "c1", 2)
    assert (event["started_at"], event["reason"]) == (told["startedAt"], "Annual training")
    assert await worker_pool.fetchval("SELECT key FROM outbox WHERE topic = 'attempt.started'") == "ada/c1"
    assert (await api.post(ADA, headers=OLGA)).json()["attempt"] == 3


async def test_the_same_number_again_is_the_same_answer(
    api: httpx.AsyncClient, worker_pool: Pool, clock: list[int]
) -> None:
    """Row D20: a request may be sent again, later and by several at once: one row, one event, one answer."""
    wanted = {"attempt": 2, "reason": "Annual training"}
    first = await api.post(ADA, json=wanted, headers=OLGA)
    clock[0] += 60_000
    again = await asyncio.gather(*(api.post(ADA, json=wanted, headers=OLGA) for _ in range(4)))
    assert (first.status_code, {response.status_code for response in again}) == (201, {200})
    assert all(response.json() == first.json() for response in again)
    assert len(await announced(worker_pool, "attempt.started")) == len(await rows(worker_pool)) == 1


async def test_nobody_begins_the_same_attempt_twice(api: httpx.AsyncClient, worker_pool: Pool) -> None:
    """Row D20: requests without a number that come at once begin one attempt after the other."""
    responses = await asyncio.gather(*(api.post(ADA, headers=OLGA) for _ in range(5)))
    assert sorted(response.json()["attempt"] for response in responses) == [2, 3, 4, 5, 6]
    assert [row[2] for row in await rows(worker_pool)] == [2, 3, 4, 5, 6]


@pytest.mark.parametrize("number", [2, 4, 6])
async def test_a_number_that_skips_or_goes_back_is_refused(
    api: httpx.AsyncClient, worker_pool: Pool, number: int
) -> None:
    """Row D20: in attempt 3 only 4 can be begun, and 3 be told again."""
    await handle(worker_pool, attempt_started(3))
    response = await api.post(ADA, json={"attempt": number}, headers=OLGA)
    if number == 4:
        assert response.status_code == 201
        return
    body = response.json()
    assert (response.status_code, body["type"]) == (409, "urn:seatime:problem:attempt-out-of-turn")
    assert body["current"] == 3
    assert len(await rows(worker_pool)) == 1
    assert await announced(worker_pool, "attempt.started") == []


async def test_what_is_known_by_a_grant_only_counts_too(api: httpx.AsyncClient, worker_pool: Pool) -> None:
    """Row D20: where playback heard of an attempt first, the next one is the one after that."""
    await handle(worker_pool, watching(10_000, start=300_000, attempt=4, session_id=new_session()))
    assert (await api.post(ADA, headers=OLGA)).json()["attempt"] == 5


@pytest.mark.parametrize("number", [0, 1, 2**31, "x"])
async def test_an_attempt_that_cannot_be_is_refused(api: httpx.AsyncClient, number: Any) -> None:
    """Row D20: everybody's first begins by itself."""
    assert (await api.post(ADA, json={"attempt": number}, headers=OLGA)).status_code == 422


async def test_who_may_begin_and_see_attempts(api: httpx.AsyncClient, worker_pool: Pool) -> None:
    """Row D20: the course's owner and administrators begin them; the learner sees the own ones."""
    everybody = {
        "olga": (OLGA, 201, 200),
        "root": (bearer("root", "admin"), 201, 200),
        "ada": (bearer("ada"), 403, 200),
        "bob": (bearer("bob"), 403, 403),
        "otto": (bearer("otto", "instructor"), 403, 403),
    }
    for name, (headers, begins, sees) in everybody.items():
        assert (await api.post(ADA, headers=headers)).status_code == begins, name
        assert (await api.post(ALL, json={}, headers=headers)).status_code == (200 if begins == 201 else begins), name
        assert (await api.get(ADA, headers=headers)).status_code == sees, name
    assert (await api.post(ADA)).status_code == 401
    unknown = ADA.replace("c1", "c9")
    assert (await api.post(unknown, headers=bearer("root", "admin"))).status_code == 404
    assert (await api.get(unknown, headers=bearer("ada"))).status_code == 404


async def test_what_came_of_each_attempt(api: httpx.AsyncClient, worker_pool: Pool, clock: list[int]) -> None:
    """Row D20: one completed, one that another took the place of, one that runs."""
    await api.post(ADA, json={"reason": "2027"}, headers=OLGA)
    clock[0] += 1000
    await api.post(ADA, headers=OLGA)
    await handle(worker_pool, watching(10_000, start=300_000, attempt=3, session_id=new_session()))
    answer = (await api.get(ADA, headers=bearer("ada"))).json()
    assert (answer["courseId"], answer["learnerId"], answer["attempt"]) == ("c1", "ada", 3)
    told = [(one["attempt"], one["state"], one["reason"], one["lessonsCompleted"]) for one in answer["attempts"]]
    assert told == [(1, "completed", None, 1), (2, "superseded", "2027", 0), (3, "running", None, 0)]
    assert [one["startedAt"] is None for one in answer["attempts"]] == [True, False, False]
    assert answer["attempts"][0]["completedAt"] == moment(T0 + 95_000).isoformat().replace("+00:00", "Z")
    assert (await api.get(ADA, headers=OLGA)).json() == answer
    nobody = (await api.get(ADA.replace("ada", "eve"), headers=OLGA)).json()
    assert [one["state"] for one in nobody["attempts"]] == ["running"]


async def test_a_learner_reads_of_the_present_attempt_and_of_the_former_completion(
    api: httpx.AsyncClient, worker_pool: Pool
) -> None:
    """Row D20: as the learner, behind the wall: the attempt, the completions of before, the sessions of each."""
    await api.post(ADA, headers=OLGA)
    second = watching(40_000, start=300_000, attempt=2, session_id=new_session())
    await handle(worker_pool, second)
    for path, coverage in (("lessons/l1", 0.4), ("courses/c1", None)):
        answer = (await api.get(f"/api/progress/{path}", headers=bearer("ada"))).json()
        assert (answer["attempt"], answer["complete"]) == (2, False)
        assert answer["attemptStartedAt"] == moment(NOW).isoformat().replace("+00:00", "Z")
        assert [one["attempt"] for one in answer["earlier"]] == [1]
        assert answer["reasons"][0]["code"] == "former_attempt"
        assert answer.get("coverage") == coverage
    sessions = (await api.get("/api/progress/lessons/l1/sessions", headers=bearer("ada"))).json()["sessions"]
    assert {(one["sessionId"], one["attempt"]) for one in sessions} == {(str(SESSION), 1), (str(second.session_id), 2)}
    other = (await api.get("/api/progress/courses/c1", headers=bearer("bob"))).json()
    assert (other["attempt"], other["earlier"]) == (1, [])


async def test_a_whole_course_is_recertified(api: httpx.AsyncClient, worker_pool: Pool, clock: list[int]) -> None:
    """Row D20: all who have something in it, or those who are named; sent again, nobody is begun twice."""
    year = {"notSince": moment(NOW).isoformat(), "reason": "2027"}
    answer = (await api.post(ALL, json=year, headers=OLGA)).json()
    assert [(one["learnerId"], one["attempt"], one["reason"]) for one in answer["started"]] == [
        ("ada", 2, "2027"),
        ("bob", 2, "2027"),
    ]
    assert (answer["unchanged"], answer["next"]) == (0, None)
    clock[0] += 60_000
    again = (await api.post(ALL, json=year, headers=OLGA)).json()
    assert (again["started"], again["unchanged"]) == ([], 2)
    named = (await api.post(ALL, json={**year, "learnerIds": ["bob", "cyd", "cyd"]}, headers=OLGA)).json()
    assert ([one["learnerId"] for one in named["started"]], named["unchanged"]) == (["cyd"], 1)
    everybody = (await api.post(ALL, json={}, headers=OLGA)).json()
    assert [(one["learnerId"], one["attempt"]) for one in everybody["started"]] == [("ada", 3), ("bob", 3)]
    events = await announced(worker_pool, "attempt.started")
    assert sorted((event["learner_id"], event["attempt"]) for event in events) == sorted(
        (row[0], row[2]) for row in await rows(worker_pool)
    )


async def test_a_large_course_is_recertified_in_pages(api: httpx.AsyncClient, worker_pool: Pool) -> None:
    """Row D20: page after page until there is no next one: everybody once."""
    await worker_pool.execute(
        "INSERT INTO course_progress (learner_id, course_id) SELECT 'l' || n, 'c1' FROM generate_series(1, $1) AS n",
        MAX_LEARNERS,
    )
    started, after = list[str](), None
    for _ in range(2):
        answer = (await api.post(ALL, json={"after": after}, headers=OLGA)).json()
        started += [one["learnerId"] for one in answer["started"]]
        after = answer["next"]
    assert after is None
    assert len(started) == len(set(started)) == MAX_LEARNERS + 2
    too_many = {"learnerIds": [f"l{n}" for n in range(MAX_LEARNERS + 1)]}
    assert (await api.post(ALL, json=too_many, headers=OLGA)).status_code == 422


@pytest.mark.parametrize("acting_as", ["ada", "otto", "", None])
async def test_the_database_lets_nobody_else_begin_an_attempt(app_pool: Pool, acting_as: str | None) -> None:
    """Row D20: whatever the code says, the API's role adds attempts and events of courses of whom it acts as only."""
    insert = "INSERT INTO attempts (learner_id, course_id, attempt, started_at_ms) VALUES ('ada', 'c1', 2, 0)"
    event = attempt_started()
    announce = (
        "INSERT INTO outbox (event_id, topic, key, event_type, source, payload) VALUES "
        f"(gen_random_uuid(), '{event.topic_name}', 'x', 'x', 'x', '{event.to_json().decode()}')"
    )
    for statement in (insert, announce):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with transaction(app_pool, acting_as=acting_as) as conn:
                await conn.execute(statement)
        async with transaction(app_pool, acting_as="olga") as conn:
            await conn.execute(statement)


async def test_an_attempt_that_has_begun_is_not_changed_by_the_api(app_pool: Pool, worker_pool: Pool) -> None:
    """Row D20: its role may add, and neither change nor take away, the owner's name or not."""
    await handle(worker_pool, attempt_started())
    for statement in ("UPDATE attempts SET attempt = 9", "DELETE FROM attempts"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with transaction(app_pool, acting_as="olga") as conn:
                await conn.execute(statement)


async def test_a_preview_is_of_the_present_attempt(api: httpx.AsyncClient, worker_pool: Pool) -> None:
    """Row D20: who completed a former one is not counted as complete, and has not begun a lesson of this one."""
    preview = "/api/progress/courses/c1/rules/preview"
    before = (await api.post(preview, json={}, headers=OLGA)).json()
    assert (before["learners"]["complete"], before["learners"]["incomplete"]) == (1, 1)
    await api.post(ADA, headers=OLGA)
    after = (await api.post(preview, json={}, headers=OLGA)).json()
    assert (after["learners"]["complete"], after["learners"]["incomplete"]) == (0, 2)
    assert after["lessons"]["l1"] == {"complete": 0, "kept": 0, "wouldComplete": 0, "incomplete": 1}
    await handle(worker_pool, watching(85_000, start=300_000, attempt=2, session_id=new_session()))
    milder = (await api.post(preview, json={"completionThreshold": 0.8}, headers=OLGA)).json()
    assert (milder["learners"]["wouldComplete"], milder["learners"]["incomplete"]) == (1, 1)


async def test_a_quiz_is_graded_for_an_attempt(api: httpx.AsyncClient) -> None:
    """Row D20: the number goes with the result, and one that cannot be is refused."""
    url = "/api/progress/lessons/l1/quiz"
    result = {"learnerId": "ada", "passed": True, "attempt": 0}
    assert (await api.put(url, json=result, headers=OLGA)).status_code == 422
