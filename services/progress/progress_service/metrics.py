"""What an operator wants to count of the ledger."""

from collections.abc import Iterable

from prometheus_client import Counter

from contracts import CourseCompleted, Event, LessonCompleted, ProgressAdvanced

CREDITED = Counter("seatime_progress_credited_seconds_total", "Credited media", ["when"])
CUT = Counter("seatime_progress_cut_seconds_total", "Claimed media that was not credited, by reason code", ["code"])
FORGOTTEN = Counter("seatime_progress_forgotten_total", "Events of erased learners that were dropped", ["topic"])
COMPLETED = Counter("seatime_progress_completed_total", "Completions", ["kind"])


def count(events: Iterable[Event]) -> None:
    """Count what has been committed."""
    for event in events:
        if isinstance(event, ProgressAdvanced):
            CREDITED.labels("live").inc(event.live_ms / 1000)
            CREDITED.labels("late").inc(event.late_ms / 1000)
            CREDITED.labels("hidden").inc(event.hidden_ms / 1000)
            for code, amount in event.cut_ms.items():
                CUT.labels(code).inc(amount / 1000)
        elif isinstance(event, LessonCompleted):
            COMPLETED.labels("lesson").inc()
        elif isinstance(event, CourseCompleted):
            COMPLETED.labels("course").inc()
