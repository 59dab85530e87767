-- Mux signing keys that were made by rotation, what a course wants of its tokens, and grants that are taken together.

CREATE TABLE signing_keys (
    key_id     text        PRIMARY KEY,
    sealed     bytea,
    created_at timestamptz NOT NULL DEFAULT now(),
    revoked_at timestamptz,
    CHECK (sealed IS NOT NULL OR revoked_at IS NOT NULL)
);

COMMENT ON COLUMN signing_keys.sealed IS
    'The private key, encrypted (SIGNING_KEYS_SECRET). NULL: the key of the environment, which was revoked.';

CREATE TABLE course_policies (
    course_id  text        PRIMARY KEY,
    tokens     text        NOT NULL CHECK (tokens IN ('shared', 'per_viewer')),
    changed_by text        NOT NULL,
    changed_at timestamptz NOT NULL DEFAULT now()
);

COMMENT ON TABLE course_policies IS 'How playback is handed out. A course without a row has the defaults.';

ALTER TABLE mint_limits ADD COLUMN taken integer NOT NULL DEFAULT 1;

COMMENT ON COLUMN mint_limits.taken IS 'How many grants the last statement took at once: which of them came through.';

ALTER TABLE grants ADD COLUMN per_viewer boolean NOT NULL DEFAULT false;

COMMENT ON COLUMN grants.per_viewer IS 'The video''s token names the learner, and was given to nobody else.';

REVOKE DELETE ON signing_keys FROM playback_app;
