-- Days, cohorts, verified time, and what players tell of themselves. Counters stay in shards by partition.

ALTER TABLE lesson_totals ADD COLUMN spent_ms bigint NOT NULL DEFAULT 0;
COMMENT ON COLUMN lesson_totals.spent_ms IS 'Real time that the credited media used up: verified watch time.';

CREATE OR REPLACE VIEW lesson_sums WITH (security_invoker = true) AS
SELECT lesson_id,
       sum(views)::bigint             AS views,
       sum(viewers)::bigint           AS viewers,
       sum(completions)::bigint       AS completions,
       sum(completed_viewers)::bigint AS completed_viewers,
       sum(covered_ms)::bigint        AS covered_ms,
       sum(replayed_ms)::bigint       AS replayed_ms,
       max(as_of)                     AS as_of,
       sum(spent_ms)::bigint          AS spent_ms
FROM lesson_totals
GROUP BY lesson_id;

ALTER TABLE learner_lessons
    ADD COLUMN spent_ms      bigint    NOT NULL DEFAULT 0 CHECK (spent_ms >= 0),
    ADD COLUMN again_seconds integer[] NOT NULL DEFAULT '{}',
    ADD COLUMN again_edges   bigint[]  NOT NULL DEFAULT '{}',
    ADD COLUMN again_late_ms bigint[]  NOT NULL DEFAULT '{}',
    ADD COLUMN entered_on    date      GENERATED ALWAYS AS
        (date '1970-01-01' + (lower(viewing) / 86400000)::integer) STORED;
COMMENT ON COLUMN learner_lessons.again_seconds IS
    'With again_edges and again_late_ms the cells of what was watched again of the video that `covered` is of.';
COMMENT ON COLUMN learner_lessons.entered_on IS 'Day (UTC) on which the first view began; null without views.';

CREATE TABLE lesson_days (
    lesson_id   text    NOT NULL,
    day         date    NOT NULL,
    shard       integer NOT NULL,
    views       bigint  NOT NULL,
    viewers     bigint  NOT NULL,
    new_viewers bigint  NOT NULL,
    completions bigint  NOT NULL,
    watched_ms  bigint  NOT NULL,
    spent_ms    bigint  NOT NULL,
    PRIMARY KEY (lesson_id, day, shard)
) WITH (fillfactor = 70);
COMMENT ON TABLE lesson_days IS 'By day (UTC) on which a view, or the watching, began; completions by when they happened.';

-- A learner's cohort is the one of the newest version; a removed enrollment keeps it, for what was watched stays watched.
CREATE TABLE enrollments (
    course_id  text        NOT NULL,
    learner_id text        NOT NULL,
    version    bigint      NOT NULL,
    status     text        NOT NULL,
    cohort     text,
    changed_at timestamptz NOT NULL,
    PRIMARY KEY (course_id, learner_id)
) WITH (fillfactor = 80);

-- What players tell, beat by beat; a beat is known by its session and number.
CREATE TABLE beat_sessions (
    session_id uuid           NOT NULL,
    learner_id text           NOT NULL,
    seen       int8multirange NOT NULL,
    PRIMARY KEY (session_id, learner_id)
) WITH (fillfactor = 70);

CREATE TABLE lesson_tallies (
    lesson_id      text    NOT NULL,
    video_revision bigint  NOT NULL,
    kind           text    NOT NULL,
    name           text    NOT NULL,
    shard          integer NOT NULL,
    times          bigint  NOT NULL,
    learners       bigint  NOT NULL,
    ms             bigint  NOT NULL,
    PRIMARY KEY (lesson_id, video_revision, kind, name, shard)
) WITH (fillfactor = 70);
COMMENT ON COLUMN lesson_tallies.learners IS 'How many learners have a row in learner_tallies for it.';

CREATE TABLE learner_tallies (
    lesson_id      text   NOT NULL,
    learner_id     text   NOT NULL,
    video_revision bigint NOT NULL,
    kind           text   NOT NULL,
    name           text   NOT NULL,
    PRIMARY KEY (lesson_id, learner_id, video_revision, kind, name)
);
