"""SQL of playback: standings, recorded grants, and the projections behind them. Enrollments: `store_enrollments`."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from asyncpg import Record

from contracts import CourseChanged, LessonChanged, PlaybackGranted
from playback_service.entitlement import Course, Enrollment, Kind, Lesson, Standing, Video
from servicekit import telemetry
from servicekit.database import Connection

_STANDING = """
SELECT l.lesson_id, l.course_id, l.processing_status, l.deleted AS lesson_deleted,
       l.provider, l.playback_id, l.policy, l.s3_key, l.duration_ms,
       c.owner_id, c.published, c.public, c.deleted AS course_deleted, c.max_rate, c.offline_grace_s,
       e.status, e.expires_at
FROM playable_lessons l
LEFT JOIN courses c ON c.course_id = l.course_id
LEFT JOIN enrollments e ON e.course_id = l.course_id AND e.learner_id = $2
WHERE l.lesson_id = $1
"""

_RECORD = """
WITH taken AS (
    INSERT INTO mint_limits AS m (learner_id, full_at) VALUES ($1::text, now() + $2::interval)
    ON CONFLICT (learner_id) DO UPDATE SET full_at = greatest(m.full_at, now()) + $2::interval
    WHERE greatest(m.full_at, now()) + $2::interval <= now() + $3::interval
    RETURNING full_at
), audited AS (
    INSERT INTO grants (learner_id, lesson_id, course_id, session_id, entitlement, provider, key_id, refresh,
                        address_hash, issued_at, expires_at)
    SELECT $1, $4::text, $5::text, $6::uuid, $7::text, $8::text, $9::text, $10::boolean,
           $11::bytea, $12::timestamptz, $13::timestamptz
    FROM taken
), announced AS (
    INSERT INTO outbox (event_id, topic, key, event_type, source, payload, traceparent)
    SELECT $14::uuid, $15::text, $16::text, $17::text, $18::text, $19::text, $20::text
    FROM taken WHERE $14 IS NOT NULL
)
SELECT true AS allowed, extract(epoch FROM full_at - now())::float AS until_full_s FROM taken
UNION ALL
SELECT false, extract(epoch FROM full_at - now())::float FROM mint_limits
WHERE learner_id = $1 AND NOT EXISTS (SELECT FROM taken)
"""

# A compacted topic repeats whole states: within a batch and against the table, the highest version wins.
_COURSES = """
INSERT INTO courses AS stored
    (course_id, owner_id, published, public, deleted, max_rate, offline_grace_s, version)
SELECT DISTINCT ON (course_id) *
FROM unnest($1::text[], $2::text[], $3::boolean[], $4::boolean[], $5::boolean[], $6::float[], $7::bigint[],
            $8::bigint[])
    AS t (course_id, owner_id, published, public, deleted, max_rate, offline_grace_s, version)
ORDER BY course_id, version DESC
ON CONFLICT (course_id) DO UPDATE SET
    owner_id = excluded.owner_id, published = excluded.published, public = excluded.public,
    deleted = excluded.deleted, max_rate = excluded.max_rate, offline_grace_s = excluded.offline_grace_s,
    version = excluded.version
WHERE excluded.version > stored.version
"""

_LESSONS = """
INSERT INTO playable_lessons AS stored
    (lesson_id, course_id, title, processing_status, provider, playback_id, policy, s3_key, duration_ms, deleted,
     version)
SELECT DISTINCT ON (lesson_id) *
FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[],
            $9::bigint[], $10::boolean[], $11::bigint[])
    AS t (lesson_id, course_id, title, processing_status, provider, playback_id, policy, s3_key, duration_ms,
          deleted, version)
ORDER BY lesson_id, version DESC
ON CONFLICT (lesson_id) DO UPDATE SET
    course_id = excluded.course_id, title = excluded.title, processing_status = excluded.processing_status,
    provider = excluded.provider, playback_id = excluded.playback_id, policy = excluded.policy,
    s3_key = excluded.s3_key, duration_ms = excluded.duration_ms, deleted = excluded.deleted,
    version = excluded.version
WHERE excluded.version > stored.version
"""


@dataclass(frozen=True, slots=True)
class AuditedGrant:
    """One row of the audit: who was given what, why, by which key, from where."""

    learner_id: str
    lesson_id: str
    course_id: str
    session_id: UUID
    entitlement: Kind
    provider: str
    key_id: str | None
    refresh: bool
    address_hash: bytes | None
    issued_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Taken:
    """What the rate limit said: `until_full_s` is how far the learner's bucket is from being full again (s)."""

    allowed: bool
    until_full_s: float


async def standing(conn: Connection, lesson_id: str, user_id: str) -> Standing:
    """Everything that decides whether the user may watch the lesson, in one statement."""
    row = await conn.fetchrow(_STANDING, lesson_id, user_id)
    if row is None:
        return Standing()
    return Standing(_lesson(row), _course(row), _enrollment(row))


async def record_grant(
    conn: Connection, grant: AuditedGrant, event: PlaybackGranted | None, *, interval_s: float, window_s: float
) -> Taken:
    """Take one from the learner's bucket and, if there was one, write the audit row and the event: one statement.

    The bucket holds window / interval grants and regains one every `interval_s`, by the database's clock, so that it
    is exact over any number of processes. If it is empty, nothing is written.
    """
    row = await conn.fetchrow(
        _RECORD,
        grant.learner_id,
        timedelta(seconds=interval_s),
        timedelta(seconds=window_s),
        grant.lesson_id,
        grant.course_id,
        grant.session_id,
        grant.entitlement,
        grant.provider,
        grant.key_id,
        grant.refresh,
        grant.address_hash,
        grant.issued_at,
        grant.expires_at,
        *_outbox_row(event),
    )
    return Taken(row["allowed"], row["until_full_s"]) if row is not None else Taken(False, window_s)


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
        [event.deleted for event in events],
        [event.version for event in events],
    )


def _outbox_row(event: PlaybackGranted | None) -> tuple[object, ...]:
    if event is None:
        return (None,) * 7
    return (
        uuid4(),
        event.topic_name,
        event.key,
        event.event_type,
        event.event_source,
        event.to_json().decode(),
        telemetry.traceparent.get(),
    )


def _lesson(row: Record) -> Lesson:
    location = row["playback_id"] if row["provider"] == "mux" else row["s3_key"]
    video = Video(row["provider"], location, row["policy"] != "public", row["duration_ms"]) if location else None
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
    )


def _enrollment(row: Record) -> Enrollment | None:
    return Enrollment(row["status"], row["expires_at"]) if row["status"] is not None else None
