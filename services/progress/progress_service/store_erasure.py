"""Erasing one learner: what is asked for, what goes, and what is left to tell of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from progress_service.evidence import ERASED
from servicekit.database import Connection


@dataclass(frozen=True, slots=True)
class Confirmed:
    """A service has erased the learner: nothing older than that is left, and so many rows went."""

    erased_at: datetime
    rows: dict[str, int]


@dataclass(frozen=True, slots=True)
class Erasure:
    """A request and what has become of it. `confirmed` is what other services told, by their name."""

    erasure_id: UUID
    subject_hash: bytes
    requested_at: datetime
    own: Confirmed | None
    unnamed: int
    confirmed: dict[str, Confirmed]


@dataclass(frozen=True, slots=True)
class Request:
    erasure_id: UUID
    learner_id: str
    subject_hash: bytes


_ERASURE = """
SELECT e.*, (
    SELECT jsonb_object_agg(service, told) FROM (
        SELECT c.service, jsonb_build_object(
            'erased_at', max(c.erased_at),
            'rows', (SELECT coalesce(jsonb_object_agg(name, n), '{}') FROM (
                SELECT r.key AS name, sum(r.value::bigint) AS n
                FROM erasure_confirmations o, jsonb_each_text(o.rows) r
                WHERE o.erasure_id = c.erasure_id AND o.service = c.service GROUP BY r.key
            ) AS summed)
        ) AS told
        FROM erasure_confirmations c WHERE c.erasure_id = e.erasure_id GROUP BY c.erasure_id, c.service
    ) AS services
) AS confirmed
FROM erasures e
WHERE e.erasure_id = $1
"""


async def erasure(conn: Connection, erasure_id: UUID) -> Erasure | None:
    """The erasure of that id."""
    row = await conn.fetchrow(_ERASURE, erasure_id)
    if row is None:
        return None
    return Erasure(
        erasure_id=row["erasure_id"],
        subject_hash=row["subject_hash"],
        requested_at=row["requested_at"],
        own=Confirmed(row["erased_at"], row["rows"]) if row["erased_at"] is not None else None,
        unnamed=row["unnamed"] or 0,
        confirmed={
            service: Confirmed(datetime.fromisoformat(told["erased_at"]), told["rows"])
            for service, told in (row["confirmed"] or {}).items()
        },
    )


async def latest(conn: Connection, subject_hash: bytes) -> UUID | None:
    """The newest erasure of a learner."""
    found: UUID | None = await conn.fetchval(
        "SELECT erasure_id FROM erasures WHERE subject_hash = $1 ORDER BY requested_at DESC LIMIT 1", subject_hash
    )
    return found


async def known(conn: Connection, learner_id: str) -> bool:
    """Whether anything is kept of that learner, whom the connection acts as: whoever writes takes the clock first."""
    found: bool = await conn.fetchval("SELECT EXISTS (SELECT FROM learner_clocks WHERE learner_id = $1)", learner_id)
    return found


async def request(conn: Connection, learner_id: str, subject_hash: bytes) -> UUID | None:
    """Ask for an erasure; None where one is waiting already. The connection acts as the learner."""
    made: UUID | None = await conn.fetchval(
        """
        INSERT INTO erasures (erasure_id, subject_hash) VALUES ($1, $2) ON CONFLICT DO NOTHING RETURNING erasure_id
        """,
        uuid4(),
        subject_hash,
    )
    if made is not None:
        await conn.execute("INSERT INTO erasure_requests (learner_id, erasure_id) VALUES ($1, $2)", learner_id, made)
    return made


async def next_request(conn: Connection) -> Request | None:
    """The oldest request that nobody has in hand, locked."""
    row = await conn.fetchrow(
        """
        SELECT r.erasure_id, r.learner_id, e.subject_hash FROM erasure_requests r JOIN erasures e USING (erasure_id)
        WHERE e.erased_at IS NULL ORDER BY e.requested_at LIMIT 1 FOR UPDATE OF r SKIP LOCKED
        """
    )
    return Request(**row) if row is not None else None


async def keep_out(conn: Connection, subject_hash: bytes) -> datetime:
    """From now on nothing of that learner counts. Returns the moment."""
    at: datetime = await conn.fetchval(
        """
        WITH told AS (
            INSERT INTO forgotten (subject_hash, until) VALUES ($1, 'infinity')
            ON CONFLICT (subject_hash) DO UPDATE SET until = excluded.until
        ) SELECT clock_timestamp()
        """,
        subject_hash,
    )
    return at


async def everything(conn: Connection, learner_id: str) -> dict[str, list[dict[str, Any]]]:
    """The learner's rows by table."""
    found: dict[str, list[dict[str, Any]]] = await conn.fetchval("SELECT rows_naming('learner_id', $1)", learner_id)
    return found


async def delete_rows(conn: Connection, learner_id: str) -> dict[str, int]:
    """Delete the learner's rows in every table but the evidence and the request. Returns how many of each."""
    gone: dict[str, int] = await conn.fetchval(
        "SELECT delete_naming('learner_id', $1, but => '{completions,erasure_requests}')", learner_id
    )
    return gone


async def unname_evidence(conn: Connection, learner_id: str) -> int:
    """Take learner and sessions out of the evidence, so that the rest can still be checked. Returns how many rows.

    The name that they are left under is random. A row without sessions, whose hash of who it was could be found by
    trying, loses that too, and is a link from then on.
    """
    done: str = await conn.execute(
        """
        UPDATE completions SET learner_id = $2, sessions = '{}', person = CASE WHEN sessions <> '{}' THEN person END
        WHERE learner_id = $1
        """,
        learner_id,
        f"{ERASED}{uuid4()}",
    )
    return int(done.rpartition(" ")[2])


async def delete_waiting(conn: Connection, learner_id: str, topics: Sequence[str]) -> int:
    """Delete what waits in the outbox about the learner, in topics whose keys begin with a learner."""
    done: str = await conn.execute(
        "DELETE FROM outbox WHERE topic = ANY($2::text[]) AND split_part(key, '/', 1) = $1", learner_id, list(topics)
    )
    return int(done.rpartition(" ")[2])


async def finish(conn: Connection, erasure_id: UUID, at: datetime, rows: dict[str, int], unnamed: int) -> None:
    """Note what was erased here."""
    await conn.execute(
        "UPDATE erasures SET erased_at = $2, rows = $3, unnamed = $4 WHERE erasure_id = $1",
        erasure_id,
        at,
        rows,
        unnamed,
    )


async def confirm(conn: Connection, erasure_id: UUID, service: str, erased_at: datetime, rows: dict[str, int]) -> bool:
    """Keep what another service has told. False where it had told so before."""
    done: str = await conn.execute(
        """
        INSERT INTO erasure_confirmations (erasure_id, service, erased_at, rows) VALUES ($1, $2, $3, $4)
        ON CONFLICT DO NOTHING
        """,
        erasure_id,
        service,
        erased_at,
        rows,
    )
    return done.endswith("1")


async def rights_ended(conn: Connection, erasure_id: UUID, at: datetime) -> str | None:
    """Grants of later than that count again; who it was is not needed any more, and told for the last time."""
    await conn.execute(
        """
        UPDATE forgotten f SET until = $2 FROM erasures e
        WHERE e.erasure_id = $1 AND f.subject_hash = e.subject_hash AND f.until = 'infinity'
        """,
        erasure_id,
        at,
    )
    learner_id: str | None = await conn.fetchval(
        "DELETE FROM erasure_requests WHERE erasure_id = $1 RETURNING learner_id", erasure_id
    )
    return learner_id
