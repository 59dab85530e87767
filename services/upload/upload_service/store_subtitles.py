"""Captions in SQL: the texts, how they stand, and which are to be brought to S3 or removed from there."""

from dataclasses import dataclass
from uuid import UUID

import asyncpg

from servicekit.database import Connection
from upload_service.subtitles import FITS_MS, AtMux, Caption


@dataclass(frozen=True, slots=True)
class Heard:
    """Generated captions that can be fetched from Mux by the video's playback id."""

    id: UUID
    lesson_id: str
    revision: int
    track_id: str
    playback_id: str
    signed: bool
    duration_ms: int | None


_CAPTION = """
SELECT c.id, c.lesson_id, c.source, c.language_code, c.name, c.closed_captions, c.vtt, c.duration_ms, c.revision,
       c.stored_revision, c.error, c.deleted
"""


async def insert(conn: Connection, caption: Caption) -> bool:
    """Keep a new caption. False if the lesson has one of that language and name."""
    done = await conn.fetchval(
        """
        INSERT INTO captions (id, lesson_id, source, language_code, name, closed_captions, vtt, duration_ms)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING RETURNING true
        """,
        caption.id,
        caption.lesson_id,
        caption.source,
        caption.language_code,
        caption.name,
        caption.closed_captions,
        caption.vtt,
        caption.duration_ms,
    )
    return done is not None


async def edit(conn: Connection, caption: Caption) -> None:
    """Write a locked caption's next revision. Raises asyncpg.UniqueViolationError if another has its name."""
    await conn.execute(
        """
        UPDATE captions SET source = $2, language_code = $3, name = $4, closed_captions = $5, vtt = $6,
               duration_ms = $7, revision = $8, error = NULL, attempts = 0, due_at = now(), updated_at = now()
        WHERE id = $1
        """,
        caption.id,
        caption.source,
        caption.language_code,
        caption.name,
        caption.closed_captions,
        caption.vtt,
        caption.duration_ms,
        caption.revision,
    )


async def delete(conn: Connection, caption_id: UUID) -> None:
    """Its tracks and objects go with the next sweep."""
    await conn.execute(
        "UPDATE captions SET deleted = true, due_at = now(), updated_at = now() WHERE id = $1", caption_id
    )


async def caption(conn: Connection, lesson_id: str, caption_id: UUID) -> Caption | None:
    """A lesson's caption that is not deleted."""
    row = await conn.fetchrow(
        _CAPTION + "FROM captions c WHERE c.id = $1 AND c.lesson_id = $2 AND NOT c.deleted", caption_id, lesson_id
    )
    return Caption(**row) if row is not None else None


async def captions_of(conn: Connection, lesson_id: str, asset_id: str | None) -> list[tuple[Caption, AtMux]]:
    """A lesson's captions by language and name, each with what became of its newest text at an asset."""
    rows = await conn.fetch(
        _CAPTION
        + """
             , t.error AS asked_error, k.status AS track_status, k.error AS track_error
        FROM captions c
        LEFT JOIN caption_tracks t
               ON t.caption_id = c.id AND t.asset_id = $2 AND t.revision = c.revision AND t.state = 'wanted'
        LEFT JOIN tracks k ON k.id = t.track_id
        WHERE c.lesson_id = $1 AND NOT c.deleted
        ORDER BY c.language_code, c.name, c.id LIMIT 200
        """,
        lesson_id,
        asset_id,
    )
    return [_with_track(row) for row in rows]


def _with_track(row: asyncpg.Record) -> tuple[Caption, AtMux]:
    values = dict(row)
    at_mux = AtMux(values.pop("asked_error"), values.pop("track_status"), values.pop("track_error"))
    return Caption(**values), at_mux


async def claim_to_store(conn: Connection, *, lease_s: float, limit: int) -> list[Caption]:
    """Captions whose newest text is not in S3."""
    rows = await conn.fetch(
        """
        UPDATE captions c SET due_at = now() + $1 * interval '1 s'
        WHERE c.id IN (SELECT id FROM captions
                       WHERE vtt IS NOT NULL AND stored_revision < revision AND NOT deleted AND due_at <= now()
                       ORDER BY due_at LIMIT $2 FOR UPDATE SKIP LOCKED)
        RETURNING c.id, c.lesson_id, c.source, c.language_code, c.name, c.closed_captions, c.vtt, c.duration_ms,
                  c.revision, c.stored_revision, c.error, c.deleted
        """,
        lease_s,
        limit,
    )
    return [Caption(**row) for row in rows]


async def claim_to_clear(conn: Connection, *, lease_s: float, limit: int) -> list[Caption]:
    """Deleted captions that have objects."""
    rows = await conn.fetch(
        """
        UPDATE captions c SET due_at = now() + $1 * interval '1 s'
        WHERE c.id IN (SELECT id FROM captions WHERE deleted AND stored_revision > 0 AND due_at <= now()
                       ORDER BY due_at LIMIT $2 FOR UPDATE SKIP LOCKED)
        RETURNING c.id, c.lesson_id, c.source, c.language_code, c.name, c.closed_captions, c.vtt, c.duration_ms,
                  c.revision, c.stored_revision, c.error, c.deleted
        """,
        lease_s,
        limit,
    )
    return [Caption(**row) for row in rows]


