"""The ledger alone, in memory: what the worker computes of these reports, without Kafka and PostgreSQL."""

from collections.abc import Iterable

from progress_service.ledger import Ledger
from progress_service.rules import LessonRule
from progress_service.state import Lesson
from tests.progress.cheating.reports import DURATION_S, THRESHOLD, Report, Standing

LESSONS = tuple(f"l{number}" for number in range(10))


def ledger_of(reports: Iterable[Report]) -> Ledger:
    """The ledger after these reports; those whose grant is refused do not reach it."""
    rules = {lesson: LessonRule(lesson, "c1", 1, THRESHOLD, duration_ms=DURATION_S * 1000) for lesson in LESSONS}
    ledger = Ledger(rules=rules)
    for report in reports:
        event = report.event()
        if event is not None:
            ledger.record(event)
    return ledger


def standing(ledger: Ledger, learner: str, lesson_id: str) -> Standing:
    """Where that learner stands."""
    lesson = ledger.lessons.get((learner, lesson_id), Lesson())
    return Standing(
        coverage=lesson.coverage,
        live_s=lesson.live_ms / 1000,
        late_s=lesson.late_ms / 1000,
        completed_ms=lesson.completed_at_ms,
        cuts={code: amount / 1000 for code, amount in lesson.cuts.items()},
        resume_s=lesson.position_ms / 1000,
    )
