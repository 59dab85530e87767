-- Evidence that can be taken elsewhere: what each completion was decided from is sealed with it, who it was by a hash of
-- its own, and a further attempt has a completion of its own. Rows of before keep their hashes; `person` tells them apart.

ALTER TABLE completions ADD COLUMN attempt integer NOT NULL DEFAULT 1 CHECK (attempt >= 1);
ALTER TABLE completions ADD COLUMN basis jsonb NOT NULL DEFAULT '{}';
ALTER TABLE completions ADD COLUMN person bytea;
ALTER TABLE completions DROP CONSTRAINT completions_learner_id_kind_subject_id_key;
ALTER TABLE completions ADD UNIQUE (learner_id, kind, subject_id, attempt);
CREATE INDEX completions_course ON completions (course_id, learner_id);

-- A course's owner reads what belongs to the course. The API lets administrators read as the owner.
CREATE INDEX course_rules_owner ON course_rules (owner_id);
DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['lesson_progress', 'course_progress', 'quiz_results', 'completions'] LOOP
        EXECUTE format(
            'CREATE POLICY rows_of_own_courses ON %I FOR SELECT TO progress_app USING (course_id IN '
            '(SELECT c.course_id FROM course_rules c WHERE c.owner_id = current_setting(''app.user_id'', true)))', name);
    END LOOP;
END $$;
