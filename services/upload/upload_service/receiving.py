"""Webhooks that come at the same time share a transaction: one commit to wait for, instead of one each.

Nothing waits for company: a lane that is free takes whatever there is, and what comes meanwhile is its next batch.
Whoever sent a webhook is answered when the transaction with it has been committed. One that could hold up the others
(a locked lesson, an upload to adopt, a caption track), or that spoils the batch, is taken in by itself.
"""

import asyncio
from collections.abc import Coroutine, Mapping, Sequence
from dataclasses import dataclass, field, replace

from servicekit.database import Connection, Pool, transaction
from servicekit.errors import DatabaseUnavailable, Unavailable
from servicekit.telemetry import get_logger
from upload_service import captions, changes, observations, store, store_receiving
from upload_service.changes import MuxEvent
from upload_service.lifecycle import Knowledge, learn
from upload_service.model import Lesson
from upload_service.observations import Subject
from upload_service.store_inbox import State
from upload_service.store_receiving import Kept, Known

_LANES = 1  # larger batches beat overlapping ones; what is locked steps aside anyway
_LARGEST_BATCH = 200
_LONGEST_QUEUE = 2_000
_BATCH_TIMEOUT_S = 15

log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Delivery:
    """A webhook whose signature was good."""

    event: MuxEvent
    body: bytes
    subject: Subject
    fact: Knowledge | None

    @classmethod
    def of(cls, body: bytes) -> "Delivery":
        """Raises NotAnEvent."""
        event = MuxEvent.of(body)
        subject = observations.subject_of(event.type, event.data)
        return cls(event, body, subject, observations.of_event(event.type, event.data))

    def kept_as(self, state: State) -> Kept:
        return Kept(self.event.id, self.event.type, self.body.decode(), self.subject, state)


_Waiting = tuple[Delivery, asyncio.Future[str]]


@dataclass
class Receiver:
    """Takes webhooks in, in batches. Lanes end by themselves when there is nothing to do."""

    pool: Pool
    _waiting: list[_Waiting] = field(default_factory=list)
    _lanes: int = 0
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    async def take_in(self, body: bytes) -> str:
        """Returns, after the commit, what `changes.take_in` does. Raises NotAnEvent, or Unavailable."""
        delivery = Delivery.of(body)
        if len(self._waiting) >= _LONGEST_QUEUE:
            raise Unavailable("too many webhooks at once")
        outcome: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self._waiting.append((delivery, outcome))
        if self._lanes < _LANES:
            self._lanes += 1
            self._start(self._lane())
        return await outcome

    def _start(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _lane(self) -> None:
        try:
            while self._waiting:
                batch, self._waiting = self._waiting[:_LARGEST_BATCH], self._waiting[_LARGEST_BATCH:]
                try:
                    await self._answer(batch)
                except Exception as error:
                    for _, outcome in batch:
                        _fail(outcome, error)
        finally:
            self._lanes -= 1

    async def _answer(self, batch: Sequence[_Waiting]) -> None:
        first = {delivery.event.id: delivery for delivery, _ in reversed(batch)}
        outcomes = await self._together(list(first.values()))
        for delivery, outcome in batch:
            known = outcomes.get(delivery.event.id)
            if known is None:
                self._start(self._alone(delivery.body, outcome))
            elif not outcome.done():
                outcome.set_result(known if delivery is first[delivery.event.id] else "duplicate")

    async def _together(self, deliveries: Sequence[Delivery]) -> dict[str, str]:
        try:
            async with asyncio.timeout(_BATCH_TIMEOUT_S), transaction(self.pool) as conn:
                return await take_in_all(conn, deliveries)
        except DatabaseUnavailable:
            raise
        except TimeoutError as error:
            raise DatabaseUnavailable("the webhooks were not kept in time") from error
        except Exception as error:  # somebody spoils it for the others: alone, each gets an answer of its own
            log.warning("webhooks taken in one by one", events=len(deliveries), error=repr(error))
            return {}

    async def _alone(self, body: bytes, outcome: asyncio.Future[str]) -> None:
        try:
            async with transaction(self.pool) as conn:
                done = await changes.take_in(conn, body)
        except Exception as error:
            _fail(outcome, error)
        else:
            if not outcome.done():
                outcome.set_result(done)


def _fail(outcome: asyncio.Future[str], error: Exception) -> None:
    if not outcome.done():
        outcome.set_exception(error)


async def take_in_all(conn: Connection, deliveries: Sequence[Delivery]) -> dict[str, str]:
    """Keep and apply webhooks with ids that differ. Those missing from the outcomes by id have to go alone."""
    uploads = await _uploads_of(conn, [delivery for delivery in deliveries if delivery.fact is not None])
    lessons = await store.lock_free_lessons(conn, {known.lesson_id for known in uploads.values()})
    kept = [(delivery, state) for delivery in deliveries if (state := _state(delivery, uploads, lessons)) is not None]
    fresh = await store_receiving.keep(conn, [delivery.kept_as(state) for delivery, state in kept])
    after = dict(lessons)
    for delivery, state in kept:
        if state == "applied" and delivery.event.id in fresh and delivery.fact is not None:
            known = uploads[delivery.event.id]
            lesson = after[known.lesson_id]
            after[lesson.id] = replace(lesson, uploads=learn(lesson.uploads, known.upload_id, delivery.fact))
    await changes.save_lessons(conn, [(lessons[name], after[name]) for name in lessons])
    return {delivery.event.id: state if delivery.event.id in fresh else "duplicate" for delivery, state in kept}


async def _uploads_of(conn: Connection, telling: Sequence[Delivery]) -> dict[str, Known]:
    found = await store_receiving.uploads_of(conn, [delivery.subject for delivery in telling])
    pairs = zip(telling, found, strict=True)
    return {delivery.event.id: known for delivery, known in pairs if known is not None}


def _state(delivery: Delivery, uploads: Mapping[str, Known], lessons: Mapping[str, Lesson]) -> State | None:
    """What becomes of a webhook in a batch; None if it has to go alone."""
    if delivery.fact is None:
        return None if captions.of_event(delivery.event.type, delivery.event.data) is not None else "ignored"
    known = uploads.get(delivery.event.id)
    if known is not None:
        return "applied" if known.lesson_id in lessons else None
    ours = delivery.subject.lesson_id is not None and delivery.subject.upload_id is not None
    return None if ours else "parked"
