-- Whoever watches changes both layers at the same seconds: one row for both is half the rows to write and to read.

ALTER TABLE retention_cells DROP CONSTRAINT retention_cells_pkey;
ALTER TABLE retention_cells RENAME TO retention_layers;

CREATE TABLE retention_cells (
    lesson_id      text    NOT NULL,
    video_revision bigint  NOT NULL,
    shard          integer NOT NULL,
    second         integer NOT NULL,
    edges          bigint  NOT NULL,
    late_ms        bigint  NOT NULL,
    again_edges    bigint  NOT NULL,
    again_late_ms  bigint  NOT NULL,
    PRIMARY KEY (lesson_id, video_revision, shard, second)
) WITH (fillfactor = 70);

COMMENT ON TABLE retention_cells IS
    'Two difference arrays: watchers in ms of second s = 1000 * sum(edges up to s) - late_ms at s; replays by again_*.';

INSERT INTO retention_cells
SELECT lesson_id, video_revision, shard, second,
       coalesce(sum(edges) FILTER (WHERE layer = 0), 0), coalesce(sum(late_ms) FILTER (WHERE layer = 0), 0),
       coalesce(sum(edges) FILTER (WHERE layer = 1), 0), coalesce(sum(late_ms) FILTER (WHERE layer = 1), 0)
FROM retention_layers
GROUP BY lesson_id, video_revision, shard, second;

DROP TABLE retention_layers;

REVOKE INSERT, UPDATE, DELETE ON retention_cells FROM analytics_app;
