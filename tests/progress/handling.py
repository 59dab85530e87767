"""Hand events to the worker's handlers as its consumers do, without Kafka in between."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import orjson

from contracts import AttemptStarted, CourseChanged, Event, LessonChanged, QuizGraded, WatchProgress
from progress_service import consumers, store_reviews
from servicekit.consumer import Received
from servicekit.database import Pool, transaction

HANDLERS: dict[type[Event], Callable[..., Awaitable[None]]] = {
    WatchProgress: consumers.on_watch_progress,
    LessonChanged: consumers.on_lesson_changed,
    CourseChanged: consumers.on_course_changed,
    QuizGraded: consumers.on_quiz_graded,
    AttemptStarted: consumers.on_attempt_started,
}


def received(event: Any, offset: int = 0) -> Received[Any]:
    """The event as a consumer would hand it over; the ledger looks at nothing but the event."""
    return Received(
        event=event,
        event_id=f"{event.topic_name}:0:{offset}",
        topic=event.topic_name,
        partition=0,
        offset=offset,
        key=event.key,
        timestamp=None,  # type: ignore[arg-type]
        traceparent=None,
        record=None,
    )


async def handle(pool: Pool, *events: Event) -> None:
    """Apply events of one type as one batch."""
    batch = [received(event, offset) for offset, event in enumerate(events)]
    await HANDLERS[type(events[0])](pool, lambda: None, batch)


async def decided(pool: Pool, learner_id: str, course_id: str = "c1", *, owner: str = "olga") -> None:
    """Dismiss a review as the API does, acting as the course's owner."""
    async with transaction(pool, acting_as=owner) as conn:
        await store_reviews.decide(
            conn, learner_id, course_id, decision="dismissed", note="", score=0.7, reasons=[], decided_by=owner
        )


async def announced(pool: Pool, topic: str) -> list[dict[str, Any]]:
    """What waits in the outbox for that topic, in order."""
    rows = await pool.fetch("SELECT payload FROM outbox WHERE topic = $1 ORDER BY id", topic)
    return [orjson.loads(row["payload"]) for row in rows]


async def dump(pool: Pool, tables: Sequence[str]) -> dict[str, list[str]]:
    """Every row of the tables, as text, in order."""
    return {
        table: [row[0] for row in await pool.fetch(f"SELECT t::text FROM {table} AS t ORDER BY 1")] for table in tables
    }
