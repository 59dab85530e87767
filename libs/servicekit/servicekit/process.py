"""Ending a process from inside, and the supervised loops that live in one.

Raising SystemExit in a Kafka handler leaves a zombie member that keeps its partitions, so the way out is a signal to
ourselves, and a hard exit if that does not help.
"""

import asyncio
import logging
import os
import signal
import threading
from collections.abc import Awaitable, Callable

from servicekit.database import TRANSIENT
from servicekit.errors import Unavailable
from servicekit.telemetry import get_logger

EXIT_FAILED = 70
_PASSING = (*TRANSIENT, Unavailable)

log = get_logger(__name__)
_state = {"code": 0}


def terminate(reason: str, *, hard_after_s: float = 20) -> None:
    """Ask this process to stop, with a failure code, so that its supervisor starts it anew."""
    log.critical("terminating", reason=reason)
    _state["code"] = EXIT_FAILED
    timer = threading.Timer(hard_after_s, os._exit, (EXIT_FAILED,))
    timer.daemon = True
    timer.start()
    os.kill(os.getpid(), signal.SIGTERM)


def exit_code() -> int:
    """0 unless `terminate` was called."""
    return _state["code"]


async def repeat(name: str, turn: Callable[[], Awaitable[object]], every_s: float) -> None:
    """Take turns for ever, with a pause after each. An outage cuts one short and is said; other errors are raised."""
    while True:
        try:
            await turn()
        except Unavailable as error:
            log.warning("turn cut short", loop=name, error=str(error))
        await asyncio.sleep(every_s)


async def keep_running(name: str, loop: Callable[[], Awaitable[None]], *, max_delay_s: float = 10) -> None:
    """Run `loop` for ever: when it raises, say so and start it again, later each time it fails quickly."""
    delay = 0.2
    while True:
        started = asyncio.get_running_loop().time()
        try:
            await loop()
        except Exception as error:
            passing = isinstance(error, _PASSING)
            log.log(
                logging.WARNING if passing else logging.ERROR,
                "background loop failed",
                loop=name,
                error=repr(error),
                again_in_s=delay,
                exc_info=not passing,
            )
        else:
            log.warning("background loop ended", loop=name, again_in_s=delay)
        if asyncio.get_running_loop().time() - started > 30:
            delay = 0.2
        await asyncio.sleep(delay)
        delay = min(delay * 2, max_delay_s)
