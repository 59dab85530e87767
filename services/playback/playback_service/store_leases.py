"""SQL of leases: one row per learner, locked while it is decided upon."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict

import orjson
from asyncpg import LockNotAvailableError

from playback_service.errors import LeaseBusy
from playback_service.lease import Lease
from servicekit.database import Connection

_LOCK = """
INSERT INTO playback_leases AS stored (learner_id)
SELECT DISTINCT learner_id FROM unnest($1::text[]) AS t (learner_id) ORDER BY learner_id
ON CONFLICT (learner_id) DO UPDATE SET learner_id = excluded.learner_id
RETURNING learner_id, held::text
"""

_SAVE = """
UPDATE playback_leases AS stored SET held = t.held::jsonb
FROM unnest($1::text[], $2::text[]) AS t (learner_id, held)
WHERE stored.learner_id = t.learner_id
"""

# Nobody holds a row for longer than a batch takes; a replica that vanished while it did must not stop the others.
_SOON = "SET LOCAL lock_timeout = '250ms'; SET LOCAL idle_in_transaction_session_timeout = '2s'"

Held = Mapping[str, Sequence[Lease]]


async def lock(conn: Connection, learner_ids: Sequence[str]) -> Held:
    """What each of these learners holds, theirs alone until the transaction ends. Raises LeaseBusy."""
    await conn.execute(_SOON)
    try:
        rows = await conn.fetch(_LOCK, list(learner_ids))
    except LockNotAvailableError as error:
        raise LeaseBusy from error
    return {row["learner_id"]: [Lease(**lease) for lease in orjson.loads(row["held"])] for row in rows}


async def save(conn: Connection, held: Held) -> None:
    """What they hold from now on; the rows are locked."""
    texts = [orjson.dumps([asdict(lease) for lease in leases]).decode() for leases in held.values()]
    await conn.execute(_SAVE, list(held), texts)
