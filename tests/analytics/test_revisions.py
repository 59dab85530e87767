"""A replaced video has a curve and maps of its own; the lesson's totals keep all that was watched in it."""

import random
from collections.abc import Sequence
from itertools import permutations

from analytics_service import store_reports
from analytics_service.reports import Retention, lesson_analytics
from analytics_service.store_reports import CourseReport
from contracts import Event, Video
from servicekit.database import Pool
from tests.analytics import log

REPLACED = log.lesson(version=2, video_revision=2, video=Video(provider="mux", playback_id="q", duration_ms=30_000))
WATCHED: Sequence[Event] = (
    log.advanced(1, covered=((0, 10_000),)),
    log.advanced(2, at_s=60, session=2, covered=((0, 20_000),), video_revision=2),
    log.advanced(3, at_s=70, covered=((10_000, 20_000),)),
    log.advanced(4, at_s=90, session=2, covered=((20_000, 25_000),), replayed=((0, 5_000),), video_revision=2),
)


def curve(report: CourseReport) -> Retention:
    retention = lesson_analytics(report, 1).retention
    assert retention is not None
    return retention


async def test_a_new_video_starts_a_new_curve_and_the_totals_go_on(pool: Pool) -> None:
    """Row A14: the old curve is not under the new video, nor the old map; views and watch time are the lesson's."""
    await log.consume(pool, log.logged([log.course(), log.lesson()]))
    await log.consume(pool, log.logged(WATCHED[:1]))
    async with pool.acquire() as conn:
        before = await store_reports.lesson_report(conn, "l1")
    assert before is not None
    assert curve(before).unique[:11] == [1.0] * 10 + [0.0]
    await log.consume(pool, log.logged([REPLACED], first_offset=5))
    async with pool.acquire() as conn:
        anew, own = await store_reports.lesson_report(conn, "l1"), await store_reports.own_report(conn, "l1", "u1")
    assert anew is not None
    assert own is not None
    shown = lesson_analytics(anew, 1)
    assert curve(anew).unique == [0.0] * 30
    assert (shown.views, shown.total_watch_time, own.covered) == (1, 10, ())
    await log.consume(pool, log.logged(WATCHED[1:], first_offset=5))
    async with pool.acquire() as conn:
        after, own = await store_reports.lesson_report(conn, "l1"), await store_reports.own_report(conn, "l1", "u1")
    assert after is not None
    assert own is not None
    shown = lesson_analytics(after, 1)
    assert curve(after).unique == [1.0] * 25 + [0.0] * 5
    assert curve(after).replays[:6] == [1.0] * 5 + [0.0]
    assert (shown.total_watch_time, own.covered, own.watched_ms) == (50, ((0, 25_000),), 50_000)


async def test_the_order_of_the_videos_watching_does_not_matter(pool: Pool) -> None:
    """Row A14: late watching of the former video, before, between or after that of the new one: the same tables."""
    dumps = set()
    for order in (*permutations(WATCHED),):
        for table in ("learner_lessons", "watch_sessions", "lesson_totals", "retention_cells", "applied_offsets"):
            await pool.execute(f"DELETE FROM {table}")
        events = log.logged(order)
        for piece in log.in_pieces(events, random.Random(len(dumps))):
            await log.consume(pool, piece)
        rows = await pool.fetch("SELECT covered, video_revision, covered_ms, replayed_ms FROM learner_lessons")
        cells = await pool.fetch("SELECT * FROM retention_cells ORDER BY video_revision, shard, second")
        dumps.add((str(rows), str(cells)))
    assert len(dumps) == 1
