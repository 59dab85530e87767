"""The definitions of docs/metrics.md taken literally, slow and obvious: what every faster way is compared with."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from contracts import LessonCompleted, ProgressAdvanced, WatchProgress

GAP_MS = 30 * 60 * 1000
Ranges = list[tuple[int, int]]


@dataclass(frozen=True)
class Day:
    views: int
    viewers: int
    new_viewers: int
    completions: int
    watched_ms: int
    spent_ms: int


@dataclass(frozen=True)
class Numbers:
    views: int
    viewers: int
    completions: int
    completed_viewers: int
    watched_ms: int
    spent_ms: int
    unique: list[int]
    replays: list[int]
    days: dict[date, Day] = field(default_factory=dict)
    speeds: dict[str, tuple[int, int, int]] = field(default_factory=dict)
    """By speed: watchings, learners, ms of media."""


def numbers(
    lesson_id: str, log: Iterable[Any], seconds: int, *, of: Callable[[str, date | None], bool] | None = None
) -> Numbers:
    """One lesson's numbers; `of` chooses learners by their id and the day of their first view."""
    events: dict[tuple[str, int], ProgressAdvanced] = {}
    completed: dict[str, datetime] = {}
    for event in log:
        if getattr(event, "lesson_id", None) != lesson_id:
            continue
        if isinstance(event, LessonCompleted):
            completed[event.learner_id] = min(event.completed_at, completed.get(event.learner_id, event.completed_at))
        elif isinstance(event, ProgressAdvanced):
            events[event.learner_id, event.version] = event
    by_learner = defaultdict(list)
    for event in events.values():
        by_learner[event.learner_id].append(event)
    views = {learner: _views(found) for learner, found in by_learner.items()}
    if of is not None:
        chosen = {learner for learner, found in views.items() if of(learner, _first_day(found))}
        views = {learner: found for learner, found in views.items() if learner in chosen}
        by_learner = defaultdict(list, {learner: by_learner[learner] for learner in chosen})
        completed = {learner: when for learner, when in completed.items() if learner in chosen}
    watchings = [event for found in by_learner.values() for event in found if _credited(event)]
    unique, total = [0] * seconds, in_seconds([part for event in watchings for part in _parts(event)], seconds)
    for found in by_learner.values():
        covered = in_seconds(flattened(part for event in found for part in _parts(event)), seconds)
        unique = [a + b for a, b in zip(unique, covered, strict=True)]
    viewers = {learner for learner, found in views.items() if found}
    return Numbers(
        views=sum(len(found) for found in views.values()),
        viewers=len(viewers),
        completions=len(completed),
        completed_viewers=len(viewers & completed.keys()),
        watched_ms=sum(map(_credited, watchings)),
        spent_ms=sum(event.spent_ms for event in watchings),
        unique=unique,
        replays=[a - b for a, b in zip(total, unique, strict=True)],
        days=_days(views, completed, watchings),
        speeds=_speeds(watchings),
    )


def _first_day(views: Ranges) -> date | None:
    return _day(min(views)[0]) if views else None


def _day(epoch_ms: int) -> date:
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=epoch_ms)).date()


def _views(events: Sequence[ProgressAdvanced]) -> Ranges:
    """A learner's views in a lesson, each from when to when it was watched."""
    sessions: dict[Any, list[ProgressAdvanced]] = {}
    for event in events:
        if _credited(event):
            sessions.setdefault(event.session_id, []).append(event)
    times = []
    for session in sessions.values():
        if sum(map(_credited, session)) >= 1000:
            times.append((min(map(_began, session)), max(map(_ended, session))))
    views: Ranges = []
    for start, end in sorted(times):
        if views and start <= views[-1][1] + GAP_MS:
            views[-1] = (views[-1][0], max(views[-1][1], end))
        else:
            views.append((start, end))
    return views


def _ended(event: ProgressAdvanced) -> int:
    return int(event.watched_at.timestamp() * 1000)


def _began(event: ProgressAdvanced) -> int:
    return _ended(event) - event.spent_ms


def _parts(event: ProgressAdvanced) -> Ranges:
    return [*event.covered, *event.replayed]


def _credited(event: ProgressAdvanced) -> int:
    return sum(end - start for start, end in _parts(event))


def _days(
    views: dict[str, Ranges], completed: dict[str, datetime], watchings: Sequence[ProgressAdvanced]
) -> dict[date, Day]:
    begun = [(_day(start), learner) for learner, found in views.items() for start, _ in found]
    first = [_first_day(found) for found in views.values()]
    done = [when.astimezone(UTC).date() for when in completed.values()]
    days = {day for day, _ in begun} | set(done) | {_day(_began(event)) for event in watchings}
    return {
        day: Day(
            views=sum(on == day for on, _ in begun),
            viewers=len({learner for on, learner in begun if on == day}),
            new_viewers=first.count(day),
            completions=done.count(day),
            watched_ms=sum(_credited(event) for event in watchings if _day(_began(event)) == day),
            spent_ms=sum(event.spent_ms for event in watchings if _day(_began(event)) == day),
        )
        for day in days
    }


