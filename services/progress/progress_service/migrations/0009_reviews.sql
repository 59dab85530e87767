-- How somebody watches, beside what they watched, and what owners decided about those whose watching looks odd. Nothing
-- that decides credit or completion reads any of it.

ALTER TABLE lesson_progress ADD COLUMN began_ms bigint;
ALTER TABLE lesson_progress ADD COLUMN fast_ms bigint NOT NULL DEFAULT 0 CHECK (fast_ms >= 0);
ALTER TABLE lesson_progress ADD COLUMN signs integer NOT NULL DEFAULT 0 CHECK (signs >= 0);
ALTER TABLE lesson_progress ADD COLUMN lengths integer[] NOT NULL DEFAULT '{}';

COMMENT ON COLUMN lesson_progress.began_ms IS 'When the first grant began under which any of this was watched, epoch ms.';
COMMENT ON COLUMN lesson_progress.fast_ms IS 'Real time, of spent_ms, that was played at the highest rate that counts.';
COMMENT ON COLUMN lesson_progress.signs IS 'Beats with a pause, a seek or a change of rate in them, or of a hidden page.';
COMMENT ON COLUMN lesson_progress.lengths IS 'The other beats of 5 s or more, counted by their length in ms modulo 13.';

CREATE TABLE review_decisions (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    learner_id text   NOT NULL,
    course_id  text   NOT NULL,
    decision   text   NOT NULL CHECK (decision IN ('dismissed', 'confirmed')),
    note       text   NOT NULL,
    score      float8 NOT NULL CHECK (score BETWEEN 0 AND 1),
    reasons    jsonb  NOT NULL,
    decided_by text   NOT NULL,
    decided_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX review_decisions_course ON review_decisions (course_id, learner_id, id);
CREATE INDEX review_decisions_learner ON review_decisions (learner_id);
COMMENT ON TABLE review_decisions IS 'What an owner decided, and the score and reasons that it was decided by. The last of a learner in a course counts.';

-- The API may add decisions to courses of the owner whom it acts as, and change none. The worker only lets learners be forgotten.
REVOKE ALL ON review_decisions FROM progress_app;
GRANT SELECT, INSERT (learner_id, course_id, decision, note, score, reasons, decided_by) ON review_decisions
    TO progress_app;
GRANT SELECT, DELETE ON review_decisions TO progress_worker;
ALTER TABLE review_decisions ENABLE ROW LEVEL SECURITY;
ALTER TABLE review_decisions FORCE ROW LEVEL SECURITY;
CREATE POLICY own_rows ON review_decisions FOR SELECT TO progress_app
    USING (learner_id = current_setting('app.user_id', true));
CREATE POLICY course_owner ON review_decisions FOR SELECT TO progress_app
    USING (course_id IN (SELECT c.course_id FROM course_rules c WHERE c.owner_id = current_setting('app.user_id', true)));
CREATE POLICY course_owner_decides ON review_decisions FOR INSERT TO progress_app
    WITH CHECK (course_id IN (SELECT c.course_id FROM course_rules c
                              WHERE c.owner_id = current_setting('app.user_id', true)));
CREATE POLICY every_row ON review_decisions TO progress_worker USING (true) WITH CHECK (true);
