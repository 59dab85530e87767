"""The definitions of docs/metrics.md taken literally, slow and obvious: what every faster way is compared with."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from contracts import LessonCompleted, ProgressAdvanced

GAP_MS = 30 * 60 * 1000


@dataclass(frozen=True)
class Numbers:
    views: int
    viewers: int
    completions: int
    completed_viewers: int
    watched_ms: int
    unique: list[int]
    replays: list[int]


def numbers(lesson_id: str, log: Iterable[Any], seconds: int) -> Numbers:
    events = {}
    completed = set()
    for event in log:
        if event.lesson_id != lesson_id:
            continue
        if isinstance(event, LessonCompleted):
            completed.add(event.learner_id)
        else:
            events[event.learner_id, event.version] = event
    learners = {learner for learner, _ in events}
    views = {learner: _views([e for (who, _), e in events.items() if who == learner]) for learner in learners}
    viewers = {learner for learner, count in views.items() if count}
    covered = [part for event in events.values() for part in event.covered]
    replayed = [part for event in events.values() for part in event.replayed]
    return Numbers(
        views=sum(views.values()),
        viewers=len(viewers),
        completions=len(completed),
        completed_viewers=len(completed & viewers),
        watched_ms=sum(end - start for start, end in [*covered, *replayed]),
        unique=in_seconds(covered, seconds),
        replays=in_seconds(replayed, seconds),
    )


def _views(events: Sequence[ProgressAdvanced]) -> int:
    sessions: dict[Any, list[ProgressAdvanced]] = {}
    for event in events:
        if _credited(event):
            sessions.setdefault(event.session_id, []).append(event)
    times = []
    for session in sessions.values():
        if sum(map(_credited, session)) >= 1000:
            ends = [int(event.watched_at.timestamp() * 1000) for event in session]
            starts = [end - event.spent_ms for end, event in zip(ends, session, strict=True)]
            times.append((min(starts), max(ends)))
    views, watched_until = 0, float("-inf")
    for start, end in sorted(times):
        if start > watched_until + GAP_MS:
            views += 1
        watched_until = max(watched_until, end)
    return views


def _credited(event: ProgressAdvanced) -> int:
    return sum(end - start for start, end in [*event.covered, *event.replayed])


def in_seconds(ranges: Iterable[tuple[int, int]], seconds: int) -> list[int]:
    """Ms of these ranges that fall into each second."""
    found = [0] * seconds
    for start, end in ranges:
        for second in range(seconds):
            found[second] += max(0, min(end, second * 1000 + 1000) - max(start, second * 1000))
    return found
