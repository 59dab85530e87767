-- A replaced video whose progress is void begins a curve of its own, and each learner a map of its own.

ALTER TABLE lessons ADD COLUMN video_revision bigint NOT NULL DEFAULT 1;

ALTER TABLE learner_lessons ADD COLUMN video_revision bigint NOT NULL DEFAULT 1;
COMMENT ON COLUMN learner_lessons.video_revision IS 'Of the video that `covered` is of; all else is of every video that the lesson had.';

ALTER TABLE retention_cells ADD COLUMN video_revision bigint NOT NULL DEFAULT 1;
ALTER TABLE retention_cells DROP CONSTRAINT retention_cells_pkey;
ALTER TABLE retention_cells ADD PRIMARY KEY (lesson_id, video_revision, layer, shard, second);
