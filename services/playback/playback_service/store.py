"""SQL of the projections. Who may watch what: `store_grants`; who was given it: `store_mints`."""

from collections.abc import Sequence

import orjson

from contracts import CourseChanged, LessonChanged
from servicekit.database import Connection

# A compacted topic repeats whole states: within a batch and against the table, the highest version wins.
_COURSES = """
INSERT INTO courses AS stored
    (course_id, owner_id, published, public, deleted, max_rate, offline_grace_s, version, hidden_pages, seek_locked)
SELECT DISTINCT ON (course_id) *
FROM unnest($1::text[], $2::text[], $3::boolean[], $4::boolean[], $5::boolean[], $6::float[], $7::bigint[],
            $8::bigint[], $9::text[], $10::boolean[])
    AS t (course_id, owner_id, published, public, deleted, max_rate, offline_grace_s, version, hidden_pages,
          seek_locked)
ORDER BY course_id, version DESC
ON CONFLICT (course_id) DO UPDATE SET
    owner_id = excluded.owner_id, published = excluded.published, public = excluded.public,
    deleted = excluded.deleted, max_rate = excluded.max_rate, offline_grace_s = excluded.offline_grace_s,
    version = excluded.version, hidden_pages = excluded.hidden_pages, seek_locked = excluded.seek_locked
WHERE excluded.version > stored.version
"""

_LESSONS = """
INSERT INTO playable_lessons AS stored
    (lesson_id, course_id, title, processing_status, provider, playback_id, policy, s3_key, duration_ms,
     video_revision, deleted, version, captions)
SELECT DISTINCT ON (lesson_id) *
FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[],
            $9::bigint[], $10::bigint[], $11::boolean[], $12::bigint[], $13::jsonb[])
    AS t (lesson_id, course_id, title, processing_status, provider, playback_id, policy, s3_key, duration_ms,
          video_revision, deleted, version, captions)
ORDER BY lesson_id, version DESC
ON CONFLICT (lesson_id) DO UPDATE SET
    course_id = excluded.course_id, title = excluded.title, processing_status = excluded.processing_status,
    provider = excluded.provider, playback_id = excluded.playback_id, policy = excluded.policy,
    s3_key = excluded.s3_key, duration_ms = excluded.duration_ms, video_revision = excluded.video_revision,
    deleted = excluded.deleted, version = excluded.version, captions = excluded.captions
WHERE excluded.version > stored.version
"""


async def project_courses(conn: Connection, events: Sequence[CourseChanged]) -> None:
    """Bring the projection up to these states, where they are newer than what it holds."""
    await conn.execute(
        _COURSES,
        [event.course_id for event in events],
        [event.owner_id for event in events],
        [event.published for event in events],
        [event.public for event in events],
        [event.deleted for event in events],
        [event.rules.max_rate for event in events],
        [event.rules.offline_grace_s for event in events],
        [event.version for event in events],
        [event.rules.hidden_pages for event in events],
        [event.rules.seek_ahead == "locked" for event in events],
    )


async def project_lessons(conn: Connection, events: Sequence[LessonChanged]) -> None:
    """Bring the projection up to these states, where they are newer than what it holds."""
    videos = [event.video for event in events]
    await conn.execute(
        _LESSONS,
        [event.lesson_id for event in events],
        [event.course_id for event in events],
        [event.title for event in events],
        [event.processing_status for event in events],
        [video and video.provider for video in videos],
        [video and video.playback_id for video in videos],
        [video and video.policy for video in videos],
        [video and video.s3_key for video in videos],
        [video and video.duration_ms for video in videos],
        [event.video_revision for event in events],
        [event.deleted for event in events],
        [event.version for event in events],
        [_caption_files(event) for event in events],
    )


def _caption_files(event: LessonChanged) -> str | None:
    files = [
        {"language_code": caption.language_code, "name": caption.name, "s3_key": caption.s3_key}
        for caption in event.captions
        if caption.s3_key is not None
    ]
    return orjson.dumps(files).decode() if files else None
