-- Further attempts (recertification): the same videos have to be watched again. Everybody's first, 1, has no row here.

CREATE TABLE attempts (
    learner_id    text    NOT NULL,
    course_id     text    NOT NULL,
    attempt       integer NOT NULL CHECK (attempt >= 2),
    started_at_ms bigint  NOT NULL,
    reason        text,
    PRIMARY KEY (learner_id, course_id, attempt)
);
CREATE INDEX attempts_course ON attempts (course_id, learner_id);

ALTER TABLE lesson_progress ADD COLUMN attempt integer NOT NULL DEFAULT 1 CHECK (attempt >= 1);
ALTER TABLE lesson_progress ADD COLUMN earlier_spent_ms bigint NOT NULL DEFAULT 0 CHECK (earlier_spent_ms >= 0);
ALTER TABLE watch_sessions ADD COLUMN attempt integer NOT NULL DEFAULT 1 CHECK (attempt >= 1);
ALTER TABLE course_progress ADD COLUMN attempt integer NOT NULL DEFAULT 1 CHECK (attempt >= 1);

COMMENT ON COLUMN lesson_progress.attempt IS
    'That all of this is of. Lower than in attempts: void, until the learner begins the further one.';
COMMENT ON COLUMN lesson_progress.earlier_spent_ms IS
    'Real time spent in earlier attempts: it is spent, and counts for nothing in this one.';
COMMENT ON COLUMN course_progress.attempt IS 'The latest in which the learner has something to show.';

-- A quiz counts for an attempt. The migration's role owns the table and is behind its wall like everybody else.
ALTER TABLE quiz_results ADD COLUMN attempt integer NOT NULL DEFAULT 0 CHECK (attempt >= 0);
ALTER TABLE quiz_results ADD COLUMN passed_at_ms bigint;
ALTER TABLE quiz_results NO FORCE ROW LEVEL SECURITY;
UPDATE quiz_results SET passed_at_ms = floor(extract(epoch FROM graded_at) * 1000) WHERE passed;
ALTER TABLE quiz_results FORCE ROW LEVEL SECURITY;
ALTER TABLE quiz_results DROP CONSTRAINT quiz_results_pkey;
ALTER TABLE quiz_results ADD PRIMARY KEY (learner_id, lesson_id, attempt);

COMMENT ON COLUMN quiz_results.attempt IS '0: nobody has said. Counts for each attempt that had begun at passed_at_ms.';
COMMENT ON COLUMN quiz_results.passed_at_ms IS 'When it was passed last.';

-- The API may start attempts, and tell of them, for courses of the owner whom it acts as, and change nothing afterwards.
REVOKE ALL ON attempts FROM progress_app;
GRANT SELECT, INSERT (learner_id, course_id, attempt, started_at_ms, reason) ON attempts TO progress_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON attempts TO progress_worker;
ALTER TABLE attempts ENABLE ROW LEVEL SECURITY;
ALTER TABLE attempts FORCE ROW LEVEL SECURITY;
CREATE POLICY own_rows ON attempts FOR SELECT TO progress_app
    USING (learner_id = current_setting('app.user_id', true));
CREATE POLICY course_owner ON attempts FOR SELECT TO progress_app
    USING (course_id IN (SELECT c.course_id FROM course_rules c WHERE c.owner_id = current_setting('app.user_id', true)));
CREATE POLICY course_owner_starts ON attempts FOR INSERT TO progress_app
    WITH CHECK (course_id IN (SELECT c.course_id FROM course_rules c
                              WHERE c.owner_id = current_setting('app.user_id', true)));
CREATE POLICY every_row ON attempts TO progress_worker USING (true) WITH CHECK (true);
CREATE POLICY attempts_of_own_courses ON outbox FOR INSERT TO progress_app
    WITH CHECK (topic = 'attempt.started' AND payload::jsonb ->> 'course_id' IN (
        SELECT c.course_id FROM course_rules c WHERE c.owner_id = current_setting('app.user_id', true)));
