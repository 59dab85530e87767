-- What Mux tells, beside our own numbers; which video a lesson had when; and what may be spent.
-- None of it is a read model of the log alone: a rebuild keeps these tables as they are.

-- The topic is compacted: what is not kept here is forgotten.
CREATE TABLE lesson_videos (
    lesson_id   text        NOT NULL,
    version     bigint      NOT NULL,
    provider    text,
    asset_id    text,
    duration_ms bigint      CHECK (duration_ms >= 0),
    changed_at  timestamptz NOT NULL,
    PRIMARY KEY (lesson_id, version)
);
CREATE INDEX lesson_videos_asset_id ON lesson_videos (asset_id) WHERE asset_id IS NOT NULL;
COMMENT ON TABLE lesson_videos IS 'rebuild: keep. Every state of a lesson''s video that was announced.';
COMMENT ON COLUMN lesson_videos.provider IS 'Null while there is nothing to play.';

CREATE VIEW video_times WITH (security_invoker = true) AS
SELECT lesson_id, provider, asset_id, duration_ms, changed_at AS stored_from,
       lead(changed_at) OVER (PARTITION BY lesson_id ORDER BY version) AS stored_until
FROM lesson_videos;
COMMENT ON VIEW video_times IS 'Which video a lesson had from when to when; stored_until is null for the present one.';

CREATE TABLE mux_played (
    asset_id   text   NOT NULL,
    day        date   NOT NULL,
    views      bigint NOT NULL,
    playing_ms bigint NOT NULL,
    watch_ms   bigint NOT NULL,
    PRIMARY KEY (day, asset_id)
);
CREATE INDEX mux_played_asset_id ON mux_played (asset_id, day);
COMMENT ON TABLE mux_played IS 'rebuild: keep. Mux Data''s views that began on that day (UTC), and their real time in ms.';

CREATE TABLE mux_delivered (
    asset_id     text   NOT NULL,
    day          date   NOT NULL,
    delivered_ms bigint NOT NULL,
    PRIMARY KEY (day, asset_id)
);
CREATE INDEX mux_delivered_asset_id ON mux_delivered (asset_id, day);
COMMENT ON TABLE mux_delivered IS 'rebuild: keep. Media that Mux delivered on that day (UTC), as it bills it.';

CREATE TABLE mux_views (
    view_id     text        PRIMARY KEY,
    asset_id    text        NOT NULL,
    ended_at    timestamptz NOT NULL,
    reached_ms  bigint      NOT NULL,
    duration_ms bigint      NOT NULL
);
CREATE INDEX mux_views_asset_id ON mux_views (asset_id, ended_at);
CREATE INDEX mux_views_ended_at ON mux_views (ended_at);
COMMENT ON TABLE mux_views IS 'rebuild: keep. A sample: how far the viewers of some views came.';

CREATE TABLE mux_days (
    kind      text        NOT NULL,
    day       date        NOT NULL,
    synced_at timestamptz NOT NULL,
    PRIMARY KEY (kind, day)
);
COMMENT ON TABLE mux_days IS 'rebuild: keep. When Mux was last asked about a day, by what was asked for.';

CREATE TABLE mux_turns (
    one           boolean     PRIMARY KEY DEFAULT true CHECK (one),
    due_at        timestamptz NOT NULL DEFAULT '-infinity',
    synced_at     timestamptz,
    failing_since timestamptz,
    error         text
);
INSERT INTO mux_turns DEFAULT VALUES;
COMMENT ON TABLE mux_turns IS 'rebuild: keep. One row: whose turn it is to ask Mux, and how the last turns went.';

CREATE TABLE drift_alerts (
    lesson_id text             PRIMARY KEY,
    worst     double precision NOT NULL,
    since     timestamptz      NOT NULL
);
COMMENT ON TABLE drift_alerts IS 'rebuild: keep. Lessons whose own and Mux''s figures differ too much, and since when.';

CREATE TABLE budgets (
    scope       text               PRIMARY KEY,
    version     bigint             NOT NULL,
    monthly_usd double precision   NOT NULL CHECK (monthly_usd > 0),
    thresholds  double precision[] NOT NULL CHECK (cardinality(thresholds) BETWEEN 1 AND 10),
    set_by      text               NOT NULL,
    set_at      timestamptz        NOT NULL
);
COMMENT ON TABLE budgets IS 'rebuild: keep. What may be spent in a month.';
COMMENT ON COLUMN budgets.scope IS 'platform, or course: and the course''s id.';

CREATE TABLE budget_alerts (
    scope     text             NOT NULL,
    version   bigint           NOT NULL,
    month     text             NOT NULL,
    threshold double precision NOT NULL,
    spent_usd double precision NOT NULL,
    told_at   timestamptz      NOT NULL,
    PRIMARY KEY (scope, version, month, threshold)
);
COMMENT ON TABLE budget_alerts IS 'rebuild: keep. Each goes with one budget.exceeded: written in the transaction of its outbox row.';

-- The API reads all of it, and writes budgets only.
REVOKE INSERT, UPDATE, DELETE ON lesson_videos, mux_played, mux_delivered, mux_views, mux_days, mux_turns, drift_alerts,
    budget_alerts FROM analytics_app;
REVOKE DELETE ON budgets FROM analytics_app;
