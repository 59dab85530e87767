-- What is going on right now: small tables that forget within minutes. The live view reads them, and nothing else does.

CREATE TABLE live_viewers (
    course_id text        NOT NULL,
    viewer    bigint      NOT NULL,
    lesson_id text        NOT NULL,
    seen_at   timestamptz NOT NULL,
    PRIMARY KEY (course_id, viewer)
) WITH (fillfactor = 50);

COMMENT ON TABLE live_viewers IS 'rebuild: keep. Where each viewer of a course was seen last.';
COMMENT ON COLUMN live_viewers.viewer IS 'A hash of the learner''s id: enough to count, and no name.';
COMMENT ON COLUMN live_viewers.seen_at IS 'End of the latest playing that was reported, in the server''s clock.';

-- The shard is the partition of watch.progress: consumers of different partitions never meet in a row.
CREATE TABLE live_beats (
    course_id text    NOT NULL,
    lesson_id text    NOT NULL,
    slot      bigint  NOT NULL,
    shard     integer NOT NULL,
    beats     bigint  NOT NULL,
    PRIMARY KEY (course_id, lesson_id, slot, shard)
) WITH (fillfactor = 50);

COMMENT ON TABLE live_beats IS 'rebuild: keep. Beats by when they were received.';
COMMENT ON COLUMN live_beats.slot IS 'Five seconds each, since the epoch.';

CREATE TABLE live_completions (
    course_id    text        NOT NULL,
    lesson_id    text        NOT NULL,
    viewer       bigint      NOT NULL,
    completed_at timestamptz NOT NULL,
    PRIMARY KEY (course_id, lesson_id, viewer)
);

COMMENT ON TABLE live_completions IS 'rebuild: keep. Who completed a lesson in the last minutes.';
COMMENT ON COLUMN live_completions.viewer IS 'A hash of the learner''s id: enough to count, and no name.';

REVOKE INSERT, UPDATE, DELETE ON live_viewers, live_beats, live_completions FROM analytics_app;
