"""Caption tracks in SQL."""

from servicekit.database import Connection
from upload_service.captions import Track

_TRACK = "SELECT id, status, asset_id, language_code, name, source, error FROM tracks"


async def lock_track(conn: Connection, new: Track) -> Track:
    """The track as it is known, made as `new` if it was not; nobody else changes it until the transaction ends."""
    await conn.execute(
        """
        INSERT INTO tracks (id, status, asset_id, language_code, name, source, error)
        VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING
        """,
        *_columns(new),
    )
    row = await conn.fetchrow(_TRACK + " WHERE id = $1 FOR UPDATE", new.id)
    return Track(**row) if row is not None else new


async def write_track(conn: Connection, track: Track) -> None:
    """Write a locked track."""
    await conn.execute(
        """
        UPDATE tracks SET status = $2, asset_id = $3, language_code = $4, name = $5, source = $6, error = $7,
               updated_at = now()
        WHERE id = $1
        """,
        *_columns(track),
    )


async def foreign_tracks_of(conn: Connection, asset_id: str) -> list[Track]:
    """The caption tracks of an asset that are not deleted and were not made of our captions, by language and name."""
    rows = await conn.fetch(
        """
        SELECT id, status, asset_id, language_code, name, source, error FROM tracks
        WHERE asset_id = $1 AND status <> 'deleted' AND id NOT IN (
            SELECT track_id FROM caption_tracks WHERE asset_id = $1 AND track_id IS NOT NULL)
        ORDER BY language_code, name, id LIMIT 200
        """,
        asset_id,
    )
    return [Track(**row) for row in rows]


def _columns(track: Track) -> tuple[str | None, ...]:
    return track.id, track.status, track.asset_id, track.language_code, track.name, track.source, track.error
