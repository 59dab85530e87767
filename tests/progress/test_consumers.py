"""Batches through PostgreSQL: what the handlers leave in the tables and in the outbox."""

import asyncio
import random

import pytest

from contracts import LessonRules, WatchProgress
from progress_service import store, store_evidence
from progress_service.evidence import verify
from progress_service.ledger import Ledger, moment
from progress_service.sweep import KEPT_MS, forget_sessions
from servicekit.database import Pool, transaction
from tests.progress.handling import announced, dump, handle
from tests.progress.making import (
    HOUR,
    SESSION,
    T0,
    beat,
    course_changed,
    lesson_changed,
    new_session,
    quiz_graded,
    request,
    watching,
)

LEDGER = ("learner_clocks", "watch_sessions", "lesson_progress", "course_progress", "completions", "quiz_results")


async def test_a_batch_leaves_in_postgresql_what_the_pure_fold_computes(worker_pool: Pool) -> None:
    """The rows after a batch are exactly the values of the pure fold over the same requests."""
    requests = [
        watching(30_000),
        request(beat(5, 30_000, 40_000, (90_000, 130_000), rate=16), received=41_000),
        watching(20_000, start=50_000, lesson_id="l2", session_id=new_session(), received=400_000),
        watching(20_000, start=100_000, learner_id="bob", session_id=new_session()),
    ]
    await handle(worker_pool, *requests)
    ledger = Ledger()
    for one in requests:
        ledger.record(one)
    async with transaction(worker_pool) as conn:
        assert await store.lessons(conn, ledger.lessons) == ledger.lessons
        assert await store.sessions(conn, ledger.sessions) == ledger.sessions
        assert await store.lock_clocks(conn, ledger.clocks) == ledger.clocks


def viewing(learners: int) -> list[WatchProgress]:
    """Several learners in two tabs each: a log with replays, cuts and late beats, the same at every call."""
    rng, log = random.Random(7), list[WatchProgress]()
    for number in range(learners):
        for tab in range(2):
            session = new_session()
            for turn in range(6):
                now, at = turn * 10_000, rng.randrange(0, 90_000)
                played = beat(turn, now, now + 10_000, (at, at + 12_000), rate=1.2)
                delay = rng.choice([0, 200, 300_000])
                log.append(
                    request(
                        played,
                        learner_id=f"learner{number}",
                        lesson_id=f"l{tab}",
                        session_id=session,
                        sent=now + 10_000 + delay,
                        received=now + 10_000 + delay,
                    )
                )
    rng.shuffle(log)
    return log


async def test_the_tables_do_not_depend_on_how_the_log_was_cut(worker_pool: Pool) -> None:
    """One batch, many batches and a redelivery from the start leave byte-identical tables and the same events."""
    log = viewing(5)
    await handle(worker_pool, *log)
    whole, told = await dump(worker_pool, LEDGER), await announced(worker_pool, "progress.advanced")
    for table in (*LEDGER[:4], "outbox"):
        await worker_pool.execute(f"DELETE FROM {table}")
    for start in range(0, len(log), 7):
        await handle(worker_pool, *log[start : start + 7])
    assert await dump(worker_pool, LEDGER) == whole
    assert await announced(worker_pool, "progress.advanced") == told
    await handle(worker_pool, *log)
    assert await dump(worker_pool, LEDGER) == whole


async def test_workers_that_fold_the_same_log_at_once_count_it_once(worker_pool: Pool) -> None:
    """Three zombies with the same partition: locked rows make the second and third find only duplicates."""
    log = viewing(6)
    batches = [log[start : start + 9] for start in range(0, len(log), 9)]

    async def fold_all(order: int) -> None:
        for batch in batches if order == 0 else reversed(batches):
            await handle(worker_pool, *batch)

    async with asyncio.timeout(60):
        await asyncio.gather(fold_all(0), fold_all(1), fold_all(0))
    credited = await worker_pool.fetch("SELECT learner_id, sum(spent_ms) AS s FROM lesson_progress GROUP BY 1")
    clocks = await worker_pool.fetch(
        "SELECT learner_id, (SELECT sum(upper(r) - lower(r)) FROM unnest(spent) AS r) AS s FROM learner_clocks"
    )
    assert {row["learner_id"]: row["s"] for row in credited} == {row["learner_id"]: row["s"] for row in clocks}
    versions = await worker_pool.fetch("SELECT learner_id, lesson_id, version FROM lesson_progress")
    told = await announced(worker_pool, "progress.advanced")
    assert sorted((e["learner_id"], e["lesson_id"], e["version"]) for e in told) == sorted(
        (row["learner_id"], row["lesson_id"], version) for row in versions for version in range(1, row["version"] + 1)
    )


