"""A batch of requests against everything that the ledger remembers of its learners: read once, fold, write once. Pure.

Requests are judged one by one in the order of the log, so that the outcome does not depend on how it was batched.
"""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

from contracts import Event, LessonCompleted, ProgressAdvanced, WatchProgress
from progress_service.fold import Advance, fold
from progress_service.rules import LessonRule, length, missing_in_lesson
from progress_service.state import Clock, Lesson, Session

LessonKey = tuple[str, str]
"""Learner, lesson."""
CourseKey = tuple[str, str, int]
"""Learner, course, attempt."""
SessionKey = tuple[str, UUID]
"""Learner, session."""
QuizKey = tuple[str, str, int]
"""Learner, lesson, attempt."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(slots=True)
class Ledger:
    """The rows of a batch's learners; what is not there has never been. `record` and `decide` update them."""

    clocks: dict[str, Clock] = field(default_factory=dict)
    sessions: dict[SessionKey, Session] = field(default_factory=dict)
    lessons: dict[LessonKey, Lesson] = field(default_factory=dict)
    rules: Mapping[str, LessonRule] = field(default_factory=dict)
    quizzes_passed: Set[QuizKey] = frozenset()
    completed: dict[LessonKey, int] = field(default_factory=dict)

    def record(self, request: WatchProgress) -> list[Event]:
        """Fold one request. Returns what it advanced and completed."""
        learner, key = request.learner_id, (request.learner_id, request.lesson_id)
        session = (learner, request.session_id)
        folded = fold(
            self.sessions.get(session, Session()),
            self.clocks.get(learner, Clock()),
            self.lessons.get(key, Lesson()),
            request,
        )
        self.sessions[session], self.clocks[learner], self.lessons[key] = folded.session, folded.clock, folded.lesson
        if folded.advance is None:
            return []
        events: list[Event] = [advanced(request, folded.lesson, folded.advance)]
        if request.attempt < folded.lesson.attempt:
            return events
        return events + self.decide(key, request.received_at_ms, watched_at_ms=folded.advance.watched_at_ms)

    def decide(self, key: LessonKey, at_ms: int, *, watched_at_ms: int | None = None) -> list[Event]:
        """Complete the lesson if nothing is missing and it was not complete before.

        A former video completes it only by what was watched (until `watched_at_ms`) before it was replaced.
        """
        lesson, rule = self.lessons[key], self.rules.get(key[1])
        if rule is None or lesson.completed_at_ms is not None:
            return []
        if lesson.revision < rule.revision:
            if watched_at_ms is None or watched_at_ms > rule.revised_at_ms:
                return []
        else:
            lesson = replace(lesson, duration_ms=length(rule, revision=lesson.revision, duration_ms=lesson.duration_ms))
        passed = (*key, lesson.attempt) in self.quizzes_passed
        if missing_in_lesson(rule, covered=lesson.covered, duration_ms=lesson.duration_ms, quiz_passed=passed):
            return []
        self.lessons[key] = lesson = replace(lesson, completed_at_ms=at_ms)
        self.completed[key] = at_ms
        return [lesson_completed(key, lesson, rule, at_ms)]


def advanced(request: WatchProgress, lesson: Lesson, advance: Advance) -> ProgressAdvanced:
    """The event that tells of an advance."""
    return ProgressAdvanced(
        learner_id=request.learner_id,
        lesson_id=request.lesson_id,
        course_id=request.course_id,
        session_id=request.session_id,
        version=lesson.version,
        video_revision=request.video_revision,
        attempt=request.attempt,
        covered=advance.covered,
        replayed=advance.replayed,
        live_ms=advance.live_ms,
        late_ms=advance.late_ms,
        hidden_ms=advance.hidden_ms,
        spent_ms=advance.spent_ms,
        coverage=lesson.coverage,
        frontier_ms=lesson.frontier_ms if _current(request, lesson) else None,
        cut_ms=dict(advance.cuts),
        watched_at=moment(advance.watched_at_ms),
    )


def _current(request: WatchProgress, lesson: Lesson) -> bool:
    return (request.attempt, request.video_revision) == (lesson.attempt, lesson.revision)


def lesson_completed(key: LessonKey, lesson: Lesson, rule: LessonRule, at_ms: int) -> LessonCompleted:
    """The event that tells of a completed lesson."""
    return LessonCompleted(
        learner_id=key[0],
        lesson_id=key[1],
        course_id=rule.course_id,
        attempt=lesson.attempt,
        coverage=lesson.coverage,
        verified_ms=lesson.spent_ms,
        live_ms=lesson.live_ms,
        late_ms=lesson.late_ms,
        rule_version=rule.version,
        completed_at=moment(at_ms),
    )


def course_keys(requests: Sequence[WatchProgress]) -> dict[CourseKey, int]:
    """The attempts at courses that a batch touches, each with the time (epoch ms) of its last request."""
    touched: dict[CourseKey, int] = {}
    for request in requests:
        key = (request.learner_id, request.course_id, request.attempt)
        touched[key] = max(request.received_at_ms, touched.get(key, 0))
    return touched


def moment(epoch_ms: int) -> datetime:
    """Epoch milliseconds as a UTC datetime, exactly."""
    return _EPOCH + timedelta(milliseconds=epoch_ms)


def epoch_ms(at: datetime) -> int:
    """A datetime as epoch milliseconds, rounded down."""
    return (at - _EPOCH) // timedelta(milliseconds=1)
