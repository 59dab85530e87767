"""Retention cells of before one row held both layers (0009): no cell is lost, and no curve changes."""

from importlib.resources import files

import asyncpg

from tests.databases import Database

BEFORE = """
CREATE SCHEMA before;
SET search_path TO before;
CREATE TABLE retention_cells (
    lesson_id text NOT NULL, layer integer NOT NULL, shard integer NOT NULL, second integer NOT NULL,
    edges bigint NOT NULL, late_ms bigint NOT NULL, video_revision bigint NOT NULL DEFAULT 1,
    CONSTRAINT retention_cells_pkey PRIMARY KEY (lesson_id, video_revision, layer, shard, second)
);
INSERT INTO retention_cells (lesson_id, layer, shard, second, edges, late_ms, video_revision) VALUES
    ('l1', 0, 3, 7, 2, 40, 1), ('l1', 1, 3, 7, -1, -500, 1), ('l1', 0, 4, 7, 1, 0, 1), ('l1', 0, 3, 7, 5, 0, 2),
    ('l1', 1, 3, 8, 6, 1, 1), ('l2', 0, 3, 7, 0, 0, 1), ('l2', 1, 3, 7, 0, 0, 1);
"""


async def test_cells_of_two_rows_become_one(analytics_database: Database) -> None:
    """Each second has both layers' cells; where a layer had none, zeros stand for it."""
    migration = files("analytics_service") / "migrations" / "0009_both_layers_in_a_row.sql"
    owner = await asyncpg.connect(analytics_database.owner_url)
    try:
        await owner.execute(BEFORE)
        await owner.execute(migration.read_text(encoding="utf-8"))
        rows = await owner.fetch(
            """
            SELECT lesson_id, video_revision, shard, second, edges, late_ms, again_edges, again_late_ms
            FROM before.retention_cells ORDER BY 1, 2, 3, 4
            """
        )
    finally:
        await owner.close()
    assert [tuple(row) for row in rows] == [
        ("l1", 1, 3, 7, 2, 40, -1, -500),
        ("l1", 1, 3, 8, 0, 0, 6, 1),
        ("l1", 1, 4, 7, 1, 0, 0, 0),
        ("l1", 2, 3, 7, 5, 0, 0, 0),
        ("l2", 1, 3, 7, 0, 0, 0, 0),
    ]
