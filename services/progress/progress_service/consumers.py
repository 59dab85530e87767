"""What the worker does with Kafka's records: each batch one transaction, and its events in the outbox of the same.

Locks are taken in one order everywhere: the rules, then the learners' clocks by id.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from datetime import datetime
from typing import TypeVar
from uuid import UUID, uuid5

from contracts import (
    AttemptStarted,
    CourseChanged,
    CourseCompleted,
    Event,
    LessonChanged,
    LessonCompleted,
    ProgressAdvanced,
    QuizGraded,
    WatchProgress,
)
from progress_service import erasing, metrics, store, store_attempts, store_courses, store_rules
from progress_service.completion import conclude
from progress_service.ledger import CourseKey, Ledger, LessonKey, course_keys, epoch_ms
from servicekit import forgotten, outbox
from servicekit.consumer import Received
from servicekit.database import Connection, Pool, transaction
from servicekit.forgotten import UNCONFIGURED, Hashing
from servicekit.telemetry import get_logger

_EVENTS = UUID("8f5f2c1e-7f0b-5a43-9a34-4a3c9ad1c0de")
Wake = Callable[[], None]
E = TypeVar("E", bound=Event)

log = get_logger(__name__)


async def on_watch_progress(
    pool: Pool, wake: Wake, batch: Sequence[Received[WatchProgress]], *, hashing: Hashing = UNCONFIGURED
) -> None:
    """Fold accepted requests into the ledger."""
    async with transaction(pool) as conn:
        requests = await _of_the_known(conn, hashing, batch, erasing.of_watching)
        events = await fold_requests(conn, requests)
        await _announce(conn, events)
    _committed(events, wake)


async def on_lesson_changed(pool: Pool, wake: Wake, batch: Sequence[Received[LessonChanged]]) -> None:
    """Project lessons, and complete what their rules were missing for."""
    changes = [received.event for received in batch]
    lessons = {change.lesson_id: epoch_ms(change.changed_at) for change in changes}
    courses = {change.course_id: epoch_ms(change.changed_at) for change in changes}
    async with transaction(pool) as conn:
        await store_rules.change_rules(conn)
        await store_rules.put_lessons(conn, changes)
        undecided = await store_rules.undecided_lessons(conn, list(lessons), [])
        events = await _reconsider(conn, {key: lessons[key[1]] for key in undecided}, courses)
        await _announce(conn, events)
    _committed(events, wake)


async def on_course_changed(pool: Pool, wake: Wake, batch: Sequence[Received[CourseChanged]]) -> None:
    """Project courses, and complete what their rules were missing for."""
    changes = [received.event for received in batch]
    courses = {change.course_id: epoch_ms(change.changed_at) for change in changes}
    async with transaction(pool) as conn:
        await store_rules.change_rules(conn)
        await store_rules.put_courses(conn, changes)
        undecided = await store_rules.undecided_lessons(conn, [], list(courses))
        times = {key: courses[course_id] for key, course_id in undecided.items()}
        events = await _reconsider(conn, times, courses)
        await _announce(conn, events)
    _committed(events, wake)


async def on_quiz_graded(
    pool: Pool, wake: Wake, batch: Sequence[Received[QuizGraded]], *, hashing: Hashing = UNCONFIGURED
) -> None:
    """Keep quiz results, and complete the lessons and courses that waited for them."""
    async with transaction(pool) as conn:
        graded = await _of_the_known(conn, hashing, batch, erasing.of_quiz)
        await store.lock_clocks(conn, [quiz.learner_id for quiz in graded])
        await store_rules.put_quizzes(conn, graded)
        passed = {(quiz.learner_id, quiz.lesson_id): epoch_ms(quiz.graded_at) for quiz in graded if quiz.passed}
        pairs = {(quiz.learner_id, quiz.course_id): epoch_ms(quiz.graded_at) for quiz in graded if quiz.passed}
        attempts = await store_courses.entered(conn, pairs)
        courses = {(*pair, attempts.get(pair, 1)): at_ms for pair, at_ms in pairs.items()}
        events = await _decide(conn, passed, courses)
        await _announce(conn, events)
    _committed(events, wake)


async def on_attempt_started(
    pool: Pool, wake: Wake, batch: Sequence[Received[AttemptStarted]], *, hashing: Hashing = UNCONFIGURED
) -> None:
    """Keep that attempts have begun, and complete what waited for that: results that do not tell their attempt."""
    async with transaction(pool) as conn:
        started = await _of_the_known(conn, hashing, batch, erasing.of_attempt)
        times = {(event.learner_id, event.course_id, event.attempt): epoch_ms(event.started_at) for event in started}
        await store.lock_clocks(conn, [event.learner_id for event in started])
        await store_attempts.put(conn, started)
        waiting = await store_attempts.open_lessons(conn, times)
        attempts = await store_courses.entered(conn, [(learner, course_id) for learner, course_id, _ in times])
        courses = {key: at_ms for key, at_ms in times.items() if attempts.get(key[:2]) == key[2]}
        events = await _decide(conn, {lesson: times[key] for lesson, key in waiting.items()}, courses)
        await _announce(conn, events)
    _committed(events, wake)


async def _of_the_known(
    conn: Connection, hashing: Hashing, batch: Sequence[Received[E]], about: Callable[[E], tuple[str, datetime]]
) -> list[E]:
    """The events without those of erased learners from before. Holds the rules, and with them whoever erases."""
    await store_rules.hold_rules(conn)
    left = await forgotten.left(conn, hashing, [received.event for received in batch], about)
    if (dropped := len(batch) - len(left)) > 0:
        metrics.FORGOTTEN.labels(batch[0].topic).inc(dropped)
        log.info("events of erased learners dropped", topic=batch[0].topic, count=dropped)
    return left


async def fold_requests(conn: Connection, requests: Sequence[WatchProgress]) -> list[Event]:
    """Fold requests, in their order, in the caller's transaction, which holds the rules. Returns what tells of it.

    A learner's requests after one that completes something wait for the next round: evidence tells of the moment of
    completion, and not of whatever else came in the same batch.
    """
    lessons = [(request.learner_id, request.lesson_id) for request in requests]
    ledger = Ledger(clocks=await store.lock_clocks(conn, [learner for learner, _ in lessons]))
    ledger.sessions = await store.sessions(conn, [(request.learner_id, request.session_id) for request in requests])
    await _load(conn, ledger, lessons)
    events, left = list[Event](), requests
    while left:
        waiting = await store_courses.waiting_for_time(conn, course_keys(left))
        told, folded, left = _until_decided(ledger, left, {learner for learner, *_ in waiting})
        await _save(conn, ledger, folded)
        courses = course_keys(folded)
        events += told + await conclude(conn, ledger, {key: courses[key] for key in waiting if key in courses})
        ledger.completed = {}
    return events


def _until_decided(
    ledger: Ledger, requests: Sequence[WatchProgress], one_by_one: Set[str]
) -> tuple[list[Event], list[WatchProgress], list[WatchProgress]]:
    """Fold each learner's requests up to the first that completes a lesson. Returns events, what was folded, the rest.

    Every request of those whose course waits for time may complete it.
    """
    decided, events = set[str](), list[Event]()
    folded, left = list[WatchProgress](), list[WatchProgress]()
    for request in requests:
        if request.learner_id in decided:
            left.append(request)
            continue
        told = ledger.record(request)
        events += told
        folded.append(request)
        if request.learner_id in one_by_one or any(isinstance(event, LessonCompleted) for event in told):
            decided.add(request.learner_id)
    return events, folded, left


async def _save(conn: Connection, ledger: Ledger, requests: Sequence[WatchProgress]) -> None:
    """Write what these requests changed."""
    touched = {(request.learner_id, request.session_id): (request.lesson_id, request.attempt) for request in requests}
    lessons = {(request.learner_id, request.lesson_id) for request in requests}
    await store.save_clocks(conn, {learner: ledger.clocks[learner] for learner, _ in lessons})
    await store.save_sessions(conn, {key: ledger.sessions[key] for key in touched}, touched)
    await store.save_lessons(conn, {key: ledger.lessons[key] for key in lessons})


async def _load(conn: Connection, ledger: Ledger, keys: Iterable[LessonKey]) -> None:
    wanted = set(keys)
    ledger.lessons = await store.lessons(conn, wanted)
    ledger.rules = await store_rules.lesson_rules(conn, {lesson_id for _, lesson_id in wanted})
    with_quiz = {key for key in wanted if key[1] in ledger.rules and ledger.rules[key[1]].quiz_required}
    if with_quiz:
        ledger.quizzes_passed = await store_rules.quizzes_passed(conn, with_quiz)


async def _reconsider(conn: Connection, lessons: Mapping[LessonKey, int], course_ids: Mapping[str, int]) -> list[Event]:
    """Decide lessons and courses anew after a change of rules, each with the time of its change (epoch ms)."""
    courses = await store_courses.learners_in(conn, list(course_ids))
    await store.lock_clocks(conn, {key[0] for key in lessons} | {key[0] for key in courses})
    return await _decide(conn, lessons, {key: course_ids[key[1]] for key in courses})


async def _decide(conn: Connection, lessons: Mapping[LessonKey, int], courses: Mapping[CourseKey, int]) -> list[Event]:
    """Complete what can be completed among these, each at its time (epoch ms) or when it was last watched."""
    ledger = Ledger()
    await _load(conn, ledger, lessons)
    known = list(ledger.lessons.items())
    events = [event for key, lesson in known for event in ledger.decide(key, max(lessons[key], lesson.position_at_ms))]
    await store.save_lessons(conn, {key: ledger.lessons[key] for key in ledger.completed})
    return events + await conclude(conn, ledger, courses)


async def _announce(conn: Connection, events: Sequence[Event]) -> None:
    await outbox.append(conn, events, ids=[event_id(event) for event in events], notify=False)


def event_id(event: Event) -> UUID:
    """One id per fact: a ledger that is rebuilt from the log repeats itself, and nobody counts it twice."""
    match event:
        case ProgressAdvanced():
            subject = f"{event.learner_id}/{event.lesson_id}/{event.version}"
        case LessonCompleted():
            subject = f"{event.learner_id}/{event.lesson_id}" + _further(event.attempt)
        case CourseCompleted():
            subject = f"{event.learner_id}/{event.course_id}" + _further(event.attempt)
        case _:
            raise TypeError(f"the ledger does not announce {type(event).__name__}")
    return uuid5(_EVENTS, f"{event.topic_name}/{subject}")


def _further(attempt: int) -> str:
    """The first goes without saying, as it did before there were others: facts of then keep their ids."""
    return f"/{attempt}" if attempt > 1 else ""


def _committed(events: Sequence[Event], wake: Wake) -> None:
    metrics.count(events)
    if events:
        wake()