def _speeds(watchings: Sequence[ProgressAdvanced]) -> dict[str, tuple[int, int, int]]:
    by_speed = defaultdict(list)
    for event in watchings:
        ratio = _credited(event) / max(event.spent_ms, 1)
        nearest = min((abs(ratio - speed), speed) for speed in (0.5, 0.75, 1, 1.25, 1.5, 1.75, 2))[1]
        by_speed[f"{nearest:g}"].append(event)
    return {
        speed: (len(found), len({event.learner_id for event in found}), sum(map(_credited, found)))
        for speed, found in by_speed.items()
    }


def stalls(lesson_id: str, log: Iterable[WatchProgress]) -> tuple[int, int, int]:
    """How many beats told of waiting, of how many learners, and for how many ms."""
    beats = {
        (request.session_id, beat.seq): (request.learner_id, min(beat.stalled_ms, 600_000))
        for request in log
        if request.lesson_id == lesson_id
        for beat in request.beats
        if beat.stalled_ms
    }
    return len(beats), len({learner for learner, _ in beats.values()}), sum(ms for _, ms in beats.values())


def told(lesson_id: str, log: Iterable[WatchProgress], duration_ms: int) -> dict[tuple[str, str], tuple[int, int]]:
    """What players told: by kind and name, how often and by how many learners."""
    beats = {}
    for request in log:
        if request.lesson_id == lesson_id:
            for beat in request.beats:
                if beat.events:
                    beats.setdefault((request.session_id, beat.seq), (request.learner_id, beat))
    width = 1
    while width * 1000 * 100 < duration_ms:
        width += 1
    times: Counter[tuple[str, str]] = Counter()
    learners = defaultdict(set)
    for learner, beat in beats.values():
        for event in beat.events:
            key = _named(event, width)
            if key is not None:
                times[key] += 1
                learners[key].add(learner)
    return {key: (count, len(learners[key])) for key, count in times.items()}


def parts(
    lesson_id: str, log: Iterable[WatchProgress], by: Callable[[WatchProgress, Any], str]
) -> dict[tuple[str, str], dict[str, tuple[int, int, int]]]:
    """What players told, by kind and name, of each part: how often, by how many learners, and ms of waiting."""
    beats = {
        (request.session_id, beat.seq): (request.learner_id, by(request, beat), beat)
        for request in log
        if request.lesson_id == lesson_id
        for beat in request.beats
    }
    told: list[tuple[tuple[str, str], str, str, int]] = []
    for learner, part, beat in beats.values():
        for event in beat.events:
            key = _named(event, 1)
            if key is not None and key[0] != "seek":
                told.append((key, part, learner, 0))
        if beat.stalled_ms:
            told.append((("stall", "data"), part, learner, min(beat.stalled_ms, 600_000)))
    return {
        key: {
            part: (
                sum((key, part) == (of, on) for of, on, _, _ in told),
                len({learner for of, on, learner, _ in told if (key, part) == (of, on)}),
                sum(ms for of, on, _, ms in told if (key, part) == (of, on)),
            )
            for part in {on for of, on, _, _ in told if of == key}
        }
        for key in {of for of, _, _, _ in told}
    }


def _named(event: Any, width_s: int) -> tuple[str, str] | None:
    if event.type == "seek" and abs(event.from_ms - event.to_ms) >= 1000:
        return "seek", f"{width_s}/{event.from_ms // 1000 // width_s}/{event.to_ms // 1000 // width_s}"
    if event.type == "play":
        return "play", "start"
    if event.type == "qualitychange":
        return "quality", event.value
    if event.type == "error":
        return "error", event.value
    return None


def flattened(ranges: Iterable[tuple[int, int]]) -> Ranges:
    """The union of the ranges."""
    found: Ranges = []
    for start, end in sorted(part for part in ranges if part[0] < part[1]):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, end))
    return found


def in_seconds(ranges: Iterable[tuple[int, int]], seconds: int) -> list[int]:
    """Ms of these ranges that fall into each second."""
    found = [0] * seconds
    for start, end in ranges:
        for second in range(start // 1000, min(seconds, end // 1000 + 1)):
            found[second] += max(0, min(end, second * 1000 + 1000) - max(start, second * 1000))
    return found


def buckets(per_second: list[int], duration_ms: int) -> list[float]:
    """The curve as it is shown: the mean number of watchers in each of at most 200 buckets of whole seconds."""
    width = 1
    while width * 1000 * 200 < duration_ms:
        width += 1
    return [
        sum(per_second[start : start + width]) / min(width * 1000, duration_ms - start * 1000)
        for start in range(0, len(per_second), width)
    ]


def drop_offs(unique: list[int], viewers: int) -> list[tuple[int, float]]:
    """Drop-off points, the steepest first: second, and how many viewers fewer on the mean."""
    window = max(5, -(-len(unique) // 100))
    falls = [
        (sum(unique[s - window : s]) - sum(unique[s : s + window]), s) for s in range(window, len(unique) - window + 1)
    ]
    found: list[tuple[int, float]] = []
    for fall, second in sorted(falls, key=lambda item: (-item[0], item[1])):
        lost = fall / window / 1000
        if fall > 0 and lost >= viewers / 20 and len(found) < 10 and all(abs(second - s) >= window for s, _ in found):
            found.append((second, lost))
    return found
