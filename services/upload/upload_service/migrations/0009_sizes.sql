-- S3 bills bytes: what a video weighs goes out with its lesson.
ALTER TABLE uploads ADD COLUMN size_bytes bigint CHECK (size_bytes >= 0);
COMMENT ON COLUMN uploads.size_bytes IS 'Of the object in S3; null for videos at Mux, and where S3 was not asked.';
