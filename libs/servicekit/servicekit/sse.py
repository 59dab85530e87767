"""Server-sent events of a state: the one now, then each later one, however slow the reader.

An event is the whole state and not a step, and is read when the reader takes it. So a reader that lags gets fewer
events and never older ones, nothing is queued for it, and whoever comes back needs no history.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

from fastapi.responses import StreamingResponse

from servicekit.errors import ServiceError, Unavailable
from servicekit.watching import Watchers, within

HEARTBEAT_S = 15
_HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}

RESPONSES: dict[int | str, dict[str, Any]] = {200: {"content": {"text/event-stream": {"schema": {"type": "string"}}}}}
"""What a route that streams tells OpenAPI."""


@dataclass(frozen=True, slots=True)
class State:
    """One event: `id` is the state's own, the same from every replica. `id` and `event` without line breaks."""

    id: str
    event: str
    data: bytes

    def encode(self) -> bytes:
        return b"id: %b\nevent: %b\ndata: %b\n\n" % (self.id.encode(), self.event.encode(), self.data)


async def follow(
    watchers: Watchers[Any], key: str, first: State, read: Callable[[], Awaitable[State]], *, seen: str | None
) -> AsyncGenerator[bytes, None]:
    """The bytes of `first`, unless the reader has `seen` that id, and of each state after it; comments in between.

    `read` answers the state now for this reader. What it raises ends the stream with the event `gone` and the
    problem's slug, except that an outage is waited out. Raises Unavailable if too many watch.
    """
    if first.id != seen:
        yield first.encode()
    seen = first.id
    with watchers.watch(key) as changed:
        while True:
            if not await within(HEARTBEAT_S, changed):
                yield b":\n\n"
                continue
            if watchers.stopping.is_set():
                return
            changed.clear()
            try:
                state = await read()
            except Unavailable:
                changed.set()
                await within(HEARTBEAT_S, watchers.stopping)
                continue
            except ServiceError as error:
                yield b"event: gone\ndata: %b\n\n" % error.slug.encode()
                return
            if state.id != seen:
                seen = state.id
                yield state.encode()


def respond(events: AsyncGenerator[bytes, None], *, for_s: float) -> StreamingResponse:
    """The events as an answer that ends after `for_s`, so that no right outlives its token for long."""
    return StreamingResponse(_for(for_s, events), media_type="text/event-stream", headers=_HEADERS)


async def _for(seconds: float, events: AsyncGenerator[bytes, None]) -> AsyncIterator[bytes]:
    ends_at = asyncio.get_running_loop().time() + seconds
    async with aclosing(events):
        while True:
            try:
                async with asyncio.timeout_at(ends_at):
                    event = await anext(events)
            except (StopAsyncIteration, TimeoutError):
                return
            yield event
