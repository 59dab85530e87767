"""Transfers are taken up for a lease, so many at a time, and put down with what became of them."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from uuid import UUID

from prometheus_client import Counter, Gauge

from servicekit.database import Connection, Pool, transaction
from servicekit.errors import DatabaseUnavailable, ServiceError, Unavailable
from servicekit.telemetry import get_logger
from upload_service import changes, store, store_due, store_transfers, transfers
from upload_service.model import Lesson, in_order
from upload_service.settings import Settings
from upload_service.transfers import State, Transfer
from upload_service.verifying import Refuted, Unproven

TRANSFERS = Counter("seatime_transfers_total", "Videos between S3 and Mux by what became of them", ["outcome"])
WAITING = Gauge("seatime_transfer_oldest_seconds", "Age of the oldest transfer that is not settled")

log = get_logger(__name__)

Claim = Callable[[Connection], Awaitable[list[Transfer]]]
Step = Callable[[Transfer], Awaitable[None]]


class Settled(Exception):
    """A transfer came to nothing: the state and the reason in which it ends."""

    def __init__(self, state: State, reason: str) -> None:
        super().__init__(reason)
        self.state: State = state
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Leases:
    """Several may run: each claims its own rows."""

    pool: Pool
    settings: Settings

    async def each(self, claim: Claim, step: Step, concurrency: int, stop: asyncio.Event | None = None) -> int:
        """Claim, and make a step with each of them, so many at a time. Returns how many steps were made.

        With `stop` whoever is free claims anew, until nothing is due or it is set; without, one claim is all.
        """
        claimed = await self._claim(claim)
        waiting, steps, claiming = deque(claimed), 0, asyncio.Lock()

        async def next_one() -> Transfer | None:
            async with claiming:
                if not waiting and stop is not None and not stop.is_set():
                    waiting.extend(await self._claim(claim))
                return waiting.popleft() if waiting else None

        async def work() -> None:
            nonlocal steps
            while (transfer := await next_one()) is not None:
                steps += 1
                try:
                    await self._guarded(step, transfer)
                except DatabaseUnavailable as error:  # its lease runs out, and somebody goes on from what is committed
                    log.warning("transfer let go", transfer=str(transfer.id), error=str(error))

        if claimed:
            async with asyncio.TaskGroup() as group:
                for _ in range(concurrency):
                    group.create_task(work())
        return steps

    async def _claim(self, claim: Claim) -> list[Transfer]:
        async with transaction(self.pool) as conn:
            claimed = await claim(conn)
            WAITING.set(await store_due.oldest_open_s(conn))
        return claimed

    @property
    def lease_s(self) -> float:
        """Longer than any call of Mux: while one is under way, nobody else may ask for the same copy."""
        return max(self.settings.transfer_lease_s, self.settings.mux_deadline_s + self.settings.mux_bulk_patience_s)

    async def _guarded(self, step: Step, transfer: Transfer) -> None:
        try:
            await step(transfer)
        except (Settled, Refuted) as end:
            state: State = end.state if isinstance(end, Settled) else "failed"
            await self.give_up(transfer, state, str(end))
        except DatabaseUnavailable:
            raise
        except Unavailable as error:
            await self._postpone(transfer, str(error), asked_s=float(error.headers["Retry-After"]))
        except Unproven as error:
            if error.answered and transfer.attempts + 1 >= self.settings.transfer_looks:
                await self.give_up(transfer, "failed", str(error))
            else:
                await self._postpone(transfer, str(error))
        except ServiceError as error:
            await self.give_up(transfer, "failed", str(error))

    async def _postpone(self, transfer: Transfer, reason: str, *, asked_s: float = 0) -> None:
        pause = transfers.pause_s(transfer.attempts + 1, asked_s=min(asked_s, self.settings.mux_retry_after_cap_s))
        log.warning("transfer put off", transfer=str(transfer.id), state=transfer.state, reason=reason, again_in=pause)
        async with transaction(self.pool) as conn:
            current = await store_transfers.transfer(conn, transfer.id)
            if current is not None:
                await store_due.postpone(conn, transfer.id, current.state, due_in_s=pause, reason=reason[:500])

    async def give_up(self, transfer: Transfer, state: State, reason: str) -> None:
        """The transfer ends as failed or superseded; its copy is no longer wanted, and its asset goes with a sweep."""
        async with transaction(self.pool) as conn:
            lesson = await store.lock_lesson(conn, transfer.lesson_id)
            current = await store_transfers.transfer(conn, transfer.id, lock=True)
            if lesson is None or current is None or current.state not in transfers.OPEN:
                return
            await changes.save_lesson(conn, lesson, with_copy(lesson, transfer.copy_id, staged=True, discarded=True))
            await store_transfers.set_state(conn, transfer.id, state, reason=reason[:500])
        TRANSFERS.labels(state).inc()
        log.warning("transfer ended", transfer=str(transfer.id), lesson=transfer.lesson_id, state=state, reason=reason)


def with_copy(lesson: Lesson, copy_id: UUID, *, staged: bool, discarded: bool) -> Lesson:
    """The lesson with one of its copies put aside, let go, or neither."""
    uploads = (
        replace(upload, staged=staged, discarded=discarded) if upload.id == copy_id else upload
        for upload in lesson.uploads
    )
    return replace(lesson, uploads=in_order(uploads))
