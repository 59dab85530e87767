-- Which of a lesson's contents progress was made in: a replaced video may void it, time spent and completions aside.

ALTER TABLE lesson_rules ADD COLUMN revision bigint NOT NULL DEFAULT 1;
ALTER TABLE lesson_rules ADD COLUMN revised_at_ms bigint NOT NULL DEFAULT 0;
ALTER TABLE lesson_progress ADD COLUMN revision bigint NOT NULL DEFAULT 1;
ALTER TABLE lesson_progress ADD COLUMN former_spent_ms bigint NOT NULL DEFAULT 0 CHECK (former_spent_ms >= 0);

COMMENT ON COLUMN lesson_progress.revision IS
    'Of the video that all of this is of. Lower than in lesson_rules: void, until the learner begins the new video.';
COMMENT ON COLUMN lesson_progress.former_spent_ms IS
    'Real time spent on former videos of the lesson: it counts for the course, for which it was spent.';
