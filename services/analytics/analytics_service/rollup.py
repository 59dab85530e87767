"""The numbers' definitions, and how an event changes them. No I/O; docs/metrics.md says the same in prose.

watching          what one `progress.advanced` tells: credited media, and that it was watched in the `spent_ms` of
                  real time before `watched_at`.
watch time        credited media, newly covered and replayed. Claims that the ledger cut are not in it.
session           all watching under one watch grant (a refreshed grant keeps its session). It lasts from the start
                  of its first watching to the end of its last, and counts once VIEW_MINIMUM_MS of media are credited.
view              a session that counts. Sessions of the same learner and lesson that begin within VIEW_GAP_MS after
                  the watching of another one ended are the same view: a reload is not a view, nor is a second tab.
viewer            a learner with at least one view of the lesson.
average watch     watch time / views: per view, not per viewer.
completion        a learner who completed the lesson, once.
completion rate   viewers who completed / viewers.
retention         per second of media and in two layers. `unique`: how many viewers have that second in their
                  coverage; `replays`: how often it was watched again. Whoever watched a part of a second counts
                  for that part, so the area under a layer is exactly its share of the watch time.

Every number is a sum over learners, or over sets that only grow: the order in which events arrive cannot matter, and
an event that arrives again (same learner, lesson and version) changes nothing.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import IntEnum
from uuid import UUID

from analytics_service.spans import Span, Spans, contains, length, union

VIEW_MINIMUM_MS = 1_000
VIEW_GAP_MS = 30 * 60 * 1_000


class Layer(IntEnum):
    """Retention layers, by the number that the table keeps."""

    UNIQUE = 0
    REPLAYS = 1


@dataclass(frozen=True, slots=True)
class Watching:
    """The part of a `progress.advanced` that counts here. Media in ms, `watched_at_ms` since the epoch."""

    version: int
    session_id: UUID
    covered: Spans
    replayed: Spans
    spent_ms: int
    watched_at_ms: int

    def __post_init__(self) -> None:
        for start, end in (*self.covered, *self.replayed):
            if end < start:
                raise ValueError(f"a range that ends before it starts: {start}, {end}")

    @property
    def credited_ms(self) -> int:
        return length(self.covered) + length(self.replayed)


@dataclass(frozen=True, slots=True)
class Session:
    """One grant's watching, in ms since the epoch."""

    credited_ms: int
    first_ms: int
    last_ms: int


@dataclass(frozen=True, slots=True)
class LearnerLesson:
    """What one learner did in one lesson, as far as the numbers need it.

    `applied` holds the versions that are in here, `viewing` the time of views in ms since the epoch, each VIEW_GAP_MS
    longer than its watching, so that what touches is one view. `sessions` may leave out those that the events at
    hand do not name.
    """

    applied: Spans = ()
    viewing: Spans = ()
    covered_ms: int = 0
    replayed_ms: int = 0
    completed: bool = False
    sessions: Mapping[UUID, Session] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Totals:
    """A lesson's counters, or a change of them; media in ms."""

    views: int = 0
    viewers: int = 0
    completions: int = 0
    completed_viewers: int = 0
    covered_ms: int = 0
    replayed_ms: int = 0

    def __add__(self, other: "Totals") -> "Totals":
        return Totals(*(a + b for a, b in zip(self.values, other.values, strict=True)))

    def __sub__(self, other: "Totals") -> "Totals":
        return Totals(*(a - b for a, b in zip(self.values, other.values, strict=True)))

    @property
    def values(self) -> tuple[int, ...]:
        return (
            self.views,
            self.viewers,
            self.completions,
            self.completed_viewers,
            self.covered_ms,
            self.replayed_ms,
        )

    @property
    def watched_ms(self) -> int:
        return self.covered_ms + self.replayed_ms

    @property
    def average_watch_ms(self) -> float:
        """Watch time per view; 0 without views."""
        return self.watched_ms / self.views if self.views else 0.0

    @property
    def completion_rate(self) -> float:
        """Of the viewers, the share that completed, 0..1; 0 without viewers."""
        return self.completed_viewers / self.viewers if self.viewers else 0.0


def contribution(learner: LearnerLesson) -> Totals:
    """What one learner adds to the lesson's totals: a lesson's total is the sum of its learners' contributions."""
    viewer = bool(learner.viewing)
    return Totals(
        views=len(learner.viewing),
        viewers=int(viewer),
        completions=int(learner.completed),
        completed_viewers=int(viewer and learner.completed),
        covered_ms=learner.covered_ms,
        replayed_ms=learner.replayed_ms,
    )


def news(learner: LearnerLesson, watchings: Iterable[Watching]) -> list[Watching]:
    """Those that the learner's numbers do not contain yet, each version once."""
    fresh = {watching.version: watching for watching in watchings if not contains(learner.applied, watching.version)}
    return list(fresh.values())


def watched(learner: LearnerLesson, watchings: Iterable[Watching]) -> LearnerLesson:
    """The learner after these watchings, none of which is in there yet (see `news`)."""
    for watching in watchings:
        learner = _watched(learner, watching)
    return learner


def _watched(learner: LearnerLesson, watching: Watching) -> LearnerLesson:
    applied = union(learner.applied, [(watching.version, watching.version + 1)])
    if not watching.credited_ms:
        return replace(learner, applied=applied)
    session = _grown(learner.sessions.get(watching.session_id), watching)
    viewing: Iterable[Span] = ()
    if session.credited_ms >= VIEW_MINIMUM_MS:
        viewing = ((session.first_ms, session.last_ms + VIEW_GAP_MS),)
    return replace(
        learner,
        applied=applied,
        viewing=union(learner.viewing, viewing),
        covered_ms=learner.covered_ms + length(watching.covered),
        replayed_ms=learner.replayed_ms + length(watching.replayed),
        sessions={**learner.sessions, watching.session_id: session},
    )


def _grown(session: Session | None, watching: Watching) -> Session:
    start = watching.watched_at_ms - watching.spent_ms
    if session is None:
        return Session(watching.credited_ms, start, watching.watched_at_ms)
    return Session(
        session.credited_ms + watching.credited_ms,
        min(session.first_ms, start),
        max(session.last_ms, watching.watched_at_ms),
    )
