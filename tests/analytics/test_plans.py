from typing import Any

import pytest

from analytics_service import store_reports
from servicekit.database import Pool

FILL = """
INSERT INTO courses SELECT 'c' || n, 1, 'owner', 'Course', false, now() FROM generate_series(1, 200) n;
INSERT INTO lessons SELECT 'l' || n, 1, 'c' || n % 200, 'Lesson', n, 60000, false, now()
    FROM generate_series(1, 2000) n;
INSERT INTO lesson_totals SELECT 'l' || n, shard, 1, 1, 0, 0, 1000, 0, now()
    FROM generate_series(1, 2000) n, generate_series(0, 11) shard;
INSERT INTO learner_lessons (lesson_id, learner_id) SELECT 'l' || n, 'u' || m
    FROM generate_series(1, 2000) n, generate_series(1, 10) m;
INSERT INTO retention_cells SELECT 'l' || n, 0, shard, second, 1, 0
    FROM generate_series(1, 200) n, generate_series(0, 11) shard, generate_series(0, 20) second;
"""


@pytest.mark.parametrize(("query", "of"), [(store_reports._LESSON, ("l7",)), (store_reports._COURSE, ("c7", 5))])
async def test_a_report_reads_its_own_rows_and_no_others(pool: Pool, query: str, of: tuple[Any, ...]) -> None:
    """The planner goes through the keys: the cost of a report does not grow with the platform."""
    await pool.execute(FILL)
    await pool.execute(
        "ANALYZE courses; ANALYZE lessons; ANALYZE lesson_totals; ANALYZE retention_cells; ANALYZE learner_lessons"
    )
    plan = "\n".join(row[0] for row in await pool.fetch(f"EXPLAIN {query}", *of))
    assert "lesson_totals_pkey" in plan
    assert "Seq Scan" not in plan, plan
