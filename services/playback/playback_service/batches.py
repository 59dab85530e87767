"""Requests that come at the same time share statements: a few round trips and one commit, instead of some each.

Nobody waits for company: a free lane takes whatever the loop's tick has brought, and what comes meanwhile is its next
batch. So whatever a batch reads, it begins to read after the last of its requests has come.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

from servicekit.database import TRANSIENT, Connection, Pool, acquire
from servicekit.errors import DatabaseUnavailable, Unavailable
from servicekit.telemetry import get_logger

Q = TypeVar("Q")
A = TypeVar("A")

log = get_logger(__name__)


class _Lane(Generic[Q, A]):
    """A task with a connection, the batch that it is at, and since when."""

    def __init__(self, began: float) -> None:
        self.began = began
        self.batch: list[tuple[Q, asyncio.Future[A]]] = []
        self.task: asyncio.Task[None] | None = None


class Batches(Generic[Q, A]):
    """`turn` answers a batch over one connection: for each question, in order, an answer or an exception.

    A lane keeps its connection for as long as there is work. Whoever is not answered within `budget_s` gets
    DatabaseUnavailable; a lane that is stuck by then is given up, and its clean-up is not waited for.
    """

    def __init__(
        self,
        pool: Pool,
        turn: Callable[[Connection, Sequence[Q]], Awaitable[Sequence[A | Exception]]],
        *,
        budget_s: float,
        lanes: int,
        largest: int = 256,
        longest_queue: int = 4000,
    ) -> None:
        self._pool, self._turn, self._budget_s = pool, turn, budget_s
        self._most_lanes, self._largest, self._longest_queue = lanes, largest, longest_queue
        self._waiting: deque[tuple[Q, asyncio.Future[A]]] = deque()
        self._lanes: set[_Lane[Q, A]] = set()
        self._deadlines: deque[tuple[float, asyncio.Future[A]]] = deque()
        self._timer: asyncio.TimerHandle | None = None
        self._abandoned: set[asyncio.Task[None]] = set()

    async def ask(self, question: Q) -> A:
        """The answer. Raises what the turn answers with, or Unavailable."""
        if len(self._waiting) >= self._longest_queue:
            raise Unavailable("too many requests at once")
        loop = asyncio.get_running_loop()
        outcome: asyncio.Future[A] = loop.create_future()
        self._waiting.append((question, outcome))
        self._deadlines.append((loop.time() + self._budget_s, outcome))
        if self._timer is None:
            self._timer = loop.call_later(self._budget_s, self._time_is_up)
        if len(self._lanes) < self._most_lanes:
            self._open(loop)
        return await outcome

    def close(self) -> None:
        """End what is under way; nobody is answered any more."""
        if self._timer is not None:
            self._timer.cancel()
        for task in [*self._abandoned, *(lane.task for lane in self._lanes if lane.task is not None)]:
            task.cancel()

    def _open(self, loop: asyncio.AbstractEventLoop) -> None:
        lane: _Lane[Q, A] = _Lane(loop.time())
        self._lanes.add(lane)
        lane.task = asyncio.create_task(self._run(lane))

    async def _run(self, lane: _Lane[Q, A]) -> None:
        try:
            while self._waiting and lane in self._lanes:
                try:
                    async with acquire(self._pool, timeout=self._budget_s) as conn:
                        await self._work(conn, lane)
                except TRANSIENT as error:
                    self._fail(lane, DatabaseUnavailable(f"database: {type(error).__name__}"), error)
                except Exception as error:
                    self._fail(lane, error, error)
        finally:
            self._lanes.discard(lane)

    async def _work(self, conn: Connection, lane: _Lane[Q, A]) -> None:
        loop = asyncio.get_running_loop()
        while self._waiting and lane in self._lanes:
            lane.batch, lane.began = self._take(), loop.time()
            try:
                answers = await self._turn(conn, [question for question, _ in lane.batch])
            except TRANSIENT:
                raise
            except Exception as error:
                if len(lane.batch) == 1:
                    raise
                log.warning("playback granted one by one", requests=len(lane.batch), error=repr(error))
                await self._one_by_one(conn, lane)
                continue
            for (_, outcome), answer in zip(lane.batch, answers, strict=True):
                _settle(outcome, answer)
            lane.batch = []

    async def _one_by_one(self, conn: Connection, lane: _Lane[Q, A]) -> None:
        """Somebody spoils it for the others: alone, each gets an answer of its own."""
        for question, outcome in lane.batch:
            if outcome.done():
                continue
            try:
                (answer,) = await self._turn(conn, [question])
            except TRANSIENT:
                raise
            except Exception as error:
                _settle(outcome, error)
            else:
                _settle(outcome, answer)
        lane.batch = []

    def _take(self) -> list[tuple[Q, asyncio.Future[A]]]:
        taken: list[tuple[Q, asyncio.Future[A]]] = []
        while self._waiting and len(taken) < self._largest:
            waiting = self._waiting.popleft()
            if not waiting[1].done():
                taken.append(waiting)
        return taken

    def _fail(self, lane: _Lane[Q, A], answer: Exception, cause: Exception) -> None:
        """Without a connection nobody has been taken yet: then it is everybody's failure who waits."""
        if lane not in self._lanes:
            return
        answer.__cause__ = cause if cause is not answer else None
        for _, outcome in lane.batch or self._take():
            _settle(outcome, answer)
        lane.batch = []

    def _time_is_up(self) -> None:
        loop = asyncio.get_running_loop()
        now, self._timer = loop.time(), None
        while self._deadlines and (self._deadlines[0][1].done() or self._deadlines[0][0] <= now):
            _, outcome = self._deadlines.popleft()
            if not outcome.done():
                outcome.set_exception(DatabaseUnavailable(f"no answer within {self._budget_s} s"))
                self._give_up_stuck(now)
        if self._deadlines:
            self._timer = loop.call_at(self._deadlines[0][0], self._time_is_up)

    def _give_up_stuck(self, now: float) -> None:
        for lane in [lane for lane in self._lanes if now - lane.began > self._budget_s / 2]:
            self._lanes.discard(lane)
            task = lane.task
            if task is not None:
                task.cancel()
                self._abandoned.add(task)
                task.add_done_callback(self._forget)

    def _forget(self, task: asyncio.Task[None]) -> None:
        self._abandoned.discard(task)
        if not task.cancelled():
            task.exception()  # already answered for; reading it keeps asyncio from reporting it again


def _settle(outcome: "asyncio.Future[A]", answer: A | Exception) -> None:
    if outcome.done():
        return
    if isinstance(answer, Exception):
        outcome.set_exception(answer)
    else:
        outcome.set_result(answer)
