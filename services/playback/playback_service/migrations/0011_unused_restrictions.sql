-- Restrictions that no course uses any more are deleted at Mux, which keeps a hundred per environment.

ALTER TABLE mux_restrictions ADD COLUMN unused_since timestamptz;

COMMENT ON TABLE mux_restrictions IS
    'Mux keeps a hundred per environment at most: courses with the same rules share one, and none is ever changed.';
COMMENT ON COLUMN mux_restrictions.unused_since IS
    'When the sweep first found no course with it. NULL: in use, as far as the sweep knows.';

GRANT UPDATE (unused_since), DELETE ON mux_restrictions TO playback_app;

CREATE TABLE mux_restrictions_to_delete (
    restriction_id text        PRIMARY KEY,
    since          timestamptz NOT NULL DEFAULT now()
);

COMMENT ON TABLE mux_restrictions_to_delete IS
    'What nobody may use any more and Mux still has. A row goes when Mux has deleted it, however often that takes.';
