"""Progress on the terminal: a bar where there is one, a line now and then where output goes to a file."""

import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

console = Console(stderr=False, highlight=False, soft_wrap=True)
EVERY = 2.0
HEARTBEAT = 10.0


@contextmanager
def fetching(what: str, total: int) -> Iterator[Callable[[], None]]:
    """A bar of `total` steps; the yielded function advances it by one."""
    if sys.stdout.isatty():
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        with Progress(*columns, console=console) as bar:
            task = bar.add_task(what, total=total)
            yield lambda: bar.advance(task)
        return
    with _lines(what, total) as advance:
        yield advance


@contextmanager
def _lines(what: str, total: int) -> Iterator[Callable[[], None]]:
    done, last, began = 0, time.monotonic(), time.monotonic()
    console.print(f"{what}: {total} files")

    def advance() -> None:
        nonlocal done, last
        done += 1
        if time.monotonic() - last > EVERY:
            last = time.monotonic()
            console.print(f"{what}: {done} of {total}")

    yield advance
    console.print(f"{what}: done in {time.monotonic() - began:.0f} s")


@contextmanager
def heartbeat(what: str) -> Iterator[None]:
    """Say what is done, and every ten seconds that it still is: for programs that are silent without a terminal."""
    console.print(f"· {what}")
    began, over = time.monotonic(), threading.Event()

    def beat() -> None:
        while not over.wait(HEARTBEAT):
            console.print(f"· {what}: {time.monotonic() - began:.0f} s")

    thread = threading.Thread(target=beat, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
