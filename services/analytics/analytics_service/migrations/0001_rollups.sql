-- Read models of the log: projections of what others own, what each learner did, and a lesson's numbers in shards.
-- All of it can be thrown away and rebuilt from Kafka. Nothing refers to another table: events may come in any order.

CREATE TABLE courses (
    course_id  text        PRIMARY KEY,
    version    bigint      NOT NULL,
    owner_id   text        NOT NULL,
    title      text        NOT NULL,
    deleted    boolean     NOT NULL,
    changed_at timestamptz NOT NULL
);

CREATE TABLE lessons (
    lesson_id   text        PRIMARY KEY,
    version     bigint      NOT NULL,
    course_id   text        NOT NULL,
    title       text        NOT NULL,
    position    bigint      NOT NULL,
    duration_ms bigint      CHECK (duration_ms >= 0),
    deleted     boolean     NOT NULL,
    changed_at  timestamptz NOT NULL
);

CREATE INDEX lessons_course_id ON lessons (course_id, position, lesson_id);

-- Moves in the transaction of the effect. A recreated topic has another topic_id, so its offsets start anew.
CREATE TABLE applied_offsets (
    topic       text        NOT NULL,
    topic_id    uuid        NOT NULL,
    partition   integer     NOT NULL,
    next_offset bigint      NOT NULL,
    record_at   timestamptz NOT NULL,
    PRIMARY KEY (topic, topic_id, partition)
) WITH (fillfactor = 50);

COMMENT ON COLUMN applied_offsets.record_at IS 'When the last applied record was written to the log.';

CREATE TABLE learner_lessons (
    lesson_id       text           NOT NULL,
    learner_id      text           NOT NULL,
    applied         int8multirange NOT NULL DEFAULT '{}',
    covered         int8multirange NOT NULL DEFAULT '{}',
    viewing         int8multirange NOT NULL DEFAULT '{}',
    covered_ms      bigint         NOT NULL DEFAULT 0 CHECK (covered_ms >= 0),
    replayed_ms     bigint         NOT NULL DEFAULT 0 CHECK (replayed_ms >= 0),
    last_watched_at timestamptz,
    completed_at    timestamptz,
    PRIMARY KEY (lesson_id, learner_id)
) WITH (fillfactor = 70);

COMMENT ON COLUMN learner_lessons.applied IS 'Versions of progress.advanced that are in here: a second delivery is none.';
COMMENT ON COLUMN learner_lessons.covered IS 'Media in ms.';
COMMENT ON COLUMN learner_lessons.viewing IS 'Views in ms since the epoch, each longer than its watching by the gap within which a view goes on.';

CREATE TABLE watch_sessions (
    lesson_id   text   NOT NULL,
    learner_id  text   NOT NULL,
    session_id  uuid   NOT NULL,
    credited_ms bigint NOT NULL,
    first_ms    bigint NOT NULL,
    last_ms     bigint NOT NULL,
    PRIMARY KEY (lesson_id, learner_id, session_id)
) WITH (fillfactor = 70);

COMMENT ON COLUMN watch_sessions.first_ms IS 'Since the epoch, like last_ms.';

-- The shard is the partition that the learner's events come from: consumers of different partitions never meet in a row.
CREATE TABLE lesson_totals (
    lesson_id         text        NOT NULL,
    shard             integer     NOT NULL,
    views             bigint      NOT NULL,
    viewers           bigint      NOT NULL,
    completions       bigint      NOT NULL,
    completed_viewers bigint      NOT NULL,
    covered_ms        bigint      NOT NULL,
    replayed_ms       bigint      NOT NULL,
    as_of             timestamptz NOT NULL,
    PRIMARY KEY (lesson_id, shard)
) WITH (fillfactor = 50);

CREATE TABLE retention_cells (
    lesson_id text    NOT NULL,
    layer     integer NOT NULL,
    shard     integer NOT NULL,
    second    integer NOT NULL,
    edges     bigint  NOT NULL,
    late_ms   bigint  NOT NULL,
    PRIMARY KEY (lesson_id, layer, shard, second)
) WITH (fillfactor = 70);

COMMENT ON TABLE retention_cells IS 'A difference array: watchers in ms of second s = 1000 * sum(edges up to s) - late_ms at s.';

CREATE VIEW lesson_sums WITH (security_invoker = true) AS
SELECT lesson_id,
       sum(views)::bigint             AS views,
       sum(viewers)::bigint           AS viewers,
       sum(completions)::bigint       AS completions,
       sum(completed_viewers)::bigint AS completed_viewers,
       sum(covered_ms)::bigint        AS covered_ms,
       sum(replayed_ms)::bigint       AS replayed_ms,
       max(as_of)                     AS as_of
FROM lesson_totals
GROUP BY lesson_id;

COMMENT ON VIEW lesson_sums IS 'The shards merged. Ask for one lesson at a time (LATERAL): the condition reaches the index.';
