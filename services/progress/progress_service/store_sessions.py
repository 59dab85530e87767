"""A learner's playback sessions, read as that learner."""

from progress_service.sessions import Playback
from progress_service.store import to_ranges
from servicekit.database import Connection


async def playbacks(conn: Connection, learner_id: str, lesson_id: str, *, limit: int) -> list[Playback]:
    """The latest sessions of a learner in a lesson, newest first; those that nothing can come from are forgotten."""
    rows = await conn.fetch(
        """
        SELECT session_id, granted_at_ms, expires_at_ms, last_beat_ms, seqs, attempt FROM watch_sessions
        WHERE learner_id = $1 AND lesson_id = $2 ORDER BY granted_at_ms DESC, session_id LIMIT $3
        """,
        learner_id,
        lesson_id,
        limit,
    )
    return [
        Playback(
            session_id=row["session_id"],
            granted_at_ms=row["granted_at_ms"],
            expires_at_ms=row["expires_at_ms"],
            last_beat_ms=row["last_beat_ms"],
            beats=sum(end - start for start, end in to_ranges(row["seqs"])),
            attempt=row["attempt"],
        )
        for row in rows
    ]
