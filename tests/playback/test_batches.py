"""Rows C2, C3, C13: requests that come together share statements, and each is answered as if it had come alone."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from urllib.parse import urlsplit

import asyncpg
import pytest

from playback_service.batches import Batches
from servicekit.database import Connection, Pool, create_pool
from servicekit.errors import DatabaseUnavailable, NotFound, Unavailable
from tests.databases import Database
from tests.playback.conftest import OpenSchool
from tests.playback.school import School, problem
from tests.playback.test_outages import through
from tests.polling import within
from tests.proxy import proxy


@pytest.fixture
async def pool(database: Database) -> AsyncIterator[Pool]:
    pool = await create_pool(database.app_url, application_name="batches", max_size=4, command_timeout=5)
    yield pool
    pool.terminate()


class Turns:
    """A turn that notes its batches, doubles its questions, and can be held up in mid-way."""

    def __init__(self) -> None:
        self.batches: list[list[int]] = []
        self.open = asyncio.Event()
        self.open.set()

    async def __call__(self, conn: Connection, questions: Sequence[int]) -> Sequence[int | Exception]:
        self.batches.append(list(questions))
        await conn.execute("SELECT 1")
        await self.open.wait()
        if -1 in questions:
            raise RuntimeError("spoilt")
        return [NotFound(str(question)) if question == 0 else 2 * question for question in questions]


async def test_one_tick_is_one_batch(pool: Pool) -> None:
    """A hundred that come in the same tick are asked once, and each gets its own answer, or its own refusal."""
    turns = Turns()
    batches = Batches(pool, turns, budget_s=5, lanes=1)
    answers = await asyncio.gather(*(batches.ask(n) for n in range(100)), return_exceptions=True)
    assert isinstance(answers[0], NotFound)
    assert answers[1:] == [2 * n for n in range(1, 100)]
    assert turns.batches == [list(range(100))]


async def test_nobody_joins_a_reading_that_has_begun(pool: Pool) -> None:
    """Row C2: what comes while a batch is at work waits for the next: its answer is never older than its question."""
    turns = Turns()
    turns.open.clear()
    batches = Batches(pool, turns, budget_s=5, lanes=1)
    first = asyncio.create_task(batches.ask(1))
    while not turns.batches:
        await asyncio.sleep(0)
    later = [asyncio.create_task(batches.ask(n)) for n in (2, 3)]
    await asyncio.sleep(0)
    assert turns.batches == [[1]]
    turns.open.set()
    assert await asyncio.gather(first, *later) == [2, 4, 6]
    assert turns.batches == [[1], [2, 3]]


async def test_who_spoils_a_batch_spoils_it_for_nobody_else(pool: Pool) -> None:
    """An error that is nobody's refusal is met alone by who causes it."""
    turns = Turns()
    batches = Batches(pool, turns, budget_s=5, lanes=1)
    answers = await asyncio.gather(*(batches.ask(n) for n in (1, -1, 2)), return_exceptions=True)
    assert (answers[0], answers[2]) == (2, 4)
    assert isinstance(answers[1], RuntimeError)
    assert await batches.ask(5) == 10


async def test_who_leaves_is_not_waited_for(pool: Pool) -> None:
    """A caller who is gone takes nothing from the others of the batch."""
    turns = Turns()
    batches = Batches(pool, turns, budget_s=5, lanes=1)
    asking = [asyncio.create_task(batches.ask(n)) for n in (1, 2, 3)]
    await asyncio.sleep(0)
    asking[1].cancel()
    assert [await asking[0], await asking[2]] == [2, 6]


async def test_a_queue_has_an_end(pool: Pool) -> None:
    """Beyond it, a 503 at once instead of a wait for nothing."""
    turns = Turns()
    turns.open.clear()
    batches = Batches(pool, turns, budget_s=5, lanes=1, longest_queue=3)
    asking = [asyncio.create_task(batches.ask(n)) for n in range(1, 4)]
    await asyncio.sleep(0)
    with pytest.raises(Unavailable):
        await batches.ask(9)
    turns.open.set()
    assert await asyncio.gather(*asking) == [2, 4, 6]


async def test_a_stuck_lane_is_given_up(pool: Pool) -> None:
    """Its callers are answered in time, and whoever comes next gets a lane that works."""
    turns = Turns()
    turns.open.clear()
    batches = Batches(pool, turns, budget_s=0.3, lanes=1)
    with within(0.3):
        stuck = await asyncio.gather(*(batches.ask(n) for n in (1, 2)), return_exceptions=True)
    assert all(isinstance(answer, DatabaseUnavailable) for answer in stuck)
    turns.open.set()
    assert await batches.ask(4) == 8


