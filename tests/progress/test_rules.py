"""When a lesson or a course is complete, and what a learner is told when it is not."""

import pytest

from progress_service.ranges import Ranges
from progress_service.rules import CourseRule, LessonRule, Reason, Standing, missing_in_course, missing_in_lesson

DURATION = 100_000


def missing(rule: LessonRule | None, covered: Ranges, *, quiz_passed: bool = False, duration_ms: int = DURATION) -> str:
    reasons = missing_in_lesson(rule, covered=covered, duration_ms=duration_ms, quiz_passed=quiz_passed)
    return " ".join(reason.code for reason in reasons)


def rule(**more: object) -> LessonRule:
    return LessonRule("l1", "c1", 1, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(("watched", "expected"), [(90_000, ""), (89_999, "coverage")])
def test_ninety_per_cent_are_enough_by_default(watched: int, expected: str) -> None:
    """The default threshold is reached at exactly ninety per cent of the video."""
    assert missing(rule(), ((0, watched),)) == expected


def test_a_lesson_may_ask_for_less_or_more() -> None:
    """The lesson's own threshold replaces the default."""
    assert missing(rule(threshold=0.5), ((20_000, 70_000),)) == ""
    assert missing(rule(threshold=1.0), ((0, 99_999),)) == "coverage"


def test_required_segments_are_another_way() -> None:
    """Who covered all required segments is through, whatever the coverage; half of them is not enough."""
    segments = rule(required_segments=((10_000, 20_000), (80_000, 90_000)))
    assert missing(segments, ((10_000, 20_000), (80_000, 90_000))) == ""
    assert missing(segments, ((10_000, 20_000), (80_000, 89_999))) == "coverage required_segments"
    assert missing(segments, ((0, 10_000), (20_000, 80_000), (90_000, 100_000))) == "coverage required_segments"
    assert missing(segments, ((20_000, 100_000), (0, 19_000))) == ""


def test_required_segments_beyond_the_end_do_not_complete_anything() -> None:
    """Segments that the video does not have cannot be what completes it."""
    assert missing(rule(required_segments=((200_000, 210_000),)), ()) == "coverage"


def test_a_quiz_is_needed_beside_the_watching() -> None:
    """Neither watching without the quiz nor the quiz without watching completes a lesson that has one."""
    gated = rule(quiz_required=True)
    assert missing(gated, ((0, 95_000),)) == "quiz"
    assert missing(gated, (), quiz_passed=True) == "coverage"
    assert missing(gated, ((0, 95_000),), quiz_passed=True) == ""


def test_nothing_is_complete_without_its_rule_or_its_video() -> None:
    """A lesson whose rule has not arrived, or whose video has no length, is not complete."""
    assert missing(None, ((0, 100_000),)) == "rules_unknown"
    assert missing(rule(), (), duration_ms=0) == "coverage"


def test_reasons_are_told_in_words() -> None:
    """The learner reads how much was watched and which required parts are open."""
    reasons = missing_in_lesson(
        rule(required_segments=((60_000, 70_000),)), covered=((0, 45_990),), duration_ms=DURATION, quiz_passed=False
    )
    assert reasons == (
        Reason("coverage", "45 % of the video has been watched, 90 % are needed."),
        Reason("required_segments", "Watching the rest of the required parts would do: 1:00–1:10."),
    )


def course(standing: Standing, **more: object) -> str:
    reasons = missing_in_course(CourseRule("c1", 1, **more), standing)  # type: ignore[arg-type]
    return " ".join(reason.code for reason in reasons)


def test_a_course_needs_all_required_lessons() -> None:
    """One open required lesson keeps a course open, and a course without any is never complete."""
    assert course(Standing(2, [], 0)) == ""
    assert course(Standing(1, ["Two"], 0)) == "required_lessons"
    assert course(Standing(0, [], 0)) == "no_required_lessons"
    assert missing_in_course(None, Standing(2, [], 0))[0].code == "rules_unknown"


def test_a_course_may_need_verified_time_and_a_final_assessment() -> None:
    """Minimum verified time and the final assessment gate a course whose lessons are all done."""
    assert course(Standing(1, [], 59_999), min_verified_ms=60_000) == "verified_time"
    assert course(Standing(1, [], 60_000), min_verified_ms=60_000) == ""
    assert course(Standing(1, [], 0), final_assessment="exam") == "final_assessment"
    assert course(Standing(1, [], 0, assessment_passed=True), final_assessment="exam") == ""
