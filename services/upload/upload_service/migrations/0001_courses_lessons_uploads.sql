-- Courses and lessons as the LMS told us, one row per attempt to bring a video in, and the inbox of Mux's webhooks.

CREATE TABLE courses (
    id         text        PRIMARY KEY,
    owner_id   text        NOT NULL,
    title      text        NOT NULL DEFAULT '',
    published  boolean     NOT NULL DEFAULT true,
    public     boolean     NOT NULL DEFAULT false,
    rules      jsonb       NOT NULL DEFAULT '{}',
    version    integer     NOT NULL DEFAULT 0,
    deleted    boolean     NOT NULL DEFAULT false,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
);

CREATE INDEX courses_owner ON courses (owner_id, id) WHERE NOT deleted;

CREATE TABLE lessons (
    id                text             PRIMARY KEY,
    course_id         text             NOT NULL REFERENCES courses (id),
    title             text             NOT NULL DEFAULT '',
    position          integer          NOT NULL DEFAULT 0,
    required          boolean          NOT NULL DEFAULT true,
    rules             jsonb            NOT NULL DEFAULT '{}',
    video_provider    varchar(20)      NOT NULL DEFAULT 's3' CHECK (video_provider IN ('s3', 'mux')),
    mux_upload_id     varchar(255),
    mux_asset_id      varchar(255),
    mux_playback_id   varchar(255),
    playback_policy   text             CHECK (playback_policy IN ('signed', 'public')),
    processing_status varchar(50)      NOT NULL DEFAULT 'pending'
                                       CHECK (processing_status IN ('pending', 'processing', 'ready', 'error')),
    error             text,
    video_url         text,
    hls_url           text,
    duration          double precision CHECK (duration >= 0),
    version           integer          NOT NULL DEFAULT 0,
    deleted           boolean          NOT NULL DEFAULT false,
    created_at        timestamptz      NOT NULL DEFAULT now(),
    updated_at        timestamptz      NOT NULL DEFAULT now()
);

CREATE INDEX lessons_course ON lessons (course_id, position, id);
CREATE INDEX idx_lessons_mux_asset ON lessons (mux_asset_id);
CREATE INDEX idx_lessons_video_provider ON lessons (video_provider);

COMMENT ON COLUMN lessons.duration IS 'Seconds.';
COMMENT ON COLUMN lessons.processing_status IS
    'Derived, with every column of the video beside it, from the lesson''s uploads whenever one of them changes.';

CREATE TABLE uploads (
    id                 uuid        PRIMARY KEY,
    lesson_id          text        NOT NULL REFERENCES lessons (id),
    provider           text        NOT NULL DEFAULT 'mux' CHECK (provider IN ('s3', 'mux')),
    policy             text        NOT NULL DEFAULT 'signed' CHECK (policy IN ('signed', 'public')),
    mux_upload_id      text        UNIQUE,
    mux_asset_id       text,
    status             text        NOT NULL DEFAULT 'waiting'
        CHECK (status IN ('waiting', 'timed_out', 'cancelled', 'failed', 'processing', 'errored', 'ready', 'deleted')),
    error              text,
    signed_playback_id text,
    public_playback_id text,
    duration_ms        bigint      CHECK (duration_ms >= 0),
    discarded          boolean     NOT NULL DEFAULT false,
    created_at         timestamptz NOT NULL DEFAULT now(),
    updated_at         timestamptz NOT NULL DEFAULT now(),
    checked_at         timestamptz
);

CREATE INDEX uploads_lesson ON uploads (lesson_id, id);
CREATE INDEX uploads_asset ON uploads (mux_asset_id) WHERE mux_asset_id IS NOT NULL;
CREATE INDEX uploads_open ON uploads (created_at) WHERE status IN ('waiting', 'processing');
CREATE INDEX uploads_discarded ON uploads (id) WHERE discarded AND mux_asset_id IS NOT NULL AND status <> 'deleted';

COMMENT ON COLUMN uploads.id IS 'UUID version 7, made before the provider is asked: the order of ids is the order of attempts.';
COMMENT ON COLUMN uploads.discarded IS 'No longer wanted: never played again, and its asset is to be deleted at Mux.';
COMMENT ON COLUMN uploads.checked_at IS 'When Mux was last asked about it, or asked to delete it.';

CREATE TABLE mux_events (
    id          text        PRIMARY KEY,
    type        text        NOT NULL,
    upload_id   text,
    asset_id    text,
    lesson_id   text,
    our_id      uuid,
    payload     text        NOT NULL,
    state       text        NOT NULL CHECK (state IN ('applied', 'ignored', 'parked', 'expired')),
    received_at timestamptz NOT NULL DEFAULT now(),
    applied_at  timestamptz
);

CREATE INDEX mux_events_parked ON mux_events (received_at) WHERE state = 'parked';

COMMENT ON COLUMN mux_events.payload IS 'The body as it was signed, byte for byte.';
COMMENT ON COLUMN mux_events.lesson_id IS 'The passthrough, which is a lesson id in what we created.';
COMMENT ON COLUMN mux_events.our_id IS 'The external_id, which is uploads.id in what we created.';
COMMENT ON COLUMN mux_events.state IS
    'parked: speaks of an upload that we do not know (yet); expired: parked for so long that it is somebody else''s.';
