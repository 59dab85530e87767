"""Our numbers and Mux's of the same days, side by side, one row per lesson; and the drifts that were said."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from asyncpg import Record

from analytics_service.drift import Circumstances, Figures
from servicekit.database import Connection


@dataclass(frozen=True, slots=True)
class Turns:
    """How asking Mux goes: the last full answer, and since when and why there is none."""

    synced_at: datetime | None
    failing_since: datetime | None
    error: str | None


@dataclass(frozen=True, slots=True)
class Platforms:
    """A lesson's days from both sides; `watched_ms` is media, viewers and completions are those of all its days.

    There were `least_viewers` different people on these days, or more: that is what days can tell.
    `sampled` views told Mux how far they came, `completed` of them to the end.
    """

    lesson_id: str
    course_id: str
    owner_id: str | None
    title: str
    provider: str | None
    ours: Figures
    watched_ms: int
    least_viewers: int
    viewers: int
    completed_viewers: int
    mux: Figures
    sampled: int
    completed: int
    around: Circumstances
    alert_since: datetime | None


_COMPARED = """
    SELECT l.lesson_id, l.course_id, l.title, c.owner_id, t.synced_at,
           (SELECT v.provider FROM video_times v
            WHERE v.lesson_id = l.lesson_id AND v.stored_until IS NULL) AS provider,
           EXISTS (SELECT FROM video_times v WHERE v.lesson_id = l.lesson_id AND v.provider = 's3'
                   AND coalesce(v.stored_until, 'infinity') > $1::date::timestamp AT TIME ZONE 'UTC') AS on_s3,
           ours.views, ours.spent_ms, ours.watched_ms, ours.least_viewers,
           sums.viewers, sums.completed_viewers, sums.as_of,
           mux.views AS mux_views, mux.playing_ms, sample.sampled, sample.completed, a.since AS alert_since
    FROM lessons l
    LEFT JOIN courses c USING (course_id)
    LEFT JOIN drift_alerts a USING (lesson_id)
    CROSS JOIN mux_turns t
    LEFT JOIN LATERAL (SELECT viewers, completed_viewers, as_of FROM lesson_sums s WHERE s.lesson_id = l.lesson_id) sums
        ON true
    CROSS JOIN LATERAL (
        SELECT coalesce(sum(views), 0)::bigint AS views, coalesce(sum(spent_ms), 0)::bigint AS spent_ms,
               coalesce(sum(watched_ms), 0)::bigint AS watched_ms,
               coalesce(greatest(max(viewers), sum(new_viewers)), 0)::bigint AS least_viewers
        FROM (
            SELECT sum(d.views) AS views, sum(d.viewers) AS viewers, sum(d.new_viewers) AS new_viewers,
                   sum(d.watched_ms) AS watched_ms, sum(d.spent_ms) AS spent_ms
            FROM lesson_days d WHERE d.lesson_id = l.lesson_id AND d.day BETWEEN $1 AND $2
            GROUP BY d.day
        ) days
    ) ours
    CROSS JOIN LATERAL (
        SELECT coalesce(sum(m.views), 0)::bigint AS views, coalesce(sum(m.playing_ms), 0)::bigint AS playing_ms
        FROM (SELECT DISTINCT asset_id FROM lesson_videos v WHERE v.lesson_id = l.lesson_id) assets
        JOIN mux_played m USING (asset_id) WHERE m.day BETWEEN $1 AND $2
    ) mux
    CROSS JOIN LATERAL (
        SELECT count(*) AS sampled, count(*) FILTER (WHERE m.reached_ms >= 0.9 * m.duration_ms) AS completed
        FROM (SELECT DISTINCT asset_id FROM lesson_videos v WHERE v.lesson_id = l.lesson_id) assets
        JOIN mux_views m USING (asset_id)
        WHERE m.ended_at >= $1::date::timestamp AT TIME ZONE 'UTC'
    ) sample
    WHERE NOT l.deleted AND NOT coalesce(c.deleted, false) AND ($3::text IS NULL OR l.lesson_id = $3)
"""


async def compared(conn: Connection, since: date, until: date, *, lesson_id: str | None = None) -> list[Platforms]:
    """Both sides of every lesson, or of one, from the first of these days (UTC) to the last."""
    return [_platforms(row) for row in await conn.fetch(_COMPARED, since, until, lesson_id)]


async def turns(conn: Connection) -> Turns:
    row = await conn.fetchrow("SELECT synced_at, failing_since, error FROM mux_turns")
    assert row is not None, "the migration makes the row"
    return Turns(row["synced_at"], row["failing_since"], row["error"])


async def replace_alerts(conn: Connection, worst: Mapping[str, float]) -> Sequence[str]:
    """Lessons whose drift alarms from now on, by how far it is at worst; returns those that were not among them."""
    lessons = sorted(worst)
    await conn.execute("DELETE FROM drift_alerts WHERE lesson_id <> ALL($1::text[])", lessons)
    rows = await conn.fetch(
        """
        INSERT INTO drift_alerts AS a (lesson_id, worst, since)
        SELECT lesson_id, worst, now() FROM unnest($1::text[], $2::float8[]) AS n(lesson_id, worst)
        ON CONFLICT (lesson_id) DO UPDATE SET worst = excluded.worst
        RETURNING lesson_id, xmax = 0 AS fresh
        """,
        lessons,
        [worst[lesson] for lesson in lessons],
    )
    return [row["lesson_id"] for row in rows if row["fresh"]]


def _platforms(row: Record) -> Platforms:
    return Platforms(
        lesson_id=row["lesson_id"],
        course_id=row["course_id"],
        owner_id=row["owner_id"],
        title=row["title"],
        provider=row["provider"],
        ours=Figures(row["views"], row["spent_ms"]),
        watched_ms=row["watched_ms"],
        least_viewers=row["least_viewers"],
        viewers=row["viewers"] or 0,
        completed_viewers=row["completed_viewers"] or 0,
        mux=Figures(row["mux_views"], row["playing_ms"]),
        sampled=row["sampled"],
        completed=row["completed"],
        around=Circumstances(row["synced_at"], row["as_of"], row["on_s3"]),
        alert_since=row["alert_since"],
    )
