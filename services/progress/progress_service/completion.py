"""From completed lessons to completed courses and evidence, within the transaction that decided the lessons."""

from collections.abc import Mapping, Sequence
from itertools import groupby
from uuid import UUID

from contracts import CourseCompleted, Event
from progress_service import store_courses as store
from progress_service import store_evidence
from progress_service.basis import course_basis, lesson_basis
from progress_service.evidence import PPM, Completion, Head, seal
from progress_service.ledger import CourseKey, Ledger, LessonKey, moment
from progress_service.rules import CourseRule, missing_in_course
from progress_service.store_courses import OpenCourse
from servicekit.database import Connection


async def conclude(conn: Connection, ledger: Ledger, courses: Mapping[CourseKey, int]) -> list[Event]:
    """Complete the courses that have become complete, and write the evidence of them and of the ledger's lessons.

    `courses` are looked at beside those of the lessons just completed, each with its time (epoch ms).
    Returns the events. The learners' clocks must be locked, the ledger's rows written.
    """
    candidates = dict(courses)
    for (learner, lesson_id), at_ms in ledger.completed.items():
        key = (learner, ledger.rules[lesson_id].course_id, ledger.lessons[learner, lesson_id].attempt)
        candidates[key] = max(at_ms, candidates.get(key, 0))
    if not candidates:
        return []
    await store.enter_courses(conn, candidates)
    completed = {
        key: (max(candidates[key], course.latest_ms), course.rule, course)
        for key, course in (await store.open_courses(conn, candidates)).items()
        if course.rule is not None and not missing_in_course(course.rule, course.standing)
    }
    await store.complete_courses(conn, {key: at_ms for key, (at_ms, _, _) in completed.items()})
    sessions = await store.session_ids(conn, [*(k[0] for k in ledger.completed), *(k[0] for k in completed)])
    lessons = await store.lessons_of(conn, completed)
    completions = [
        _of_lesson(ledger, key, sessions.get((*key, ledger.lessons[key].attempt), ())) for key in ledger.completed
    ]
    events: list[Event] = []
    for key, (at_ms, rule, course) in completed.items():
        learner, _, attempt = key
        watched = tuple(
            s for lesson_id in lessons.get(key, ()) for s in sessions.get((learner, lesson_id, attempt), ())
        )
        completions.append(_of_course(key, rule, course, watched, at_ms))
        events.append(_event(key, rule, course, at_ms))
    await _append(conn, completions)
    return events


def _of_lesson(ledger: Ledger, key: LessonKey, sessions: tuple[UUID, ...]) -> Completion:
    lesson, rule = ledger.lessons[key], ledger.rules[key[1]]
    return Completion(
        learner_id=key[0],
        kind="lesson",
        subject_id=key[1],
        course_id=rule.course_id,
        rule_version=rule.version,
        coverage_ppm=lesson.coverage_ppm,
        verified_ms=lesson.spent_ms,
        live_ms=lesson.live_ms,
        late_ms=lesson.late_ms,
        sessions=sessions,
        completed_at_ms=ledger.completed[key],
        attempt=lesson.attempt,
        basis=lesson_basis(rule, lesson, quiz_passed=(*key, lesson.attempt) in ledger.quizzes_passed),
    )


def _of_course(
    key: CourseKey, rule: CourseRule, course: OpenCourse, sessions: tuple[UUID, ...], at_ms: int
) -> Completion:
    return Completion(
        learner_id=key[0],
        kind="course",
        subject_id=key[1],
        course_id=key[1],
        rule_version=rule.version,
        coverage_ppm=round(course.coverage * PPM),
        verified_ms=course.standing.verified_ms,
        live_ms=course.live_ms,
        late_ms=course.late_ms,
        sessions=sessions,
        completed_at_ms=at_ms,
        attempt=key[2],
        basis=course_basis(rule, course.done_lessons, assessment_passed=course.standing.assessment_passed),
    )


def _event(key: CourseKey, rule: CourseRule, course: OpenCourse, at_ms: int) -> CourseCompleted:
    return CourseCompleted(
        learner_id=key[0],
        course_id=key[1],
        attempt=key[2],
        verified_ms=course.standing.verified_ms,
        rule_version=rule.version,
        completed_at=moment(at_ms),
    )


async def _append(conn: Connection, completions: Sequence[Completion]) -> None:
    if not completions:
        return
    in_order = sorted(completions, key=lambda c: (c.learner_id, c.completed_at_ms, c.kind == "course", c.subject_id))
    heads = await store_evidence.chain_heads(conn, [c.learner_id for c in completions])
    sealed = []
    for learner, group in groupby(in_order, key=lambda c: c.learner_id):
        sealed += seal(heads.get(learner, Head()), list(group))
    await store_evidence.append_evidence(conn, sealed)
