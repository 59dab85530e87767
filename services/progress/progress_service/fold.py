"""The ledger: what a beat claims, against the real time that its learner has not yet spent. Pure; no clock, no I/O.

A beat names the wall-clock interval in which it was watched. That bounds its credit, and it is paid with as much real
time, which no other beat has used: the earliest in which it may have been watched. Whoever watches one thing after the
other never runs out of time, however slow the network and in whatever order beats arrive; nobody else gains any.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import ceil, floor
from operator import attrgetter
from typing import Literal

from contracts import Beat, WatchProgress
from progress_service.habits import fast_pace
from progress_service.ranges import Range, Ranges, add, first, intersect, subtract, total
from progress_service.state import Clock, Lesson, Session
from progress_service.timing import Terms, arrive, fund, place, prune, remember, seen, spend

Code = Literal[
    "over_rate",
    "double_spent",
    "beat_cap",
    "too_late",
    "outside_grant",
    "beyond_duration",
    "hidden",
    "fragmented",
    "replaced",
    "former_attempt",
]

TIMER_TOLERANCE = 1.02
_number = attrgetter("seq")
LIVE_WITHIN_MS = 2 * 60_000
MAX_COVERED_RANGES = 400


@dataclass(frozen=True, slots=True)
class Advance:
    """What one request changed. `replayed` may name a moment more than once."""

    covered: Ranges
    replayed: tuple[Range, ...]
    live_ms: int
    late_ms: int
    hidden_ms: int
    spent_ms: int
    cuts: Mapping[str, int]
    watched_at_ms: int


@dataclass(frozen=True, slots=True)
class Folded:
    """The state after a request; `advance` is None where it neither credited nor cut anything."""

    session: Session
    clock: Clock
    lesson: Lesson
    advance: Advance | None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one beat is worth: credited media in the order claimed, the time that pays for it, and the cuts."""

    credited: tuple[Range, ...]
    spent: Ranges
    cuts: Mapping[Code, int]


def fold(
    session: Session, clock: Clock, lesson: Lesson, request: WatchProgress, *, count_hidden: bool = True
) -> Folded:
    """Judge every beat of a request that was not judged before, in the order of their numbers.

    The first request of a further attempt, or for a newer video, begins the lesson anew; those of a former attempt or
    for an older video are cut then.
    """
    count_hidden = count_hidden and request.policy.hidden_pages != "pause"
    lesson, former = begin(lesson, request.attempt, request.video_revision)
    session, terms = arrive(session, request, count_hidden=count_hidden, former=former)
    clock, before = prune(clock, request.received_at_ms), lesson
    if former is None:
        lesson = replace(lesson, course_id=request.course_id, duration_ms=request.duration_ms or lesson.duration_ms)
    replayed, cuts, watched_at = list[Range](), dict[str, int](), 0
    credited, spent_ms = {"live": 0, "late": 0, "hidden": 0}, 0
    covered, position = lesson.covered, (lesson.position_at_ms, lesson.position_ms)
    judged, pace, fast_ms = list[Beat](), fast_pace(request.policy.max_rate), 0
    for beat in sorted(request.beats, key=_number):
        if seen(session, beat):
            continue
        judged.append(beat)
        interval = place(beat, session, terms)
        verdict = judge(beat, interval, clock, covered, terms)
        session, clock = remember(session, beat, interval[1]), spend(clock, verdict.spent)
        live = terms.received_at_ms - interval[1] <= LIVE_WITHIN_MS
        apart = beat.hidden and request.policy.hidden_pages == "apart"
        media_ms, paid_ms = total(verdict.credited), total(verdict.spent)
        credited["hidden" if apart else "live" if live else "late"] += media_ms
        spent_ms += paid_ms
        if media_ms >= pace * paid_ms:
            fast_ms += paid_ms
        for media in verdict.credited:
            replayed += intersect((media,), covered)
            covered = add(covered, media)
        if former is None:  # the last writer by corrected time wins; of two at once, the one further on
            position = max(position, (interval[1], min(beat.position_ms, terms.media_end_ms)))
        for code, amount in verdict.cuts.items():
            cuts[code] = cuts.get(code, 0) + amount
        watched_at = max(watched_at, interval[1])
    changed = bool(cuts or any(credited.values()))
    habits = lesson.habits
    if former is None:
        habits = habits.after(judged, granted_at_ms=terms.granted_at_ms, fast_ms=fast_ms)
    earlier_ms = spent_ms if former == "former_attempt" else 0
    lesson = replace(
        lesson,
        covered=covered,
        live_ms=lesson.live_ms + credited["live"],
        late_ms=lesson.late_ms + credited["late"],
        hidden_ms=lesson.hidden_ms + credited["hidden"],
        spent_ms=lesson.spent_ms + spent_ms - earlier_ms,
        earlier_spent_ms=lesson.earlier_spent_ms + earlier_ms,
        position_at_ms=position[0],
        position_ms=position[1],
        cuts=_sum(lesson.cuts, cuts) if cuts else lesson.cuts,
        version=lesson.version + changed,
        habits=habits,
    )
    if not changed:
        return Folded(session, clock, lesson, None)
    advance = Advance(
        covered=subtract(covered, before.covered),
        replayed=_coalesce(replayed),
        live_ms=credited["live"],
        late_ms=credited["late"],
        hidden_ms=credited["hidden"],
        spent_ms=spent_ms,
        cuts=cuts,
        watched_at_ms=watched_at,
    )
    return Folded(session, clock, lesson, advance)


