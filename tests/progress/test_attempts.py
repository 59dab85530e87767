"""Going through a course again: what was watched before does not count, stays on record, and was time spent."""

from collections.abc import Sequence
from itertools import permutations
from typing import Any
from uuid import UUID

import pytest

from contracts import CourseRules, Event, LessonRules, WatchProgress
from progress_service import store_evidence, store_views
from progress_service.answers import course_progress, lesson_progress
from progress_service.evidence import verify
from progress_service.fold import fold
from progress_service.grants import Grant
from progress_service.ledger import moment
from progress_service.schemas import CourseProgressOut, LessonProgressOut
from progress_service.state import Clock, Lesson, Session
from servicekit.database import Pool, transaction
from tests.progress.handling import announced, dump, handle
from tests.progress.making import (
    SESSION,
    T0,
    attempt_started,
    beat,
    course_changed,
    lesson_changed,
    new_session,
    quiz_graded,
    request,
    watching,
)

SECOND = UUID("22222222-2222-4222-8222-222222222222")
LATE = UUID("33333333-3333-4333-8333-333333333333")
AGAIN = 300_000


def again(media_ms: int, start: int = AGAIN, **more: Any) -> WatchProgress:
    """Watching in the second attempt."""
    return watching(media_ms, start=start, attempt=2, **{"session_id": SECOND, **more})


async def lesson_seen(pool: Pool, lesson_id: str = "l1") -> LessonProgressOut:
    async with pool.acquire() as conn:
        view = await store_views.lesson(conn, "ada", lesson_id)
    assert view is not None
    return lesson_progress(lesson_id, view)


async def course_seen(pool: Pool) -> CourseProgressOut:
    async with pool.acquire() as conn:
        view = await store_views.course(conn, "ada", "c1")
    assert view is not None
    return course_progress("c1", view)


async def completions(pool: Pool) -> list[tuple[str, str, int, int]]:
    rows = await pool.fetch("SELECT kind, subject_id, attempt, verified_ms FROM completions ORDER BY number")
    return [tuple(row) for row in rows]


# ---- the fold -------------------------------------------------------------------------------------------------------


def test_a_further_attempt_begins_with_nothing() -> None:
    """Row D20: coverage, credit, position and completion start anew; what was spent is on record, and told."""
    old = fold(Session(), Clock(), Lesson(completed_at_ms=5), watching(60_000))
    folded = fold(Session(), old.clock, old.lesson, again(20_000))
    lesson = folded.lesson
    assert (lesson.attempt, lesson.covered, lesson.position_ms) == (2, ((0, 20_000),), 20_000)
    assert (lesson.live_ms, lesson.spent_ms, lesson.former_spent_ms, lesson.earlier_spent_ms) == (
        20_000,
        20_000,
        0,
        60_000,
    )
    assert (dict(lesson.cuts), lesson.completed_at_ms, lesson.version) == ({"former_attempt": 60_000}, None, 2)
    assert folded.advance is not None
    assert folded.advance.covered == ((0, 20_000),)


def test_a_former_attempt_no_longer_counts_and_its_time_is_spent_all_the_same() -> None:
    """Row D20: its beats are cut with the code `former_attempt`; the same seconds cannot be spent in the new one."""
    begun = fold(Session(), Clock(), Lesson(), again(20_000))
    late = request(beat(0, 400_000, 410_000, (20_000, 30_000)), session_id=LATE, granted_at_ms=T0 + 400_000)
    folded = fold(Session(), begun.clock, begun.lesson, late)
    assert folded.advance is not None
    assert (dict(folded.advance.cuts), folded.advance.covered) == ({"former_attempt": 10_000}, ())
    assert (folded.lesson.covered, folded.lesson.position_ms) == (begun.lesson.covered, 20_000)
    assert (folded.lesson.spent_ms, folded.lesson.earlier_spent_ms) == (20_000, 10_000)
    assert fold(folded.session, folded.clock, folded.lesson, late).advance is None
    same_time = request(
        beat(9, 400_000, 410_000, (50_000, 60_000)), session_id=SECOND, attempt=2, granted_at_ms=T0 + 400_000
    )
    spent = fold(Session(), folded.clock, folded.lesson, same_time)
    assert dict(spent.lesson.cuts) == {"former_attempt": 10_000, "double_spent": 10_000}
    assert spent.lesson.covered == begun.lesson.covered


