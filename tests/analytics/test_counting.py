import asyncio
import random
from datetime import date
from typing import Any

import asyncpg
import pytest

from analytics_service import consumers, store_learners, store_reports
from analytics_service.changes import Key
from analytics_service.retention import Layer, per_second
from contracts import LessonCompleted, ProgressAdvanced
from servicekit.database import TRANSIENT, Pool, transaction
from tests.analytics import log
from tests.analytics.naive import Day, numbers

SECONDS = 756

WAITING = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"

TABLES = {
    "learner_lessons": "lesson_id, learner_id",
    "watch_sessions": "lesson_id, learner_id, session_id",
    "lesson_totals": "lesson_id, shard",
    "retention_cells": "lesson_id, video_revision, shard, second",
    "lesson_days": "lesson_id, day, shard",
    "lesson_tallies": "lesson_id, video_revision, kind, name, shard",
    "learner_tallies": "lesson_id, learner_id, video_revision, kind, name",
}


async def dump(pool: Pool, *, but: frozenset[str] = frozenset()) -> dict[str, list[dict[str, Any]]]:
    """Every row of the aggregate, in key order."""
    return {
        table: [
            {name: value for name, value in row.items() if name not in but}
            for row in await pool.fetch(f"SELECT * FROM {table} ORDER BY {keys}")
        ]
        for table, keys in TABLES.items()
    }


async def test_the_tables_say_what_a_recomputation_from_the_log_says(pool: Pool) -> None:
    """Hundreds of random events in random batches: every number equals the slow and obvious count."""
    events = log.random_watching(1)
    await log.consume(pool, log.logged([log.course(), *map(log.lesson, log.LESSON_MS)]))
    for piece in log.in_pieces(log.logged(events), random.Random(2)):
        await log.consume(pool, piece)

    for lesson_id in log.LESSON_MS:
        async with pool.acquire() as conn:
            report = await store_reports.lesson_report(conn, lesson_id)
        assert report is not None
        found, expected = report.lessons[0], numbers(lesson_id, events, SECONDS)
        assert expected.views > expected.viewers > expected.completions > 0, "the log must be worth counting"
        assert (found.totals.views, found.totals.viewers) == (expected.views, expected.viewers)
        assert found.totals.completions == expected.completions
        assert found.totals.completed_viewers == expected.completed_viewers
        assert found.totals.watched_ms == expected.watched_ms
        assert found.totals.spent_ms == expected.spent_ms
        assert per_second(found.cells[Layer.UNIQUE], SECONDS) == expected.unique
        assert per_second(found.cells[Layer.REPLAYS], SECONDS) == expected.replays
        assert await days(pool, lesson_id) == expected.days
        assert await speeds(pool, lesson_id) == expected.speeds


async def days(pool: Pool, lesson_id: str) -> dict[date, Day]:
    rows = await pool.fetch(
        """
        SELECT day, sum(views)::bigint, sum(viewers)::bigint, sum(new_viewers)::bigint, sum(completions)::bigint,
               sum(watched_ms)::bigint, sum(spent_ms)::bigint
        FROM lesson_days WHERE lesson_id = $1 GROUP BY day
        """,
        lesson_id,
    )
    return {row["day"]: Day(*list(row)[1:]) for row in rows}


async def speeds(pool: Pool, lesson_id: str) -> dict[str, tuple[int, int, int]]:
    rows = await pool.fetch(
        """
        SELECT name, sum(times)::bigint, sum(learners)::bigint, sum(ms)::bigint FROM lesson_tallies
        WHERE lesson_id = $1 AND kind = 'speed' GROUP BY name
        """,
        lesson_id,
    )
    return {row["name"]: tuple(row)[1:] for row in rows}


@pytest.mark.parametrize("seed", [3, 4])
async def test_redelivery_in_any_split_and_at_any_offset_changes_nothing(pool: Pool, seed: int) -> None:
    """The same events again, at the same offsets and at others, cut elsewhere, leave every row as it was."""
    rng, events = random.Random(seed), log.logged(log.random_watching(seed, events=200))
    await log.consume(pool, events)
    before = await dump(pool)
    assert all(before.values())

    again = log.at_other_offsets(events)
    for redelivery in (events, events[50:], again, again[20:90], events + log.at_other_offsets(events, by=200_000)):
        for piece in log.in_pieces(redelivery, rng):
            await log.consume(pool, piece)

    assert await dump(pool) == before


async def test_an_event_twice_in_one_batch_counts_once(pool: Pool) -> None:
    """What the outbox wrote to the log twice may come in one batch."""
    events = log.logged([log.advanced(1), log.advanced(2, at_s=10, covered=((10_000, 20_000),))])
    await log.consume(pool, events + log.at_other_offsets(events))
    row = await pool.fetchrow("SELECT views, viewers, covered_ms FROM lesson_totals")
    assert tuple(row or ()) == (1, 1, 20_000)


async def test_the_order_of_arrival_leaves_no_trace(pool: Pool) -> None:
    """The log shuffled and cut at random gives the same rows; only the time of the newest event is in its order."""
    events = log.random_watching(5, events=150)
    await log.consume(pool, log.logged(events))
    expected = await dump(pool, but=frozenset({"as_of"}))
    for table in ("applied_offsets", *TABLES):
        await pool.execute(f"DELETE FROM {table}")

    rng = random.Random(6)
    for piece in log.in_pieces(log.logged(rng.sample(events, len(events))), rng):
        await log.consume(pool, piece)

    assert await dump(pool, but=frozenset({"as_of"})) == expected


