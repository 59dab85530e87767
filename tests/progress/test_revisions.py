"""A replaced video: what was watched of the former one does not count for the new one, whatever is heard of first."""

from collections.abc import Sequence
from itertools import permutations
from uuid import UUID

import pytest

from contracts import Event, LessonChanged, WatchProgress
from progress_service import store_views
from progress_service.answers import lesson_progress
from progress_service.fold import fold
from progress_service.grants import Grant
from progress_service.ledger import moment
from progress_service.schemas import LessonProgressOut
from progress_service.state import Clock, Lesson, Session
from servicekit.database import Pool
from tests.progress.handling import announced, dump, handle
from tests.progress.making import HOUR, T0, beat, course_changed, lesson_changed, request, watching

NEW = UUID("22222222-2222-4222-8222-222222222222")
LATE = UUID("33333333-3333-4333-8333-333333333333")
TABLES = ("lesson_progress", "lesson_rules", "learner_clocks", "watch_sessions", "completions", "course_progress")
REPLACED_AT = 200_000


def revised(version: int = 2, revision: int = 2) -> LessonChanged:
    """The lesson after its video was replaced by one of 50 s."""
    return lesson_changed(
        version=version,
        video={"provider": "mux", "duration_ms": 50_000},
        video_revision=revision,
        revised_at=moment(T0 + REPLACED_AT),
    )


def of_new(media_ms: int, start: int = 300_000) -> WatchProgress:
    return watching(media_ms, start=start, session_id=NEW, duration_ms=50_000, video_revision=2)


async def seen(pool: Pool, learner: str = "ada") -> LessonProgressOut:
    async with pool.acquire() as conn:
        view = await store_views.lesson(conn, learner, "l1")
    assert view is not None
    return lesson_progress("l1", view)


def test_a_new_video_begins_anew() -> None:
    """Row A14: coverage, credit and position start at nothing; what was spent and completed stays, and why is told."""
    old = fold(Session(), Clock(), Lesson(completed_at_ms=5), watching(60_000)).lesson
    folded = fold(Session(), Clock(), old, of_new(20_000))
    assert folded.lesson.covered == ((0, 20_000),)
    assert (folded.lesson.revision, folded.lesson.duration_ms, folded.lesson.position_ms) == (2, 50_000, 20_000)
    assert (folded.lesson.live_ms, folded.lesson.spent_ms, folded.lesson.former_spent_ms) == (20_000, 20_000, 60_000)
    assert dict(folded.lesson.cuts) == {"replaced": 60_000}
    assert (folded.lesson.completed_at_ms, folded.lesson.version) == (5, 2)
    assert folded.advance is not None
    assert folded.advance.covered == ((0, 20_000),)


def test_the_former_video_no_longer_counts_once_the_new_one_has_begun() -> None:
    """Row A14: its beats are cut with the code `replaced`, cost no time, and do not move the position."""
    begun = fold(Session(), Clock(), Lesson(), of_new(20_000))
    late = request(beat(0, 400_000, 410_000, (20_000, 30_000)), session_id=LATE)
    folded = fold(Session(), begun.clock, begun.lesson, late)
    assert folded.advance is not None
    assert dict(folded.advance.cuts) == {"replaced": 10_000}
    assert (folded.lesson.covered, folded.lesson.position_ms) == (begun.lesson.covered, 20_000)
    assert (folded.clock.spent, folded.lesson.duration_ms) == (begun.clock.spent, 50_000)
    again = fold(folded.session, folded.clock, folded.lesson, late)
    assert again.advance is None


async def test_a_grant_for_a_shorter_video_does_not_complete_a_longer_one(worker_pool: Pool) -> None:
    """A video that was replaced by a longer one, its progress carried, is judged by the longer one's length: a grant of
    before names the former's end, and earns what it earns; the learner is told of the length as it is."""
    await handle(worker_pool, course_changed())
    await handle(worker_pool, lesson_changed())
    longer = {"provider": "mux", "duration_ms": 600_000}
    await handle(worker_pool, lesson_changed(version=2, video=longer))
    await handle(worker_pool, watching(20_000, duration_ms=600_000, session_id=NEW))
    await handle(worker_pool, watching(100_000, start=20_000))
    told = await seen(worker_pool)
    assert (told.complete, told.duration, told.coverage) == (False, 600.0, 100 / 600)
    assert [reason.code for reason in told.reasons] == ["coverage"]
    await handle(worker_pool, lesson_changed(version=3, video=longer, rules={"completion_threshold": 0.15}))
    told = await seen(worker_pool)
    assert (told.complete, told.duration) == (True, 600.0)