async def test_outages_inside_a_turn_are_503s(pool: Pool) -> None:
    """Whatever a lost or stuck database raises is the same answer to all of the batch, and is not tried one by one."""
    asked = 0

    async def failing(_: Connection, questions: Sequence[int]) -> Sequence[int | Exception]:
        nonlocal asked
        asked += 1
        raise (ConnectionResetError(), asyncpg.QueryCanceledError("statement timeout"))[len(questions) % 2]

    batches = Batches(pool, failing, budget_s=5, lanes=1)
    for questions in ((1, 2), (3,)):
        answers = await asyncio.gather(*(batches.ask(n) for n in questions), return_exceptions=True)
        assert all(isinstance(answer, DatabaseUnavailable) for answer in answers)
    assert asked == 2


async def test_a_crowd_at_a_frozen_database_is_refused_in_time(open_school: OpenSchool, database: Database) -> None:
    """Sixty learners at once, packets vanish: sixty 503s in under a second, and not one grant."""
    parts = urlsplit(database.app_url)
    async with (
        proxy(parts.hostname or "", parts.port or 0) as line,
        open_school(database_url=through(database.app_url, line.port), playback_budget_s=0.7) as school,
    ):
        await school.standard()
        await school.granted()
        line.half_open = True
        with within(0.7):
            answers = await asyncio.gather(*(school.play() for _ in range(60)))
        for answer in answers:
            problem(answer, 503, "database-unavailable")
        line.cut()


async def test_a_learner_s_bucket_is_exact_within_a_batch(open_school: OpenSchool) -> None:
    """Row C3: of twelve requests that come together the first five come through, each told what is left after it."""
    async with open_school(playback_rate_limit=5, playback_rate_window_s=700) as school:
        await school.standard()
        await school.enroll("bob")
        answers = await asyncio.gather(*(school.play() for _ in range(12)), school.play(user="bob"))
        assert [answer.status_code for answer in answers] == [200] * 5 + [429] * 7 + [200]
        assert [answer.headers["ratelimit-remaining"] for answer in answers] == [*"43210", *"0" * 7, "4"]
        assert {answer.headers["retry-after"] for answer in answers[5:12]} <= {"140", "139"}
        assert await school.pool.fetchval("SELECT count(*) FROM grants WHERE learner_id = 'ada'") == 5
        assert await school.pool.fetchval("SELECT count(*) FROM outbox") == 6


@pytest.mark.parametrize("limit", [1, 3, 7, 60])
async def test_a_bucket_holds_its_limit_whatever_it_divides(open_school: OpenSchool, limit: int) -> None:
    """Row C3: rounding takes nothing: of one more than the limit, one is refused."""
    async with open_school(playback_rate_limit=limit, playback_rate_window_s=3600) as school:
        await school.standard()
        answers = await asyncio.gather(*(school.play() for _ in range(limit + 1)))
        assert sorted(answer.status_code for answer in answers) == [200] * limit + [429]


async def test_a_batch_mixes_every_outcome(open_school: OpenSchool) -> None:
    """Rows C2, C13: strangers, the suspended, the unready, previews and learners in one batch: each their own answer,
    and a row of audit for exactly those who were granted."""
    async with open_school() as school:
        await school.standard()
        await school.lesson("late", video=None, processing_status="processing")
        await school.enroll("bob", status="suspended")
        asked = [("l1", "ada"), ("l1", "eve"), ("late", "ada"), ("l1", "bob"), ("l1", "owner"), ("nothing", "owner")]
        answers = await asyncio.gather(*(school.play(lesson, user) for lesson, user in asked))
        assert [answer.status_code for answer in answers] == [200, 403, 409, 403, 200, 403]
        rows = await school.pool.fetch("SELECT learner_id, entitlement FROM grants")
        assert {(row["learner_id"], row["entitlement"]) for row in rows} == {("ada", "enrolled"), ("owner", "owner")}


async def test_no_request_that_begins_after_a_removal_is_granted(school: School) -> None:
    """Row C2: a hundred learners keep asking while all of them are removed: after the commit, nobody is let in."""
    await school.course()
    await school.lesson()
    learners = [f"learner-{n}" for n in range(100)]
    for learner in learners:
        await school.enroll(learner)
    removed, late = asyncio.Event(), list[int]()

    async def keep_asking(learner: str) -> None:
        while True:
            began_late = removed.is_set()
            status = (await school.play(user=learner)).status_code
            if began_late:
                late.append(status)
                return
            assert status in (200, 403, 429)

    asking = [asyncio.create_task(keep_asking(learner)) for learner in learners]
    while await school.pool.fetchval("SELECT count(*) FROM grants") < 100:
        await asyncio.sleep(0)
    await school.pool.execute("UPDATE enrollments SET status = 'removed', version = version + 1")
    removed.set()
    async with asyncio.timeout(60):
        await asyncio.gather(*asking)
    assert late == [403] * 100