def begin(lesson: Lesson, attempt: int, revision: int) -> tuple[Lesson, Literal["replaced", "former_attempt"] | None]:
    """The lesson as that attempt at that video finds it; why not, where the learner is further already."""
    if attempt == lesson.attempt:
        if revision > lesson.revision:
            return lesson.renewed(revision), None
        return lesson, "replaced" if revision < lesson.revision else None
    if attempt > lesson.attempt:
        return lesson.attempted(attempt, revision), None
    return lesson, "former_attempt"


def judge(beat: Beat, interval: Range, clock: Clock, covered: Ranges, terms: Terms) -> Verdict:
    """What a beat is worth, given when it was watched and what its learner has spent: each cut with its reason.

    One of a former attempt is worth nothing any more, and its time is spent all the same: it was watched.
    """
    since, at = interval
    policy, cuts = terms.policy, dict[Code, int]()
    rate, media_end = min(beat.rate, policy.max_rate), terms.media_end_ms
    claimed = [segment for segment in beat.segments if segment[1] > segment[0]]
    playable = [(start, min(end, media_end)) for start, end in claimed if start < media_end]
    length, free = fund(interval, clock, terms)

    def allowance(real_ms: int) -> int:
        return floor(real_ms * policy.max_rate * TIMER_TOLERANCE)

    credit = total(claimed)
    limits: tuple[tuple[Code, int], ...] = (
        ("replaced", 0 if terms.former == "replaced" else credit),
        ("beyond_duration", total(playable)),
        ("hidden", 0 if beat.hidden and not terms.count_hidden else credit),
        ("too_late", 0 if at < terms.received_at_ms - terms.grace_ms else credit),
        ("over_rate", allowance(at - since)),
        ("beat_cap", floor(policy.beat_cap_s * 1000 * rate)),
        ("outside_grant", allowance(length)),
        ("double_spent", allowance(total(free))),
    )
    for code, limit in limits:
        if credit > limit:
            cuts[code] = credit - limit
            credit = limit
    if terms.former == "former_attempt":
        if credit:
            cuts["former_attempt"] = credit
        return Verdict((), first(free, min(ceil(credit / rate), length)), cuts)
    credited = _without_new_fragments(first(playable, credit), covered)
    if total(credited) < credit:
        cuts["fragmented"] = credit - total(credited)
    return Verdict(credited, first(free, min(ceil(total(credited) / rate), length)), cuts)


def _without_new_fragments(claimed: tuple[Range, ...], covered: Ranges) -> tuple[Range, ...]:
    """Claims that a full map can still take: those that join what is there. A hostile client cannot grow a row."""
    if len(covered) + len(claimed) <= MAX_COVERED_RANGES:
        return claimed
    kept = []
    for media in claimed:
        grown = add(covered, media)
        if len(grown) <= max(MAX_COVERED_RANGES, len(covered)):
            covered = grown
            kept.append(media)
    return tuple(kept)


def _coalesce(ranges: Sequence[Range]) -> tuple[Range, ...]:
    joined: list[Range] = []
    for start, end in ranges:
        if joined and joined[-1][1] == start:
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    return tuple(joined)


def _sum(a: Mapping[str, int], b: Mapping[str, int]) -> dict[str, int]:
    summed = dict(a)
    for code, amount in b.items():
        summed[code] = summed.get(code, 0) + amount
    return summed
