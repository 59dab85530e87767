-- Learners who were erased, by keyed hash: nothing of theirs that comes late is counted, or counted again.

CREATE TABLE forgotten (
    subject_hash bytea       PRIMARY KEY,
    until        timestamptz NOT NULL
);
COMMENT ON TABLE forgotten IS 'rebuild: keep. What is of that moment, or older, belongs to nobody.';

REVOKE ALL ON forgotten FROM analytics_app;
