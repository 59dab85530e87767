"""What has been kept for long enough, in SQL. Ages in seconds; every statement is bounded by `limit`."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from servicekit.database import Connection


async def replaced_lessons(conn: Connection, *, before: datetime, limit: int) -> list[str]:
    """Lessons with attempts that are older than a video which has played since then or longer."""
    rows = await conn.fetch(
        """
        SELECT DISTINCT p.lesson_id FROM uploads p
        WHERE p.played_at <= $1 AND NOT p.discarded AND NOT p.staged AND p.status = 'ready'
          AND EXISTS (
              SELECT FROM uploads o
              WHERE o.lesson_id = p.lesson_id AND NOT o.discarded AND NOT o.staged
                AND coalesce(o.copy_of, o.id) < coalesce(p.copy_of, p.id)
                AND NOT EXISTS (
                    SELECT FROM transfers t
                    WHERE o.id IN (t.source_id, t.copy_id)
                      AND (t.state IN ('planned', 'asked', 'processing')
                           OR t.state = 'migrated' AND t.keep_until > now())))
        ORDER BY 1 LIMIT $2
        """,
        before,
        limit,
    )
    return [row["lesson_id"] for row in rows]


async def in_transfer(conn: Connection, upload_ids: Iterable[UUID]) -> set[UUID]:
    """Those of the uploads that a transfer needs, or may go back to."""
    rows = await conn.fetch(
        """
        SELECT u AS id FROM unnest($1::uuid[]) AS u
        WHERE EXISTS (
            SELECT FROM transfers t
            WHERE u IN (t.source_id, t.copy_id)
              AND (t.state IN ('planned', 'asked', 'processing')
                   OR t.state = 'migrated' AND t.keep_until > now()))
        """,
        sorted(upload_ids),
    )
    return {UUID(int=row["id"].int) for row in rows}


async def forget_payloads(conn: Connection, *, after_s: float, limit: int) -> int:
    """Empty webhooks that old, parked ones aside. Their ids stay: a repetition is still known. Returns how many."""
    done: str = await conn.execute(
        """
        UPDATE mux_events SET payload = NULL WHERE id IN (
            SELECT id FROM mux_events
            WHERE payload IS NOT NULL AND state <> 'parked' AND received_at < now() - $1 * interval '1 s'
            ORDER BY received_at LIMIT $2 FOR UPDATE SKIP LOCKED)
        """,
        after_s,
        limit,
    )
    return _count(done)


async def failed_lessons(conn: Connection, *, after_s: float, limit: int) -> list[tuple[str, UUID]]:
    """Attempts (lesson, upload) that failed that long ago and were followed by another: nobody needs their reason."""
    rows = await conn.fetch(
        """
        SELECT u.lesson_id, u.id FROM uploads u
        WHERE u.status IN ('timed_out', 'cancelled', 'failed', 'errored') AND NOT u.discarded AND NOT u.staged
          AND u.updated_at < now() - $1 * interval '1 s'
          AND EXISTS (SELECT FROM uploads n WHERE n.lesson_id = u.lesson_id AND n.id > u.id AND n.copy_of IS NULL)
          AND NOT EXISTS (SELECT FROM transfers t WHERE u.id IN (t.source_id, t.copy_id))
        ORDER BY u.id LIMIT $2
        """,
        after_s,
        limit,
    )
    return [(row["lesson_id"], UUID(int=row["id"].int)) for row in rows]


async def forget_attempts(conn: Connection, *, after_s: float, limit: int) -> int:
    """Drop attempts that nobody wants and of which nothing is left anywhere. Returns how many.

    What a lesson once played stays: the next replacement is measured by it.
    """
    done: str = await conn.execute(
        """
        DELETE FROM uploads WHERE id IN (
            SELECT u.id FROM uploads u
            WHERE u.discarded AND u.updated_at < now() - $1 * interval '1 s'
              AND (u.status = 'deleted' OR u.mux_asset_id IS NULL AND u.s3_key IS NULL)
              AND (u.revision IS NULL OR EXISTS (SELECT FROM lessons l WHERE l.id = u.lesson_id AND l.deleted))
              AND NOT EXISTS (SELECT FROM transfers t WHERE u.id IN (t.source_id, t.copy_id))
            ORDER BY u.id LIMIT $2 FOR UPDATE SKIP LOCKED)
        """,
        after_s,
        limit,
    )
    return _count(done)


async def known_keys(conn: Connection, keys: Sequence[str]) -> set[str]:
    """Those of the objects' keys that a row names."""
    rows = await conn.fetch(
        """
        SELECT k AS key FROM unnest($1::text[]) AS k
        WHERE EXISTS (SELECT FROM uploads WHERE s3_key = k) OR EXISTS (SELECT FROM files WHERE files.key = k)
        """,
        keys,
    )
    return {row["key"] for row in rows}


async def known_uploads(conn: Connection, ids: Sequence[UUID], asset_ids: Sequence[str]) -> tuple[set[UUID], set[str]]:
    """Those of our ids and of Mux's asset ids that there are uploads of."""
    rows = await conn.fetch(
        "SELECT id, mux_asset_id FROM uploads WHERE id = ANY($1::uuid[]) OR mux_asset_id = ANY($2::text[])",
        ids,
        asset_ids,
    )
    return {UUID(int=row["id"].int) for row in rows}, {row["mux_asset_id"] for row in rows if row["mux_asset_id"]}


def _count(done: str) -> int:
    return int(done.rpartition(" ")[2])
