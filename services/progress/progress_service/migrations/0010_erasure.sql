-- Erasing one learner. The API asks, the worker does it, and what is left names nobody.

CREATE TABLE forgotten (
    subject_hash bytea       PRIMARY KEY,
    until        timestamptz NOT NULL
);
COMMENT ON TABLE forgotten IS 'Learners who were erased, by keyed hash: nothing under a grant from before counts again.';
COMMENT ON COLUMN forgotten.until IS 'Infinity until playback has told when the learner''s former rights ended.';

CREATE TABLE erasures (
    erasure_id   uuid        PRIMARY KEY,
    subject_hash bytea       NOT NULL,
    requested_at timestamptz NOT NULL DEFAULT now(),
    erased_at    timestamptz,
    rows         jsonb,
    unnamed      integer
);
CREATE INDEX erasures_of_subject ON erasures (subject_hash, requested_at);
CREATE UNIQUE INDEX erasures_waiting ON erasures (subject_hash) WHERE erased_at IS NULL;
COMMENT ON COLUMN erasures.rows IS 'How many rows of each table were erased here.';
COMMENT ON COLUMN erasures.unnamed IS 'Rows of evidence that stay, without their learner.';

CREATE TABLE erasure_confirmations (
    erasure_id uuid        NOT NULL,
    service    text        NOT NULL,
    erased_at  timestamptz NOT NULL,
    rows       jsonb       NOT NULL,
    PRIMARY KEY (erasure_id, service, erased_at)
);

CREATE TABLE erasure_requests (
    learner_id text NOT NULL,
    erasure_id uuid PRIMARY KEY
);
COMMENT ON TABLE erasure_requests IS
    'Whom it is about, until the others have erased the learner too. The API may put a request in, and read none.';

REVOKE INSERT, UPDATE, DELETE ON forgotten, erasures, erasure_confirmations, erasure_requests FROM progress_app;
REVOKE SELECT ON forgotten, erasure_requests FROM progress_app;
GRANT INSERT (erasure_id, subject_hash) ON erasures TO progress_app;
GRANT INSERT (learner_id, erasure_id) ON erasure_requests TO progress_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON forgotten, erasures, erasure_confirmations, erasure_requests TO progress_worker;

ALTER TABLE erasure_requests ENABLE ROW LEVEL SECURITY;
ALTER TABLE erasure_requests FORCE ROW LEVEL SECURITY;
CREATE POLICY every_row ON erasure_requests TO progress_worker USING (true) WITH CHECK (true);
CREATE POLICY own_request ON erasure_requests FOR INSERT TO progress_app
    WITH CHECK (learner_id = current_setting('app.user_id', true));

-- Evidence stays without its learner. The worker may take the learner out of a row, and change nothing else in it.
GRANT UPDATE (learner_id, sessions, person) ON completions TO progress_worker;
CREATE POLICY only_to_erase ON completions AS RESTRICTIVE FOR UPDATE TO progress_worker
    USING (learner_id NOT LIKE 'erased:%')
    WITH CHECK (learner_id LIKE 'erased:%' AND sessions = '{}');