async def stored(conn: Connection, caption_id: UUID, revision: int) -> None:
    """A text is in S3; 0 says that none is any more."""
    await conn.execute(
        """
        UPDATE captions SET stored_revision = $2, error = NULL, attempts = 0, due_at = now()
        WHERE id = $1 AND (stored_revision < $2 OR $2 = 0)
        """,
        caption_id,
        revision,
    )


async def not_stored(conn: Connection, caption_id: UUID, reason: str) -> None:
    await conn.execute(
        """
        UPDATE captions SET error = $2, attempts = attempts + 1,
               due_at = now() + least(3600, 5 * 2 ^ least(attempts, 12)) * interval '1 s'
        WHERE id = $1
        """,
        caption_id,
        reason,
    )


async def by_id(conn: Connection, caption_id: UUID) -> Caption | None:
    """A caption by its id alone, deleted ones too."""
    row = await conn.fetchrow(_CAPTION + "FROM captions c WHERE c.id = $1", caption_id)
    return Caption(**row) if row is not None else None


async def date(conn: Connection) -> list[str]:
    """Texts that were written before their lesson had a video are for the one that it got. Returns those lessons."""
    rows = await conn.fetch(
        """
        UPDATE captions c SET duration_ms = round(l.duration * 1000) FROM lessons l
        WHERE l.id = c.lesson_id AND c.duration_ms IS NULL AND c.vtt IS NOT NULL AND NOT c.deleted
          AND l.processing_status = 'ready' AND l.duration IS NOT NULL
        RETURNING c.lesson_id
        """
    )
    return [row["lesson_id"] for row in rows]


async def lessons_to_announce(conn: Connection, *, limit: int = 100) -> list[str]:
    """Lessons whose generated captions became ready, or stopped to be, since the others were last told."""
    rows = await conn.fetch(
        """
        SELECT DISTINCT c.lesson_id
        FROM captions c JOIN lessons l ON l.id = c.lesson_id
        LEFT JOIN caption_tracks t ON t.caption_id = c.id AND t.asset_id = l.mux_asset_id AND t.revision = c.revision
        LEFT JOIN tracks k ON k.id = t.track_id
        WHERE NOT c.deleted AND NOT l.deleted AND c.vtt IS NULL
          AND (k.status IS NOT DISTINCT FROM 'ready') <> (l.captions @> jsonb_build_array(
                jsonb_build_object('language_code', c.language_code, 'name', c.name)))
        LIMIT $1
        """,
        limit,
    )
    return [row["lesson_id"] for row in rows]


async def claim_to_hear(conn: Connection, *, lease_s: float) -> Heard | None:
    """Generated captions that are ready at Mux and whose text we do not have."""
    row = await conn.fetchrow(
        """
        SELECT c.id, c.lesson_id, c.revision, t.track_id, l.mux_playback_id AS playback_id,
               l.playback_policy = 'signed' AS signed, round(l.duration * 1000)::bigint AS duration_ms
        FROM captions c JOIN lessons l ON l.id = c.lesson_id
        JOIN caption_tracks t ON t.caption_id = c.id AND t.asset_id = l.mux_asset_id AND t.revision = c.revision
        JOIN tracks k ON k.id = t.track_id
        WHERE c.vtt IS NULL AND NOT c.deleted AND c.due_at <= now()
          AND k.status = 'ready' AND l.mux_playback_id IS NOT NULL
        ORDER BY c.due_at LIMIT 1 FOR UPDATE OF c SKIP LOCKED
        """
    )
    if row is None:
        return None
    await conn.execute("UPDATE captions SET due_at = now() + $2 * interval '1 s' WHERE id = $1", row["id"], lease_s)
    return Heard(**row)


async def heard(conn: Connection, found: Heard, vtt: str) -> None:
    """Keep the text of generated captions, unless their author wrote one meanwhile."""
    await conn.execute(
        """
        UPDATE captions SET vtt = $3, duration_ms = $4, error = NULL, attempts = 0, due_at = now(), updated_at = now()
        WHERE id = $1 AND revision = $2 AND vtt IS NULL
        """,
        found.id,
        found.revision,
        vtt,
        found.duration_ms,
    )


async def unhear(conn: Connection) -> None:
    """Generated captions of a video that was replaced by one of another length are generated anew."""
    await conn.execute(
        """
        UPDATE captions c SET vtt = NULL, duration_ms = NULL, revision = c.revision + 1, due_at = now(), error = NULL
        FROM lessons l
        WHERE l.id = c.lesson_id AND c.source = 'generated' AND c.vtt IS NOT NULL AND NOT c.deleted
          AND l.processing_status = 'ready' AND abs(c.duration_ms - l.duration * 1000) > $1
        """,
        FITS_MS,
    )
