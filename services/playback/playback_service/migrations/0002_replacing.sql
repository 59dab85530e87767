-- The revision of a lesson's video.

ALTER TABLE playable_lessons ADD COLUMN video_revision bigint NOT NULL DEFAULT 1;

COMMENT ON COLUMN playable_lessons.video_revision IS
    'Goes into watch grants: what is watched under a grant counts for this content of the lesson and no other.';
