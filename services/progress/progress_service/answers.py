"""From what is known of a learner to what the learner is told: milliseconds become seconds, gaps reasons. Pure."""

from collections.abc import Iterable
from datetime import datetime

from progress_service.ledger import moment
from progress_service.rules import Reason, former_attempts, missing_in_course, missing_in_lesson, replaced
from progress_service.schemas import (
    CourseLessonOut,
    CourseProgressOut,
    EarlierOut,
    LessonProgressOut,
    ReasonOut,
    Watched,
)
from progress_service.store_views import AttemptView, CourseView, LessonView


def lesson_progress(lesson_id: str, view: LessonView) -> LessonProgressOut:
    """The answer to how far a learner is in a lesson; a lesson once complete has no reasons."""
    progress, completed = view.progress, view.progress.completed_at_ms
    missing = missing_in_lesson(
        view.rule, covered=progress.covered, duration_ms=view.duration_ms or 0, quiz_passed=view.quiz_passed
    )
    return LessonProgressOut(
        lesson_id=lesson_id,
        course_id=view.course_id,
        duration=_seconds(view.duration_ms) if view.duration_ms is not None else None,
        resume_position=_seconds(progress.position_ms),
        covered=[(_seconds(start), _seconds(end)) for start, end in progress.covered],
        coverage=progress.coverage,
        frontier=_seconds(progress.frontier_ms),
        seek_locked=view.seek_locked and completed is None,
        video_revision=progress.revision,
        threshold=view.threshold,
        required_segments=_required(view),
        complete=completed is not None,
        completed_at=_moment(completed),
        watched=Watched(
            live=_seconds(progress.live_ms), late=_seconds(progress.late_ms), hidden=_seconds(progress.hidden_ms)
        ),
        reasons=_reasons(_former(view.attempt) + _void(view) + missing) if completed is None else [],
        replaced_at=_replaced_at(view),
        cuts={code: _seconds(amount) for code, amount in progress.cuts.items()},
        attempt=view.attempt.number,
        attempt_started_at=_moment(view.attempt.began_at_ms),
        earlier=_earlier(view.attempt),
    )


def _required(view: LessonView) -> list[tuple[float, float]]:
    """What lies behind the end is demanded of nobody, and not shown either."""
    if view.rule is None:
        return []
    end = view.duration_ms or 0
    return [(_seconds(start), _seconds(min(stop, end))) for start, stop in view.rule.required_segments if start < end]


def _former(attempt: AttemptView) -> tuple[Reason, ...]:
    if attempt.number == 1:
        return ()
    earlier = [(number, moment(at_ms)) for number, at_ms in attempt.earlier]
    return (former_attempts(attempt.number, _moment(attempt.began_at_ms), earlier),)


def _earlier(attempt: AttemptView) -> list[EarlierOut]:
    return [EarlierOut(attempt=number, completed_at=moment(at_ms)) for number, at_ms in attempt.earlier]


def _void(view: LessonView) -> tuple[Reason, ...]:
    void_ms = view.progress.cuts.get("replaced", 0)
    return (replaced(void_ms, _replaced_at(view)),) if void_ms else ()


def _replaced_at(view: LessonView) -> datetime | None:
    known = view.rule is not None and view.rule.revised_at_ms and "replaced" in view.progress.cuts
    return moment(view.rule.revised_at_ms) if known and view.rule is not None else None


def course_progress(course_id: str, view: CourseView) -> CourseProgressOut:
    """The answer to how far a learner is in a course."""
    completed = view.completed_at_ms
    return CourseProgressOut(
        course_id=course_id,
        title=view.title,
        complete=completed is not None,
        completed_at=_moment(completed),
        verified=_seconds(view.standing.verified_ms),
        min_verified=_seconds(view.rule.min_verified_ms if view.rule else 0),
        lessons=[
            CourseLessonOut(
                lesson_id=lesson.lesson_id,
                title=lesson.title,
                required=lesson.required,
                coverage=lesson.coverage,
                complete=lesson.completed_at_ms is not None,
                completed_at=_moment(lesson.completed_at_ms),
            )
            for lesson in view.lessons
        ],
        reasons=_reasons(_former(view.attempt) + missing_in_course(view.rule, view.standing))
        if completed is None
        else [],
        attempt=view.attempt.number,
        attempt_started_at=_moment(view.attempt.began_at_ms),
        earlier=_earlier(view.attempt),
    )


def _reasons(missing: Iterable[Reason]) -> list[ReasonOut]:
    return [ReasonOut(code=reason.code, message=reason.message) for reason in missing]


def _moment(at_ms: int | None) -> datetime | None:
    return moment(at_ms) if at_ms is not None else None


def _seconds(ms: int) -> float:
    return ms / 1000
