-- S3 bills bytes. Until a lesson is announced anew, its video's size stays unknown and is reckoned from its length.
ALTER TABLE lesson_videos ADD COLUMN size_bytes bigint CHECK (size_bytes >= 0);
COMMENT ON COLUMN lesson_videos.size_bytes IS 'Of the object in S3, where it was announced.';

CREATE OR REPLACE VIEW video_times WITH (security_invoker = true) AS
SELECT lesson_id, provider, asset_id, duration_ms, changed_at AS stored_from,
       lead(changed_at) OVER (PARTITION BY lesson_id ORDER BY version) AS stored_until,
       size_bytes
FROM lesson_videos;
