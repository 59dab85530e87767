"""A hard bound on an answer. A frozen database freezes the clean-up of what was cancelled too: it is not waited for."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from servicekit.database import TRANSIENT
from servicekit.errors import DatabaseUnavailable

T = TypeVar("T")

_abandoned: set[asyncio.Task[Any]] = set()


async def within(seconds: float, work: Coroutine[Any, Any, T]) -> T:
    """The result of `work`; DatabaseUnavailable when the database fails it, or when it takes longer than that."""
    task = asyncio.create_task(work)
    try:
        done, _ = await asyncio.wait({task}, timeout=seconds)
    except asyncio.CancelledError:
        task.cancel()
        raise
    if not done:
        task.cancel()
        _abandoned.add(task)
        task.add_done_callback(_forget)
        raise DatabaseUnavailable(f"no answer within {seconds} s")
    try:
        return task.result()
    except TRANSIENT as error:
        raise DatabaseUnavailable(f"database: {type(error).__name__}") from error


def _forget(task: asyncio.Task[Any]) -> None:
    _abandoned.discard(task)
    if not task.cancelled():
        task.exception()  # already answered for; reading it keeps asyncio from reporting it again
