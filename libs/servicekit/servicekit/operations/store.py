"""SQL of an operator's view: what was decided about dead letters, and how the outbox stands."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from asyncpg import Record

from servicekit.database import Connection
from servicekit.operations.letters import Place

Action = Literal["redrive", "discard", "redriven", "failed"]
_LATEST = 2**62
_LOCKS = 0x0DEAD << 40


@dataclass(frozen=True, slots=True)
class Noted:
    """A row of the audit. `position` is the letter's offset."""

    id: int
    topic: str
    partition: int
    position: int
    buried_at: datetime
    action: Action
    actor: str
    note: str | None
    noted_at: datetime

    @property
    def place(self) -> Place:
        return self.topic, self.partition, self.position, self.buried_at


@dataclass(frozen=True, slots=True)
class OutboxState:
    """`oldest_s` is the age (s) of the oldest row that waits; `parked` rows can never be sent."""

    waiting: int
    parked: int
    oldest_s: float


async def note(conn: Connection, action: Action, actor: str, note: str | None, places: Collection[Place]) -> int:
    """Note it of each letter that has no such row yet. Returns how many those were."""
    listed = list(places)
    noted: int = await conn.fetchval(
        "SELECT note_dead_letters($1, $2, $3, $4::text[], $5::integer[], $6::bigint[], $7::timestamptz[])",
        action,
        actor,
        note,
        [topic for topic, *_ in listed],
        [partition for _, partition, *_ in listed],
        [offset for *_, offset, _ in listed],
        [buried_at for *_, buried_at in listed],
    )
    return noted


async def noted(conn: Connection, topics: Collection[str]) -> Mapping[Place, Sequence[Noted]]:
    """What was noted of the letters of these topics, by letter, the oldest first."""
    found: dict[Place, list[Noted]] = defaultdict(list)
    for row in await conn.fetch("SELECT * FROM dead_letters_noted($1::text[])", list(topics)):
        one = _noted(row)
        found[one.place].append(one)
    return found


async def history(conn: Connection, *, before: int | None, limit: int) -> list[Noted]:
    """The audit, the newest first."""
    rows = await conn.fetch("SELECT * FROM dead_letter_history($1, $2)", _LATEST if before is None else before, limit)
    return [_noted(row) for row in rows]


async def to_do(conn: Connection, limit: int) -> list[Noted]:
    """Redrives that were asked for and are neither done nor impossible, the oldest first."""
    return [_noted(row) for row in await conn.fetch("SELECT * FROM redrives_to_do(0, $1)", limit)]


async def take(conn: Connection, redrive: Noted) -> bool:
    """Whether it is ours to do until the end of the transaction: nobody else has done it, or is just doing it."""
    taken: bool = await conn.fetchval(
        """
        SELECT pg_try_advisory_xact_lock($1 + $2::bigint)
            AND EXISTS (SELECT FROM redrives_to_do($2 - 1, 1) AS t WHERE t.id = $2)
        """,
        _LOCKS,
        redrive.id,
    )
    return taken


async def outbox_state(conn: Connection) -> OutboxState:
    row = await conn.fetchrow("SELECT * FROM outbox_state()")
    assert row is not None
    return OutboxState(**row)


def _noted(row: Record) -> Noted:
    return Noted(**row)
