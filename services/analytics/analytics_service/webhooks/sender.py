"""Deliveries on their way out: claimed under a lease, sent side by side, noted one by one.

Run it in every worker. A process that dies leaves its leases, and what it had in hand is sent again when they are
over, under the same webhook-id: at least once, never less. No transaction is open while a receiver thinks, and no
endpoint has more than its share of a worker's places, so that a slow one holds nobody up.
"""

import asyncio
import random
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from analytics_service.settings import WorkerSettings
from analytics_service.webhooks import posting, signing, store_sending
from analytics_service.webhooks.observing import ATTEMPTS, DISABLED, Observer
from analytics_service.webhooks.retrying import Answer, Verdict, judge
from analytics_service.webhooks.sealing import SETTING
from analytics_service.webhooks.store_sending import Claimed
from servicekit.database import TRANSIENT, Pool, transaction
from servicekit.errors import Unavailable
from servicekit.health import Degraded
from servicekit.outside import Resolve, system_resolver
from servicekit.sealing import CannotUnseal, Seal
from servicekit.telemetry import get_logger

_LEASE_BEYOND_TIMEOUT_S = 30
_PUT_OFF_S = 60
_NOTES_AT_ONCE = 2
_NOTE_TRIES = 5

log = get_logger(__name__)


def utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(slots=True)
class Sender:
    """`clock` and `chance` (0 to 1) are arguments for the tests' sake, `resolve` as well."""

    pool: Pool
    settings: WorkerSettings
    seal: Seal | None
    resolve: Resolve = system_resolver
    clock: Callable[[], datetime] = utc_now
    chance: Callable[[], float] = random.random
    _sending: set[asyncio.Task[None]] = field(default_factory=set)
    _wake: asyncio.Event = field(default_factory=asyncio.Event)
    _noting: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(_NOTES_AT_ONCE))
    _cannot: str | None = None

    async def run(self) -> None:
        """Send what is due, for ever. What is under way goes on through an outage of the database."""
        observer = Observer(self.pool, self.settings, self.clock)
        try:
            while True:
                try:
                    await self.turn()
                    await observer.look()
                except (Unavailable, *TRANSIENT) as error:
                    log.warning("turn cut short", loop="webhooks", error=repr(error))
                await self._rest()
        finally:
            for task in self._sending:
                task.cancel()
            await asyncio.gather(*self._sending, return_exceptions=True)

    async def turn(self) -> int:
        """Claim as much as there are places for and begin to send it. Returns how much."""
        self._wake.clear()
        free = self.settings.webhook_concurrency - len(self._sending)
        if free <= 0:
            return 0
        if self.seal is None:
            async with transaction(self.pool, readonly=True) as conn:
                waiting = await store_sending.waiting(conn, self.clock())
            self._cannot = f"{SETTING} is not set" if waiting.pending else None
            return 0
        lease = timedelta(seconds=self.settings.webhook_timeout_s + _LEASE_BEYOND_TIMEOUT_S)
        async with transaction(self.pool) as conn:
            claimed = await store_sending.claim(
                conn, self.clock(), lease, most=free, of_each=self.settings.webhook_per_endpoint
            )
        for one in claimed:
            task = asyncio.create_task(self._deliver(one, self.seal))
            self._sending.add(task)
            task.add_done_callback(self._done)
        return len(claimed)

    async def idle(self) -> None:
        """Until nothing is under way that had begun by now."""
        await asyncio.gather(*self._sending, return_exceptions=True)

    async def check(self) -> None:
        """A readiness check that is never red: raises Degraded while secrets cannot be opened."""
        if self._cannot is not None:
            raise Degraded(f"webhooks are not delivered: {self._cannot}")

    async def _rest(self) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(self.settings.webhook_poll_s):
                await self._wake.wait()

    def _done(self, task: asyncio.Task[None]) -> None:
        self._sending.discard(task)
        self._wake.set()
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("a delivery broke off, it is sent again later", error=repr(error), exc_info=error)

    async def _deliver(self, claimed: Claimed, seal: Seal) -> None:
        try:
            secrets = [seal.open(sealed) for sealed in claimed.secrets]
        except CannotUnseal as error:
            self._cannot = str(error)
            ATTEMPTS.labels(claimed.event_type, "unsigned").inc()
            log.error("a webhook cannot be signed", endpoint_id=str(claimed.endpoint_id), error=str(error))
            async with transaction(self.pool) as conn:
                await store_sending.put_off(conn, claimed, self.clock() + timedelta(seconds=_PUT_OFF_S))
            return
        self._cannot = None
        began_at, body = self.clock(), claimed.body.encode()
        signed = signing.headers(secrets, claimed.event_id, int(began_at.timestamp()), body)
        answer = await posting.post(claimed.url, body, signed, self.settings, self.resolve)
        now = self.clock()
        verdict = judge(
            answer,
            tries=claimed.tries + 1,
            failing_since=claimed.failing_since,
            now=now,
            chance=self.chance(),
            patience=timedelta(seconds=self.settings.webhook_disable_after_s),
        )
        await self._note(claimed, answer, verdict, began_at, now)

    async def _note(
        self, claimed: Claimed, answer: Answer, verdict: Verdict, began_at: datetime, now: datetime
    ) -> None:
        """A note that is lost costs a second sending: a database that is away for moments is waited for."""
        for attempt in range(1, _NOTE_TRIES + 1):
            try:
                async with self._noting, transaction(self.pool, timeout=10) as conn:
                    disabled = await store_sending.note(conn, claimed, answer, verdict, began_at=began_at, now=now)
                break
            except (Unavailable, *TRANSIENT):
                if attempt == _NOTE_TRIES:
                    raise
            await asyncio.sleep(attempt)
        ATTEMPTS.labels(claimed.event_type, verdict.outcome).inc()
        level = log.info if verdict.outcome == "delivered" else log.warning
        level(
            "webhook",
            outcome=verdict.outcome,
            endpoint_id=str(claimed.endpoint_id),
            delivery_id=claimed.delivery_id,
            status=answer.status,
            error=answer.error,
            ms=answer.duration_ms,
        )
        if disabled:
            DISABLED.inc()
            log.error("webhook disabled", endpoint_id=str(claimed.endpoint_id), reason=verdict.disabled)
