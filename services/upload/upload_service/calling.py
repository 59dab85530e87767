"""A call of Mux from beginning to end: the circuit breaker, its turn in line, a thread, its timeouts, its retries."""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

from prometheus_client import Counter

from servicekit.database import Pool
from servicekit.telemetry import get_logger
from upload_service import mux_failures, retrying
from upload_service.breaker import Breaker, Limits, Outcome
from upload_service.errors import MuxNotFound, MuxRefused, MuxUnavailable
from upload_service.mux_failures import Failure
from upload_service.pacing import Rate
from upload_service.retrying import Patience, Verb
from upload_service.settings import Settings
from upload_service.turns import Turns

T = TypeVar("T")
Timeouts = tuple[float, float]
Work = Callable[[Timeouts], T]
"""Makes one request in a thread, with these connect and read timeouts (s)."""

CALLS = Counter("seatime_mux_calls_total", "Requests to Mux's API by outcome", ["call", "outcome"])
RETRIES = Counter("seatime_mux_retries_total", "Requests to Mux that repeat a failed one", ["call"])

_QUEUE_WAIT_S = 2

log = get_logger(__name__)


class Calls:
    """One per process, with a pool to share the account's rate by. Raises what `MuxService` says it raises."""

    def __init__(
        self,
        settings: Settings,
        *,
        pool: Pool | None = None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._clock, self._sleep = clock, sleep
        self._timeouts = (settings.mux_connect_timeout_s, settings.mux_read_timeout_s)
        self._patience = Patience(
            attempts=settings.mux_attempts,
            asked_cap_s=settings.mux_retry_after_cap_s,
            deadline_s=settings.mux_deadline_s,
        )
        self.breaker = Breaker(
            Limits(settings.mux_breaker_failures, settings.mux_breaker_window_s, settings.mux_breaker_rest_s), clock
        )
        self._turns = Turns(
            Rate(settings.mux_posts_per_s, settings.mux_burst),
            Rate(settings.mux_calls_per_s, settings.mux_burst),
            pool,
            clock,
        )
        self._bulk_patience_s = settings.mux_bulk_patience_s
        self._threads = ThreadPoolExecutor(settings.mux_threads, thread_name_prefix="mux")
        self._free = asyncio.Semaphore(settings.mux_threads)

    def close(self) -> None:
        """Let go of the threads; calls in flight end by their timeouts."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def make(self, name: str, verb: Verb, work: Work[T], *, bulk: bool = False) -> T:
        """The answer of `work`, tried again where that is safe and may help, and never past the deadline.

        Bulk work has more time, which it spends waiting for its turn.
        """
        ends_at = self._clock() + self._patience.deadline_s + (self._bulk_patience_s if bulk else 0)
        failed = 0
        while True:
            answer = await self._attempt(name, verb, work, ends_at, bulk)
            if not isinstance(answer, Failure):
                CALLS.labels(name, "ok").inc()
                return answer
            failed += 1
            pause = self._pause_s(name, verb, answer, failed, ends_at)
            if pause is None:
                raise _told(answer, verb) from answer.error.__cause__
            RETRIES.labels(name).inc()
            await self._sleep(pause)

    async def _attempt(self, name: str, verb: Verb, work: Work[T], ends_at: float, bulk: bool) -> T | Failure:
        try:
            self.breaker.check()  # who would be refused does not stand in line
            await (self._bulk_turn if bulk else self._turn)(verb, ends_at)
            permit = self.breaker.admit()
        except MuxUnavailable:
            CALLS.labels(name, "not-tried").inc()
            raise
        outcome: Outcome = "unknown"
        try:
            answer = await self._in_thread(work, ends_at)
            outcome = "well"
        except Exception as error:
            failure = mux_failures.of(error)
            if failure is None:
                raise
            outcome = "sick" if failure.sick else "well"
            failure.error.__cause__ = error
            return failure
        finally:
            self.breaker.record(permit, outcome)
        return answer

    async def _turn(self, verb: Verb, ends_at: float) -> None:
        patience_s = (ends_at - self._clock()) / 2  # the other half is for the call itself
        turn = await self._turns.take(verb, patience_s, bulk=False)
        if not turn.granted:
            raise MuxUnavailable("more calls wait than Mux takes", retry_after_s=int(turn.wait_s) + 1)
        if turn.wait_s:
            await self._sleep(turn.wait_s)

    async def _bulk_turn(self, verb: Verb, ends_at: float) -> None:
        gives_up_at = ends_at - self._patience.deadline_s
        while True:
            turn = await self._turns.take(verb, 0, bulk=True)
            if turn.granted:
                return
            pause = turn.wait_s + random.uniform(0, self._turns.interval_s(verb) / 4)
            if self._clock() + pause > gives_up_at:
                raise MuxUnavailable("others need Mux more", retry_after_s=int(pause) + 1)
            await self._sleep(pause)

    def _pause_s(self, name: str, verb: Verb, failure: Failure, failed: int, ends_at: float) -> float | None:
        left_s = ends_at - self._clock()
        pause = retrying.pause_s(self._patience, verb, failure.setback, failed=failed, left_s=left_s)
        CALLS.labels(name, failure.error.slug).inc()
        log.warning("mux call failed", call=name, outcome=failure.error.slug, detail=str(failure.error), again_in=pause)
        return pause

    async def _in_thread(self, work: Work[T], ends_at: float) -> T:
        """Never queues behind stuck calls: a thread is free within two seconds, or Mux counts as unavailable."""
        try:
            async with asyncio.timeout(_QUEUE_WAIT_S):
                await self._free.acquire()
        except TimeoutError:
            raise MuxUnavailable("every thread waits for Mux", retry_after_s=5) from None
        left_s = max(0.1, ends_at - self._clock())
        connect_s, read_s = (min(limit, left_s) for limit in self._timeouts)
        loop = asyncio.get_running_loop()
        future: Future[T] = self._threads.submit(work, (connect_s, read_s))
        future.add_done_callback(lambda _: loop.is_closed() or loop.call_soon_threadsafe(self._free.release))
        async with asyncio.timeout(connect_s + read_s + 1):
            return await asyncio.wrap_future(future)


def _told(failure: Failure, verb: Verb) -> Exception:
    if verb == "POST" and isinstance(failure.error, MuxNotFound):
        return MuxRefused("Mux knows no such endpoint")  # our base URL is wrong, not the caller's id
    return failure.error
