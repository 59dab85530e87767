-- The ledger. Rows are rewritten all the time, so no index stands on a column that changes, and pages keep room for it.

CREATE TABLE lesson_rules (
    lesson_id            text    PRIMARY KEY,
    course_id            text    NOT NULL,
    version              bigint  NOT NULL,
    title                text    NOT NULL,
    position             integer NOT NULL,
    required             boolean NOT NULL,
    deleted              boolean NOT NULL,
    duration_ms          bigint,
    completion_threshold float8,
    required_segments    int4multirange NOT NULL,
    quiz_required        boolean NOT NULL
);
CREATE INDEX lesson_rules_course ON lesson_rules (course_id);

CREATE TABLE course_rules (
    course_id            text    PRIMARY KEY,
    version              bigint  NOT NULL,
    title                text    NOT NULL,
    owner_id             text    NOT NULL,
    deleted              boolean NOT NULL,
    completion_threshold float8,
    min_verified_ms      bigint  NOT NULL,
    final_assessment     text
);

CREATE TABLE learner_clocks (
    learner_id       text PRIMARY KEY,
    spent            int8multirange NOT NULL DEFAULT '{}',
    pruned_before_ms bigint NOT NULL DEFAULT 0
) WITH (fillfactor = 70);
COMMENT ON COLUMN learner_clocks.spent IS 'Real time that credit has used up, epoch ms. Whoever writes a learner''s rows locks this row first.';

CREATE TABLE watch_sessions (
    learner_id    text   NOT NULL,
    session_id    uuid   NOT NULL,
    lesson_id     text   NOT NULL,
    seqs          int4multirange NOT NULL,
    skew_ms       bigint NOT NULL,
    granted_at_ms bigint NOT NULL,
    expires_at_ms bigint NOT NULL,
    last_beat_ms  bigint,
    PRIMARY KEY (learner_id, session_id)
) WITH (fillfactor = 70);
COMMENT ON COLUMN watch_sessions.seqs IS 'Numbers of the beats that were judged.';

CREATE TABLE lesson_progress (
    learner_id     text    NOT NULL,
    lesson_id      text    NOT NULL,
    course_id      text    NOT NULL,
    covered        int4multirange NOT NULL,
    coverage       float8  NOT NULL CHECK (coverage BETWEEN 0 AND 1),
    live_ms        bigint  NOT NULL CHECK (live_ms >= 0),
    late_ms        bigint  NOT NULL CHECK (late_ms >= 0),
    spent_ms       bigint  NOT NULL CHECK (spent_ms >= 0),
    cuts           jsonb   NOT NULL,
    position_ms    integer NOT NULL,
    position_at_ms bigint  NOT NULL,
    duration_ms    integer NOT NULL,
    version        bigint  NOT NULL,
    completed_at_ms bigint,
    PRIMARY KEY (learner_id, lesson_id)
) WITH (fillfactor = 70);
CREATE INDEX lesson_progress_lesson ON lesson_progress (lesson_id);

CREATE TABLE course_progress (
    learner_id      text NOT NULL,
    course_id       text NOT NULL,
    completed_at_ms bigint,
    PRIMARY KEY (learner_id, course_id)
) WITH (fillfactor = 70);
CREATE INDEX course_progress_course ON course_progress (course_id);
COMMENT ON TABLE course_progress IS 'Learners with a completed lesson or a passed quiz in the course: those it may become complete for.';

CREATE TABLE quiz_results (
    learner_id text    NOT NULL,
    lesson_id  text    NOT NULL,
    course_id  text    NOT NULL,
    passed     boolean NOT NULL,
    score      float8,
    graded_at  timestamptz NOT NULL,
    PRIMARY KEY (learner_id, lesson_id)
);

CREATE TABLE completions (
    learner_id      text   NOT NULL,
    number          bigint NOT NULL,
    kind            text   NOT NULL CHECK (kind IN ('lesson', 'course')),
    subject_id      text   NOT NULL,
    course_id       text   NOT NULL,
    rule_version    bigint NOT NULL,
    coverage        float8 NOT NULL,
    verified_ms     bigint NOT NULL,
    live_ms         bigint NOT NULL,
    late_ms         bigint NOT NULL,
    sessions        uuid[] NOT NULL,
    completed_at_ms bigint NOT NULL,
    previous_hash   bytea  NOT NULL,
    hash            bytea  NOT NULL,
    PRIMARY KEY (learner_id, number),
    UNIQUE (learner_id, kind, subject_id)
);
COMMENT ON TABLE completions IS 'Evidence: append-only, each row of a learner sealed with the hash of the one before.';
