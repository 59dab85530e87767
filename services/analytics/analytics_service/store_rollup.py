"""A lesson's totals, days and cells: a batch's sums are added to them, rows in key order."""

from collections.abc import Mapping
from datetime import datetime

from analytics_service import store_tallies
from analytics_service.changes import Changes, Curve, DayKey, Shard
from analytics_service.days import NOTHING, DayTotals, date_of
from analytics_service.retention import Steps
from analytics_service.rollup import Totals
from analytics_service.store_learners import save_learners
from servicekit.database import Connection


async def save(conn: Connection, changes: Changes) -> None:
    """Write what a batch changed, into rows whose learners `lock_learners` has locked."""
    await save_learners(conn, changes.learners, changes.last_watched_at)
    await _add_totals(conn, changes.totals, changes.as_of)
    await _add_days(conn, changes.days)
    await _add_cells(conn, changes.cells)
    await store_tallies.add(conn, changes.tallies)


async def _add_totals(conn: Connection, totals: Mapping[Shard, Totals], as_of: Mapping[Shard, datetime]) -> None:
    if not totals:
        return
    shards = sorted(totals)
    columns = zip(*(totals[shard].values for shard in shards), strict=True)
    await conn.execute(
        """
        INSERT INTO lesson_totals AS t (lesson_id, shard, as_of, views, viewers, completions, completed_viewers,
                                        covered_ms, replayed_ms, spent_ms)
        SELECT * FROM unnest($1::text[], $2::integer[], $3::timestamptz[], $4::bigint[], $5::bigint[], $6::bigint[],
                             $7::bigint[], $8::bigint[], $9::bigint[], $10::bigint[])
        ON CONFLICT (lesson_id, shard) DO UPDATE SET
            as_of = greatest(t.as_of, excluded.as_of),
            views = t.views + excluded.views, viewers = t.viewers + excluded.viewers,
            completions = t.completions + excluded.completions,
            completed_viewers = t.completed_viewers + excluded.completed_viewers,
            covered_ms = t.covered_ms + excluded.covered_ms, replayed_ms = t.replayed_ms + excluded.replayed_ms,
            spent_ms = t.spent_ms + excluded.spent_ms
        """,
        [shard.lesson_id for shard in shards],
        [shard.number for shard in shards],
        [as_of[shard] for shard in shards],
        *(list(column) for column in columns),
    )


async def _add_days(conn: Connection, days: Mapping[DayKey, DayTotals]) -> None:
    """A day from which everything has moved away again leaves no row."""
    changed = sorted(key for key, totals in days.items() if totals != NOTHING)
    if not changed:
        return
    columns = zip(*(days[key].values for key in changed), strict=True)
    keys = [[key.lesson_id for key in changed], [date_of(key.day) for key in changed], [key.shard for key in changed]]
    await conn.execute(
        """
        INSERT INTO lesson_days AS d (lesson_id, day, shard, views, viewers, new_viewers, completions, watched_ms,
                                      spent_ms)
        SELECT * FROM unnest($1::text[], $2::date[], $3::integer[], $4::bigint[], $5::bigint[], $6::bigint[],
                             $7::bigint[], $8::bigint[], $9::bigint[])
        ON CONFLICT (lesson_id, day, shard) DO UPDATE SET
            views = d.views + excluded.views, viewers = d.viewers + excluded.viewers,
            new_viewers = d.new_viewers + excluded.new_viewers, completions = d.completions + excluded.completions,
            watched_ms = d.watched_ms + excluded.watched_ms, spent_ms = d.spent_ms + excluded.spent_ms
        """,
        *keys,
        *(list(column) for column in columns),
    )
    if any(min(days[key].values) < 0 for key in changed):
        await conn.execute(
            """
            DELETE FROM lesson_days d USING unnest($1::text[], $2::date[], $3::integer[]) AS k(lesson_id, day, shard)
            WHERE (d.lesson_id, d.day, d.shard) = (k.lesson_id, k.day, k.shard)
              AND (views, viewers, new_viewers, completions, watched_ms, spent_ms) = (0, 0, 0, 0, 0, 0)
            """,
            *keys,
        )


async def _add_cells(conn: Connection, cells: Mapping[Curve, Mapping[int, Steps]]) -> None:
    if not cells:
        return
    rows = [(*curve, second, *steps[second]) for curve, steps in sorted(cells.items()) for second in sorted(steps)]
    await conn.execute(
        """
        INSERT INTO retention_cells AS c (lesson_id, video_revision, shard, second, edges, late_ms, again_edges,
                                          again_late_ms)
        SELECT * FROM unnest($1::text[], $2::bigint[], $3::integer[], $4::integer[], $5::bigint[], $6::bigint[],
                             $7::bigint[], $8::bigint[])
        ON CONFLICT (lesson_id, video_revision, shard, second) DO UPDATE SET
            edges = c.edges + excluded.edges, late_ms = c.late_ms + excluded.late_ms,
            again_edges = c.again_edges + excluded.again_edges,
            again_late_ms = c.again_late_ms + excluded.again_late_ms
        """,
        *map(list, zip(*rows, strict=True)),
    )
