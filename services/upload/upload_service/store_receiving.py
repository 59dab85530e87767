"""A batch of webhooks in SQL: as many statements as for one, however many there are.

Lessons are locked before events are inserted, here as for a single webhook: then two deliveries of one event can
wait for each other, but never in a circle.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from servicekit.database import Connection
from upload_service.observations import Subject
from upload_service.store_inbox import State


@dataclass(frozen=True, slots=True)
class Kept:
    """A row for the inbox."""

    id: str
    type: str
    payload: str
    subject: Subject
    state: State


@dataclass(frozen=True, slots=True)
class Known:
    """Whose upload an event speaks of."""

    upload_id: UUID
    lesson_id: str


async def uploads_of(conn: Connection, subjects: Sequence[Subject]) -> list[Known | None]:
    """For each subject the upload that Mux's ids belong to; the upload's id decides where both are given."""
    rows = await conn.fetch(
        """
        SELECT u.id, u.lesson_id
        FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS s (upload_id, asset_id, number)
        LEFT JOIN LATERAL (
            SELECT id, lesson_id FROM uploads
            WHERE mux_upload_id = s.upload_id OR mux_asset_id = s.asset_id
            ORDER BY mux_upload_id IS NOT DISTINCT FROM s.upload_id DESC, id LIMIT 1) AS u ON true
        ORDER BY s.number
        """,
        [subject.mux_upload_id for subject in subjects],
        [subject.mux_asset_id for subject in subjects],
    )
    return [Known(row["id"], row["lesson_id"]) if row["id"] is not None else None for row in rows]


async def hold_lesson_of(conn: Connection, subject: Subject) -> None:
    """Lock the lesson that an event speaks of, waiting for whoever has it."""
    await conn.execute(
        """
        SELECT FROM lessons
        WHERE id = $3 OR id IN (SELECT lesson_id FROM uploads WHERE mux_upload_id = $1 OR mux_asset_id = $2)
        ORDER BY id FOR UPDATE
        """,
        subject.mux_upload_id,
        subject.mux_asset_id,
        subject.lesson_id,
    )


async def keep(conn: Connection, events: Sequence[Kept]) -> set[str]:
    """Insert events with what becomes of them. Returns the ids of those that were not there before."""
    rows = await conn.fetch(
        """
        INSERT INTO mux_events (id, type, upload_id, asset_id, lesson_id, our_id, payload, state, applied_at)
        SELECT id, type, upload_id, asset_id, lesson_id, our_id, payload, state,
               CASE WHEN state = 'applied' THEN now() END
        FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::uuid[], $7::text[], $8::text[])
             AS e (id, type, upload_id, asset_id, lesson_id, our_id, payload, state)
        ORDER BY id
        ON CONFLICT DO NOTHING RETURNING id
        """,
        [event.id for event in events],
        [event.type for event in events],
        [event.subject.mux_upload_id for event in events],
        [event.subject.mux_asset_id for event in events],
        [event.subject.lesson_id for event in events],
        [event.subject.upload_id for event in events],
        [event.payload for event in events],
        [event.state for event in events],
    )
    return {row["id"] for row in rows}
