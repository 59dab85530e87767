-- PostgreSQL asks policies in the reverse order of their names: under this one the learner's own rows are found before
-- anybody looks up whose course it is.

DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['lesson_progress', 'course_progress', 'quiz_results', 'completions'] LOOP
        EXECUTE format('ALTER POLICY rows_of_own_courses ON %I RENAME TO course_owner', name);
    END LOOP;
END $$;
