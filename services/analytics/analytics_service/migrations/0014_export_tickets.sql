-- A browser's download carries no bearer token: it carries a ticket for one file, once, and soon. Only its hash is here,
-- and the row stays for a while as the record of who took which file along.

CREATE TABLE export_tickets (
    hash       bytea       PRIMARY KEY CHECK (length(hash) = 32),
    what       text        NOT NULL CHECK (what IN ('learners', 'retention')),
    subject    text        NOT NULL,
    format     text        NOT NULL,
    asked_by   text        NOT NULL,
    as_admin   boolean     NOT NULL,
    asked_at   timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL,
    taken_at   timestamptz
);
CREATE INDEX export_tickets_asked_at ON export_tickets (asked_at);
COMMENT ON TABLE export_tickets IS 'rebuild: keep. Who asked for which file, and when it was taken.';

REVOKE UPDATE, DELETE ON export_tickets FROM analytics_app;
GRANT UPDATE (taken_at) ON export_tickets TO analytics_app;
REVOKE INSERT, UPDATE ON export_tickets FROM analytics_worker;
