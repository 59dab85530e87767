-- The caption tracks of assets, as Mux tells of them: by track, whether or not we know the asset (yet).

CREATE TABLE tracks (
    id            text        PRIMARY KEY,
    asset_id      text,
    language_code text,
    name          text,
    source        text,
    status        text        NOT NULL CHECK (status IN ('preparing', 'errored', 'ready', 'deleted')),
    error         text,
    created_at    timestamptz NOT NULL DEFAULT now(),
    updated_at    timestamptz NOT NULL DEFAULT now()
);

CREATE INDEX tracks_asset ON tracks (asset_id) WHERE asset_id IS NOT NULL;

COMMENT ON TABLE tracks IS
    'Joined from what was told, never replaced: any order and repetition of the same events ends in the same row.';
COMMENT ON COLUMN tracks.source IS 'Mux''s text_source: uploaded, embedded, generated_vod and whatever comes.';
