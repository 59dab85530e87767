"""The numbers' definitions, and how an event changes them. No I/O; docs/metrics.md says the same in prose.

watching          what one `progress.advanced` tells: credited media, and that it was watched in the `spent_ms` of
                  real time before `watched_at`.
watch time        credited media, newly covered and replayed. Claims that the ledger cut are not in it.
verified time     the real time that it used up.
session           all watching under one watch grant (a refreshed grant keeps its session). It lasts from the start
                  of its first watching to the end of its last, and counts once VIEW_MINIMUM_MS of media are credited.
view              a session that counts. Sessions of the same learner and lesson that begin within VIEW_GAP_MS after
                  the watching of another one ended are the same view: a reload is not a view, nor is a second tab.
viewer            a learner with at least one view of the lesson.
average watch     watch time / views: per view, not per viewer.
completion        a learner who completed the lesson, once.
completion rate   viewers who completed / viewers.
retention         per second of media and in two layers. `unique`: how many viewers have that second in their
                  coverage, whatever the attempt; `replays`: how often it was watched again. Whoever watched a part of
                  a second counts for that part, so the area under a layer is exactly its share of the watch time.

Every number is a sum over learners, or over sets that only grow: the order in which events arrive cannot matter, and
an event that arrives again (same learner, lesson and version) changes nothing.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from operator import add
from uuid import UUID

from analytics_service.retention import Cells, Steps, grown, steps_of
from analytics_service.spans import Spans, contains, difference, length, union, with_point

VIEW_MINIMUM_MS = 1_000
VIEW_GAP_MS = 30 * 60 * 1_000


@dataclass(frozen=True, slots=True)
class Watching:
    """The part of a `progress.advanced` that counts here. Media in ms, `watched_at_ms` since the epoch."""

    version: int
    session_id: UUID
    covered: Spans
    replayed: Spans
    spent_ms: int
    watched_at_ms: int
    revision: int = 1
    credited_ms: int = field(init=False)

    def __post_init__(self) -> None:
        credited_ms = 0
        for start, end in self.ranges:
            if end < start:
                raise ValueError(f"a range that ends before it starts: {start}, {end}")
            credited_ms += end - start
        object.__setattr__(self, "credited_ms", credited_ms)

    @property
    def ranges(self) -> Spans:
        """All that was credited, as the ledger gave it."""
        return (*self.covered, *self.replayed)

    @property
    def began_at_ms(self) -> int:
        return self.watched_at_ms - self.spent_ms


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
    longer than its watching, so that what touches is one view. `covered` is the union of all that was watched of the
    newest video (`revision`), `again` the cells of what was watched of it more often than once. `sessions` may leave
    out those that the events at hand do not name.
    """

    applied: Spans = ()
    viewing: Spans = ()
    covered: Spans = ()
    again: Cells = field(default_factory=dict)
    revision: int = 1
    covered_ms: int = 0
    replayed_ms: int = 0
    spent_ms: int = 0
    completed_at: datetime | None = None
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
    spent_ms: int = 0

    def __add__(self, other: "Totals") -> "Totals":
        return Totals(*map(add, self.values, other.values))

    @property
    def values(self) -> tuple[int, ...]:
        return (
            self.views,
            self.viewers,
            self.completions,
            self.completed_viewers,
            self.covered_ms,
            self.replayed_ms,
            self.spent_ms,
        )

    @property
    def watched_ms(self) -> int:
        return self.covered_ms + self.replayed_ms

    @property
    def average_watch_ms(self) -> float:
        """Watch time per view; 0 without views."""
        return self.watched_ms / self.views if self.views else 0.0

    @property
    def average_spent_ms(self) -> float:
        """Verified time per view; 0 without views."""
        return self.spent_ms / self.views if self.views else 0.0

    @property
    def completion_rate(self) -> float:
        """Of the viewers, the share that completed, 0..1; 0 without viewers."""
        return self.completed_viewers / self.viewers if self.viewers else 0.0


def gained(before: LearnerLesson, after: LearnerLesson) -> Totals:
    """What a lesson gains by a learner who goes from one to the other: its totals are what it gained by all of them."""
    viewed, completed = bool(before.viewing), before.completed_at is not None
    views, completes = bool(after.viewing), after.completed_at is not None
    return Totals(
        views=len(after.viewing) - len(before.viewing),
        viewers=views - viewed,
        completions=completes - completed,
        completed_viewers=(views and completes) - (viewed and completed),
        covered_ms=after.covered_ms - before.covered_ms,
        replayed_ms=after.replayed_ms - before.replayed_ms,
        spent_ms=after.spent_ms - before.spent_ms,
    )


def news(learner: LearnerLesson, watchings: Iterable[Watching]) -> list[Watching]:
    """Those that the learner's numbers do not contain yet, each version once."""
    fresh = {watching.version: watching for watching in watchings if not contains(learner.applied, watching.version)}
    return list(fresh.values())


def watched(learner: LearnerLesson, watching: Watching) -> tuple[LearnerLesson, dict[int, Steps]]:
    """The learner after a watching that is not in there yet (see `news`), and what it adds to the curves, by second.

    What is new is what the learner had not watched before in any attempt, and not what the ledger says of this one.
    The map of a former video is gone: for what comes of it late, the ledger's word stands.
    """
    applied = with_point(learner.applied, watching.version)
    if not watching.credited_ms:
        return replace(learner, applied=applied), {}
    if watching.revision > learner.revision:
        learner = replace(learner, revision=watching.revision, covered=(), again={})
    covered, again, new = learner.covered, learner.again, union(watching.covered)
    if watching.revision == learner.revision:
        new = difference(union(watching.ranges), covered)
    steps = steps_of(watching.ranges, new)
    if watching.revision == learner.revision:
        covered = union(covered, new)
        again = grown(again, steps)
    new_ms = length(new)
    session = _grown(learner.sessions.get(watching.session_id), watching)
    viewing = learner.viewing
    if session.credited_ms >= VIEW_MINIMUM_MS:
        viewing = union(viewing, ((session.first_ms, session.last_ms + VIEW_GAP_MS),))
    return LearnerLesson(
        applied=applied,
        viewing=viewing,
        covered=covered,
        again=again,
        revision=learner.revision,
        covered_ms=learner.covered_ms + new_ms,
        replayed_ms=learner.replayed_ms + watching.credited_ms - new_ms,
        spent_ms=learner.spent_ms + watching.spent_ms,
        completed_at=learner.completed_at,
        sessions={**learner.sessions, watching.session_id: session},
    ), steps


def _grown(session: Session | None, watching: Watching) -> Session:
    start = watching.began_at_ms
    if session is None:
        return Session(watching.credited_ms, start, watching.watched_at_ms)
    return Session(
        session.credited_ms + watching.credited_ms,
        min(session.first_ms, start),
        max(session.last_ms, watching.watched_at_ms),
    )
