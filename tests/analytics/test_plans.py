import re
from datetime import UTC, date, datetime
from typing import Any

import asyncpg
import pytest

from analytics_service import store_costs, store_groups, store_platforms, store_reports
from servicekit.database import Pool
from tests.databases import Database, Postgres

FILL = """
INSERT INTO courses SELECT 'c' || n, 1, 'owner' || n, 'Course', false, now() FROM generate_series(1, 5000) n;
INSERT INTO lessons SELECT 'l' || n, 1, 'c' || n % 1000, 'Lesson', n, 60000, false, now()
    FROM generate_series(1, 6000) n;
INSERT INTO lesson_totals SELECT 'l' || n, shard, 1, 1, 0, 0, 1000, 0, now()
    FROM generate_series(1, 2000) n, generate_series(0, 11) shard;
INSERT INTO learner_lessons (lesson_id, learner_id) SELECT 'l' || n, 'u' || m
    FROM generate_series(1, 2000) n, generate_series(1, 10) m;
INSERT INTO retention_cells SELECT 'l' || n, 1, shard, second, 1, 0, 0, 0
    FROM generate_series(1, 200) n, generate_series(0, 11) shard, generate_series(0, 20) second;
INSERT INTO lesson_days SELECT 'l' || n, date '2026-01-01' + day, shard, 1, 1, 0, 0, 1000, 1000
    FROM generate_series(1, 500) n, generate_series(0, 20) day, generate_series(0, 3) shard;
INSERT INTO lesson_videos SELECT 'l' || n, version, 'mux', 'a' || n || '-' || version, 60000, timestamptz '2026-01-01'
    FROM generate_series(1, 5000) n, generate_series(1, 2) version;
INSERT INTO mux_played SELECT 'a' || n || '-1', date '2026-01-01' + day, 1, 1000, 1000
    FROM generate_series(1, 500) n, generate_series(0, 20) day;
INSERT INTO mux_delivered SELECT 'a' || n || '-1', date '2026-01-01' + day, 1000
    FROM generate_series(1, 500) n, generate_series(0, 20) day;
INSERT INTO mux_views SELECT 'v' || n, 'a' || n % 500 || '-1', timestamptz '2026-01-02', 1000, 60000
    FROM generate_series(1, 10000) n;
"""
JANUARY = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 2, 1, tzinfo=UTC)
DAYS = date(2026, 1, 1), date(2026, 1, 31)
COSTS = *JANUARY, JANUARY[1], DAYS[0], DAYS[0]


@pytest.fixture(autouse=True)
async def _filled(pool: Pool, analytics_database: Database, postgres: Postgres) -> None:
    """Only a table's owner may analyze it."""
    await pool.execute(FILL)
    postgres.sql("ANALYZE", url=analytics_database.owner_url)


@pytest.mark.parametrize(("query", "of"), [(store_reports._LESSON, ("l7",)), (store_reports._COURSE, ("c7", 5))])
async def test_a_report_reads_its_own_rows_and_no_others(pool: Pool, query: str, of: tuple[Any, ...]) -> None:
    """The planner goes through the keys: the cost of a report does not grow with the platform."""
    plan = "\n".join(row[0] for row in await pool.fetch(f"EXPLAIN {query}", *of))
    assert "lesson_totals_pkey" in plan
    assert "Seq Scan" not in plan, plan


@pytest.mark.parametrize(
    ("query", "of", "whole"),
    [
        (store_reports._LESSON, ("l7",), set()),
        (store_platforms._COMPARED, (*DAYS, "l7"), {"mux_turns", "drift_alerts"}),
        (
            store_platforms._COMPARED,
            (*DAYS, None),
            {"mux_turns", "drift_alerts", "lessons", "courses", "lesson_totals"},
        ),
        (store_costs._USAGE, (*COSTS, "c7", 1.0), set()),
        (store_costs._USAGE, (*COSTS, None, 1.0), {"lessons"}),
    ],
    ids=["curve", "drift of a lesson", "drift of all", "cost of a course", "cost of all"],
)
async def test_what_grows_with_watching_is_found_through_keys(
    pool: Pool, query: str, of: tuple[Any, ...], whole: set[str]
) -> None:
    """For no report is a table of days, cells, videos or views read whole, even if it is about all lessons."""
    plan = "\n".join(row[0] for row in await pool.fetch(f"EXPLAIN {query}", *of))
    assert set(re.findall(r"Seq Scan on (\w+)", plan)) <= whole, plan


async def test_walls_are_looked_up_and_not_walked_along(analytics_database: Database) -> None:
    """What an owner may see is found through keys too: neither all courses nor all learners are read."""
    api = await asyncpg.connect(analytics_database.app_url)
    try:
        for query, values in (
            (store_reports._COURSE, ("c7", 5)),
            (store_groups._CHOSEN, ("l7", None, None, "a")),
            (store_groups._AUDIENCE, ("l7",)),
        ):
            async with api.transaction():
                await api.execute("SELECT set_config('app.user_id', 'owner7', true)")
                plan = "\n".join(row[0] for row in await api.fetch(f"EXPLAIN {query}", *values))
            read = [table for table in ("courses", "lessons", "learner_lessons") if f"Seq Scan on {table}" in plan]
            assert read == [], plan
    finally:
        await api.close()
