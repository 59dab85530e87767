"""A closed loop of keep-alive connections over rendered requests: as little work per request as Python allows.

The generator shares the machine with what it measures, so what it spends is taken from both sides alike.
"""

import asyncio
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Outcome:
    """How a load went: `statuses` counts the answers, latencies are in milliseconds."""

    per_s: float
    p50_ms: float
    p99_ms: float
    statuses: Counter[int]


class _Connection(asyncio.Protocol):
    """Sends the next request as soon as the answer to the last one is whole."""

    def __init__(self, requests: Iterator[bytes], statuses: Counter[int], latencies: list[float]) -> None:
        self._requests, self._statuses, self._latencies = requests, statuses, latencies
        self._transport: asyncio.Transport | None = None
        self._buffer = b""
        self._sent_at = 0.0
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._next()

    def _next(self) -> None:
        assert self._transport is not None
        request = next(self._requests, None)
        if request is None:
            self._transport.close()
            return
        self._sent_at = time.perf_counter()
        self._transport.write(request)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        head, separator, body = self._buffer.partition(b"\r\n\r\n")
        if not separator:
            return
        length = int(head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0])
        if len(body) < length:
            return
        self._latencies.append(time.perf_counter() - self._sent_at)
        self._statuses[int(head[9:12])] += 1
        self._buffer = b""
        self._next()

    def connection_lost(self, error: Exception | None) -> None:
        if not self.done.done():
            if error is None:
                self.done.set_result(None)
            else:
                self.done.set_exception(error)


async def drive(port: int, requests: Sequence[bytes], *, connections: int, timeout_s: float) -> Outcome:
    """Send every request once over `connections` connections to a loopback port. Raises if the time is up."""
    loop = asyncio.get_running_loop()
    source, statuses, latencies = iter(requests), Counter[int](), list[float]()
    started = time.perf_counter()
    async with asyncio.timeout(timeout_s):
        opened = [
            (await loop.create_connection(lambda: _Connection(source, statuses, latencies), "127.0.0.1", port))[1]
            for _ in range(connections)
        ]
        await asyncio.gather(*(connection.done for connection in opened))
    elapsed = time.perf_counter() - started
    if statuses.total() != len(requests):
        raise RuntimeError(f"{len(requests)} requests, {statuses.total()} answers")
    latencies.sort()
    return Outcome(
        per_s=len(requests) / elapsed,
        p50_ms=latencies[len(latencies) // 2] * 1000,
        p99_ms=latencies[len(latencies) * 99 // 100] * 1000,
        statuses=statuses,
    )
