"""The review queue: who is in it, who may ask, what is decided, and that nobody's credit knows of it."""

import time
from collections.abc import AsyncIterator, Callable
from typing import Any

import asyncpg
import httpx
import pytest

from contracts import WatchProgress
from progress_service import store_reviews
from progress_service.app import create_app
from progress_service.habits import LENGTHS
from servicekit.database import Pool, create_pool, transaction
from tests.databases import Database
from tests.progress.calling import NOWHERE, bearer, client_of, settings_for
from tests.progress.cheating import bare
from tests.progress.cheating.people import Kind, fast_with_pauses, watching
from tests.progress.cheating.scripts import constant_double_speed, jittered_trace, three_tabs_with_jitter
from tests.progress.handling import decided, dump, handle
from tests.progress.making import course_changed, lesson_changed

REVIEWS = "/api/progress/courses/c1/reviews"
OLGA, ROOT = bearer("olga", "instructor"), bearer("root", "admin")
LEDGER = ("learner_clocks", "watch_sessions", "lesson_progress", "course_progress", "completions")
KINDS = tuple(
    Kind("", script) for script in (constant_double_speed, jittered_trace, three_tabs_with_jitter, fast_with_pauses)
)

_BATCH = 25
"""Less than a lesson's requests, so that its row is updated, too."""


@pytest.fixture
async def api(database: Database) -> AsyncIterator[httpx.AsyncClient]:
    app = create_app(settings_for(database, NOWHERE))
    async with app.router.lifespan_context(app), client_of(app) as client:
        yield client


def sent(kind: Kind, start_ms: int) -> list[WatchProgress]:
    return [event for report in kind.reports(start_ms) if (event := report.event()) is not None]


async def course(pool: Pool) -> None:
    await handle(pool, course_changed())
    await handle(pool, *(lesson_changed(lesson) for lesson in bare.LESSONS))


async def watched(pool: Pool, *kinds: Kind, start_ms: int | None = None) -> None:
    """The course, and these who watch all of it."""
    await course(pool)
    start = start_ms or int(time.time() - 10_000) * 1000
    for kind in kinds:
        requests = sent(kind, start)
        for first in range(0, len(requests), _BATCH):
            await handle(pool, *requests[first : first + _BATCH])


async def queue(api: httpx.AsyncClient, **params: Any) -> list[dict[str, Any]]:
    response = await api.get(REVIEWS, params=params, headers=OLGA)
    assert response.status_code == 200, response.text
    found: list[dict[str, Any]] = response.json()["reviews"]
    return found


async def decide(api: httpx.AsyncClient, learner: str, decision: str, note: str = "") -> httpx.Response:
    return await api.put(f"{REVIEWS}/{learner}", json={"decision": decision, "note": note}, headers=OLGA)


async def test_the_worst_come_first_with_their_reasons(api: httpx.AsyncClient, worker_pool: Pool) -> None:
    """Row D28: those above the threshold, page by page, each with words, codes, figures and the time it is about; the
    figures are those of the ledger."""
    start = int(time.time() - 10_000) * 1000
    await watched(worker_pool, *KINDS, start_ms=start)
    whole = (await api.get(REVIEWS, headers=OLGA)).json()
    assert [one["learnerId"] for one in whole["reviews"]] == [
        "three_tabs_with_jitter",
        "constant_double_speed",
        "jittered_trace",
    ]
    assert (whole["courseId"], whole["threshold"], whole["next"]) == ("c1", 0.6, None)
    script = whole["reviews"][1]
    assert script["state"] == "open"
    assert script["decision"] is None
    assert script["score"] == 0.733
    assert [reason["code"] for reason in script["reasons"]] == ["maximum_rate", "untouched", "regular_beats"]
    assert script["reasons"][0] == {
        "code": "maximum_rate",
        "message": "100 % of the time was played at the highest rate that counts",
        "value": 1.0,
        "weight": 0.5,
        "figures": {"atMaximumRateSeconds": 3000.0, "watchedSeconds": 3000.0},
    }
    assert script["watched"] == 3000.0
    assert script["watchedFrom"] < script["watchedUntil"]
    pages, after = list[str](), None
    for _ in whole["reviews"]:
        params = {"limit": 1} | ({"after": after} if after else {})
        answer = (await api.get(REVIEWS, params=params, headers=OLGA)).json()
        pages += [one["learnerId"] for one in answer["reviews"]]
        after = answer["next"]
    assert after is None
    assert pages == [one["learnerId"] for one in whole["reviews"]]


