"""What the senders ask every second, in a log of deliveries that has grown: found through keys. Row F10."""

import re
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from analytics_service.webhooks import store_deliveries, store_sending
from servicekit.database import Pool
from tests.databases import Database, Postgres

FILL = """
INSERT INTO webhook_endpoints (endpoint_id, url, description, event_types, created_by, created_at)
    SELECT ('00000000-0000-0000-0000-' || lpad(n::text, 12, '0'))::uuid, 'https://example.com', '',
           '{lesson.completed}', 'root', now() FROM generate_series(1, 50) n;
INSERT INTO webhook_messages SELECT 'e' || n, 'lesson.completed', 'u' || n, '{}', now()
    FROM generate_series(1, 20000) n;
INSERT INTO webhook_deliveries (endpoint_id, event_id, event_type, state, created_at, due_at)
    SELECT ('00000000-0000-0000-0000-' || lpad((n % 50 + 1)::text, 12, '0'))::uuid, 'e' || n, 'lesson.completed',
           CASE WHEN n % 200 = 0 THEN 'pending' ELSE 'delivered' END, now(), now() FROM generate_series(1, 20000) n;
INSERT INTO webhook_attempts SELECT delivery_id, 1, now(), 5, 200, NULL, '' FROM webhook_deliveries;
"""
NOW = datetime(2100, 1, 1, tzinfo=UTC)
ENDPOINT = UUID(int=1)
GROWING = {"webhook_deliveries", "webhook_messages", "webhook_attempts"}


@pytest.fixture(autouse=True)
async def _filled(pool: Pool, analytics_database: Database, postgres: Postgres) -> None:
    """Only a table's owner may analyze it."""
    await pool.execute(FILL)
    postgres.sql("ANALYZE", url=analytics_database.owner_url)


@pytest.mark.parametrize(
    ("query", "values"),
    [
        (store_sending._FREE, (NOW,)),
        (store_sending._CLAIM, (NOW, [ENDPOINT], 64, 4, NOW + timedelta(minutes=1))),
        (store_deliveries._LOG, (ENDPOINT, None, None, None, None, 50)),
        (store_deliveries._LOG, (ENDPOINT, None, None, None, 7, 1)),
    ],
    ids=["endpoints with something due", "claim", "log", "one of the log"],
)
async def test_what_was_delivered_costs_nothing_any_more(pool: Pool, query: str, values: tuple[object, ...]) -> None:
    """Row F10: no table that grows with deliveries is read whole."""
    plan = "\n".join(row[0] for row in await pool.fetch(f"EXPLAIN {query}", *values))
    assert set(re.findall(r"Seq Scan on (\w+)", plan)).isdisjoint(GROWING), plan


async def test_erasing_a_learner_reads_nobody_elses_messages(pool: Pool) -> None:
    """Row F10: nor does the cascade to deliveries go through all of them."""
    for query, value in (
        ("DELETE FROM webhook_messages WHERE learner_id = $1", "u7"),
        ("DELETE FROM webhook_deliveries WHERE event_id = $1", "e7"),
        ("DELETE FROM webhook_attempts WHERE delivery_id = $1", 7),
    ):
        plan = "\n".join(row[0] for row in await pool.fetch(f"EXPLAIN {query}", value))
        assert "Seq Scan" not in plan, plan