async def test_a_lesson_is_completed_once_with_event_and_evidence(worker_pool: Pool) -> None:
    """Ninety per cent complete a lesson; redelivery and rewatching neither repeat nor undo it."""
    await handle(worker_pool, lesson_changed())
    await handle(worker_pool, watching(90_000))
    first = await dump(worker_pool, LEDGER)
    await handle(worker_pool, watching(90_000))
    assert await dump(worker_pool, LEDGER) == first
    await handle(worker_pool, watching(90_000, start=200_000, session_id=new_session()))
    completed = await announced(worker_pool, "lesson.completed")
    assert len(completed) == 1
    assert (completed[0]["coverage"], completed[0]["verified_ms"]) == (0.9, 90_000)
    async with transaction(worker_pool) as conn:
        (row,) = await store_evidence.evidence(conn, "ada")
    assert (row.completion.kind, row.completion.sessions) == ("lesson", (SESSION,))
    assert verify([row])


async def test_what_advanced_is_announced_with_versions_that_grow_by_one(worker_pool: Pool) -> None:
    """Each request that changed something is one event: newly covered, replayed, live, spent, cut."""
    await handle(worker_pool, watching(20_000))
    await handle(worker_pool, request(beat(9, 20_000, 30_000, (10_000, 50_000), rate=2)))
    first, second = await announced(worker_pool, "progress.advanced")
    assert (first["version"], first["covered"], first["replayed"], first["live_ms"]) == (1, [[0, 20_000]], [], 20_000)
    assert (second["version"], second["covered"], second["replayed"]) == (2, [[20_000, 30_400]], [[10_000, 20_000]])
    assert (second["cut_ms"], second["spent_ms"]) == ({"over_rate": 19_600}, 10_000)
    assert second["coverage"] == 0.304


async def test_rules_that_come_after_the_watching_still_complete_it(worker_pool: Pool) -> None:
    """A lesson watched before its rule arrived is completed when it does, once, and only for those who earned it."""
    await handle(worker_pool, watching(95_000))
    await handle(worker_pool, watching(50_000, learner_id="bob"))
    assert await announced(worker_pool, "lesson.completed") == []
    await handle(worker_pool, lesson_changed())
    await handle(worker_pool, lesson_changed(version=2))
    (completed,) = await announced(worker_pool, "lesson.completed")
    assert completed["learner_id"] == "ada"
    assert completed["completed_at"] == moment(T0 + 95_000).isoformat().replace("+00:00", "Z")


async def test_a_duration_that_comes_after_the_watching_still_completes_it(worker_pool: Pool) -> None:
    """What was watched while the duration was unknown counts as soon as the lesson tells it."""
    await handle(worker_pool, lesson_changed(video={"provider": "s3"}))
    await handle(worker_pool, watching(95_000, duration_ms=0))
    assert await announced(worker_pool, "lesson.completed") == []
    await handle(worker_pool, lesson_changed(version=2))
    (completed,) = await announced(worker_pool, "lesson.completed")
    assert completed["coverage"] == 0.95


async def test_sessions_are_forgotten_when_nothing_can_come_from_them(worker_pool: Pool) -> None:
    """A session stays as long as the log and the grace reach back, and goes after that."""
    await handle(worker_pool, watching(10_000))
    ended = T0 + 4 * HOUR
    assert await forget_sessions(worker_pool, ended + KEPT_MS) == 0
    assert await forget_sessions(worker_pool, ended + KEPT_MS + 1) == 1
    assert await worker_pool.fetchval("SELECT count(*) FROM watch_sessions") == 0
    await handle(worker_pool, watching(10_000))
    assert await worker_pool.fetchval("SELECT spent_ms FROM lesson_progress") == 10_000