async def test_who_has_all_of_a_shorter_video_that_carries_is_complete_without_another_beat(worker_pool: Pool) -> None:
    """Half of the former video is all of the one that took its place: in the lesson, in the course's list, and for the
    decision, which waits for nobody to play it once more."""
    await handle(worker_pool, course_changed())
    await handle(worker_pool, lesson_changed())
    await handle(worker_pool, watching(49_000))
    assert await in_course(worker_pool) == (0.49, False)
    await handle(worker_pool, lesson_changed(version=2, video={"provider": "mux", "duration_ms": 200_000}))
    assert await in_course(worker_pool) == (0.245, False)
    await handle(worker_pool, lesson_changed(version=3, video={"provider": "mux", "duration_ms": 50_000}))
    assert await in_course(worker_pool) == (0.98, True)
    told = await seen(worker_pool)
    assert (told.complete, told.coverage) == (True, 0.98)


async def in_course(pool: Pool) -> tuple[float, bool]:
    """What the course's list says of the lesson: coverage, and whether it is complete."""
    async with pool.acquire() as conn:
        view = await store_views.course(conn, "ada", "c1")
    assert view is not None
    return view.lessons[0].coverage, view.lessons[0].completed_at_ms is not None


async def test_a_grant_of_before_a_move_completes_the_same_video(worker_pool: Pool) -> None:
    """Where lengths differ by less than a second it is the same video, moved: who has all of it has all of it."""
    await handle(worker_pool, course_changed())
    moved = {"provider": "mux", "duration_ms": 100_900}
    await handle(worker_pool, lesson_changed(video=moved, rules={"completion_threshold": 1.0}))
    await handle(worker_pool, watching(100_000))
    assert (await seen(worker_pool)).complete


async def test_a_learner_is_told_that_the_video_was_replaced(worker_pool: Pool) -> None:
    """Row A14: from the change on, before the new video was begun: nothing covered, no place to resume, and why."""
    await handle(worker_pool, course_changed())
    await handle(worker_pool, lesson_changed())
    await handle(worker_pool, watching(60_000))
    before = await seen(worker_pool)
    assert (before.coverage, before.resume_position, before.replaced_at) == (0.6, 60, None)
    await handle(worker_pool, revised())
    after = await seen(worker_pool)
    assert (after.coverage, after.covered, after.resume_position, after.duration) == (0, [], 0, 50)
    assert after.cuts == {"replaced": 60}
    assert after.replaced_at == moment(T0 + REPLACED_AT)
    assert after.reasons[0].code == "replaced"
    assert f"{after.replaced_at:%Y-%m-%d}" in after.reasons[0].message
    await handle(worker_pool, of_new(25_000))
    begun = await seen(worker_pool)
    assert (begun.coverage, begun.resume_position, begun.cuts) == (0.5, 25, {"replaced": 60})
    course = await worker_pool.acquire()
    try:
        view = await store_views.course(course, "ada", "c1")
    finally:
        await worker_pool.release(course)
    assert view is not None
    assert (view.lessons[0].coverage, view.standing.verified_ms) == (0.5, 85_000)


async def test_a_carried_video_changes_nothing(worker_pool: Pool) -> None:
    """Row A14: the same revision, though another asset and a slightly other length: progress goes on."""
    await handle(worker_pool, lesson_changed())
    await handle(worker_pool, watching(60_000))
    await handle(worker_pool, lesson_changed(version=2, video={"provider": "mux", "duration_ms": 100_400}))
    more = watching(40_000, start=300_000, session_id=NEW, duration_ms=100_400)
    await handle(worker_pool, more)
    view = await seen(worker_pool)
    assert (view.covered, view.cuts, view.replaced_at) == ([(0, 60)], {}, None)


