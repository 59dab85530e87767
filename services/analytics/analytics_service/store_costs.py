"""What videos used, by lesson, in the running month and lately; budgets, and what was told of them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from asyncpg import Record

from analytics_service.budgets import Budget
from analytics_service.costs import Usage, Used
from analytics_service.forecast import Month
from servicekit.database import Connection

_MINUTE_MS = 60_000
_GB = 1e9


@dataclass(frozen=True, slots=True)
class LessonUsage:
    lesson_id: str
    course_id: str
    title: str
    deleted: bool
    used: Used


@dataclass(frozen=True, slots=True)
class CourseName:
    course_id: str
    title: str
    owner_id: str


@dataclass(frozen=True, slots=True)
class Known:
    """From when on anything is known, and until when Mux has told what it delivered (None: never)."""

    since: datetime | None
    delivered_until: datetime | None


# Which video a lesson's day belongs to is decided by the one that it had at the day's end.
_USAGE = """
    SELECT l.lesson_id, l.course_id, l.title, l.deleted, stored.*, delivered.*, watched.*
    FROM lessons l
    CROSS JOIN LATERAL (
        SELECT
            coalesce(sum(v.duration_ms * v.share) FILTER (WHERE v.provider = 'mux'), 0)::float8 AS stored,
            coalesce(sum(v.duration_ms * v.share) FILTER (WHERE v.provider = 's3'), 0)::float8 AS s3_stored,
            coalesce(sum(v.duration_ms) FILTER (WHERE v.provider = 'mux' AND v.stored_until IS NULL), 0)::float8 AS now,
            coalesce(sum(v.duration_ms) FILTER (WHERE v.provider = 's3' AND v.stored_until IS NULL), 0)::float8
                AS s3_now,
            coalesce(sum(v.bytes * v.share) FILTER (WHERE v.provider = 's3'), 0)::float8 AS s3_stored_bytes,
            coalesce(sum(v.bytes) FILTER (WHERE v.provider = 's3' AND v.stored_until IS NULL), 0)::float8
                AS s3_now_bytes,
            coalesce(sum(v.duration_ms) FILTER (WHERE v.provider = 'mux' AND v.made), 0)::float8 AS encoded
        FROM (
            SELECT t.*, coalesce(t.size_bytes::float8, t.duration_ms * $7::float8) AS bytes,
                   greatest(0, extract(epoch FROM least(coalesce(t.stored_until, $3), $3)
                                                       - greatest(t.stored_from, $1)))
                        / extract(epoch FROM $2::timestamptz - $1::timestamptz) AS share,
                   t.stored_from >= $1 AND NOT EXISTS (
                       SELECT FROM lesson_videos e WHERE e.lesson_id = t.lesson_id AND e.asset_id = t.asset_id
                       AND e.changed_at < t.stored_from) AS made
            FROM video_times t WHERE t.lesson_id = l.lesson_id
        ) v
    ) stored
    CROSS JOIN LATERAL (
        SELECT coalesce(sum(d.delivered_ms) FILTER (WHERE d.day >= $4), 0)::float8 AS delivered,
               coalesce(sum(d.delivered_ms) FILTER (WHERE d.day >= $5), 0)::float8 AS delivered_lately
        FROM (SELECT DISTINCT asset_id FROM lesson_videos v WHERE v.lesson_id = l.lesson_id) assets
        JOIN mux_delivered d USING (asset_id)
        WHERE d.day >= least($4::date, $5::date)
    ) delivered
    CROSS JOIN LATERAL (
        SELECT coalesce(sum(spent_ms) FILTER (WHERE monthly), 0)::float8 AS verified,
               coalesce(sum(media) FILTER (WHERE monthly AND NOT in_s3), 0)::float8 AS watched,
               coalesce(sum(media) FILTER (WHERE lately AND NOT in_s3), 0)::float8 AS watched_lately,
               coalesce(sum(media) FILTER (WHERE monthly AND in_s3), 0)::float8 AS s3_watched,
               coalesce(sum(media) FILTER (WHERE lately AND in_s3), 0)::float8 AS s3_watched_lately,
               coalesce(sum(media * bytes_per_ms) FILTER (WHERE monthly AND in_s3), 0)::float8 AS s3_sent_bytes,
               coalesce(sum(media * bytes_per_ms) FILTER (WHERE lately AND in_s3), 0)::float8 AS s3_sent_bytes_lately
        FROM (
            SELECT d.spent_ms, d.watched_ms AS media,
                   d.day >= $4 AS monthly, d.day >= $5 AS lately,
                   coalesce(video.provider = 's3', false) AS in_s3,
                   coalesce(video.size_bytes::float8 / nullif(video.duration_ms, 0), $7::float8) AS bytes_per_ms
            FROM lesson_days d
            LEFT JOIN LATERAL (
                SELECT v.provider, v.size_bytes, v.duration_ms FROM lesson_videos v
                WHERE v.lesson_id = l.lesson_id AND v.changed_at < (d.day + 1)::timestamp AT TIME ZONE 'UTC'
                ORDER BY v.version DESC LIMIT 1
            ) video ON true
            WHERE d.lesson_id = l.lesson_id AND d.day >= least($4::date, $5::date)
        ) days
    ) watched
    WHERE $6::text IS NULL OR l.course_id = $6
    ORDER BY l.course_id, l.position, l.lesson_id
