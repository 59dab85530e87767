-- Videos on their way from S3 to Mux, one by one, alone (after an outage of Mux) or as part of a migration.

CREATE TABLE migrations (
    id          uuid        PRIMARY KEY,
    created_by  text        NOT NULL,
    runner      text        NOT NULL CHECK (runner IN ('worker', 'command')),
    state       text        NOT NULL DEFAULT 'running' CHECK (state IN ('running', 'paused', 'rolling_back')),
    batch       integer     NOT NULL CHECK (batch > 0),
    concurrency integer     NOT NULL CHECK (concurrency > 0),
    grace_s     bigint      NOT NULL CHECK (grace_s >= 0),
    plan        jsonb       NOT NULL DEFAULT '{}',
    created_at  timestamptz NOT NULL DEFAULT now(),
    updated_at  timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE transfers (
    id            uuid        PRIMARY KEY,
    migration_id  uuid        REFERENCES migrations (id),
    lesson_id     text        NOT NULL REFERENCES lessons (id),
    source_id     uuid        REFERENCES uploads (id),
    source_url    text,
    copy_id       uuid        NOT NULL UNIQUE,
    state         text        NOT NULL DEFAULT 'planned'
        CHECK (state IN ('planned', 'asked', 'processing', 'migrated', 'failed', 'superseded', 'rolled_back', 'cleaned')),
    reason        text,
    attempts      integer     NOT NULL DEFAULT 0,
    bytes         bigint,
    duration_ms   bigint,
    due_at        timestamptz NOT NULL DEFAULT now(),
    asked_at      timestamptz,
    migrated_at   timestamptz,
    keep_until    timestamptz,
    verified      jsonb,
    created_at    timestamptz NOT NULL DEFAULT now(),
    updated_at    timestamptz NOT NULL DEFAULT now(),
    CHECK ((source_id IS NULL) <> (source_url IS NULL))
);

CREATE UNIQUE INDEX transfers_source ON transfers (source_id)
    WHERE state IN ('planned', 'asked', 'processing', 'migrated', 'cleaned');
CREATE INDEX transfers_due ON transfers (due_at) WHERE state IN ('planned', 'asked', 'processing');
CREATE INDEX transfers_kept ON transfers (due_at) WHERE state = 'migrated';
CREATE INDEX transfers_migration ON transfers (migration_id, id);
CREATE INDEX transfers_lesson ON transfers (lesson_id);

ALTER TABLE uploads ADD COLUMN copy_of uuid;
ALTER TABLE uploads ADD COLUMN staged boolean NOT NULL DEFAULT false;
ALTER TABLE uploads ADD COLUMN redrive boolean NOT NULL DEFAULT false;

CREATE INDEX uploads_redrive ON uploads (id) WHERE redrive AND NOT discarded AND status = 'ready';

COMMENT ON COLUMN uploads.copy_of IS 'The upload whose video this is a copy of: it takes that one''s place in the order of attempts.';
COMMENT ON COLUMN uploads.staged IS 'Not played, whatever its status: a copy that was not verified yet, or was rolled back.';
COMMENT ON COLUMN transfers.copy_id IS 'uploads.id of the copy at Mux, made before Mux is asked, so that an asset without an answer is found again.';
COMMENT ON COLUMN transfers.due_at IS
    'When it is to be looked at next; whoever takes it up moves this on, so that it is also the end of a lease.';
COMMENT ON COLUMN transfers.keep_until IS 'Until then it can be rolled back, and its source is not removed.';
COMMENT ON COLUMN transfers.verified IS 'What was seen of the copy just before the lesson played it, check by check.';
COMMENT ON COLUMN uploads.redrive IS 'In S3 because Mux was away: to be moved there when Mux is back.';
