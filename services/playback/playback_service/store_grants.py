"""SQL of granting: what decides for a batch of requests, in one statement. What is kept of them: `store_mints`."""

from collections.abc import Sequence
from dataclasses import dataclass

import orjson
from asyncpg import Record

from playback_service.entitlement import CaptionFile, Course, Enrollment, Frontier, Lesson, Standing, Video
from playback_service.store_policies import terms_of
from playback_service.terms import USUAL
from servicekit.database import Connection

# The signing key rides along: who has just revoked one knows that no statement begun later signs with it.
_STANDINGS = """
WITH keys AS (
    SELECT (SELECT key_id FROM signing_keys WHERE revoked_at IS NULL AND sealed IS NOT NULL
            ORDER BY created_at DESC, key_id LIMIT 1) AS newest_key,
           EXISTS (SELECT FROM signing_keys WHERE key_id = $3 AND revoked_at IS NOT NULL) AS first_key_revoked
)
SELECT l.lesson_id, l.course_id, l.processing_status, l.deleted AS lesson_deleted,
       l.provider, l.playback_id, l.policy, l.s3_key, l.duration_ms, l.video_revision, l.captions,
       c.owner_id, c.published, c.public, c.deleted AS course_deleted, c.max_rate, c.offline_grace_s,
       c.hidden_pages, c.seek_locked, c.rights_version,
       CASE WHEN c.seek_locked THEN (
           SELECT ARRAY[f.attempt, f.revision, f.frontier_ms] FROM seek_frontiers f
           WHERE f.learner_id = asked.learner_id AND f.lesson_id = l.lesson_id
       ) END AS frontier,
       p.tokens, p.devices, p.watermark, p.drm_configuration_id, p.restriction::text, p.restriction_id,
       e.status, e.expires_at, coalesce(a.attempt, 1) AS attempt, keys.newest_key, keys.first_key_revoked,
       extract(epoch FROM now())::float AS now
FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS asked (lesson_id, learner_id, nth)
CROSS JOIN keys
LEFT JOIN playable_lessons l ON l.lesson_id = asked.lesson_id
LEFT JOIN courses c ON c.course_id = l.course_id
LEFT JOIN course_policies p ON p.course_id = l.course_id
LEFT JOIN enrollments e ON e.course_id = l.course_id AND e.learner_id = asked.learner_id
LEFT JOIN attempts a ON a.course_id = l.course_id AND a.learner_id = asked.learner_id
ORDER BY asked.nth
"""


@dataclass(frozen=True, slots=True)
class Reading:
    """`newest_key` is the id of the key made by the last rotation, None if there is none that still counts.

    `now` is the database's, in seconds since 1970.
    """

    standings: Sequence[Standing]
    newest_key: str | None
    first_key_revoked: bool
    now: float


async def standings(conn: Connection, asked: Sequence[tuple[str, str]], *, first_key: str | None) -> Reading:
    """Everything that decides for each (lesson, user), in order, as committed when this is called."""
    rows = await conn.fetch(_STANDINGS, [lesson for lesson, _ in asked], [user for _, user in asked], first_key)
    lessons: dict[str, tuple[Lesson, Course | None]] = {}  # a class that begins asks for the same one
    found, first = [_standing(row, lessons) for row in rows], rows[0]
    return Reading(found, first["newest_key"], first["first_key_revoked"], first["now"])


def _standing(row: Record, lessons: dict[str, tuple[Lesson, Course | None]]) -> Standing:
    lesson_id = row["lesson_id"]
    if lesson_id is None:
        return Standing()
    known = lessons.get(lesson_id)
    if known is None:
        known = lessons[lesson_id] = _lesson(row), _course(row)
    frontier = Frontier(*row["frontier"]) if row["frontier"] is not None else None
    return Standing(*known, _enrollment(row), frontier, row["attempt"])


def _lesson(row: Record) -> Lesson:
    location = row["playback_id"] if row["provider"] == "mux" else row["s3_key"]
    video = None
    if location:
        signed = row["policy"] != "public"
        captions = row["captions"] if row["provider"] == "s3" else None  # at Mux they are in the stream
        files = tuple(CaptionFile(**file) for file in orjson.loads(captions)) if captions is not None else ()
        video = Video(row["provider"], location, signed, row["duration_ms"], row["video_revision"], files)
    return Lesson(
        lesson_id=row["lesson_id"],
        course_id=row["course_id"],
        processing_status=row["processing_status"],
        deleted=row["lesson_deleted"],
        video=video,
    )


def _course(row: Record) -> Course | None:
    if row["owner_id"] is None:
        return None
    return Course(
        owner_id=row["owner_id"],
        published=row["published"],
        public=row["public"],
        deleted=row["course_deleted"],
        max_rate=row["max_rate"],
        offline_grace_s=row["offline_grace_s"],
        hidden_pages=row["hidden_pages"],
        seek_locked=row["seek_locked"],
        rights_version=row["rights_version"],
        terms=terms_of(row) if row["tokens"] is not None else USUAL,
    )


def _enrollment(row: Record) -> Enrollment | None:
    return Enrollment(row["status"], row["expires_at"]) if row["status"] is not None else None
