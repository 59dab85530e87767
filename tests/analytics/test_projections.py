import itertools
from collections.abc import Sequence
from typing import Any

import pytest
from pydantic import SecretStr

from analytics_service import consumers, store_reports
from contracts import Event, examples
from contracts.examples import Example
from servicekit.database import Pool
from servicekit.forgotten import Hashing
from tests.analytics import log


@pytest.mark.parametrize("order", list(itertools.permutations([0, 1, 2])))
async def test_the_highest_version_wins_in_any_order(pool: Pool, order: Sequence[int]) -> None:
    """An older state never overwrites a newer one, within a batch or between batches."""
    courses = [log.course(version=n, title=f"Course {n}", owner_id=f"owner{n}") for n in (1, 2, 3)]
    lessons = [log.lesson(version=n, title=f"Lesson {n}", position=n) for n in (1, 2, 3)]
    batches: list[list[Any]] = [[courses[n] for n in order[:2]], [courses[order[2]]]]
    batches += [[lessons[n] for n in order[:2]], [lessons[order[2]]]]
    for number, batch in enumerate(batches):
        await log.consume(pool, log.logged(batch, first_offset=10 * number))
    async with pool.acquire() as conn:
        report = await store_reports.course_report(conn, "c1")
    assert report is not None
    assert (report.title, report.owner_id, report.lessons[0].title) == ("Course 3", "owner3", "Lesson 3")


async def test_numbers_that_come_before_their_lesson_wait_for_it(pool: Pool) -> None:
    """Watching and completion of an unknown lesson are kept and show once the lesson and its course are known."""
    await log.consume(pool, log.logged([log.advanced(1), log.completion()]))
    async with pool.acquire() as conn:
        assert await store_reports.lesson_report(conn, "l1") is None
    await log.consume(pool, log.logged([log.lesson()]))
    await log.consume(pool, log.logged([log.course()]))
    async with pool.acquire() as conn:
        report = await store_reports.lesson_report(conn, "l1")
    assert report is not None
    totals = report.lessons[0].totals
    assert (report.owner_id, totals.views, totals.completions, totals.watched_ms) == ("owner", 1, 1, 10_000)


async def test_a_deleted_lesson_or_course_has_no_report(pool: Pool) -> None:
    """What the LMS deleted is gone from the reports, and comes back with its numbers when the LMS brings it back."""
    await log.consume(
        pool, log.logged([log.course(), log.lesson(), log.advanced(1), log.lesson(version=2, deleted=True)])
    )
    async with pool.acquire() as conn:
        assert await store_reports.lesson_report(conn, "l1") is None
        assert await store_reports.own_report(conn, "l1", "u1") is None
        course = await store_reports.course_report(conn, "c1")
        assert course is not None
        assert course.lessons == ()
    back = [log.lesson(version=3), log.course(version=2, deleted=True)]
    await log.consume(pool, log.at_other_offsets(log.logged(back)))
    async with pool.acquire() as conn:
        assert await store_reports.course_report(conn, "c1") is None
        assert await store_reports.lesson_report(conn, "l1") is None
        assert await store_reports.own_report(conn, "l1", "u1") is None
    await log.consume(pool, log.at_other_offsets(log.logged([log.course(version=3)]), by=300_000))
    async with pool.acquire() as conn:
        report = await store_reports.lesson_report(conn, "l1")
        assert report is not None
        assert report.lessons[0].totals.views == 1


async def test_a_lesson_that_moves_takes_its_numbers_to_the_new_course(pool: Pool) -> None:
    """Numbers belong to the lesson; who may see them is the owner of the course that it is in now."""
    moved = [log.course(), log.course("c2", owner_id="other"), log.lesson(), log.advanced(1)]
    await log.consume(pool, log.logged(moved))
    await log.consume(pool, log.at_other_offsets(log.logged([log.lesson(version=2, course_id="c2")])))
    async with pool.acquire() as conn:
        report = await store_reports.lesson_report(conn, "l1")
    assert report is not None
    assert (report.course_id, report.owner_id, report.lessons[0].totals.views) == ("c2", "other", 1)


ONE_ROW_IN = {
    "course.changed": "courses",
    "lesson.changed": "lessons",
    "progress.advanced": "learner_lessons",
    "lesson.completed": "learner_lessons",
    "learner.erased": "forgotten",
}
"""Where an example leaves exactly one row. Others leave as many as they have parts."""


@pytest.mark.parametrize(
    ("model", "example"),
    [
        pytest.param(model, example, id=f"{example.topic}/{example.name}")
        for model in consumers.EFFECTS
        for example in examples.load(model.topic)
    ],
)
async def test_every_golden_example_is_consumed(pool: Pool, model: type[Event], example: Example) -> None:
    """Each example of each consumed topic parses, is applied twice without complaint, and leaves its one row."""
    event = model.model_validate_json(example.value)
    hashing = Hashing(SecretStr("a key of the tests, of more than 32 characters"))
    await log.consume(pool, log.logged([event]), hashing=hashing)
    await log.consume(pool, log.at_other_offsets(log.logged([event])), hashing=hashing)
    if table := ONE_ROW_IN.get(example.topic):
        assert await pool.fetchval(f"SELECT count(*) FROM {table}") == 1
    assert await pool.fetchval("SELECT next_offset FROM applied_offsets") == 100_001
