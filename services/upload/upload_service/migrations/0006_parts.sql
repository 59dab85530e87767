-- Videos that browsers send to S3 themselves, whole or in parts: what was declared, and until when something may come.

CREATE TABLE incoming (
    upload_id      uuid        PRIMARY KEY REFERENCES uploads (id) ON DELETE CASCADE,
    content_type   text        NOT NULL,
    size           bigint      NOT NULL CHECK (size > 0),
    part_size      bigint      CHECK (part_size > 0),
    s3_upload_id   text,
    writable_until timestamptz NOT NULL,
    released_at    timestamptz,
    created_at     timestamptz NOT NULL DEFAULT now(),
    CHECK (part_size IS NOT NULL OR s3_upload_id IS NULL)
);

CREATE INDEX incoming_unreleased ON incoming (upload_id) WHERE released_at IS NULL;
CREATE INDEX incoming_writable ON incoming (writable_until);

COMMENT ON COLUMN incoming.size IS 'Bytes, as part_size.';
COMMENT ON COLUMN incoming.part_size IS 'All parts but the last have it; null for a video that comes in one piece.';
COMMENT ON COLUMN incoming.s3_upload_id IS 'Null until S3 was asked, which is after this row is there.';
COMMENT ON COLUMN incoming.writable_until IS 'When the last of the addresses that were handed out ceases to work.';
COMMENT ON COLUMN incoming.released_at IS 'When, after the upload was given up, its parts were let go at S3.';
