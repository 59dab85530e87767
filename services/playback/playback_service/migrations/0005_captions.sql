-- Captions of videos that have none in their stream.

ALTER TABLE playable_lessons ADD COLUMN captions jsonb;

COMMENT ON COLUMN playable_lessons.captions IS
    'Those that are files in our bucket: [{language_code, name, s3_key}]. NULL: none.';
