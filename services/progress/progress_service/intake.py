"""Where accepted reports go: to Kafka, or, while Kafka is away, into a spool in PostgreSQL that the worker empties.

A report is answered when one of the two has it for good. What a send without an acknowledgement may have left in the
log comes again from the spool: the ledger knows a beat by its session and number.
"""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from prometheus_client import Counter, Gauge

from contracts import topics
from progress_service import store_spool
from servicekit.database import Pool, transaction
from servicekit.errors import BrokerUnavailable, ServiceError, Unavailable
from servicekit.outbox import message_of
from servicekit.producer import Producer
from servicekit.telemetry import get_logger, random_uuid

SEND_TIMEOUT_S = 2.0
REST_S = 2.0
"""How long reports go to the spool after Kafka failed, before one of them tries it again."""

REPORTS = Counter("seatime_progress_reports_total", "Accepted reports by where they went", ["to"])
_TO_KAFKA, _TO_SPOOL = REPORTS.labels("kafka"), REPORTS.labels("spool")
SPOOLING = Gauge("seatime_progress_spooling", "1 while reports go to the spool because Kafka is away")

log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Report:
    """An accepted report as its record: `value` is the JSON of a `WatchProgress`."""

    learner_id: str
    value: bytes
    event_id: str

    topic_name = topics.WATCH_PROGRESS.name
    event_type = topics.WATCH_PROGRESS.event_type
    event_source = f"/seatime/{topics.WATCH_PROGRESS.producer}"

    @classmethod
    def of(cls, learner_id: str, value: bytes) -> "Report":
        return cls(learner_id, value, random_uuid())

    @property
    def key(self) -> str:
        return self.learner_id

    def to_json(self) -> bytes:
        return self.value


class Intake:
    """Raises Unavailable (503) if neither Kafka nor PostgreSQL takes a report."""

    def __init__(
        self, producer: Producer, spool: "Spool", *, rest_s: float = REST_S, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._producer, self._spool, self._rest_s, self._clock = producer, spool, rest_s, clock
        self._try_at = float("-inf")

    @property
    def spooling(self) -> bool:
        """Whether reports go to the spool now."""
        return self._clock() < self._try_at

    async def accept(self, report: Report) -> None:
        """Returns when the report is durable."""
        if not self.spooling:
            resting = self._try_at > float("-inf")
            if resting:
                self._try_at = self._clock() + self._rest_s  # the others do not wait for this one's attempt
            try:
                await self._producer.send(message_of(report, event_id=report.event_id), timeout=SEND_TIMEOUT_S)
            except BrokerUnavailable as error:
                self._rest(error)
            else:
                self._recovered()
                _TO_KAFKA.inc()
                return
        await self._spool.put(report)
        _TO_SPOOL.inc()

    def _rest(self, error: ServiceError) -> None:
        if self._try_at == float("-inf"):
            log.warning("kafka is away: reports go to the spool", error=str(error))
        self._try_at = self._clock() + self._rest_s
        SPOOLING.set(1)

    def _recovered(self) -> None:
        if self._try_at > float("-inf"):
            log.info("kafka takes reports again")
            self._try_at = float("-inf")
            SPOOLING.set(0)


class Spool:
    """Reports that come while one commit is under way share the next."""

    def __init__(self, pool: Pool, *, max_bytes: int) -> None:
        self._pool, self._max_bytes = pool, max_bytes
        self._waiting: list[tuple[Report, asyncio.Future[None]]] = []
        self._writing: asyncio.Task[None] | None = None

    async def put(self, report: Report) -> None:
        """Returns when it is committed. Raises Unavailable where PostgreSQL is away or the spool is full."""
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((report, done))
        if self._writing is None:
            self._writing = asyncio.create_task(self._write(), name="progress-spool")
        await done

    async def _write(self) -> None:
        try:
            while self._waiting:
                batch, self._waiting = self._waiting, []
                outcome = await self._commit([report for report, _ in batch])
                for _, done in batch:
                    if done.done():
                        continue
                    if outcome is None:
                        done.set_result(None)
                    else:
                        done.set_exception(outcome)
        finally:
            self._writing = None

    async def _commit(self, reports: list[Report]) -> Exception | None:
        try:
            async with transaction(self._pool) as conn:
                if await store_spool.size(conn) > self._max_bytes:
                    return Unavailable("the spool of reports is full", retry_after_s=30)
                await store_spool.append(conn, reports, [UUID(report.event_id) for report in reports])
        except Exception as error:
            return error
        return None