async def test_workers_side_by_side_count_exactly(pool: Pool) -> None:
    """Partitions that are applied at once, completions among them, neither deadlock nor lose a count."""
    events = log.logged(log.random_watching(7, learners=60, events=300))
    await log.consume(pool, log.logged([log.lesson(lesson_id) for lesson_id in log.LESSON_MS]))

    async def work(partition: int, kind: type) -> None:
        mine = [r for r in events if r.partition == partition and isinstance(r.event, kind)]
        for piece in log.in_pieces(mine, random.Random(partition)):
            await log.consume(pool, piece)

    async with asyncio.timeout(60):
        await asyncio.gather(*(work(p, kind) for p in range(12) for kind in (ProgressAdvanced, LessonCompleted)))
    found = await pool.fetch("SELECT lesson_id, views, viewers, completions FROM lesson_sums ORDER BY lesson_id")
    counted = [(name, numbers(name, [r.event for r in events], 1)) for name in sorted(log.LESSON_MS)]
    assert [tuple(row) for row in found] == [(name, n.views, n.viewers, n.completions) for name, n in counted]


async def test_a_zombie_that_applies_the_same_batch_at_the_same_time_counts_nothing(pool: Pool) -> None:
    """Two workers that both hold a partition's first batch, before any offset is stored, count it once."""
    events = log.logged([log.advanced(n, learner_id=f"u{n % 5}", at_s=n) for n in range(1, 40)])
    await asyncio.gather(*(log.consume(pool, events) for _ in range(4)))
    assert await pool.fetchval("SELECT covered_ms + replayed_ms FROM lesson_sums") == 39 * 10_000


@pytest.mark.parametrize("kind", ["the same events", "a completion"])
async def test_a_learner_that_somebody_else_is_changing_is_waited_for(pool: Pool, kind: str) -> None:
    """What a transaction has read and is about to change is neither counted on nor overwritten by another one."""
    await log.consume(pool, log.logged([log.lesson(), log.advanced(1)]))
    second = log.at_other_offsets(log.logged([log.advanced(2, covered=((10_000, 20_000),))]))
    other = log.at_other_offsets(second, by=500_000) if kind == "the same events" else log.logged([log.completion()])

    async with transaction(pool) as conn:
        await store_learners.lock_learners(conn, {Key("l1", "u1")})
        waiting = asyncio.create_task(log.consume(pool, other))
        async with asyncio.timeout(10):
            while not await pool.fetchval(
                "SELECT count(*) FROM pg_locks WHERE NOT granted AND pid <> pg_backend_pid()"
            ):
                assert not waiting.done(), "it did not wait"
                await asyncio.sleep(0.01)
        await consumers.progress_advanced(conn, second)
    await waiting

    row = await pool.fetchrow("SELECT covered_ms, applied::text, completed_at IS NOT NULL FROM learner_lessons")
    assert tuple(row or ()) == (20_000, "{[1,3)}", kind == "a completion")
    totals = await pool.fetchrow("SELECT views, completions, completed_viewers, covered_ms FROM lesson_sums")
    assert tuple(totals or ()) == (1, int(kind == "a completion"), int(kind == "a completion"), 20_000)


async def test_offsets_move_with_the_effect_or_not_at_all(pool: Pool) -> None:
    """A batch that fails leaves neither counts nor offsets behind, and counts once when it comes again."""
    good, damaged = log.advanced(1), log.advanced(2, covered=((5_000, 4_000),))
    with pytest.raises(ValueError, match="ends before it starts"):
        await log.consume(pool, log.logged([good, damaged]))
    assert await pool.fetchval("SELECT count(*) FROM applied_offsets") == 0
    assert await pool.fetchval("SELECT count(*) FROM learner_lessons") == 0

    await log.consume(pool, log.logged([good]))
    assert await pool.fetchval("SELECT covered_ms + replayed_ms FROM lesson_sums") == 10_000
    assert await pool.fetchval("SELECT next_offset FROM applied_offsets") == 1


async def test_a_recreated_topic_is_not_taken_for_the_old_one(pool: Pool) -> None:
    """Offsets that begin anew under another topic id are new events; under the same id they are a redelivery."""
    ids = log.known_topics()
    await log.consume(pool, log.logged([log.advanced(1), log.advanced(2)]), topic_ids=ids)
    newer = log.logged([log.advanced(3), log.advanced(4)])
    await log.consume(pool, newer, topic_ids=ids)
    assert await pool.fetchval("SELECT covered_ms + replayed_ms FROM lesson_sums") == 20_000

    ids._fetch = log.known_topics(log.OTHER_TOPIC_ID)._fetch
    await log.consume(pool, newer, topic_ids=ids)
    assert await pool.fetchval("SELECT covered_ms + replayed_ms FROM lesson_sums") == 40_000
    offsets = await pool.fetch("SELECT topic_id, next_offset FROM applied_offsets ORDER BY topic_id")
    assert [tuple(row) for row in offsets] == [(log.TOPIC_ID, 2), (log.OTHER_TOPIC_ID, 2)]


async def test_many_versions_and_views_stay_one_row_per_learner(pool: Pool) -> None:
    """Versions without a gap are one range, so that a learner's row does not grow with the number of events."""
    await log.consume(pool, log.logged([log.advanced(n, at_s=n * 10) for n in range(1, 301)]))
    async with pool.acquire() as conn, conn.transaction():
        learners = await store_learners.lock_learners(conn, {Key("l1", "u1")})
    assert learners[Key("l1", "u1")].applied == ((1, 301),)
    assert len(learners[Key("l1", "u1")].viewing) == 1


async def test_a_number_beyond_its_column_is_refused_as_data_and_not_as_an_outage(pool: Pool) -> None:
    """What no row can hold must end as a dead letter and not as a retry without end."""
    endless = log.logged([log.advanced(covered=((0, 2**50),))])
    with pytest.raises(asyncpg.DataError) as refused:
        await log.consume(pool, endless)
    assert not isinstance(refused.value, TRANSIENT)
