"""From what is known of a learner to what the learner is told: milliseconds become seconds, gaps reasons. Pure."""

from collections.abc import Iterable
from datetime import datetime

from progress_service.ledger import moment
from progress_service.rules import Reason, missing_in_course, missing_in_lesson, replaced
from progress_service.schemas import CourseLessonOut, CourseProgressOut, LessonProgressOut, ReasonOut, Watched
from progress_service.store_views import CourseView, LessonView


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
        threshold=view.threshold,
        complete=completed is not None,
        completed_at=moment(completed) if completed is not None else None,
        watched=Watched(
            live=_seconds(progress.live_ms), late=_seconds(progress.late_ms), hidden=_seconds(progress.hidden_ms)
        ),
        reasons=_reasons(_void(view) + missing) if completed is None else [],
        replaced_at=_replaced_at(view),
        cuts={code: _seconds(amount) for code, amount in progress.cuts.items()},
    )


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
        completed_at=moment(completed) if completed is not None else None,
        verified=_seconds(view.standing.verified_ms),
        min_verified=_seconds(view.rule.min_verified_ms if view.rule else 0),
        lessons=[
            CourseLessonOut(
                lesson_id=lesson.lesson_id,
                title=lesson.title,
                required=lesson.required,
                coverage=lesson.coverage,
                complete=lesson.completed_at_ms is not None,
                completed_at=moment(lesson.completed_at_ms) if lesson.completed_at_ms is not None else None,
            )
            for lesson in view.lessons
        ],
        reasons=_reasons(missing_in_course(view.rule, view.standing)) if completed is None else [],
    )


def _reasons(missing: Iterable[Reason]) -> list[ReasonOut]:
    return [ReasonOut(code=reason.code, message=reason.message) for reason in missing]


def _seconds(ms: int) -> float:
    return ms / 1000
