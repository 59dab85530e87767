"""What the log does to the live tables, in the transaction of the offsets like everything else."""

import time
from collections.abc import Sequence

from analytics_service import live, store_live
from analytics_service.live import Viewer
from contracts import LessonCompleted, WatchProgress
from servicekit.consumer import Received
from servicekit.database import Connection


async def watched(conn: Connection, batch: Sequence[Received[WatchProgress]]) -> None:
    """Who was seen where, and how many beats came. What is too old to be live leaves no trace."""
    now_ms = _now_ms()
    await store_live.see(conn, live.sightings((received.event for received in batch), now_ms))
    await store_live.add_beats(conn, live.beats(((received.partition, received.event) for received in batch), now_ms))


async def completed(conn: Connection, batch: Sequence[Received[LessonCompleted]]) -> None:
    """Who completed what within the last minutes, once however often it is told."""
    oldest = _now_ms() / 1000 - live.KEPT_S
    found = {
        (viewer_of_event(received.event), received.event.lesson_id): received.event.completed_at
        for received in batch
        if received.event.completed_at.timestamp() > oldest
    }
    await store_live.add_completions(conn, found)


def viewer_of_event(event: LessonCompleted) -> Viewer:
    return live.viewer_of(event.course_id, event.learner_id)


def _now_ms() -> int:
    return time.time_ns() // 1_000_000
