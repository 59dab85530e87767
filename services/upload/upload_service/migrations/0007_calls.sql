-- The account's budget of calls to Mux, which all processes share: per kind of call, when the next one is due.

CREATE UNLOGGED TABLE mux_lines (
    kind     text             PRIMARY KEY CHECK (kind IN ('post', 'other')),
    due_at   double precision NOT NULL,
    asked_at double precision NOT NULL
) WITH (fillfactor = 20);

COMMENT ON TABLE mux_lines IS
    'Unlogged: a turn costs no write to disk, and what a crash forgets is worth a burst of a few calls.';
COMMENT ON COLUMN mux_lines.due_at IS 'Unix seconds of the server''s clock at which the next call would be due at the sustained rate.';
