"""SQL of attempts: which one a learner is in. The number only rises, so any order of events ends the same."""

from collections.abc import Sequence

from contracts import AttemptStarted
from servicekit.database import Connection

_APPLY = """
INSERT INTO attempts AS stored (learner_id, course_id, attempt)
SELECT learner_id, course_id, max(attempt)
FROM unnest($1::text[], $2::text[], $3::integer[]) AS t (learner_id, course_id, attempt)
GROUP BY learner_id, course_id ORDER BY learner_id, course_id
ON CONFLICT (learner_id, course_id) DO UPDATE SET attempt = excluded.attempt
WHERE excluded.attempt > stored.attempt
"""


async def apply(conn: Connection, events: Sequence[AttemptStarted]) -> None:
    """Have these attempts begun, where they are later than what is stored."""
    await conn.execute(
        _APPLY,
        [event.learner_id for event in events],
        [event.course_id for event in events],
        [event.attempt for event in events],
    )
