-- The revision of a lesson's video, and what is needed to clear away what it replaced.

ALTER TABLE uploads ADD COLUMN progress text NOT NULL DEFAULT 'auto' CHECK (progress IN ('auto', 'carry', 'void'));
ALTER TABLE uploads ADD COLUMN revision integer CHECK (revision >= 1);
ALTER TABLE uploads ADD COLUMN played_at timestamptz;

UPDATE uploads SET revision = 1, played_at = updated_at
WHERE status IN ('ready', 'deleted') AND NOT staged
  AND (signed_playback_id IS NOT NULL OR public_playback_id IS NOT NULL OR s3_key IS NOT NULL);

CREATE INDEX uploads_played ON uploads (played_at) WHERE played_at IS NOT NULL AND NOT discarded;

COMMENT ON COLUMN uploads.progress IS 'What its author wants to become of learners'' progress where it replaces a video.';
COMMENT ON COLUMN uploads.revision IS
    'Which content of the lesson it is, decided when it first played: progress made in one counts in no other.';
COMMENT ON COLUMN uploads.played_at IS 'When the lesson first played it.';

ALTER TABLE mux_events ALTER COLUMN payload DROP NOT NULL;

COMMENT ON COLUMN mux_events.payload IS 'The body as it was signed, byte for byte; NULL once its time to be kept is over.';

CREATE INDEX mux_events_kept ON mux_events (received_at) WHERE payload IS NOT NULL AND state <> 'parked';