async def test_a_completed_lesson_stays_complete_with_its_evidence(worker_pool: Pool) -> None:
    """Row A14: completion is sticky: no second event, no second row of evidence, and the row is what it was."""
    await handle(worker_pool, lesson_changed())
    await handle(worker_pool, watching(95_000))
    evidence = await dump(worker_pool, ("completions",))
    await handle(worker_pool, revised())
    view = await seen(worker_pool)
    assert (view.complete, view.coverage, view.reasons) == (True, 0, [])
    await handle(worker_pool, of_new(50_000))
    assert (await seen(worker_pool)).complete
    assert await dump(worker_pool, ("completions",)) == evidence
    assert len(await announced(worker_pool, "lesson.completed")) == 1


async def test_the_former_video_does_not_complete_the_lesson_after_it_was_replaced(worker_pool: Pool) -> None:
    """Row A14: watching on under an old grant, or rules that become milder, complete nothing any more."""
    await handle(worker_pool, lesson_changed())
    await handle(worker_pool, watching(60_000))
    await handle(worker_pool, revised())
    rest = request(
        *(
            beat(n, 300_000 + n * 10_000, 310_000 + n * 10_000, (60_000 + n * 10_000, 70_000 + n * 10_000))
            for n in range(4)
        ),
        session_id=LATE,
    )
    await handle(worker_pool, rest)
    await handle(worker_pool, lesson_changed(version=3, video_revision=2, rules={"completion_threshold": 0.1}))
    view = await seen(worker_pool)
    assert (view.complete, view.coverage, view.cuts) == (False, 0, {"replaced": 100})


async def test_what_was_watched_before_the_replacement_may_still_arrive(worker_pool: Pool) -> None:
    """Row A14: offline beats from before it complete the lesson, for the learner had watched what there was."""
    await handle(worker_pool, lesson_changed())
    await handle(worker_pool, revised())
    await handle(worker_pool, watching(95_000, received=400_000, sent=400_000))
    assert (await seen(worker_pool)).complete


LOG: tuple[WatchProgress, ...] = (
    watching(60_000),
    of_new(20_000),
    request(beat(0, 500_000, 510_000, (60_000, 70_000)), session_id=LATE),
    request(beat(9, 520_000, 530_000, (20_000, 30_000)), session_id=NEW, duration_ms=50_000, video_revision=2),
)


async def replay(pool: Pool, changes: Sequence[Event], *, rules_after: int) -> dict[str, list[str]]:
    """The log in its order, and the changes in theirs after so many of its records; returns the tables."""
    for table in (*TABLES, "course_rules"):
        await pool.execute(f"DELETE FROM {table}" if table != "completions" else "SELECT 1")
    for number, told in enumerate(LOG):
        if number == rules_after:
            for change in changes:
                await handle(pool, change)
        await handle(pool, told)
    if rules_after >= len(LOG):
        for change in changes:
            await handle(pool, change)
    return await dump(pool, TABLES)


async def test_the_lesson_s_change_and_its_watching_may_come_in_any_order(worker_pool: Pool) -> None:
    """Row A14: lesson.changed before, between or after the beats, in any order or compacted: one result."""
    expected = await replay(worker_pool, [lesson_changed(), revised()], rules_after=0)
    view = await seen(worker_pool)
    assert (view.covered, view.cuts) == ([(0, 30)], {"replaced": 70})
    for changes in (*permutations([lesson_changed(), revised()]), [revised()]):
        for rules_after in range(len(LOG) + 1):
            assert await replay(worker_pool, changes, rules_after=rules_after) == expected


@pytest.mark.parametrize("revision", [1, 2, 7])
async def test_the_revision_of_the_grant_goes_with_the_report(revision: int) -> None:
    """Row A14: a grant from before there were revisions is one of the first."""
    claims = {"sub": "ada", "les": "l1", "crs": "c1", "sid": str(NEW), "dur": 1, "iat": 1, "exp": 1 + HOUR}
    grant = Grant.model_validate(claims if revision == 1 else claims | {"rev": revision})
    assert grant.granted["video_revision"] == revision
    assert f'"video_revision":{revision}'.encode() in grant.facts
