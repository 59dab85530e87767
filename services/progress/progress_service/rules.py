"""When a lesson and a course count as complete, and in words why not. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from progress_service.ranges import Ranges, clip, subtract, total

DEFAULT_THRESHOLD = 0.90
SAME_LENGTH_MS = 1_000
"""Videos whose lengths lie no further apart are of one length: the same file, measured by somebody else."""

ReasonCode = Literal[
    "rules_unknown",
    "replaced",
    "former_attempt",
    "coverage",
    "required_segments",
    "quiz",
    "required_lessons",
    "no_required_lessons",
    "verified_time",
    "final_assessment",
]


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing that is still missing; `code` is stable, `message` is for the learner."""

    code: ReasonCode
    message: str


@dataclass(frozen=True, slots=True)
class LessonRule:
    """What a lesson demands. `threshold` is the lesson's own, else its course's, else the platform's.

    `duration_ms` is the video's as it is now, 0 while the provider has not told; `revision` numbers the contents that
    the lesson had, and `revised_at_ms` is when this one began.
    """

    lesson_id: str
    course_id: str
    version: int
    threshold: float = DEFAULT_THRESHOLD
    required_segments: Ranges = ()
    quiz_required: bool = False
    duration_ms: int = 0
    revision: int = 1
    revised_at_ms: int = 0


@dataclass(frozen=True, slots=True)
class CourseRule:
    """What a course demands beyond its required lessons. `min_verified_ms` is real time spent, 0 for no minimum."""

    course_id: str
    version: int
    min_verified_ms: int = 0
    final_assessment: str | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a learner is in a course: titles of required lessons done and open, verified time, final assessment."""

    done: int
    open_lessons: Sequence[str]
    verified_ms: int
    assessment_passed: bool = False


def length(rule: LessonRule, *, revision: int, duration_ms: int) -> int:
    """How long the video is whose watching is judged (ms): as its grants told, unless the lesson's is another by now.

    A video that takes another's place and carries its progress may be longer; a grant of before still names the
    former's end, and must not make what lies behind it superfluous.
    """
    same = abs(rule.duration_ms - duration_ms) <= SAME_LENGTH_MS
    known = duration_ms and (revision != rule.revision or not rule.duration_ms or same)
    return duration_ms if known else rule.duration_ms


def missing_in_lesson(
    rule: LessonRule | None, *, covered: Ranges, duration_ms: int, quiz_passed: bool
) -> tuple[Reason, ...]:
    """What keeps a lesson from being complete; empty when nothing does. Without its rule nothing is decided."""
    if rule is None:
        return (Reason("rules_unknown", "This lesson's rules have not arrived yet."),)
    reasons = _unwatched(rule, covered, duration_ms)
    if rule.quiz_required and not quiz_passed:
        reasons += (Reason("quiz", "The lesson's quiz has not been passed."),)
    return reasons


def _unwatched(rule: LessonRule, covered: Ranges, duration_ms: int) -> tuple[Reason, ...]:
    watched = total(clip(covered, 0, duration_ms))
    if duration_ms > 0 and watched / duration_ms >= rule.threshold:
        return ()
    required = clip(rule.required_segments, 0, duration_ms)
    open_segments = subtract(required, covered)
    if required and not open_segments:
        return ()
    coverage = watched / duration_ms if duration_ms > 0 else 0.0
    message = f"{_percent(coverage)} of the video has been watched, {_percent(rule.threshold)} are needed."
    reasons: tuple[Reason, ...] = (Reason("coverage", message),)
    if open_segments:
        parts = ", ".join(f"{_clock(start)}–{_clock(end)}" for start, end in open_segments[:5])
        reasons += (Reason("required_segments", f"Watching the rest of the required parts would do: {parts}."),)
    return reasons


def replaced(void_ms: int, revised_at: datetime | None) -> Reason:
    """Why what was watched of a former video is not in the coverage."""
    when = f" on {revised_at:%Y-%m-%d}" if revised_at is not None else ""
    return Reason("replaced", f"The video was replaced{when}: {_clock(void_ms)} of the former one no longer count.")


def former_attempts(attempt: int, began_at: datetime | None, earlier: Sequence[tuple[int, datetime]]) -> Reason:
    """Why what was watched and completed in `earlier` attempts, each with when that was, is not enough."""
    since = f" began on {began_at:%Y-%m-%d}" if began_at is not None else " has begun"
    done = "".join(f" Completed on {at:%Y-%m-%d} in attempt {number}." for number, at in earlier)
    return Reason("former_attempt", f"Attempt {attempt}{since}: everything has to be watched again.{done}")


def missing_in_course(rule: CourseRule | None, standing: Standing) -> tuple[Reason, ...]:
    """What keeps a course from being complete; empty when nothing does."""
    if rule is None:
        return (Reason("rules_unknown", "This course's rules have not arrived yet."),)
    reasons: tuple[Reason, ...] = ()
    if standing.open_lessons:
        count, titles = len(standing.open_lessons), ", ".join(standing.open_lessons[:5])
        reasons += (Reason("required_lessons", f"{count} required lesson(s) are not complete: {titles}."),)
    elif not standing.done:
        reasons += (Reason("no_required_lessons", "The course has no required lessons yet."),)
    if standing.verified_ms < rule.min_verified_ms:
        needed, so_far = _clock(rule.min_verified_ms), _clock(standing.verified_ms)
        reasons += (Reason("verified_time", f"{so_far} of {needed} verified watching time so far."),)
    if rule.final_assessment is not None and not standing.assessment_passed:
        reasons += (Reason("final_assessment", "The final assessment has not been passed."),)
    return reasons


def _percent(part: float) -> str:
    """Rounded down, so that nobody reads 90 % and is told that 90 % are needed."""
    return f"{int(part * 100 + 1e-9)} %"


def _clock(ms: int) -> str:
    minutes, seconds = divmod(ms // 1000, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"
