"""SQL of what is kept of a grant: the rate limits, the audit row and the event, in one statement for a batch."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from asyncpg import Record

from contracts import topics
from playback_service.entitlement import Kind
from servicekit.database import Connection

# Each learner's bucket is one row that is changed once, by as much as there is room for: of a learner's requests in
# the batch the first so many come through. What comes through is taken from the address's bucket in the same way, so
# that one who asks too often costs the others of a school nothing. All in microseconds: nothing is lost by rounding.
#
# Before anything else the courses' rows are held, which whoever takes a right away changes: so that either this commits
# before that, or it waits for that, sees another version than was read with the rights, and leaves the grant out. A
# lock reads the row anew, which nothing else in the statement does.
_RECORD = """
WITH held AS MATERIALIZED (
    SELECT c.course_id FROM courses c JOIN (
        SELECT DISTINCT course_id, version FROM unnest($5::text[], $22::bigint[]) AS t (course_id, version)
    ) AS read ON read.course_id = c.course_id AND read.version = c.rights_version
    ORDER BY c.course_id FOR SHARE OF c
), asked AS MATERIALIZED (
    SELECT t.*, row_number() OVER (PARTITION BY learner_id ORDER BY nth) AS place
    FROM unnest($3::text[], $4::text[], $5::text[], $6::uuid[], $7::text[], $8::text[], $9::text[], $10::boolean[],
                $11::bytea[], $12::timestamptz[], $13::timestamptz[], $14::boolean[], $15::text[], $16::text[],
                $22::bigint[])
        WITH ORDINALITY
        AS t (learner_id, lesson_id, course_id, session_id, entitlement, provider, key_id, refresh,
              address_hash, issued_at, expires_at, per_viewer, payload, traceparent, rights_version, nth)
    WHERE rights_version IS NULL OR course_id IN (SELECT course_id FROM held)
), taken AS (
    INSERT INTO mint_limits AS m (learner_id, full_at, taken)
    SELECT learner_id, now() + least(count(*), $2::bigint / $1::bigint) * $1 * interval '1 microsecond',
           least(count(*), $2 / $1)
    FROM asked GROUP BY learner_id ORDER BY learner_id
    ON CONFLICT (learner_id) DO UPDATE SET (full_at, taken) = (
        SELECT backlog_end + room * $1 * interval '1 microsecond', room
        FROM (SELECT greatest(m.full_at, now()) AS backlog_end) AS b,
             LATERAL (SELECT least(
                 excluded.taken, ($2 - (extract(epoch FROM backlog_end - now()) * 1000000)::bigint) / $1
             ) AS room) AS r
    )
    WHERE greatest(m.full_at, now()) + $1 * interval '1 microsecond' <= now() + $2 * interval '1 microsecond'
    RETURNING learner_id, full_at, taken
), by_learner AS MATERIALIZED (
    SELECT asked.*, row_number() OVER (PARTITION BY address_hash ORDER BY nth) AS address_place
    FROM asked JOIN taken USING (learner_id) WHERE asked.place <= taken.taken
), address_taken AS (
    INSERT INTO address_limits AS m (address_hash, full_at, taken)
    SELECT address_hash, now() + least(count(*), $21::bigint / $20::bigint) * $20 * interval '1 microsecond',
           least(count(*), $21 / $20)
    FROM by_learner WHERE address_hash IS NOT NULL GROUP BY address_hash ORDER BY address_hash
    ON CONFLICT (address_hash) DO UPDATE SET (full_at, taken) = (
        SELECT backlog_end + room * $20 * interval '1 microsecond', room
        FROM (SELECT greatest(m.full_at, now()) AS backlog_end) AS b,
             LATERAL (SELECT least(
                 excluded.taken, ($21 - (extract(epoch FROM backlog_end - now()) * 1000000)::bigint) / $20
             ) AS room) AS r
    )
    WHERE greatest(m.full_at, now()) + $20 * interval '1 microsecond' <= now() + $21 * interval '1 microsecond'
    RETURNING address_hash, full_at, taken
), granted AS MATERIALIZED (
    SELECT by_learner.* FROM by_learner LEFT JOIN address_taken USING (address_hash)
    WHERE address_hash IS NULL OR address_place <= address_taken.taken
), audited AS (
    INSERT INTO grants (learner_id, lesson_id, course_id, session_id, entitlement, provider, key_id, refresh,
                        address_hash, issued_at, expires_at, per_viewer)
    SELECT learner_id, lesson_id, course_id, session_id, entitlement, provider, key_id, refresh,
           address_hash, issued_at, expires_at, per_viewer
    FROM granted ORDER BY nth
), announced AS (
    INSERT INTO outbox (event_id, topic, key, event_type, source, payload, traceparent)
    SELECT gen_random_uuid(), $17::text, learner_id, $18::text, $19::text, payload, traceparent
    FROM granted WHERE payload IS NOT NULL ORDER BY nth
)
SELECT asked.nth,
       coalesce(asked.place <= taken.taken, false) AS allowed,
       extract(epoch FROM coalesce(taken.full_at, before.full_at, now() + $2 * interval '1 microsecond') - now())::float
           - greatest(coalesce(taken.taken, 0) - asked.place, 0) * $1 / 1000000.0 AS until_full_s,
       granted.nth IS NOT NULL AS granted,
       extract(epoch FROM coalesce(
           address_taken.full_at, address_before.full_at, now() + $21 * interval '1 microsecond'
       ) - now())::float AS address_until_full_s
