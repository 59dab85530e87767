"""Waiting in tests: for what comes to be true, and for no longer than what is promised."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any

PATIENCE_S = 60.0
"""How long what has no time limit of its own may take on a machine that has much else to do."""
SLACK_S = 5.0
"""What such a machine may add to a time limit: whatever a test rules out must take longer than the limit and this."""
PAUSE_S = 0.02


async def until(condition: Callable[[], Any], timeout: float = PATIENCE_S) -> Any:
    """The first true value of a function or coroutine function; AssertionError with the last one if none comes."""
    deadline = time.monotonic() + timeout
    while True:
        late = time.monotonic() > deadline
        value = condition()
        if isinstance(value, Awaitable):
            value = await value
        if value:
            return value
        assert not late, f"not within {timeout} s: {getattr(condition, '__name__', condition)} is {value!r}"
        await asyncio.sleep(PAUSE_S)


def until_now(condition: Callable[[], Any], timeout: float = PATIENCE_S) -> Any:
    """The same where no event loop runs."""
    deadline = time.monotonic() + timeout
    while True:
        late = time.monotonic() > deadline
        if value := condition():
            return value
        assert not late, f"not within {timeout} s: {getattr(condition, '__name__', condition)} is {value!r}"
        time.sleep(PAUSE_S)


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """The block takes no longer than that, and SLACK_S for the machine."""
    began = time.monotonic()
    yield
    took = time.monotonic() - began
    assert took < seconds + SLACK_S, f"took {took:.1f} s instead of {seconds} s"
