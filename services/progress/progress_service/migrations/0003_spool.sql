-- While Kafka is away the API keeps accepted reports in the outbox: it may add reports there, and nothing else, and read none.

ALTER TABLE outbox ENABLE ROW LEVEL SECURITY;
ALTER TABLE outbox FORCE ROW LEVEL SECURITY;
CREATE POLICY reports_only ON outbox FOR INSERT TO progress_app WITH CHECK (topic = 'watch.progress');
CREATE POLICY every_row ON outbox TO progress_worker USING (true) WITH CHECK (true);
GRANT INSERT (event_id, topic, key, event_type, source, payload, traceparent) ON outbox TO progress_app;