def test_what_a_former_attempt_claims_too_much_is_still_told_as_such() -> None:
    """Row D20: its own cuts first; only what would have been credited is cut for being of a former attempt."""
    begun = fold(Session(), Clock(), Lesson(), again(20_000))
    greedy = request(beat(0, 400_000, 410_000, (0, 50_000), rate=2), session_id=LATE)
    folded = fold(Session(), begun.clock, begun.lesson, greedy)
    assert folded.advance is not None
    assert dict(folded.advance.cuts) == {"over_rate": 29_600, "former_attempt": 20_400}


def test_attempts_are_compared_before_revisions() -> None:
    """Row D20: a further attempt may be at an older video; what either made void is told, once."""
    first = fold(Session(), Clock(), Lesson(completed_at_ms=5), watching(10_000, video_revision=7))
    second = fold(Session(), first.clock, first.lesson, again(20_000))
    assert (second.lesson.attempt, second.lesson.revision, second.lesson.completed_at_ms) == (2, 1, None)
    replaced = fold(Session(), second.clock, second.lesson, again(5_000, 500_000, video_revision=2, session_id=LATE))
    assert (replaced.lesson.revision, dict(replaced.lesson.cuts)) == (2, {"former_attempt": 10_000, "replaced": 20_000})
    assert (replaced.lesson.former_spent_ms, replaced.lesson.earlier_spent_ms) == (20_000, 10_000)
    third = fold(Session(), replaced.clock, replaced.lesson, watching(5_000, start=600_000, attempt=3))
    assert dict(third.lesson.cuts) == {"former_attempt": 35_000}
    assert (third.lesson.former_spent_ms, third.lesson.earlier_spent_ms) == (0, 35_000)


@pytest.mark.parametrize("attempt", [1, 2, 7])
def test_the_attempt_of_the_grant_goes_with_the_report(attempt: int) -> None:
    """Row D20: a grant from before there were attempts is one of the first."""
    claims = {"sub": "ada", "les": "l1", "crs": "c1", "sid": str(SECOND), "dur": 1, "iat": 1, "exp": 9}
    grant = Grant.model_validate(claims if attempt == 1 else claims | {"att": attempt})
    assert grant.granted["attempt"] == attempt
    assert f'"attempt":{attempt}'.encode() in grant.facts


# ---- completion and evidence ----------------------------------------------------------------------------------------


async def test_a_lesson_and_its_course_are_completed_once_per_attempt(worker_pool: Pool) -> None:
    """Row D20: two events and two rows of evidence each, every one with its own time and sessions, one chain."""
    await handle(worker_pool, course_changed(rules=CourseRules(min_verified_s=80)))
    await handle(worker_pool, lesson_changed())
    await handle(worker_pool, watching(95_000))
    await handle(worker_pool, attempt_started())
    before = await dump(worker_pool, ("completions",))
    await handle(worker_pool, again(60_000))
    assert await dump(worker_pool, ("completions",)) == before
    await handle(worker_pool, again(90_000, 500_000, session_id=LATE))
    for topic in ("lesson.completed", "course.completed"):
        assert [event["attempt"] for event in await announced(worker_pool, topic)] == [1, 2], topic
    assert await completions(worker_pool) == [
        ("lesson", "l1", 1, 95_000),
        ("course", "c1", 1, 95_000),
        ("lesson", "l1", 2, 150_000),
        ("course", "c1", 2, 150_000),
    ]
    async with transaction(worker_pool) as conn:
        chain = await store_evidence.evidence(conn, "ada")
    assert verify(chain)
    assert chain[0].completion.sessions == (SESSION,)
    assert chain[2].completion.sessions == chain[3].completion.sessions == (SECOND, LATE)
    ids = await worker_pool.fetch("SELECT event_id FROM outbox")
    assert len({row[0] for row in ids}) == len(ids)


async def test_time_of_former_attempts_does_not_complete_a_course(worker_pool: Pool) -> None:
    """Row D20: verified time is of the attempt, like everything else that a course asks for."""
    await handle(worker_pool, course_changed(rules=CourseRules(min_verified_s=100)))
    await handle(worker_pool, lesson_changed(), lesson_changed("l2", required=False))
    await handle(worker_pool, watching(95_000))
    await handle(worker_pool, watching(4_000, start=200_000, lesson_id="l2", session_id=new_session()))
    await handle(worker_pool, again(98_000))
    assert await announced(worker_pool, "course.completed") == []
    await handle(worker_pool, again(10_000, 600_000, lesson_id="l2", session_id=LATE))
    (completed,) = await announced(worker_pool, "course.completed")
    assert (completed["attempt"], completed["verified_ms"]) == (2, 108_000)


