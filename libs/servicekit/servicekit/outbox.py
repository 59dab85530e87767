"""The transactional outbox: events leave with the table change that they tell of, or not at all.

One relay at a time, elected by an advisory lock. Rows of one key leave one after the other, so that a failed send
holds back the rest of its key and nothing else: a key that fails while others do not rests, longer each time. A crash
between sending and deleting repeats an event, never loses one.
"""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from uuid import UUID, uuid4

import asyncpg
from aiokafka.errors import MessageSizeTooLargeError

from servicekit import metrics, telemetry
from servicekit.database import OUTAGE, Connection, connect
from servicekit.errors import BrokerUnavailable
from servicekit.kafka import Message, Publishable, cloud_event_headers
from servicekit.producer import Producer
from servicekit.telemetry import get_logger

CHANNEL = "outbox"
_LOCK = 0x0B0C
_NEVER = (MessageSizeTooLargeError,)
_FIRST_REST_S, _LONGEST_REST_S = 0.5, 60.0

log = get_logger(__name__)

_APPEND = """
INSERT INTO outbox (event_id, topic, key, event_type, source, payload, traceparent)
SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[])
"""
_NEXT = """
SELECT id, event_id, topic, key, event_type, source, payload, traceparent, created_at
FROM outbox
WHERE parked_at IS NULL AND (topic, key) NOT IN (SELECT * FROM unnest($2::text[], $3::text[]))
ORDER BY id LIMIT $1
"""
_FAILED = """
UPDATE outbox SET attempts = attempts + 1, last_error = f.error, parked_at = CASE WHEN f.never THEN now() END
FROM unnest($1::bigint[], $2::text[], $3::boolean[]) AS f (id, error, never) WHERE outbox.id = f.id
"""
_STATE = """
SELECT coalesce(extract(epoch FROM now() - min(created_at) FILTER (WHERE parked_at IS NULL)), 0)::float AS age,
       count(*) FILTER (WHERE parked_at IS NOT NULL) AS parked
FROM outbox
"""


async def append(
    conn: Connection, events: Sequence[Publishable], *, ids: Sequence[UUID] | None = None, notify: bool = True
) -> list[UUID]:
    """Put events into the caller's transaction. Take the aggregate's row lock first: then order is commit order.

    `ids` fixes the CloudEvents ids (default: random). `notify` wakes a relay in another process at commit, which
    costs a global lock there: leave it off where the relay lives in the same process and is woken by hand.
    Returns the ids.
    """
    if not events:
        return []
    event_ids = list(ids) if ids is not None else [uuid4() for _ in events]
    await conn.execute(
        _APPEND,
        event_ids,
        [event.topic_name for event in events],
        [event.key for event in events],
        [event.event_type for event in events],
        [event.event_source for event in events],
        [value.decode() if (value := event.to_json()) is not None else None for event in events],
        [telemetry.traceparent.get()] * len(events),
    )
    if notify:
        await conn.execute("SELECT pg_notify($1, '')", CHANNEL)
    return event_ids


@dataclass(frozen=True, slots=True)
class _Failure:
    row_id: int
    key: tuple[str, str]
    error: str
    never: bool


