"""Forgetting one learner: rows, events that wait, evidence's names and the word to the others, in one transaction.

The rules' lock is taken as for a change of rules, so that no batch is in hand meanwhile; and until playback has told
when the learner's rights ended, nothing of the learner counts, under whichever grant. What was granted later does.
"""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime

from contracts import (
    AnalyticsErased,
    AttemptStarted,
    LearnerErased,
    PlaybackErased,
    QuizGraded,
    Topic,
    WatchProgress,
    topics,
)
from progress_service import store_erasure, store_rules
from progress_service.ledger import moment
from servicekit import outbox
from servicekit.consumer import Received
from servicekit.database import Pool, transaction
from servicekit.forgotten import Hashing
from servicekit.kafka import Publishable, Tombstone
from servicekit.telemetry import get_logger

ABOUT_LEARNERS = topics.about_learners("progress")

log = get_logger(__name__)


# Whom an event is about, and the moment that must be later than the erasure for it to count. By what is consumed, and
# not by type: what is read the short way has the fields of its model only.


def of_watching(event: WatchProgress) -> tuple[str, datetime]:
    return event.learner_id, moment(event.granted_at_ms)


def of_quiz(event: QuizGraded) -> tuple[str, datetime]:
    return event.learner_id, event.graded_at


def of_attempt(event: AttemptStarted) -> tuple[str, datetime]:
    return event.learner_id, event.started_at


async def erase_next(pool: Pool, hashing: Hashing, wake: Callable[[], None]) -> bool:
    """Erase the learner who has waited longest. False if nobody waits."""
    async with transaction(pool) as conn:
        request = await store_erasure.next_request(conn)
        if request is None:
            return False
        if hashing.of(request.learner_id) != request.subject_hash:
            raise RuntimeError("the API and the worker have different ERASURE_KEYs: nobody can be erased")
        learner = request.learner_id
        await store_rules.change_rules(conn)
        at = await store_erasure.keep_out(conn, request.subject_hash)
        found = await store_erasure.everything(conn, learner)
        courses = sorted({row["course_id"] for rows in found.values() for row in rows if "course_id" in row})
        waiting = await store_erasure.delete_waiting(conn, learner, [topic.name for topic in ABOUT_LEARNERS])
        rows = {**await store_erasure.delete_rows(conn, learner), "outbox": waiting}
        unnamed = await store_erasure.unname_evidence(conn, learner)
        events: list[Publishable] = [*tombstones(learner, courses)]
        events.append(LearnerErased(learner_id=learner, erasure_id=request.erasure_id, erased_at=at))
        await outbox.append(conn, events, notify=False)
        await store_erasure.finish(conn, request.erasure_id, at, rows, unnamed)
    wake()
    log.info("a learner was erased", erasure=str(request.erasure_id), rows=sum(rows.values()), unnamed=unnamed)
    return True


def tombstones(learner_id: str, course_ids: Sequence[str], about: Sequence[Topic] = ABOUT_LEARNERS) -> list[Tombstone]:
    """For every key by which a compacted topic of ours may name the learner."""
    keys = {"learner id": [learner_id], "learner id/course id": [f"{learner_id}/{course}" for course in course_ids]}
    return [
        Tombstone(topic.name, key, topic.event_type, f"/seatime/{topic.producer}")
        for topic in about
        if topic.cleanup == "compact"
        for key in keys[topic.key]
    ]


async def erase(pool: Pool, hashing: Hashing, wake: Callable[[], None], *, every_s: float = 2) -> None:
    """Erase whoever is to be erased, for ever."""
    while True:
        if not await erase_next(pool, hashing, wake):
            await asyncio.sleep(every_s)


async def on_playback_erased(pool: Pool, wake: Callable[[], None], batch: Sequence[Received[PlaybackErased]]) -> None:
    """The learner's rights have ended: say once more until when everything is to be forgotten, and forget the name."""
    async with transaction(pool) as conn:
        for event in (received.event for received in batch):
            if await store_erasure.confirm(conn, event.erasure_id, "playback", event.erased_at, event.rows):
                learner = await store_erasure.rights_ended(conn, event.erasure_id, event.erased_at)
                if learner is not None:
                    again = LearnerErased(learner_id=learner, erasure_id=event.erasure_id, erased_at=event.erased_at)
                    await outbox.append(conn, [again], notify=False)
    wake()


async def on_analytics_erased(pool: Pool, _: Callable[[], None], batch: Sequence[Received[AnalyticsErased]]) -> None:
    async with transaction(pool) as conn:
        for event in (received.event for received in batch):
            await store_erasure.confirm(conn, event.erasure_id, "analytics", event.erased_at, event.rows)
