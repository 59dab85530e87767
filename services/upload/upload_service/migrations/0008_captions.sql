-- The captions that authors gave a lesson or asked for, and the tracks that were made of them at Mux.

CREATE TABLE captions (
    id              uuid        PRIMARY KEY,
    lesson_id       text        NOT NULL REFERENCES lessons (id),
    source          text        NOT NULL CHECK (source IN ('uploaded', 'generated')),
    language_code   text        NOT NULL,
    name            text        NOT NULL,
    closed_captions boolean     NOT NULL DEFAULT false,
    vtt             text,
    duration_ms     bigint      CHECK (duration_ms >= 0),
    revision        integer     NOT NULL DEFAULT 1,
    stored_revision integer     NOT NULL DEFAULT 0,
    error           text,
    attempts        integer     NOT NULL DEFAULT 0,
    due_at          timestamptz NOT NULL DEFAULT now(),
    deleted         boolean     NOT NULL DEFAULT false,
    created_at      timestamptz NOT NULL DEFAULT now(),
    updated_at      timestamptz NOT NULL DEFAULT now(),
    CHECK (vtt IS NOT NULL OR source = 'generated')
);

CREATE UNIQUE INDEX captions_lesson ON captions (lesson_id, language_code, name) WHERE NOT deleted;
CREATE INDEX captions_to_store ON captions (due_at) WHERE vtt IS NOT NULL AND stored_revision < revision AND NOT deleted;
CREATE INDEX captions_to_clear ON captions (due_at) WHERE deleted AND stored_revision > 0;

CREATE TABLE caption_tracks (
    id         uuid        PRIMARY KEY,
    caption_id uuid        NOT NULL REFERENCES captions (id),
    asset_id   text        NOT NULL,
    revision   integer     NOT NULL,
    state      text        NOT NULL DEFAULT 'wanted' CHECK (state IN ('wanted', 'unwanted', 'gone')),
    name       text,
    track_id   text        UNIQUE,
    asked_at   timestamptz,
    error      text,
    attempts   integer     NOT NULL DEFAULT 0,
    due_at     timestamptz NOT NULL DEFAULT now(),
    created_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (caption_id, asset_id, revision)
);

CREATE INDEX caption_tracks_due ON caption_tracks (due_at)
    WHERE state = 'unwanted' OR (state = 'wanted' AND track_id IS NULL);
CREATE INDEX caption_tracks_asset ON caption_tracks (asset_id) WHERE state <> 'gone';

ALTER TABLE lessons ADD COLUMN captions jsonb NOT NULL DEFAULT '[]';

COMMENT ON COLUMN captions.vtt IS 'The text itself: this row is the source of truth, the object and the tracks are copies of it.';
COMMENT ON COLUMN captions.duration_ms IS 'Of the video that the text was written for: it does not fit one of another length.';
COMMENT ON COLUMN captions.stored_revision IS 'What is in S3 under captions/<id>/<revision>.vtt; 0 is nothing.';
COMMENT ON COLUMN caption_tracks.id IS 'The track''s passthrough, so that one whose making was never answered is found again.';
COMMENT ON COLUMN caption_tracks.name IS 'At Mux, where the names of an asset''s text tracks differ from one another.';
COMMENT ON COLUMN caption_tracks.asked_at IS 'Mux may have made it since then, whatever it answered.';
COMMENT ON COLUMN caption_tracks.due_at IS 'When it is looked at next; whoever takes it up moves this on: it is also a lease''s end.';
COMMENT ON COLUMN lessons.captions IS 'What the others are told, in the form of contracts.Caption with the duration it fits.';
