"""Rules that nobody can meet, or that ask for nothing, told to the author before learners find out. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from progress_service.preview import CourseLesson
from progress_service.ranges import clip, total
from progress_service.rules import CourseRule

WarningCode = Literal[
    "no_required_lessons",
    "no_video",
    "segments_beyond_end",
    "segments_nowhere",
    "too_much_verified_time",
    "quiz_never_graded",
    "assessment_unknown",
    "assessment_never_graded",
]


@dataclass(frozen=True, slots=True)
class Warning:
    """One thing to look at. `dead_end`: nobody can complete the lesson or course as it is."""

    code: WarningCode
    message: str
    lesson_id: str | None
    dead_end: bool


def warnings(
    course: CourseRule, lessons: Sequence[CourseLesson], titles: Mapping[str, str], graded: frozenset[str]
) -> list[Warning]:
    """What is questionable in a course. `graded` are the lessons whose quiz anybody has a result in."""
    found = []
    for lesson in lessons:
        found += _of_lesson(lesson, titles[lesson.rule.lesson_id], graded)
    required = [lesson for lesson in lessons if lesson.required]
    if not required:
        found.append(Warning("no_required_lessons", "No lesson is required: nobody completes the course.", None, True))
    known = [lesson.rule.duration_ms for lesson in lessons]
    if all(known) and course.min_verified_ms > sum(known):
        message = (
            f"{_minutes(course.min_verified_ms)} of verified time are needed, and all videos together have "
            f"{_minutes(sum(known))}: learners would have to watch them more than once."
        )
        found.append(Warning("too_much_verified_time", message, None, False))
    assessment = course.final_assessment
    if assessment is not None and assessment not in titles:
        message = f"The final assessment {assessment} is no lesson of this course."
        found.append(Warning("assessment_unknown", message, None, assessment not in graded))
    elif assessment is not None and assessment not in graded:
        message = f'Nobody has a result in the final assessment "{titles[assessment]}" yet: is it connected?'
        found.append(Warning("assessment_never_graded", message, assessment, False))
    return found


def _of_lesson(lesson: CourseLesson, title: str, graded: frozenset[str]) -> list[Warning]:
    rule, found = lesson.rule, list[Warning]()
    if not rule.duration_ms:
        message = f'"{title}" has no video yet' + (", and is required." if lesson.required else ".")
        found.append(Warning("no_video", message, rule.lesson_id, lesson.required))
    elif rule.required_segments:
        inside = clip(rule.required_segments, 0, rule.duration_ms)
        if not inside:
            message = f'All required parts of "{title}" are beyond its end: only the threshold counts.'
            found.append(Warning("segments_nowhere", message, rule.lesson_id, False))
        elif total(inside) < total(rule.required_segments):
            message = f'Required parts of "{title}" reach beyond its end: what is beyond it does not count.'
            found.append(Warning("segments_beyond_end", message, rule.lesson_id, False))
    if rule.quiz_required and rule.lesson_id not in graded:
        message = f'Nobody has a result in the quiz of "{title}" yet: is it connected?'
        found.append(Warning("quiz_never_graded", message, rule.lesson_id, False))
    return found


def _minutes(ms: int) -> str:
    return f"{ms / 60_000:.0f} min"
