"""The tracks that are made of captions at Mux, in SQL: which are missing, which are too many, and who sees to it."""

from dataclasses import dataclass
from uuid import UUID

from servicekit.database import Connection
from upload_service.subtitles import FITS_MS


@dataclass(frozen=True, slots=True)
class Wanted:
    """A track that is to be made, or to be deleted. `asked`: Mux may have made it without our hearing of it."""

    id: UUID
    caption_id: UUID
    asset_id: str
    revision: int
    track_id: str | None
    asked: bool


async def plan(conn: Connection, lesson_id: str | None = None) -> int:
    """Ask for the tracks that are missing and unask what is no longer wanted, of one lesson or all; how many changed.

    A caption is wanted at the asset that its lesson plays and at ready copies that are to take its place. An older
    text goes only when the newer one is ready.
    """
    await conn.execute(
        """
        UPDATE captions c SET deleted = true, due_at = now() FROM lessons l
        WHERE l.id = c.lesson_id AND l.deleted AND NOT c.deleted AND ($1::text IS NULL OR l.id = $1)
        """,
        lesson_id,
    )
    asked = await conn.fetch(
        """
        INSERT INTO caption_tracks (id, caption_id, asset_id, revision)
        SELECT gen_random_uuid(), c.id, u.mux_asset_id, c.revision
        FROM captions c JOIN lessons l ON l.id = c.lesson_id JOIN uploads u ON u.lesson_id = l.id
        WHERE NOT c.deleted AND NOT l.deleted AND ($1::text IS NULL OR l.id = $1)
          AND u.provider = 'mux' AND u.status = 'ready' AND NOT u.discarded
          AND (u.staged OR u.mux_asset_id = l.mux_asset_id)
          AND (c.duration_ms IS NULL OR u.duration_ms IS NULL OR abs(c.duration_ms - u.duration_ms) <= $2)
        ON CONFLICT DO NOTHING RETURNING true
        """,
        lesson_id,
        FITS_MS,
    )
    unasked = await conn.fetch(
        """
        UPDATE caption_tracks t SET state = 'unwanted', due_at = now(), attempts = 0
        FROM captions c
        WHERE c.id = t.caption_id AND t.state = 'wanted' AND ($1::text IS NULL OR c.lesson_id = $1)
          AND (c.deleted
               OR t.revision < c.revision AND (t.track_id IS NULL OR EXISTS (
                    SELECT FROM caption_tracks newer JOIN tracks k ON k.id = newer.track_id
                    WHERE newer.caption_id = t.caption_id AND newer.asset_id = t.asset_id
                      AND newer.revision = c.revision AND k.status = 'ready'))
               OR t.track_id IS NULL AND NOT EXISTS (
                    SELECT FROM uploads u
                    WHERE u.mux_asset_id = t.asset_id AND NOT u.discarded AND u.status = 'ready'))
        RETURNING true
        """,
        lesson_id,
    )
    return len(asked) + len(unasked)


async def claim_wanted(conn: Connection, *, lease_s: float) -> Wanted | None:
    """A track to be made, whose text is in S3 or is to be listened for; nobody else takes it up meanwhile."""
    row = await conn.fetchrow(
        """
        UPDATE caption_tracks t SET due_at = now() + $1 * interval '1 s'
        WHERE t.id IN (
            SELECT w.id FROM caption_tracks w JOIN captions c ON c.id = w.caption_id
            WHERE w.state = 'wanted' AND w.track_id IS NULL AND w.due_at <= now()
              AND (c.source = 'generated' OR c.stored_revision >= w.revision)
            ORDER BY w.due_at LIMIT 1 FOR UPDATE OF w SKIP LOCKED)
        RETURNING t.id, t.caption_id, t.asset_id, t.revision, t.track_id, t.asked_at IS NOT NULL AS asked
        """,
        lease_s,
    )
    return Wanted(**row) if row is not None else None


async def claim_unwanted(conn: Connection, *, lease_s: float) -> Wanted | None:
    """A track to be deleted at Mux; it may be one that Mux made unheard."""
    await conn.execute(
        "UPDATE caption_tracks SET state = 'gone' WHERE state = 'unwanted' AND track_id IS NULL AND asked_at IS NULL"
    )
    row = await conn.fetchrow(
        """
        UPDATE caption_tracks t SET due_at = now() + $1 * interval '1 s'
        WHERE t.id IN (SELECT id FROM caption_tracks WHERE state = 'unwanted' AND due_at <= now()
                       ORDER BY due_at LIMIT 1 FOR UPDATE SKIP LOCKED)
        RETURNING t.id, t.caption_id, t.asset_id, t.revision, t.track_id, t.asked_at IS NOT NULL AS asked
        """,
        lease_s,
    )
    return Wanted(**row) if row is not None else None


async def names_in_use(conn: Connection, asset_id: str, *, but: UUID) -> set[str]:
    """The names of an asset's text tracks, as far as we know."""
    rows = await conn.fetch(
        """
        SELECT name FROM caption_tracks
        WHERE asset_id = $1 AND state <> 'gone' AND id <> $2 AND name IS NOT NULL
        UNION SELECT name FROM tracks WHERE asset_id = $1 AND status <> 'deleted' AND name IS NOT NULL
        """,
        asset_id,
        but,
    )
    return {row["name"] for row in rows}


async def asking(conn: Connection, track: UUID, name: str) -> None:
    """Committed before Mux is asked to make it."""
    await conn.execute("UPDATE caption_tracks SET asked_at = now(), name = $2 WHERE id = $1", track, name)


async def made(conn: Connection, track: UUID, track_id: str) -> bool:
    """Mux made it. False if that was known, or it is not one of ours."""
    done = await conn.fetchval(
        """
        UPDATE caption_tracks SET track_id = $2, error = NULL
        WHERE id = $1 AND track_id IS NULL AND NOT EXISTS (SELECT FROM caption_tracks WHERE track_id = $2)
        RETURNING true
        """,
        track,
        track_id,
    )
    return done is not None


async def failed(conn: Connection, track: UUID, reason: str, *, refused: bool) -> None:
    """To be tried again later. What Mux refused, it did not make."""
    await conn.execute(
        """
        UPDATE caption_tracks SET error = $2, attempts = attempts + 1,
               due_at = now() + least(3600, 5 * 2 ^ least(attempts, 12)) * interval '1 s',
               asked_at = CASE WHEN $3 THEN NULL ELSE asked_at END
        WHERE id = $1
        """,
        track,
        reason,
        refused,
    )


async def gone(conn: Connection, track: UUID) -> None:
    await conn.execute("UPDATE caption_tracks SET state = 'gone' WHERE id = $1", track)