async def test_a_course_threshold_stands_in_for_the_lessons(worker_pool: Pool) -> None:
    """Lowering a course's threshold completes what now suffices; raising it again undoes nothing."""
    await handle(worker_pool, lesson_changed())
    await handle(worker_pool, watching(60_000))
    await handle(worker_pool, course_changed(rules={"completion_threshold": 0.6}))
    assert len(await announced(worker_pool, "lesson.completed")) == 1
    await handle(worker_pool, course_changed(version=2, rules={"completion_threshold": 1.0}))
    await handle(worker_pool, watching(60_000, start=100_000, session_id=new_session()))
    assert len(await announced(worker_pool, "lesson.completed")) == 1


async def test_older_rules_never_overwrite_newer_ones(worker_pool: Pool) -> None:
    """The highest version wins, within a batch and between batches."""
    strict, lax = LessonRules(completion_threshold=1.0), LessonRules(completion_threshold=0.1)
    await handle(worker_pool, lesson_changed(version=3, rules=strict), lesson_changed(version=2, rules=lax))
    await handle(worker_pool, lesson_changed(version=1, rules=lax))
    await handle(worker_pool, watching(50_000))
    assert await announced(worker_pool, "lesson.completed") == []
    rows = await worker_pool.fetch("SELECT version, completion_threshold FROM lesson_rules")
    assert [tuple(row) for row in rows] == [(3, 1.0)]


@pytest.mark.parametrize("quiz_first", [True, False])
async def test_a_quiz_gates_its_lesson_in_either_order(worker_pool: Pool, quiz_first: bool) -> None:
    """Watched and passed completes, whichever comes first; a failed attempt after a pass takes nothing back."""
    await handle(worker_pool, lesson_changed(rules=LessonRules(quiz_required=True)))
    steps = [watching(95_000), quiz_graded(at=100_000)]
    for step in reversed(steps) if quiz_first else steps:
        assert await announced(worker_pool, "lesson.completed") == []
        await handle(worker_pool, step)
    assert len(await announced(worker_pool, "lesson.completed")) == 1
    await handle(worker_pool, quiz_graded(passed=False, at=200_000))
    assert await worker_pool.fetchval("SELECT passed FROM quiz_results")


async def test_a_course_is_completed_once_by_its_required_lessons(worker_pool: Pool) -> None:
    """The last required lesson completes the course; optional and deleted lessons are not asked for."""
    await handle(worker_pool, course_changed())
    await handle(
        worker_pool,
        lesson_changed("l1"),
        lesson_changed("l2"),
        lesson_changed("l3", required=False),
        lesson_changed("l4", deleted=True),
    )
    await handle(worker_pool, watching(95_000))
    assert await announced(worker_pool, "course.completed") == []
    await handle(worker_pool, watching(95_000, start=100_000, lesson_id="l2", session_id=new_session()))
    await handle(worker_pool, watching(95_000, start=200_000, lesson_id="l3", session_id=new_session()))
    (completed,) = await announced(worker_pool, "course.completed")
    assert completed["verified_ms"] == 190_000
    async with transaction(worker_pool) as conn:
        chain = await store_evidence.evidence(conn, "ada")
    kinds = [(row.completion.kind, row.completion.subject_id) for row in chain]
    assert kinds == [("lesson", "l1"), ("lesson", "l2"), ("course", "c1"), ("lesson", "l3")]
    assert len(chain[2].completion.sessions) == 2
    assert verify(chain)


async def test_a_course_may_wait_for_verified_time_and_its_assessment(worker_pool: Pool) -> None:
    """Lessons done, a course still waits for its minimum of real time and for its final assessment."""
    rules = {"min_verified_s": 120, "final_assessment": "exam"}
    await handle(worker_pool, course_changed(rules=rules))
    await handle(worker_pool, lesson_changed())
    await handle(worker_pool, watching(95_000))
    await handle(worker_pool, quiz_graded(lesson_id="exam", at=100_000))
    assert await announced(worker_pool, "course.completed") == []
    await handle(worker_pool, watching(30_000, start=100_000, session_id=new_session()))
    (completed,) = await announced(worker_pool, "course.completed")
    assert completed["verified_ms"] == 125_000


async def test_dropping_a_requirement_completes_the_course_for_those_who_wait(worker_pool: Pool) -> None:
    """A required lesson that becomes optional no longer holds anybody up."""
    await handle(worker_pool, course_changed())
    await handle(worker_pool, lesson_changed("l1"), lesson_changed("l2"))
    await handle(worker_pool, watching(95_000))
    await handle(worker_pool, lesson_changed("l2", version=2, required=False))
    assert len(await announced(worker_pool, "course.completed")) == 1
