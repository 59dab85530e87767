"""The live tables: written by the batch, rows in key order; read for all watched courses at once; swept."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from analytics_service import live
from analytics_service.live import Counts, Sighting, Slot, Viewer
from servicekit.database import Connection


@dataclass(frozen=True, slots=True)
class CourseNow:
    """A course as it is watched now: the lessons in which something happened, by id. `smallest`: of a group to show."""

    owner_id: str
    smallest: int
    lessons: Mapping[str, Counts]


async def see(conn: Connection, sightings: Mapping[Viewer, Sighting]) -> None:
    """Move each viewer to where it was seen last, unless a later sighting is known."""
    if not sightings:
        return
    ordered = sorted(sightings.items())
    await conn.execute(
        """
        INSERT INTO live_viewers AS v (course_id, viewer, lesson_id, seen_at)
        SELECT * FROM unnest($1::text[], $2::bigint[], $3::text[], $4::timestamptz[])
        ON CONFLICT (course_id, viewer) DO UPDATE SET lesson_id = excluded.lesson_id, seen_at = excluded.seen_at
        WHERE (excluded.seen_at, excluded.lesson_id) > (v.seen_at, v.lesson_id)
        """,
        [viewer.course_id for viewer, _ in ordered],
        [viewer.number for viewer, _ in ordered],
        [sighting.lesson_id for _, sighting in ordered],
        [_time(sighting.seen_ms) for _, sighting in ordered],
    )


async def add_beats(conn: Connection, beats: Mapping[Slot, int]) -> None:
    if not beats:
        return
    ordered = sorted(beats.items())
    await conn.execute(
        """
        INSERT INTO live_beats AS b (course_id, lesson_id, slot, shard, beats)
        SELECT * FROM unnest($1::text[], $2::text[], $3::bigint[], $4::integer[], $5::bigint[])
        ON CONFLICT (course_id, lesson_id, slot, shard) DO UPDATE SET beats = b.beats + excluded.beats
        """,
        [slot.course_id for slot, _ in ordered],
        [slot.lesson_id for slot, _ in ordered],
        [slot.number for slot, _ in ordered],
        [slot.shard for slot, _ in ordered],
        [count for _, count in ordered],
    )


async def add_completions(conn: Connection, completions: Mapping[tuple[Viewer, str], datetime]) -> None:
    if not completions:
        return
    ordered = sorted(completions.items())
    await conn.execute(
        """
        INSERT INTO live_completions (course_id, lesson_id, viewer, completed_at)
        SELECT * FROM unnest($1::text[], $2::text[], $3::bigint[], $4::timestamptz[])
        ON CONFLICT DO NOTHING
        """,
        [viewer.course_id for (viewer, _), _ in ordered],
        [lesson_id for (_, lesson_id), _ in ordered],
        [viewer.number for (viewer, _), _ in ordered],
        [completed_at for _, completed_at in ordered],
    )


async def courses_now(conn: Connection, course_ids: Collection[str], now: datetime) -> dict[str, CourseNow]:
    """Each of these courses that exists, as it is watched at `now`."""
    slot = live.slot_of(int(now.timestamp() * 1000))
    rows = await conn.fetch(
        """
        SELECT 'course' AS what, course_id, owner_id, NULL AS lesson_id, learners AS count, NULL::timestamptz AS seen_at
        FROM courses CROSS JOIN shown_from WHERE course_id = ANY($1::text[]) AND NOT deleted
        UNION ALL
        SELECT 'viewers', course_id, NULL, lesson_id, count(*), max(seen_at) FROM live_viewers
        WHERE course_id = ANY($1::text[]) AND seen_at > $2 GROUP BY course_id, lesson_id
        UNION ALL
        SELECT 'beats', course_id, NULL, lesson_id, sum(beats)::bigint, NULL FROM live_beats
        WHERE course_id = ANY($1::text[]) AND slot >= $3 AND slot < $4 GROUP BY course_id, lesson_id
        UNION ALL
        SELECT 'completions', course_id, NULL, lesson_id, count(*), NULL FROM live_completions
        WHERE course_id = ANY($1::text[]) AND completed_at > $5 GROUP BY course_id, lesson_id
        """,
        list(course_ids),
        now - timedelta(seconds=live.WATCHING_S),
        slot - live.RATE_SLOTS,
        slot,
        now - timedelta(seconds=live.COMPLETIONS_S),
    )
    counts: dict[str, dict[str, dict[str, int]]] = defaultdict(lambda: defaultdict(dict))
    for row in rows:
        if row["lesson_id"] is not None:
            of_lesson = counts[row["course_id"]][row["lesson_id"]]
            of_lesson[row["what"]] = row["count"]
            if row["seen_at"] is not None:
                of_lesson["last_seen_ms"] = int(row["seen_at"].timestamp() * 1000)
    return {
        row["course_id"]: CourseNow(
            row["owner_id"],
            row["count"],
            {lesson_id: Counts(**found) for lesson_id, found in counts[row["course_id"]].items()},
        )
        for row in rows
        if row["what"] == "course"
    }


async def sweep(conn: Connection, now: datetime) -> int:
    """Delete what the live view will not show any more; rows that somebody writes just now wait for the next sweep."""
    oldest = now - timedelta(seconds=live.KEPT_S)
    swept: int = await conn.fetchval(
        """
        WITH viewers AS (
            DELETE FROM live_viewers WHERE (course_id, viewer) IN (
                SELECT course_id, viewer FROM live_viewers WHERE seen_at <= $1 FOR UPDATE SKIP LOCKED) RETURNING 1
        ), beats AS (
            DELETE FROM live_beats WHERE (course_id, lesson_id, slot, shard) IN (
                SELECT course_id, lesson_id, slot, shard FROM live_beats WHERE slot < $2 FOR UPDATE SKIP LOCKED)
            RETURNING 1
        ), completions AS (
            DELETE FROM live_completions WHERE (course_id, lesson_id, viewer) IN (
                SELECT course_id, lesson_id, viewer FROM live_completions WHERE completed_at <= $1
                FOR UPDATE SKIP LOCKED)
            RETURNING 1
        )
        SELECT (SELECT count(*) FROM viewers) + (SELECT count(*) FROM beats) + (SELECT count(*) FROM completions)
        """,
        oldest,
        live.slot_of(int(oldest.timestamp() * 1000)),
    )
    return swept


def _time(epoch_ms: int) -> datetime:
    return datetime.fromtimestamp(epoch_ms / 1000, UTC)
