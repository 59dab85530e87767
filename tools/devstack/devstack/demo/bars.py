"""Progress of the demonstration's long steps: a bar on a terminal, a line now and then elsewhere."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from devstack.progress import console

EVERY = 3.0
Update = Callable[[float], None]


class Bars:
    """Several bars at once: `bar(name, total)` returns what sets its position."""

    def __init__(self, progress: Progress | None) -> None:
        self._progress = progress

    def bar(self, name: str, total: float, unit: str = "") -> Update:
        if self._progress is None:
            return _lines(name, total, unit)
        progress = self._progress
        task = progress.add_task(name, total=total, unit=unit)
        return lambda done: progress.update(task, completed=done)


@contextmanager
def bars() -> Iterator[Bars]:
    if not sys.stdout.isatty():
        yield Bars(None)
        return
    columns = (
        TextColumn("  {task.description:<28}"),
        BarColumn(),
        TextColumn("{task.completed:.1f} of {task.total:.1f} {task.fields[unit]}"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console, transient=True) as progress:
        yield Bars(progress)


def _lines(name: str, total: float, unit: str) -> Update:
    last = time.monotonic()

    def update(done: float) -> None:
        nonlocal last
        if time.monotonic() - last > EVERY:
            last = time.monotonic()
            console.print(f"  {name}: {done:.1f} of {total:.1f} {unit}")

    return update
