"""Mux's webhooks in SQL: each is kept once, as it was signed, with what became of it."""

from dataclasses import dataclass
from typing import Literal

from servicekit.database import Connection
from upload_service.model import OpenUpload, ParkedEvent
from upload_service.observations import Subject

State = Literal["applied", "ignored", "parked", "expired"]


async def take_in(conn: Connection, event_id: str, event_type: str, payload: str, subject: Subject) -> bool:
    """Keep an event, as parked until its effect is known. False if it was already here."""
    done = await conn.fetchval(
        """
        INSERT INTO mux_events (id, type, upload_id, asset_id, lesson_id, our_id, payload, state)
        VALUES ($1, $2, $3, $4, $5, $6, $7, 'parked')
        ON CONFLICT DO NOTHING RETURNING true
        """,
        event_id,
        event_type,
        subject.mux_upload_id,
        subject.mux_asset_id,
        subject.lesson_id,
        subject.upload_id,
        payload,
    )
    return done is not None


async def settle(conn: Connection, event_id: str, state: State) -> None:
    """Write down what became of an event."""
    await conn.execute(
        "UPDATE mux_events SET state = $2, applied_at = CASE WHEN $2 = 'applied' THEN now() END WHERE id = $1",
        event_id,
        state,
    )


async def parked_for(conn: Connection, *, mux_upload_id: str | None, lesson_id: str) -> list[ParkedEvent]:
    """Parked events of an upload that has just become known, or that name a lesson which has.

    Those that a sweep is about to apply are left to it: it waits for the lesson, which the caller has locked.
    """
    rows = await conn.fetch(
        """
        SELECT id, payload FROM mux_events
        WHERE state = 'parked' AND (upload_id = $1 OR lesson_id = $2)
        ORDER BY received_at, id LIMIT 1000 FOR UPDATE SKIP LOCKED
        """,
        mux_upload_id,
        lesson_id,
    )
    return [ParkedEvent(**row) for row in rows]


async def next_applicable(conn: Connection) -> ParkedEvent | None:
    """A parked event whose upload or lesson exists by now: they crossed on the way in."""
    row = await conn.fetchrow(
        """
        SELECT e.id, e.payload FROM mux_events e
        WHERE e.state = 'parked'
          AND (EXISTS (SELECT FROM uploads u WHERE u.mux_upload_id = e.upload_id)
               OR EXISTS (SELECT FROM uploads u WHERE u.mux_asset_id = e.asset_id)
               OR e.our_id IS NOT NULL AND EXISTS (SELECT FROM lessons l WHERE l.id = e.lesson_id ))
        ORDER BY e.received_at, e.id LIMIT 1 FOR UPDATE OF e SKIP LOCKED
        """
    )
    return ParkedEvent(**row) if row is not None else None


async def expire(conn: Connection, *, after_s: float) -> int:
    """Give up events that have been parked for so long (s). Returns how many."""
    done: str = await conn.execute(
        "UPDATE mux_events SET state = 'expired' WHERE state = 'parked' AND received_at < now() - $1 * interval '1 s'",
        after_s,
    )
    return int(done.rpartition(" ")[2])


@dataclass(frozen=True, slots=True)
class Parked:
    """`oldest_s` is the age (s) of the oldest, 0 without any."""

    count: int
    oldest_s: float


async def parked(conn: Connection) -> Parked:
    """Events that wait for what they are about."""
    row = await conn.fetchrow(
        """
        SELECT count(*) AS count, coalesce(extract(epoch FROM now() - min(received_at)), 0)::float8 AS oldest_s
        FROM mux_events WHERE state = 'parked'
        """
    )
    assert row is not None
    return Parked(**row)


async def claim_silent(conn: Connection, *, after_s: float, limit: int) -> list[OpenUpload]:
    """Uploads of which nothing was heard for so long, marked as being checked; rarer the longer it lasts."""
    rows = await conn.fetch(
        """
        UPDATE uploads SET checked_at = now()
        WHERE id IN (
            SELECT id FROM uploads
            WHERE status IN ('waiting', 'processing') AND provider = 'mux'
              AND updated_at <= now() - $1 * interval '1 s'
              AND (checked_at IS NULL
                   OR checked_at <= now() - greatest($1 * interval '1 s', (checked_at - created_at) / 2))
            ORDER BY coalesce(checked_at, created_at) LIMIT $2 FOR UPDATE SKIP LOCKED)
        RETURNING id, lesson_id, mux_upload_id, mux_asset_id
        """,
        after_s,
        limit,
    )
    return [OpenUpload(**row) for row in rows]


async def claim_discarded(conn: Connection, *, again_after_s: float, limit: int) -> list[OpenUpload]:
    """Uploads whose asset nobody wants any more and Mux still has, marked as being deleted."""
    rows = await conn.fetch(
        """
        UPDATE uploads SET checked_at = now()
        WHERE id IN (
            SELECT id FROM uploads
            WHERE discarded AND mux_asset_id IS NOT NULL AND status <> 'deleted'
              AND (checked_at IS NULL OR checked_at <= now() - $1 * interval '1 s')
            ORDER BY id LIMIT $2 FOR UPDATE SKIP LOCKED)
        RETURNING id, lesson_id, mux_upload_id, mux_asset_id
        """,
        again_after_s,
        limit,
    )
    return [OpenUpload(**row) for row in rows]
