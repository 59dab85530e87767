"""Forgetting one learner: rights, grants, leases and limits, in one transaction with the word that it is done.

From then on nothing is granted by a former right. What others announce late about the learner is from before, and
passed by; a new enrollment is a new beginning.
"""

from collections.abc import Callable, Sequence
from datetime import datetime

from contracts import (
    AttemptStarted,
    EnrollmentChanged,
    Event,
    LearnerErased,
    PlaybackErased,
    ProgressAdvanced,
    topics,
)
from playback_service import store_erasure
from servicekit import forgotten, outbox
from servicekit.consumer import Received
from servicekit.database import Connection, Pool, transaction
from servicekit.forgotten import Hashing
from servicekit.kafka import Tombstone
from servicekit.telemetry import get_logger

ABOUT_LEARNERS = topics.about_learners("playback")

log = get_logger(__name__)


def about(event: Event) -> tuple[str, datetime]:
    """Whom an event is about, and the moment that must be later than the erasure for it to count."""
    match event:
        case EnrollmentChanged():
            return event.learner_id, event.changed_at
        case AttemptStarted():
            return event.learner_id, event.started_at
        case ProgressAdvanced():
            return event.learner_id, event.watched_at
        case _:
            raise TypeError(f"nobody has said which moment of {type(event).__name__} counts")


async def on_learners_erased(
    pool: Pool, hashing: Hashing, wake: Callable[[], None], batch: Sequence[Received[LearnerErased]]
) -> None:
    """An erasure that was done before is passed by, also where it is told again: there may be a new beginning."""
    async with transaction(pool) as conn:
        await forgotten.wait_to_forget(conn)
        for received in batch:
            await _erase(conn, hashing, received.event)
    wake()


async def _erase(conn: Connection, hashing: Hashing, asked: LearnerErased) -> None:
    learner = asked.learner_id
    erasure = (hashing.of(learner), asked.erasure_id, asked.erased_at)
    if await store_erasure.done_before(conn, *erasure):
        return
    enrolled = topics.ENROLLMENT_CHANGED
    told = [
        Tombstone(enrolled.name, f"{learner}/{course_id}", enrolled.event_type, f"/seatime/{enrolled.producer}")
        for course_id in await store_erasure.courses(conn, learner)
    ]
    waiting = await store_erasure.delete_waiting(conn, learner, [topic.name for topic in ABOUT_LEARNERS])
    rows = {**await store_erasure.delete_rows(conn, learner), "outbox": waiting}
    at = await store_erasure.keep_out(conn, *erasure)  # the rights are gone: no grant by one of them is of later
    done = PlaybackErased(erasure_id=asked.erasure_id, erased_at=at, rows=rows)
    await outbox.append(conn, [*told, done], notify=False)
    log.info("a learner was erased", erasure=str(asked.erasure_id), rows=sum(rows.values()))
