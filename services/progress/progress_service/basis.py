"""What a completion was decided from, as evidence keeps it: the rules as they stood, and what met them. Pure."""

from collections.abc import Sequence
from typing import Any

from progress_service.evidence import PPM
from progress_service.rules import CourseRule, LessonRule
from progress_service.state import Lesson


def lesson_basis(rule: LessonRule, lesson: Lesson, *, quiz_passed: bool) -> dict[str, Any]:
    """Of a lesson. The threshold is the effective one: the lesson's, its course's or the platform's."""
    return {
        "rules": {
            "thresholdPpm": int(rule.threshold * PPM + 1e-3),
            "requiredSegments": [list(part) for part in rule.required_segments],
            "quizRequired": rule.quiz_required,
        },
        "videoRevision": lesson.revision,
        "durationMs": lesson.duration_ms or rule.duration_ms,
        "covered": [list(part) for part in lesson.covered],
        "quizPassed": quiz_passed,
        "hiddenMs": lesson.hidden_ms,
    }


def course_basis(rule: CourseRule, lessons: Sequence[str], *, assessment_passed: bool) -> dict[str, Any]:
    """Of a course: `lessons` are the required ones, all of them complete."""
    return {
        "rules": {"minVerifiedMs": rule.min_verified_ms, "finalAssessment": rule.final_assessment},
        "lessons": list(lessons),
        "assessmentPassed": assessment_passed,
    }
