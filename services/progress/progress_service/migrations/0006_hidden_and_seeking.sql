-- Media of hidden pages where a course counts it apart, and whether a course lets learners seek ahead.

ALTER TABLE lesson_progress ADD COLUMN hidden_ms bigint NOT NULL DEFAULT 0 CHECK (hidden_ms >= 0);
ALTER TABLE course_rules ADD COLUMN seek_locked boolean NOT NULL DEFAULT false;
