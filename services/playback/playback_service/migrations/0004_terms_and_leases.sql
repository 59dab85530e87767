-- The terms on which a course hands out its videos, who is playing under a lease, and grants by address.

ALTER TABLE course_policies
    ADD COLUMN devices              integer CHECK (devices BETWEEN 1 AND 20),
    ADD COLUMN watermark            text CHECK (watermark IN ('name', 'id')),
    ADD COLUMN drm_configuration_id text,
    ADD COLUMN restriction          jsonb,
    ADD COLUMN restriction_id       text;

COMMENT ON COLUMN course_policies.devices IS 'How many playbacks a learner may have at once. NULL: any number.';
COMMENT ON COLUMN course_policies.restriction IS 'Which pages and programs may play the videos. NULL: all.';
COMMENT ON COLUMN course_policies.restriction_id IS 'The same as Mux knows it: a claim of its tokens.';

CREATE TABLE mux_restrictions (
    rules          text        PRIMARY KEY,
    restriction_id text        NOT NULL,
    created_at     timestamptz NOT NULL DEFAULT now()
);

COMMENT ON TABLE mux_restrictions IS
    'Mux keeps a hundred per environment at most: courses with the same rules share one, and none is ever changed.';

REVOKE UPDATE, DELETE ON mux_restrictions FROM playback_app;

CREATE TABLE playback_leases (
    learner_id text  PRIMARY KEY,
    held       jsonb NOT NULL DEFAULT '[]'
) WITH (fillfactor = 70);

COMMENT ON TABLE playback_leases IS
    'One row per learner, so that whoever locks it decides alone: sessions that play, and those that were taken over.';

CREATE TABLE address_limits (
    address_hash bytea       PRIMARY KEY,
    full_at      timestamptz NOT NULL,
    taken        integer     NOT NULL
) WITH (fillfactor = 70);

COMMENT ON TABLE address_limits IS 'As mint_limits, by the keyed hash of the address that asks.';
