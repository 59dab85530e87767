-- Who may see and do what. The API acts as one learner and only reads; the worker writes for all, and evidence it only
-- appends. Both walls stand on roles: no setting that a connection can make by itself opens them.

REVOKE INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public FROM progress_app;
REVOKE ALL ON outbox, inbox FROM progress_app;

GRANT USAGE ON SCHEMA public TO progress_worker;
GRANT SELECT, INSERT, UPDATE, DELETE ON
    lesson_rules, course_rules, learner_clocks, watch_sessions, lesson_progress, course_progress, quiz_results,
    outbox, inbox
TO progress_worker;
GRANT SELECT, INSERT ON completions TO progress_worker;
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO progress_worker;

DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY[
        'learner_clocks', 'watch_sessions', 'lesson_progress', 'course_progress', 'quiz_results', 'completions'
    ] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
        EXECUTE format(
            'CREATE POLICY own_rows ON %I FOR SELECT TO progress_app '
            'USING (learner_id = current_setting(''app.user_id'', true))', name);
        EXECUTE format('CREATE POLICY every_row ON %I TO progress_worker USING (true) WITH CHECK (true)', name);
    END LOOP;
END $$;
