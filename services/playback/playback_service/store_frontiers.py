"""SQL of the seek lock's projection: how far learners have watched, in courses that let nobody seek beyond it."""

from collections.abc import Sequence

from contracts import ProgressAdvanced
from servicekit.database import Connection

# The join leaves out what no lock asks for: without one, a batch costs a look at its courses and writes nothing.
_ADVANCE = """
INSERT INTO seek_frontiers AS stored (learner_id, lesson_id, attempt, revision, frontier_ms)
SELECT DISTINCT ON (learner_id, lesson_id) learner_id, lesson_id, attempt, revision, frontier_ms
FROM unnest($1::text[], $2::text[], $3::text[], $4::int[], $5::bigint[], $6::bigint[])
    AS t (learner_id, lesson_id, course_id, attempt, revision, frontier_ms)
JOIN courses USING (course_id)
WHERE courses.seek_locked
ORDER BY learner_id, lesson_id, attempt DESC, revision DESC, frontier_ms DESC
ON CONFLICT (learner_id, lesson_id) DO UPDATE SET
    attempt = excluded.attempt, revision = excluded.revision, frontier_ms = excluded.frontier_ms
WHERE (excluded.attempt, excluded.revision, excluded.frontier_ms)
    > (stored.attempt, stored.revision, stored.frontier_ms)
"""


async def advance(conn: Connection, events: Sequence[ProgressAdvanced]) -> None:
    """Move the frontiers of locked courses on: forward only, but for a newer attempt, or revision of the video.

    An event tells the whole way, so that one that came before the course's lock was known here is made up for by the
    next.
    """
    told = [event for event in events if event.frontier_ms is not None]
    if not told:
        return
    await conn.execute(
        _ADVANCE,
        [event.learner_id for event in told],
        [event.lesson_id for event in told],
        [event.course_id for event in told],
        [event.attempt for event in told],
        [event.video_revision for event in told],
        [event.frontier_ms for event in told],
    )
