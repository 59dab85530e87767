"""Batches through PostgreSQL: what the handlers leave in the tables and in the outbox."""

from progress_service import store, store_courses
from progress_service.evidence import verify
from progress_service.ledger import Ledger
from servicekit.database import Pool, transaction
from tests.progress.handling import announced, dump, handle
from tests.progress.making import (
    SESSION,
    beat,
    lesson_changed,
    new_session,
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
        (row,) = await store_courses.evidence(conn, "ada")
    assert (row.completion.kind, row.completion.sessions) == ("lesson", (SESSION,))
    assert verify([row])
