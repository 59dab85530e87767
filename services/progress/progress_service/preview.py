"""Whom a change of rules would affect: every learner judged by the rules as they are and as they would be. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from progress_service.ranges import Ranges
from progress_service.rules import CourseRule, LessonRule, Standing, length, missing_in_course, missing_in_lesson
from progress_service.state import Lesson


@dataclass(frozen=True, slots=True)
class LessonChange:
    """What would be different in a lesson; None stays as it is."""

    threshold: float | None = None
    required_segments: Ranges | None = None
    quiz_required: bool | None = None
    required: bool | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """What would be different in a course; None stays as it is. `threshold` is for lessons without one of their own."""

    threshold: float | None = None
    min_verified_ms: int | None = None
    final_assessment: str | None = None
    lessons: Mapping[str, LessonChange] | None = None


@dataclass(frozen=True, slots=True)
class CourseLesson:
    """A lesson of the course: its rule, and whether the threshold in it is its own."""

    rule: LessonRule
    required: bool
    own_threshold: bool


@dataclass(frozen=True, slots=True)
class Learner:
    """What a learner has to show in the course."""

    lessons: Mapping[str, Lesson]
    quizzes_passed: frozenset[str]
    complete: bool


@dataclass(frozen=True, slots=True)
class Affected:
    """Learners, or their lessons. Who is complete stays complete; `kept` would not become so by the new rules."""

    complete: int = 0
    kept: int = 0
    would_complete: int = 0
    incomplete: int = 0


def changed(
    course: CourseRule, lessons: Sequence[CourseLesson], change: Change
) -> tuple[CourseRule, Sequence[CourseLesson]]:
    """The rules as they would be."""
    new_course = replace(
        course,
        min_verified_ms=course.min_verified_ms if change.min_verified_ms is None else change.min_verified_ms,
        final_assessment=change.final_assessment or course.final_assessment,
    )
    return new_course, [_changed(lesson, change) for lesson in lessons]


def _changed(lesson: CourseLesson, change: Change) -> CourseLesson:
    own = (change.lessons or {}).get(lesson.rule.lesson_id, LessonChange())
    rule, threshold = lesson.rule, own.threshold
    if threshold is None and not lesson.own_threshold:
        threshold = change.threshold
    return replace(
        lesson,
        required=lesson.required if own.required is None else own.required,
        rule=replace(
            rule,
            threshold=rule.threshold if threshold is None else threshold,
            required_segments=rule.required_segments if own.required_segments is None else own.required_segments,
            quiz_required=rule.quiz_required if own.quiz_required is None else own.quiz_required,
        ),
    )


class Tally:
    """Counts learners and their lessons, as they come."""

    def __init__(self, course: CourseRule, lessons: Sequence[CourseLesson], change: Change) -> None:
        self._course, self._lessons = changed(course, lessons, change)
        self._counts: dict[str, Counter[str]] = {lesson.rule.lesson_id: Counter() for lesson in lessons}
        self._learners: Counter[str] = Counter()

    def add(self, learners: Iterable[Learner]) -> None:
        for learner in learners:
            anew = {lesson.rule.lesson_id for lesson in self._lessons if _met(lesson.rule, learner)}
            had = {lesson_id for lesson_id, lesson in learner.lessons.items() if lesson.completed_at_ms is not None}
            for lesson_id in learner.lessons.keys() & self._counts.keys():
                self._counts[lesson_id][_outcome(lesson_id in had, lesson_id in anew)] += 1
            by_new_rules_only = self._complete(learner, anew)
            if learner.complete:
                self._learners[_outcome(True, by_new_rules_only)] += 1
            else:
                self._learners[_outcome(False, self._complete(learner, anew | had))] += 1

    @property
    def learners(self) -> Affected:
        return _affected(self._learners)

    @property
    def lessons(self) -> dict[str, Affected]:
        return {lesson_id: _affected(counts) for lesson_id, counts in self._counts.items()}

    def _complete(self, learner: Learner, done: set[str]) -> bool:
        required = [lesson.rule.lesson_id for lesson in self._lessons if lesson.required]
        standing = Standing(
            done=sum(lesson_id in done for lesson_id in required),
            open_lessons=[lesson_id for lesson_id in required if lesson_id not in done],
            verified_ms=sum(lesson.spent_ms + lesson.former_spent_ms for lesson in learner.lessons.values()),
            assessment_passed=self._course.final_assessment in learner.quizzes_passed,
        )
        return not missing_in_course(self._course, standing)


def _met(rule: LessonRule, learner: Learner) -> bool:
    lesson = learner.lessons.get(rule.lesson_id, Lesson())
    if lesson.revision < rule.revision:
        return False
    passed = rule.lesson_id in learner.quizzes_passed
    duration_ms = length(rule, revision=lesson.revision, duration_ms=lesson.duration_ms)
    return not missing_in_lesson(rule, covered=lesson.covered, duration_ms=duration_ms, quiz_passed=passed)


def _outcome(complete: bool, by_new_rules: bool) -> str:
    if complete:
        return "complete" if by_new_rules else "kept"
    return "would_complete" if by_new_rules else "incomplete"


def _affected(counts: Counter[str]) -> Affected:
    kept = counts["kept"]
    return Affected(counts["complete"] + kept, kept, counts["would_complete"], counts["incomplete"])