async def test_those_who_were_decided_about_are_found_without_reading_the_course(
    api: httpx.AsyncClient, worker_pool: Pool, app_pool: Pool
) -> None:
    """Row D28: their list shows what it did; PostgreSQL looks their rows up and nobody else's."""
    await watched(worker_pool, *KINDS)
    before = {one["learnerId"]: one for one in await queue(api)}
    await decide(api, "jittered_trace", "confirmed")
    (shown,) = await queue(api, state="confirmed")
    assert {**shown, "state": "open", "decision": None} == before["jittered_trace"]
    async with transaction(app_pool, acting_as="olga", readonly=True) as conn:
        named = store_reviews.watchings(conn, "c1", min_spent_ms=1, learner_ids=["jittered_trace", "nobody"])
        assert [who async for who, _ in named] == ["jittered_trace"]
        assert [one async for one in store_reviews.watchings(conn, "c1", min_spent_ms=1, learner_ids=[])] == []


async def test_a_list_of_decisions_asks_about_nobody_else(
    api: httpx.AsyncClient, worker_pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Row D28: however many there are in the course."""
    await watched(worker_pool, *KINDS)
    await decide(api, "jittered_trace", "dismissed")
    asked: list[Any] = []
    usual = store_reviews.watchings

    def noted(*args: Any, **named: Any) -> Any:
        asked.append(named["learner_ids"])
        return usual(*args, **named)

    monkeypatch.setattr(store_reviews, "watchings", noted)
    for state in ("open", "dismissed", "confirmed"):
        await queue(api, state=state)
    assert asked == [None, ["jittered_trace"], ["jittered_trace"]]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.script.__name__)
async def test_the_query_sums_what_the_ledger_counted(app_pool: Pool, worker_pool: Pool, kind: Kind) -> None:
    """Row D28: from PostgreSQL comes what the pure ledger computes of the same requests, counter by counter."""
    start = int(time.time() - 10_000) * 1000
    await watched(worker_pool, kind, start_ms=start)
    async with transaction(app_pool, acting_as="olga", readonly=True) as conn:
        found = [one async for one in store_reviews.watchings(conn, "c1", min_spent_ms=1)]
    name = kind.script.__name__
    assert found == [(name, watching(bare.ledger_of(kind.reports(start)), name))]


async def test_owners_and_administrators_only(api: httpx.AsyncClient, worker_pool: Pool) -> None:
    """Row D28: neither learners nor owners of other courses see the queue or decide; odd requests are told so."""
    await watched(worker_pool, KINDS[0])
    await handle(worker_pool, course_changed("c2", owner_id="otto"))
    said = {"decision": "confirmed"}
    for headers, status in (
        (OLGA, 200),
        (ROOT, 200),
        (bearer("otto", "instructor"), 403),
        (bearer("constant_double_speed"), 403),
        ({}, 401),
    ):
        assert (await api.get(REVIEWS, headers=headers)).status_code == status
        put = await api.put(f"{REVIEWS}/constant_double_speed", json=said, headers=headers)
        assert put.status_code == status, put.text
    assert (await api.get("/api/progress/courses/c9/reviews", headers=ROOT)).status_code == 404
    for params in ({"state": "closed"}, {"after": "ada"}, {"after": "7/ada"}, {"limit": 0}):
        assert (await api.get(REVIEWS, params=params, headers=OLGA)).status_code == 422, params
    wrong = await api.put(f"{REVIEWS}/constant_double_speed", json={"decision": "punished"}, headers=OLGA)
    assert wrong.status_code == 422


async def test_a_decision_is_kept_with_its_grounds(api: httpx.AsyncClient, worker_pool: Pool) -> None:
    """Row D28: who decided, when, with which note and by which figures; a repeated request adds nothing."""
    await watched(worker_pool, KINDS[0])
    first = (await decide(api, "constant_double_speed", "confirmed", "spoke to her")).json()
    assert first["state"] == "confirmed"
    assert (first["decision"]["decidedBy"], first["decision"]["note"]) == ("olga", "spoke to her")
    assert first["decision"]["score"] == first["score"] == 0.733
    assert [one["code"] for one in first["decision"]["reasons"]] == ["maximum_rate", "untouched", "regular_beats"]
    assert (await decide(api, "constant_double_speed", "confirmed", "spoke to her")).json() == first
    assert await queue(api) == []
    assert await queue(api, state="confirmed") == [first]
    assert (await decide(api, "constant_double_speed", "dismissed")).json()["state"] == "dismissed"
    assert [one["state"] for one in await queue(api, state="dismissed")] == ["dismissed"]
    kept = await worker_pool.fetch("SELECT decision, decided_by FROM review_decisions ORDER BY id")
    assert [tuple(row) for row in kept] == [("confirmed", "olga"), ("dismissed", "olga")]
    root = await api.put(f"{REVIEWS}/constant_double_speed", json={"decision": "confirmed"}, headers=ROOT)
    assert root.json()["decision"]["decidedBy"] == "root"


async def test_only_who_is_in_the_queue_is_decided_about(api: httpx.AsyncClient, worker_pool: Pool) -> None:
    """Row D28: a learner below the threshold, or unknown, has no review to decide."""
    await watched(worker_pool, KINDS[3])
    for learner in ("fast_with_pauses", "nobody"):
        response = await decide(api, learner, "confirmed")
        assert response.status_code == 404
        assert response.json()["type"].endswith("review-not-found")
    assert await worker_pool.fetchval("SELECT count(*) FROM review_decisions") == 0


async def test_what_was_dismissed_comes_back_for_new_facts_only(api: httpx.AsyncClient, worker_pool: Pool) -> None:
    """Row D28: more of the same does not open a dismissed review again; a score that is clearly higher does."""
    start = int(time.time() - 40_000) * 1000
    trace = Kind("", jittered_trace)
    await course(worker_pool)
    await handle(worker_pool, *sent(trace, start))
    (before,) = await queue(api)
    assert (await decide(api, "jittered_trace", "dismissed", "listens fast")).json()["state"] == "dismissed"
    await handle(worker_pool, *sent(trace, start))
    await handle(worker_pool, *sent(trace, start + 5_000_000))
    (same,) = await queue(api, state="dismissed")
    assert before["score"] < same["score"] < before["score"] + 0.1
    assert await queue(api) == []
    tabs = Kind("", lambda _, start_ms: three_tabs_with_jitter("jittered_trace", start_ms))
    await handle(worker_pool, *(event for event in sent_as(tabs, "jittered_trace", start + 10_000_000)))
    (again,) = await queue(api)
    assert again["score"] >= before["score"] + 0.1
    assert again["decision"]["note"] == "listens fast"
    assert (await decide(api, "jittered_trace", "dismissed")).json()["state"] == "dismissed"
    assert await queue(api) == []


def sent_as(kind: Kind, learner: str, start_ms: int) -> list[WatchProgress]:
    reports = sorted(kind.script(learner, start_ms), key=lambda report: report.at_ms)
    return [event for report in reports if (event := report.event()) is not None]


async def test_nobody_s_credit_knows_of_the_queue(
    make_database: Callable[[str], Database], database: Database, api: httpx.AsyncClient, worker_pool: Pool
) -> None:
    """Row D28: with reviews read, confirmed and dismissed between the requests, the tables of the ledger and what is
    announced are byte for byte those of a ledger without: there is no penalty."""
    start = int(time.time() - 10_000) * 1000
    requests = sorted((event for kind in KINDS for event in sent(kind, start)), key=lambda event: event.received_at_ms)
    first = len(requests) * 3 // 4
    await course(worker_pool)
    await handle(worker_pool, *requests[:first])
    in_queue = await queue(api)
    assert len(in_queue) == 3
    for number, one in enumerate(in_queue):
        assert (await decide(api, one["learnerId"], ("confirmed", "dismissed")[number % 2])).status_code == 200
    await handle(worker_pool, *requests[first:])
    alone = make_database("progress")
    pool = await create_pool(alone.worker_url, application_name="test-worker", max_size=2)
    try:
        await course(pool)
        await handle(pool, *requests[:first])
        await handle(pool, *requests[first:])
        assert await dump(worker_pool, LEDGER) == await dump(pool, LEDGER)
        told = "SELECT topic, key, payload FROM outbox ORDER BY id"
        assert await worker_pool.fetch(told) == await pool.fetch(told)
    finally:
        await pool.close()
    assert (
        await worker_pool.fetchval("SELECT count(*) FROM completions WHERE learner_id = 'constant_double_speed'") == 11
    )
    assert await worker_pool.fetchval("SELECT count(*) FROM review_decisions") == 3


async def test_decisions_are_added_to_own_courses_and_never_changed(app_pool: Pool, worker_pool: Pool) -> None:
    """Rows D28, G5: the API's role adds decisions for the owner whom it acts as, and neither it nor the worker changes
    one; nobody writes when or under which number it was."""
    await watched(worker_pool, KINDS[0])
    await decided(app_pool, "ada")
    for owner in ("otto", "ada", ""):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await decided(app_pool, "ada", owner=owner)
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await decided(app_pool, "ada", "c9")
    for pool, statement in (
        (app_pool, "UPDATE review_decisions SET note = 'x'"),
        (app_pool, "DELETE FROM review_decisions"),
        (app_pool, "INSERT INTO review_decisions (decided_at) VALUES (now())"),
        (worker_pool, "UPDATE review_decisions SET note = 'x'"),
        (worker_pool, "INSERT INTO review_decisions (learner_id) VALUES ('ada')"),
    ):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with transaction(pool, acting_as="olga") as conn:
                await conn.execute(statement)


async def test_habits_lie_in_the_row_and_are_bounded(worker_pool: Pool) -> None:
    """Row D28: whatever is sent, a lesson keeps one array of so many counters, and no column of its own for anybody."""
    await watched(worker_pool, *KINDS)
    rows = await worker_pool.fetch("SELECT lengths, signs, fast_ms, spent_ms, began_ms FROM lesson_progress")
    assert {len(row["lengths"]) for row in rows} == {LENGTHS}
    assert all(row["fast_ms"] <= row["spent_ms"] and row["began_ms"] for row in rows)
    assert sum(row["signs"] for row in rows) == 5