FROM asked
LEFT JOIN taken USING (learner_id)
LEFT JOIN granted ON granted.nth = asked.nth
LEFT JOIN address_taken ON granted.nth IS NULL AND address_taken.address_hash = asked.address_hash
LEFT JOIN address_limits AS address_before ON granted.nth IS NULL AND address_before.address_hash = asked.address_hash
LEFT JOIN mint_limits AS before ON before.learner_id = asked.learner_id AND taken.learner_id IS NULL
ORDER BY asked.nth
"""


@dataclass(frozen=True, slots=True)
class AuditedGrant:
    """One row of the audit: who was given what, why, by which key, from where."""

    learner_id: str
    lesson_id: str
    course_id: str
    session_id: UUID
    entitlement: Kind
    provider: str
    key_id: str | None
    refresh: bool
    address_hash: bytes | None
    issued_at: datetime
    expires_at: datetime
    per_viewer: bool = False


@dataclass(frozen=True, slots=True)
class Recordable:
    """A grant to be kept. `payload` is the JSON of its `playback.granted`, None for a preview.

    `rights_version` is the course's, as it was read with the right; None where no course had a say.
    """

    grant: AuditedGrant
    payload: str | None
    traceparent: str | None
    rights_version: int | None = None


class Bucket(Protocol):
    """Of a rate limit: see `record`."""

    @property
    def interval_us(self) -> int: ...
    @property
    def window_us(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Taken:
    """What the rate limits said: `until_full_s` is how far the learner's bucket is from being full again (s).

    Where the learner's bucket had one and the address's had none, `address_until_full_s` says the same of that.
    """

    allowed: bool
    until_full_s: float
    address_until_full_s: float | None = None


async def record(
    conn: Connection, wanted: Sequence[Recordable], *, learner: Bucket, address: Bucket
) -> Sequence[Taken | None]:
    """Take one from the learner's bucket and one from the address's for each and, where there was one in both, write
    the audit row and the event. None, and nothing is taken, where rights in the course were taken away since the
    reading, even by a commit that this waited for: they are to be read again.

    One statement, so one commit. A bucket holds window // interval grants and regains one every interval (µs), by the
    database's clock, so that it is exact over any number of processes. Where it is empty, nothing is written.
    """
    grants = [recordable.grant for recordable in wanted]
    topic = topics.PLAYBACK_GRANTED
    rows = await conn.fetch(
        _RECORD,
        learner.interval_us,
        learner.window_us,
        [grant.learner_id for grant in grants],
        [grant.lesson_id for grant in grants],
        [grant.course_id for grant in grants],
        [grant.session_id for grant in grants],
        [grant.entitlement for grant in grants],
        [grant.provider for grant in grants],
        [grant.key_id for grant in grants],
        [grant.refresh for grant in grants],
        [grant.address_hash for grant in grants],
        [grant.issued_at for grant in grants],
        [grant.expires_at for grant in grants],
        [grant.per_viewer for grant in grants],
        [recordable.payload for recordable in wanted],
        [recordable.traceparent for recordable in wanted],
        topic.name,
        topic.event_type,
        f"/seatime/{topic.producer}",
        address.interval_us,
        address.window_us,
        [recordable.rights_version for recordable in wanted],
    )
    taken = {row["nth"]: _taken(row) for row in rows}
    return [taken.get(nth) for nth in range(1, len(wanted) + 1)]


def _taken(row: Record) -> Taken:
    by_address = row["allowed"] and not row["granted"]
    return Taken(row["granted"], row["until_full_s"], row["address_until_full_s"] if by_address else None)
