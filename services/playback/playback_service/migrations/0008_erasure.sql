-- Erasing one learner.

CREATE TABLE forgotten (
    subject_hash bytea       PRIMARY KEY,
    until        timestamptz NOT NULL,
    erasure_id   uuid        NOT NULL,
    asked_at     timestamptz NOT NULL
);

COMMENT ON TABLE forgotten IS 'Learners who were erased, by keyed hash: no event from before brings a right back.';
COMMENT ON COLUMN forgotten.asked_at IS 'Of the erasure: what asks for it again, or for an earlier one, is done already.';

-- The role of the API and the worker may not delete from the audit of grants, but erase a learner from it altogether.
-- Whoever is just granting by a right in one of these courses is waited for, and finds the right gone.
CREATE FUNCTION forget_learner(learner text) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM take_rights(ARRAY(
        SELECT course_id FROM grants WHERE learner_id = learner
        UNION SELECT course_id FROM enrollments WHERE learner_id = learner
    ));
    UPDATE course_policies SET changed_by = 'erased' WHERE changed_by = learner;
    RETURN delete_naming('learner_id', learner);
END $$;

COMMENT ON FUNCTION forget_learner IS 'Deletes the learner''s rows in every table, and tells how many of each.';

REVOKE ALL ON FUNCTION forget_learner FROM PUBLIC;
GRANT EXECUTE ON FUNCTION forget_learner TO playback_app;
