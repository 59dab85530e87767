-- Who may see and do what. The API only reads, and of single learners what belongs to the one that it acts as, or to
-- that one's courses; the worker writes for all. Both walls stand on roles: no setting of a connection opens them.

GRANT USAGE ON SCHEMA public TO analytics_worker;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO analytics_worker;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO analytics_worker;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO analytics_worker;
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO analytics_worker;
REVOKE ALL ON schema_migrations FROM analytics_worker;

REVOKE INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public FROM analytics_app;
REVOKE ALL ON outbox, inbox FROM analytics_app;

CREATE INDEX courses_owner_id ON courses (owner_id);

DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['learner_lessons', 'watch_sessions', 'enrollments', 'beat_sessions', 'learner_tallies'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
        EXECUTE format(
            'CREATE POLICY own_rows ON %I FOR SELECT TO analytics_app '
            'USING (learner_id = current_setting(''app.user_id'', true))', name);
        EXECUTE format('CREATE POLICY every_row ON %I TO analytics_worker USING (true) WITH CHECK (true)', name);
    END LOOP;
END $$;

-- PostgreSQL asks policies in the reverse order of their names: own rows are found before anybody looks up whose course
-- it is. The API lets administrators read as the owner.
CREATE POLICY course_owner ON learner_lessons FOR SELECT TO analytics_app USING (lesson_id IN (
    SELECT l.lesson_id FROM lessons l JOIN courses c USING (course_id)
    WHERE c.owner_id = current_setting('app.user_id', true)));
CREATE POLICY course_owner ON enrollments FOR SELECT TO analytics_app USING (course_id IN (
    SELECT c.course_id FROM courses c WHERE c.owner_id = current_setting('app.user_id', true)));