async def test_a_course_is_not_made_of_lessons_of_different_attempts(worker_pool: Pool) -> None:
    """Row D20: one lesson in the first and the other in the second attempt complete neither."""
    await handle(worker_pool, course_changed())
    await handle(worker_pool, lesson_changed(), lesson_changed("l2"))
    await handle(worker_pool, watching(95_000))
    await handle(worker_pool, again(95_000, lesson_id="l2"))
    assert await announced(worker_pool, "course.completed") == []
    await handle(worker_pool, again(95_000, 600_000, session_id=LATE))
    assert [event["attempt"] for event in await announced(worker_pool, "course.completed")] == [2]


async def test_what_was_watched_before_may_still_arrive(worker_pool: Pool) -> None:
    """Row D20: until the further attempt is begun, late beats complete the former one, for they are of it."""
    await handle(worker_pool, lesson_changed())
    await handle(worker_pool, attempt_started())
    await handle(worker_pool, watching(95_000, received=400_000, sent=400_000))
    assert [event["attempt"] for event in await announced(worker_pool, "lesson.completed")] == [1]
    seen = await lesson_seen(worker_pool)
    assert (seen.attempt, seen.complete, seen.coverage) == (2, False, 0)


async def test_rules_that_become_milder_complete_the_attempt_that_was_watched(worker_pool: Pool) -> None:
    """Row D20: and not the former one a second time."""
    await handle(worker_pool, course_changed())
    await handle(worker_pool, lesson_changed())
    await handle(worker_pool, watching(95_000))
    await handle(worker_pool, again(50_000))
    await handle(worker_pool, lesson_changed(version=2, rules=LessonRules(completion_threshold=0.4)))
    assert [(row[0], row[2]) for row in await completions(worker_pool)] == [
        ("lesson", 1),
        ("course", 1),
        ("lesson", 2),
        ("course", 2),
    ]


# ---- quizzes --------------------------------------------------------------------------------------------------------

QUIZ = LessonRules(quiz_required=True)


@pytest.mark.parametrize(
    ("result", "counts"),
    [
        (quiz_graded(at=100_000, attempt=1), False),
        (quiz_graded(at=100_000), False),
        (quiz_graded(at=900_000, attempt=1), False),
        (quiz_graded(at=100_000, attempt=2), True),
        (quiz_graded(at=200_000), True),
        (quiz_graded(at=900_000), True),
        (quiz_graded(passed=False, at=900_000), False),
        (quiz_graded(at=900_000, attempt=3), False),
    ],
)
async def test_a_quiz_counts_for_its_attempt_and_untold_for_those_that_have_begun(
    worker_pool: Pool, result: Event, counts: bool
) -> None:
    """Row D20: in whatever order attempt, result and watching are heard of, the outcome is the same."""
    steps = (attempt_started(at=200_000), result, again(95_000))
    for number, order in enumerate(permutations(steps)):
        lesson = f"l{number}"
        await handle(worker_pool, lesson_changed(lesson, course_id=f"c{number}", rules=QUIZ))
        for step in order:
            about = (
                {"course_id": f"c{number}"} if step is steps[0] else {"course_id": f"c{number}", "lesson_id": lesson}
            )
            session = {"session_id": new_session()} if step is steps[2] else {}
            shifted = {"learner_id": f"ada{number}", **about, **session}
            await handle(worker_pool, step.model_copy(update=shifted))
    told = await announced(worker_pool, "lesson.completed")
    assert [(event["learner_id"], event["attempt"]) for event in told] == (
        [(f"ada{number}", 2) for number in range(6)] if counts else []
    )


async def test_a_former_quiz_or_assessment_does_not_carry_over(worker_pool: Pool) -> None:
    """Row D20: passed and completed once, both are asked for again, and the answer says so."""
    await handle(worker_pool, course_changed(rules=CourseRules(final_assessment="exam")))
    await handle(worker_pool, lesson_changed(rules=QUIZ))
    await handle(worker_pool, quiz_graded(), quiz_graded(lesson_id="exam"))
    await handle(worker_pool, watching(95_000))
    assert (await course_seen(worker_pool)).complete
    await handle(worker_pool, attempt_started(at=200_000))
    await handle(worker_pool, again(95_000))
    assert [reason.code for reason in (await lesson_seen(worker_pool)).reasons] == ["former_attempt", "quiz"]
    await handle(worker_pool, quiz_graded(at=700_000))
    course = await course_seen(worker_pool)
    assert [reason.code for reason in course.reasons] == ["former_attempt", "final_assessment"]
    await handle(worker_pool, quiz_graded(lesson_id="exam", at=800_000))
    assert (await course_seen(worker_pool)).complete
    assert [event["attempt"] for event in await announced(worker_pool, "course.completed")] == [1, 2]


