-- Webhooks out: who is told of what, what is on its way, and how each attempt went. None of it is a read model of the
-- log: a rebuild keeps these tables as they are, and tells nobody anything again.
--
-- What names a learner is in one table, behind the wall of all such tables: deliveries and attempts go with it.

CREATE TABLE webhook_endpoints (
    endpoint_id     uuid        PRIMARY KEY,
    url             text        NOT NULL,
    description     text        NOT NULL,
    event_types     text[]      NOT NULL CHECK (cardinality(event_types) > 0),
    enabled         boolean     NOT NULL DEFAULT true,
    created_by      text        NOT NULL,
    created_at      timestamptz NOT NULL,
    disabled_at     timestamptz,
    disabled_reason text,
    delivered_at    timestamptz,
    failing_since   timestamptz,
    last_error      text,
    resting_until   timestamptz
) WITH (fillfactor = 50);
COMMENT ON TABLE webhook_endpoints IS 'rebuild: keep. Receivers of events, as admins registered them.';
COMMENT ON COLUMN webhook_endpoints.delivered_at IS 'The last success, to the minute.';
COMMENT ON COLUMN webhook_endpoints.failing_since IS 'The first failure after the last success.';
COMMENT ON COLUMN webhook_endpoints.resting_until IS 'The receiver asked for it by Retry-After.';

CREATE TABLE webhook_secrets (
    secret_id   bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    endpoint_id uuid        NOT NULL REFERENCES webhook_endpoints ON DELETE CASCADE,
    sealed      bytea       NOT NULL,
    created_at  timestamptz NOT NULL,
    expires_at  timestamptz
);
CREATE INDEX webhook_secrets_endpoint_id ON webhook_secrets (endpoint_id);
COMMENT ON TABLE webhook_secrets IS 'rebuild: keep. What signs, encrypted; all that are not over sign.';

CREATE TABLE webhook_messages (
    event_id   text        PRIMARY KEY,
    event_type text        NOT NULL,
    learner_id text,
    body       text        NOT NULL,
    created_at timestamptz NOT NULL
);
CREATE INDEX webhook_messages_learner_id ON webhook_messages (learner_id) WHERE learner_id IS NOT NULL;
CREATE INDEX webhook_messages_created_at ON webhook_messages (created_at);
COMMENT ON TABLE webhook_messages IS 'rebuild: keep. What is sent, once for all endpoints.';

CREATE TABLE webhook_deliveries (
    delivery_id  bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    endpoint_id  uuid        NOT NULL REFERENCES webhook_endpoints ON DELETE CASCADE,
    event_id     text        NOT NULL REFERENCES webhook_messages ON DELETE CASCADE,
    event_type   text        NOT NULL,
    state        text        NOT NULL CHECK (state IN ('pending', 'delivered', 'failed', 'held')),
    created_at   timestamptz NOT NULL,
    due_at       timestamptz NOT NULL,
    leased_until timestamptz,
    tries        integer     NOT NULL DEFAULT 0,
    attempts     integer     NOT NULL DEFAULT 0,
    finished_at  timestamptz,
    UNIQUE (endpoint_id, event_id)
) WITH (fillfactor = 70);
CREATE INDEX webhook_deliveries_due ON webhook_deliveries (endpoint_id, due_at, delivery_id) WHERE state = 'pending';
CREATE INDEX webhook_deliveries_leased ON webhook_deliveries (endpoint_id) WHERE leased_until IS NOT NULL;
CREATE INDEX webhook_deliveries_log ON webhook_deliveries (endpoint_id, delivery_id);
CREATE INDEX webhook_deliveries_event_id ON webhook_deliveries (event_id);
CREATE INDEX webhook_deliveries_created_at ON webhook_deliveries (created_at);
COMMENT ON TABLE webhook_deliveries IS 'rebuild: keep. One for each event and endpoint that is told of it.';
COMMENT ON COLUMN webhook_deliveries.state IS 'held: the endpoint was disabled; it waits for somebody to ask for it.';
COMMENT ON COLUMN webhook_deliveries.leased_until IS 'A process is sending it until then; due_at is the same moment.';
COMMENT ON COLUMN webhook_deliveries.tries IS 'Attempts since it was due anew; the schedule goes by them.';

CREATE TABLE webhook_attempts (
    delivery_id bigint      NOT NULL REFERENCES webhook_deliveries ON DELETE CASCADE,
    number      integer     NOT NULL,
    began_at    timestamptz NOT NULL,
    duration_ms integer     NOT NULL,
    status      integer,
    error       text,
    answer      text        NOT NULL,
    PRIMARY KEY (delivery_id, number)
);
COMMENT ON TABLE webhook_attempts IS 'rebuild: keep. The log of deliveries.';
COMMENT ON COLUMN webhook_attempts.answer IS 'The first bytes of what the receiver said.';

ALTER TABLE webhook_messages ENABLE ROW LEVEL SECURITY;
ALTER TABLE webhook_messages FORCE ROW LEVEL SECURITY;
ALTER TABLE webhook_secrets ENABLE ROW LEVEL SECURITY;
ALTER TABLE webhook_secrets FORCE ROW LEVEL SECURITY;

CREATE POLICY every_row ON webhook_messages TO analytics_worker USING (true) WITH CHECK (true);
CREATE POLICY own_rows ON webhook_messages FOR SELECT TO analytics_app
    USING (learner_id = current_setting('app.user_id', true));
CREATE POLICY tests_only ON webhook_messages FOR INSERT TO analytics_app
    WITH CHECK (learner_id IS NULL AND event_type = 'webhook.test');
CREATE POLICY every_row ON webhook_secrets TO analytics_worker, analytics_app USING (true) WITH CHECK (true);

-- The API registers and asks; it cannot read back what it has sealed, nor say how an attempt went.
REVOKE ALL ON webhook_endpoints, webhook_secrets, webhook_messages, webhook_deliveries, webhook_attempts
    FROM analytics_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON webhook_endpoints TO analytics_app;
GRANT SELECT (secret_id, endpoint_id, created_at, expires_at), INSERT, UPDATE (expires_at) ON webhook_secrets
    TO analytics_app;
GRANT SELECT, INSERT ON webhook_messages TO analytics_app;
GRANT SELECT, INSERT, UPDATE (state, due_at, tries, finished_at, leased_until) ON webhook_deliveries TO analytics_app;
GRANT SELECT ON webhook_attempts TO analytics_app;