"""


async def usage(
    conn: Connection, month: Month, *, rates_since: date, s3_bits_per_s: float, course_id: str | None = None
) -> list[LessonUsage]:
    """Every lesson's usage, deleted ones included: what they have cost stays spent.

    Videos in S3 whose size is not known are taken to have so many bits a second.
    """
    bytes_per_ms = s3_bits_per_s / 8 / 1000
    rows = await conn.fetch(
        _USAGE, month.begin, month.end, month.now, month.begin.date(), rates_since, course_id, bytes_per_ms
    )
    return [_usage(row) for row in rows]


async def known(conn: Connection) -> Known:
    row = await conn.fetchrow(
        """
        SELECT least((SELECT min(day) FROM lesson_days), (SELECT min(day) FROM mux_delivered))::timestamp
                   AT TIME ZONE 'UTC' AS since,
               (SELECT max(synced_at) FROM mux_days WHERE kind = 'delivered') AS delivered_until
        """
    )
    assert row is not None, "a SELECT without FROM has a row"
    return Known(row["since"], row["delivered_until"])


async def courses(conn: Connection, course_ids: Collection[str]) -> dict[str, CourseName]:
    """Those of the courses that are known."""
    rows = await conn.fetch(
        "SELECT course_id, title, owner_id FROM courses WHERE course_id = ANY($1::text[])", sorted(course_ids)
    )
    return {row["course_id"]: CourseName(row["course_id"], row["title"], row["owner_id"]) for row in rows}


async def budgets(conn: Connection, scopes: Collection[str] | None = None) -> dict[str, Budget]:
    """The budgets of these scopes that there are, or all."""
    rows = await conn.fetch(
        """
        SELECT scope, version, monthly_usd, thresholds FROM budgets
        WHERE $1::text[] IS NULL OR scope = ANY($1) ORDER BY scope
        """,
        None if scopes is None else sorted(scopes),
    )
    return {row["scope"]: _budget(row) for row in rows}


async def set_budget(
    conn: Connection, scope: str, monthly_usd: float, thresholds: Sequence[float], set_by: str
) -> Budget:
    """The budget from now on; setting the same again changes nothing."""
    row = await conn.fetchrow(
        """
        INSERT INTO budgets AS b (scope, version, monthly_usd, thresholds, set_by, set_at)
        VALUES ($1, 1, $2, $3, $4, now())
        ON CONFLICT (scope) DO UPDATE SET
            version = CASE WHEN b.monthly_usd = excluded.monthly_usd AND b.thresholds = excluded.thresholds
                           THEN b.version ELSE b.version + 1 END,
            monthly_usd = excluded.monthly_usd, thresholds = excluded.thresholds,
            set_by = excluded.set_by, set_at = excluded.set_at
        RETURNING scope, version, monthly_usd, thresholds
        """,
        scope,
        monthly_usd,
        sorted(set(thresholds)),
        set_by,
    )
    assert row is not None, "an upsert returns its row"
    return _budget(row)


async def note_alert(conn: Connection, budget: Budget, month: str, threshold: float, spent_usd: float) -> bool:
    """Whether this was not told of before; whoever asks in the same moment waits, and hears no."""
    noted = await conn.fetchval(
        """
        INSERT INTO budget_alerts (scope, version, month, threshold, spent_usd, told_at)
        VALUES ($1, $2, $3, $4, $5, now()) ON CONFLICT DO NOTHING RETURNING true
        """,
        budget.scope,
        budget.version,
        month,
        threshold,
        spent_usd,
    )
    return noted is not None


async def told(conn: Connection, month: str) -> dict[tuple[str, int], list[float]]:
    """The thresholds that were told of in a month, by scope and version of the budget."""
    rows = await conn.fetch("SELECT scope, version, threshold FROM budget_alerts WHERE month = $1 ORDER BY 3", month)
    found: dict[tuple[str, int], list[float]] = {}
    for row in rows:
        found.setdefault((row["scope"], row["version"]), []).append(row["threshold"])
    return found


def _budget(row: Record) -> Budget:
    return Budget(row["scope"], row["version"], row["monthly_usd"], tuple(row["thresholds"]))


def _usage(row: Record) -> LessonUsage:
    minutes = {name: row[name] / _MINUTE_MS for name in _MINUTES}
    return LessonUsage(
        lesson_id=row["lesson_id"],
        course_id=row["course_id"],
        title=row["title"],
        deleted=row["deleted"],
        used=Used(
            month=Usage(
                **{name: minutes[name] for name in Usage.__slots__ if not name.endswith("_gb")},
                s3_stored_gb=row["s3_stored_bytes"] / _GB,
                s3_sent_gb=row["s3_sent_bytes"] / _GB,
            ),
            lately=Usage(
                delivered=minutes["delivered_lately"],
                watched=minutes["watched_lately"],
                s3_watched=minutes["s3_watched_lately"],
                s3_sent_gb=row["s3_sent_bytes_lately"] / _GB,
            ),
            stored_now=Usage(
                stored=minutes["now"], s3_stored=minutes["s3_now"], s3_stored_gb=row["s3_now_bytes"] / _GB
            ),
        ),
    )


_MINUTES = (
    "encoded",
    "stored",
    "s3_stored",
    "now",
    "s3_now",
    "delivered",
    "delivered_lately",
    "watched",
    "watched_lately",
    "s3_watched",
    "s3_watched_lately",
    "verified",
)
