"""From the log to the tables: each batch in one transaction, together with the offsets up to which it goes.

Two things keep a redelivery from counting twice. Offsets: what the tables have is passed over. And, because the
outbox relay may write an event to the log twice, under two offsets: versions, which every effect checks by itself.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, TypeVar

import contracts
from analytics_service import (
    changes,
    claim_effects,
    erasing,
    live_effects,
    store,
    store_learners,
    store_mux,
    store_rollup,
)
from analytics_service.changes import Completion, Credit, Key
from analytics_service.rollup import Watching
from analytics_service.store import Position
from analytics_service.webhooks import effects as webhook_effects
from contracts import (
    CourseChanged,
    EnrollmentChanged,
    Event,
    LessonChanged,
    LessonCompleted,
    ProgressAdvanced,
    Topic,
)
from servicekit.consumer import Received
from servicekit.database import Connection, Pool, transaction
from servicekit.forgotten import UNCONFIGURED, Hashing
from servicekit.topic_ids import TopicIds

E = TypeVar("E", bound=Event)
Effect = Callable[[Connection, Sequence[Received[E]]], Awaitable[None]]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


async def apply_once(
    pool: Pool,
    topic_ids: TopicIds,
    effects: Sequence[Effect[E]],
    batch: Sequence[Received[E]],
    *,
    hashing: Hashing = UNCONFIGURED,
) -> None:
    """Run every effect, in order, on what the tables lack of this batch, all of one topic; move the offsets with it."""
    topic = batch[0].topic
    topic_id = await topic_ids.of(topic)
    async with transaction(pool) as conn:
        partitions = {received.partition for received in batch}
        known = await store.next_offsets(conn, topic, topic_id, partitions)
        if any(received.offset < known.get(received.partition, 0) for received in batch):
            # Offsets went back: a redelivery, or another topic under the old name.
            topic_id = await topic_ids.of(topic, doubted=True)
            known = await store.next_offsets(conn, topic, topic_id, partitions)
        lacking = [received for received in batch if received.offset >= known.get(received.partition, 0)]
        if lacking:
            if admitted := await erasing.admitted(conn, hashing, lacking):
                for effect in effects:
                    await effect(conn, admitted)
            await store.advance_offsets(conn, topic, topic_id, _positions(lacking))


def _positions(batch: Sequence[Received[Any]]) -> list[Position]:
    last = {received.partition: received for received in sorted(batch, key=lambda received: received.offset)}
    return [Position(partition, received.offset + 1, received.timestamp) for partition, received in last.items()]


async def course_changed(conn: Connection, batch: Sequence[Received[CourseChanged]]) -> None:
    await store.project_courses(conn, [received.event for received in batch])


async def lesson_changed(conn: Connection, batch: Sequence[Received[LessonChanged]]) -> None:
    await store.project_lessons(conn, [received.event for received in batch])


async def enrollment_changed(conn: Connection, batch: Sequence[Received[EnrollmentChanged]]) -> None:
    await store.project_enrollments(conn, [received.event for received in batch])


async def lesson_video_changed(conn: Connection, batch: Sequence[Received[LessonChanged]]) -> None:
    await store_mux.note_videos(conn, [received.event for received in batch])


async def progress_advanced(conn: Connection, batch: Sequence[Received[ProgressAdvanced]]) -> None:
    credits = [_credit(received) for received in batch]
    sessions = {(credit.key, credit.watching.session_id) for credit in credits}
    learners = await store_learners.lock_learners(conn, {credit.key for credit in credits}, sessions)
    await store_rollup.save(conn, changes.credited(learners, credits))


async def lesson_completed(conn: Connection, batch: Sequence[Received[LessonCompleted]]) -> None:
    completions = [_completion(received) for received in batch]
    learners = await store_learners.lock_learners(conn, {completion.key for completion in completions})
    await store_rollup.save(conn, changes.completed(learners, completions))


def _credit(received: Received[ProgressAdvanced]) -> Credit:
    event = received.event
    return Credit(
        key=Key(event.lesson_id, event.learner_id),
        shard=received.partition,
        recorded_at=received.timestamp,
        watched_at=event.watched_at,
        watching=Watching(
            version=event.version,
            session_id=event.session_id,
            covered=event.covered,
            replayed=event.replayed,
            spent_ms=event.spent_ms,
            watched_at_ms=(event.watched_at - _EPOCH) // timedelta(milliseconds=1),
            revision=event.video_revision,
        ),
    )


def _completion(received: Received[LessonCompleted]) -> Completion:
    event = received.event
    return Completion(
        key=Key(event.lesson_id, event.learner_id),
        shard=received.partition,
        recorded_at=received.timestamp,
        completed_at=event.completed_at,
    )


EFFECTS: Mapping[type[Event], tuple[Effect[Any], ...]] = {
    contracts.CourseChanged: (course_changed,),
    contracts.LessonChanged: (lesson_changed, lesson_video_changed),
    contracts.EnrollmentChanged: (enrollment_changed,),
    contracts.WatchProgress: (claim_effects.told, live_effects.watched),
    contracts.ProgressAdvanced: (progress_advanced,),
    contracts.LearnerErased: (erasing.learners_erased,),
    contracts.LessonCompleted: (lesson_completed, live_effects.completed, webhook_effects.told),
    contracts.CourseCompleted: (webhook_effects.told,),
    contracts.BudgetExceeded: (webhook_effects.told,),
}
"""What the service consumes, and what each event does, in this order. A topic belongs to one model."""

SIDE_BY_SIDE: Mapping[type[Event], int] = {contracts.ProgressAdvanced: 2}
"""How many consumers share the partitions of a topic, if not one: PostgreSQL works for one of them while the other
computes. Their rows are apart, by learner and by shard, as if they were two processes."""

TOPICS: tuple[Topic, ...] = tuple(model.topic for model in EFFECTS)


def handler(
    pool: Pool, topic_ids: TopicIds, model: type[E], hashing: Hashing = UNCONFIGURED
) -> Callable[[Sequence[Received[E]]], Awaitable[None]]:
    """What `BatchConsumer` calls with a batch of that model."""
    return partial(apply_once, pool, topic_ids, EFFECTS[model], hashing=hashing)
