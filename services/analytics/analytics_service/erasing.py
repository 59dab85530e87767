"""Forgetting one learner: the rows that name the learner go, and the sums that they were counted in stay.

What comes of the learner later is let in only if it is of later, too: without the rows nothing could tell whether it
was counted before. So whatever reads the log anew has to read who was erased after everything else.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from operator import attrgetter
from typing import Any, TypeVar

from analytics_service import store_erasure
from contracts import (
    AnalyticsErased,
    AttemptStarted,
    CourseCompleted,
    EnrollmentChanged,
    Event,
    LearnerErased,
    LessonCompleted,
    PlaybackGranted,
    ProgressAdvanced,
    QuizGraded,
    WatchProgress,
)
from servicekit import forgotten, outbox
from servicekit.consumer import Received
from servicekit.database import Connection
from servicekit.forgotten import Hashing

E = TypeVar("E", bound=Event)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


_MOMENTS: Mapping[type[Event], Callable[[Any], datetime]] = {
    WatchProgress: lambda event: _EPOCH + timedelta(milliseconds=event.granted_at_ms),
    ProgressAdvanced: attrgetter("watched_at"),
    LessonCompleted: attrgetter("completed_at"),
    CourseCompleted: attrgetter("completed_at"),
    EnrollmentChanged: attrgetter("changed_at"),
    PlaybackGranted: attrgetter("granted_at"),
    AttemptStarted: attrgetter("started_at"),
    QuizGraded: attrgetter("graded_at"),
}


def about(event: Any) -> tuple[str, datetime] | None:
    """Whom an event is about, and the moment that must be later than the erasure for it to count."""
    moment = _MOMENTS.get(type(event))
    if moment is None and hasattr(event, "learner_id"):
        raise TypeError(f"nobody has said which moment of {type(event).__name__} counts")
    return (event.learner_id, moment(event)) if moment is not None else None


async def admitted(conn: Connection, hashing: Hashing, batch: Sequence[Received[E]]) -> list[Received[E]]:
    """The events that may have effects: not those of erased learners from before, nor an erasure that is done.

    Nobody is erased until the transaction ends; where somebody is, nobody else writes.
    """
    first = batch[0].event
    if isinstance(first, LearnerErased):
        await forgotten.wait_to_forget(conn)
        return [received for received in batch if await _is_news(conn, hashing, received.event)]
    if about(first) is None:
        return list(batch)
    await forgotten.hold(conn)
    return await forgotten.left(conn, hashing, batch, lambda received: about(received.event))


async def _is_news(conn: Connection, hashing: Hashing, event: Event) -> bool:
    return isinstance(event, LearnerErased) and await store_erasure.keep_out(
        conn, hashing.of(event.learner_id), event.erased_at
    )


async def learners_erased(conn: Connection, batch: Sequence[Received[LearnerErased]]) -> None:
    """Erase them, and say so."""
    done = []
    for event in (received.event for received in batch):
        rows = await store_erasure.delete_rows(conn, event.learner_id)
        done.append(AnalyticsErased(erasure_id=event.erasure_id, erased_at=event.erased_at, rows=rows))
    await outbox.append(conn, done)
