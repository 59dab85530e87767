-- Files may come in parts, as videos do while Mux is away: what was declared is in the file's row already.

ALTER TABLE files
    ADD COLUMN part_size bigint CHECK (part_size > 0),
    ADD COLUMN s3_upload_id text,
    ADD CHECK (part_size IS NOT NULL OR s3_upload_id IS NULL);

COMMENT ON COLUMN files.part_size IS 'Bytes: all parts but the last have it; null for a file that comes in one piece.';
COMMENT ON COLUMN files.s3_upload_id IS 'Null until S3 was asked, which is after this row is there.';
COMMENT ON COLUMN files.writable_until IS
    'When the last signed address of the upload dies: until then an object could appear again, so it is removed after that.';
