-- Files that are not a lesson's video, and where a lesson's video is if it is in S3.

CREATE TABLE files (
    id             uuid        PRIMARY KEY,
    owner_id       text        NOT NULL,
    lesson_id      text        REFERENCES lessons (id),
    kind           text        NOT NULL CHECK (kind IN ('image', 'audio', 'video', 'document')),
    filename       text        NOT NULL,
    content_type   text        NOT NULL,
    size           bigint      NOT NULL CHECK (size > 0),
    key            text        NOT NULL UNIQUE,
    state          text        NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'ready', 'refused')),
    reason         text        CHECK ((state = 'refused') = (reason IS NOT NULL)),
    deleted        boolean     NOT NULL DEFAULT false,
    writable_until timestamptz NOT NULL,
    created_at     timestamptz NOT NULL DEFAULT now(),
    updated_at     timestamptz NOT NULL DEFAULT now()
);

CREATE INDEX files_owner ON files (owner_id, id) WHERE NOT deleted;
CREATE INDEX files_to_clear ON files (writable_until) WHERE deleted OR state <> 'ready';

COMMENT ON COLUMN files.key IS 'The object''s key, made of ids only.';
COMMENT ON COLUMN files.size IS 'Bytes, as declared; the upload''s address is signed for exactly so many.';
COMMENT ON COLUMN files.writable_until IS
    'When the signed address of the upload dies: until then an object could appear again, so it is removed after that.';

ALTER TABLE uploads ADD COLUMN s3_key text UNIQUE;
ALTER TABLE uploads ADD COLUMN s3_url text;

CREATE INDEX uploads_s3_discarded ON uploads (id) WHERE discarded AND s3_key IS NOT NULL AND status <> 'deleted';

COMMENT ON COLUMN uploads.s3_key IS 'Where the video is in our bucket, for the provider s3.';
COMMENT ON COLUMN uploads.s3_url IS 'The object''s address; opens nothing without a signature.';
