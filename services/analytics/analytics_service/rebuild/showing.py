"""How a rebuild looks while it runs: a bar for a person at a terminal, a line now and then for a log."""

import time
from types import TracebackType

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

_LINE_EVERY_S = 10.0


class Bar:
    """Records read, of those that there are, how fast, and how long it will take. A context manager."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._started = self._said = time.monotonic()
        self._done = self._total = 0
        self._bar = Progress(
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[rate]:,.0f}/s"),
            TimeRemainingColumn(),
            console=console,
            disable=not console.is_terminal,
        )
        self._task = self._bar.add_task("records", total=None, rate=0.0)

    def __enter__(self) -> "Bar":
        self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bar.stop()

    @property
    def rate(self) -> float:
        """Records per second since the beginning."""
        return self._done / max(time.monotonic() - self._started, 0.001)

    def say(self, text: str) -> None:
        self._console.print(text, markup=False, highlight=False, soft_wrap=True)

    def expect(self, left: int) -> None:
        """So many records are still to be read; the worker adds to them."""
        self._total = self._done + left
        self._bar.update(self._task, total=self._total)

    def advance(self, records: int) -> None:
        self._done += records
        self._bar.update(self._task, completed=self._done, rate=self.rate)
        if not self._console.is_terminal and time.monotonic() - self._said >= _LINE_EVERY_S:
            self._said = time.monotonic()
            left_s = (self._total - self._done) / self.rate
            self.say(f"{self._done:,} of {self._total:,} records, {self.rate:,.0f}/s, {left_s:,.0f} s left")

    def summary(self) -> str:
        return f"{self._done:,} records in {time.monotonic() - self._started:,.1f} s, {self.rate:,.0f}/s"