# ---- what is told ---------------------------------------------------------------------------------------------------


async def test_a_learner_is_told_of_the_present_attempt_and_of_former_completions(worker_pool: Pool) -> None:
    """Row D20: from the moment it is heard of; nothing of the former one is left but when it was completed."""
    await handle(worker_pool, course_changed())
    await handle(worker_pool, lesson_changed())
    await handle(worker_pool, watching(95_000))
    await handle(worker_pool, attempt_started(at=200_000))
    lesson, course = await lesson_seen(worker_pool), await course_seen(worker_pool)
    for seen in (lesson, course):
        assert (seen.attempt, seen.complete, seen.attempt_started_at) == (2, False, moment(T0 + 200_000))
        assert [(one.attempt, one.completed_at) for one in seen.earlier] == [(1, moment(T0 + 95_000))]
        assert seen.reasons[0].code == "former_attempt"
        for part in ("Attempt 2", f"{moment(T0):%Y-%m-%d}", "in attempt 1"):
            assert part in seen.reasons[0].message
    assert (lesson.covered, lesson.resume_position, lesson.cuts) == ([], 0, {"former_attempt": 95})
    assert (course.verified, course.lessons[0].complete, course.lessons[0].coverage) == (0, False, 0)
    await handle(worker_pool, again(40_000))
    lesson, course = await lesson_seen(worker_pool), await course_seen(worker_pool)
    assert (lesson.coverage, lesson.cuts) == (0.4, {"former_attempt": 95})
    assert (course.verified, course.lessons[0].coverage) == (40, 0.4)
    await handle(worker_pool, again(90_000, 500_000, session_id=LATE))
    lesson, course = await lesson_seen(worker_pool), await course_seen(worker_pool)
    assert (lesson.complete, lesson.reasons, course.complete, course.reasons) == (True, [], True, [])
    assert ([one.attempt for one in lesson.earlier], [one.attempt for one in course.earlier]) == ([1], [1])


async def test_an_attempt_that_is_known_by_its_grant_only_is_shown(worker_pool: Pool) -> None:
    """Row D20: playback heard of it first: the answer is of that attempt, without saying when it began."""
    await handle(worker_pool, course_changed())
    await handle(worker_pool, lesson_changed(), lesson_changed("l2"))
    await handle(worker_pool, watching(95_000, lesson_id="l2"))
    await handle(worker_pool, again(40_000))
    for seen in (await lesson_seen(worker_pool), await course_seen(worker_pool)):
        assert (seen.attempt, seen.attempt_started_at) == (2, None)
    assert [lesson.coverage for lesson in (await course_seen(worker_pool)).lessons] == [0.4, 0]


# ---- any order ------------------------------------------------------------------------------------------------------

TABLES = ("lesson_progress", "learner_clocks", "watch_sessions", "course_progress", "attempts", "quiz_results")
LOG = (watching(60_000), again(20_000), request(beat(0, 500_000, 510_000, (60_000, 70_000)), session_id=LATE))


async def replay(pool: Pool, starts: Sequence[Event], *, after: int) -> dict[str, list[str]]:
    """The log in its order, and the attempts in theirs after so many of its records; returns the tables."""
    for table in TABLES:
        await pool.execute(f"DELETE FROM {table}")
    for number in range(len(LOG) + 1):
        if number == after:
            for started in starts:
                await handle(pool, started)
        if number < len(LOG):
            await handle(pool, LOG[number])
    return await dump(pool, TABLES)


async def test_attempts_and_watching_may_be_heard_of_in_any_order(worker_pool: Pool) -> None:
    """Row D20: attempt.started before, between or after the beats, repeated and out of order: one result."""
    await handle(worker_pool, lesson_changed())
    starts = (attempt_started(at=200_000), attempt_started(3, at=900_000), attempt_started(at=250_000))
    expected = await replay(worker_pool, starts, after=0)
    assert len(expected["attempts"]) == 2
    for order in permutations(starts):
        for after in range(len(LOG) + 1):
            assert await replay(worker_pool, order, after=after) == expected
    seen = await lesson_seen(worker_pool)
    assert (seen.attempt, seen.attempt_started_at, seen.coverage) == (3, moment(T0 + 900_000), 0)