class OutboxRelay:
    """Moves rows from a database's outbox to Kafka. Run it in as many workers as there are; one is the leader."""

    def __init__(
        self,
        dsn: str,
        producer: Producer,
        *,
        service: str,
        batch: int = 500,
        poll_s: float = 1,
        send_timeout_s: float = 30,
    ) -> None:
        self._dsn, self._producer, self._service = dsn, producer, service
        self._batch, self._poll_s, self._send_timeout_s = batch, poll_s, send_timeout_s
        self._wake = asyncio.Event()
        self._resting: dict[tuple[str, str], tuple[float, float]] = {}
        self._observed_at = float("-inf")
        self.is_leader = False
        self.age_s = 0.0
        self.parked = 0

    def wake(self) -> None:
        """Look now instead of at the next poll."""
        self._wake.set()

    async def run(self) -> None:
        """Lead when the lock is free, for as long as the connection lives. Raises when that is lost."""
        await self._producer.wait_connected(timeout=3600)
        connection = await connect(self._dsn, application_name=f"{self._service}-outbox-relay")
        try:
            await connection.add_listener(CHANNEL, lambda *_: self._wake.set())
            while not await connection.fetchval("SELECT pg_try_advisory_lock($1)", _LOCK):
                await asyncio.sleep(self._poll_s)
            self.is_leader = True
            log.info("outbox relay leads", service=self._service)
            while True:
                if not await self._turn(connection):
                    await self._sleep()
        finally:
            self.is_leader = False
            with suppress(*OUTAGE):
                await connection.close(timeout=2)

    async def _sleep(self) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(self._poll_s):
                await self._wake.wait()

    async def _turn(self, connection: "asyncpg.Connection[asyncpg.Record]") -> bool:
        """One batch. True if there may be more to do at once."""
        self._wake.clear()
        now = asyncio.get_running_loop().time()
        resting = [key for key, (rested_at, _) in self._resting.items() if rested_at > now]
        rows = await connection.fetch(_NEXT, self._batch, [topic for topic, _ in resting], [key for _, key in resting])
        if not rows:
            await self._observe(connection)
            return False
        by_key = sorted(rows, key=lambda row: (row["topic"], row["key"], row["id"]))
        chains = [list(chain) for _, chain in groupby(by_key, key=lambda row: (row["topic"], row["key"]))]
        results = await asyncio.gather(*(self._send_in_order(chain) for chain in chains))
        sent = [row_id for ids, _ in results for row_id in ids]
        failures = [failure for _, failure in results if failure is not None]
        if sent:
            await connection.execute("DELETE FROM outbox WHERE id = ANY($1::bigint[])", sent)
            metrics.RELAYED.labels(self._service, "sent").inc(len(sent))
        if failures:
            await self._record(connection, failures)
        self._rest([chain[0] for chain in chains], failures, outage=not sent)
        if now - self._observed_at > self._poll_s:  # it reads the whole table: not after every batch of a backlog
            await self._observe(connection)
        return bool(sent) or any(failure.never for failure in failures)

    def _rest(self, heads: Sequence[asyncpg.Record], failures: Sequence[_Failure], *, outage: bool) -> None:
        """Keys that failed while others did not are asked again later; when all failed, Kafka is away, not the keys."""
        delays = {key: delay for key, (_, delay) in self._resting.items()}
        for head in heads:
            self._resting.pop((head["topic"], head["key"]), None)
        if outage:
            return
        now = asyncio.get_running_loop().time()
        for failure in failures:
            if not failure.never:
                delay = min(delays.get(failure.key, _FIRST_REST_S / 2) * 2, _LONGEST_REST_S)
                self._resting[failure.key] = now + delay, delay

    async def _send_in_order(self, chain: Sequence[asyncpg.Record]) -> tuple[list[int], _Failure | None]:
        sent: list[int] = []
        for row in chain:
            try:
                await self._producer.send(_message(row), timeout=self._send_timeout_s)
            except BrokerUnavailable as error:
                cause = error.__cause__
                return sent, _Failure(
                    row["id"], (row["topic"], row["key"]), repr(cause or error), isinstance(cause, _NEVER)
                )
            sent.append(row["id"])
        return sent, None

    async def _record(self, connection: "asyncpg.Connection[asyncpg.Record]", failures: list[_Failure]) -> None:
        log.error("outbox rows not sent", service=self._service, rows=len(failures), error=failures[0].error)
        metrics.RELAYED.labels(self._service, "failed").inc(len(failures))
        await connection.execute(
            _FAILED,
            [failure.row_id for failure in failures],
            [failure.error[:500] for failure in failures],
            [failure.never for failure in failures],
        )

    async def _observe(self, connection: "asyncpg.Connection[asyncpg.Record]") -> None:
        self._observed_at = asyncio.get_running_loop().time()
        state = await connection.fetchrow(_STATE)
        if state is not None:
            self.age_s, self.parked = state["age"], state["parked"]
            metrics.OUTBOX_AGE_SECONDS.labels(self._service).set(self.age_s)
            metrics.OUTBOX_PARKED.labels(self._service).set(self.parked)


def _message(row: asyncpg.Record) -> Message:
    return Message(
        topic=row["topic"],
        key=row["key"],
        value=row["payload"].encode() if row["payload"] is not None else None,
        headers=cloud_event_headers(
            event_id=row["event_id"],
            event_type=row["event_type"],
            source=row["source"],
            time=row["created_at"],
            traceparent=row["traceparent"],
        ),
    )


def message_of(event: Publishable, *, event_id: UUID | str | None = None) -> Message:
    """An event as a record to be sent at once, without an outbox, in the current trace."""
    return Message(
        topic=event.topic_name,
        key=event.key,
        value=event.to_json(),
        headers=cloud_event_headers(
            event_id=event_id or uuid4(),
            event_type=event.event_type,
            source=event.event_source,
            time=datetime.now(UTC),
            traceparent=telemetry.traceparent.get(),
        ),
    )
