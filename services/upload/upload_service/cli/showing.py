"""How a migration looks while it runs: a bar for a person at a terminal, a line now and then for a log."""

from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from prometheus_client import REGISTRY
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from upload_service.cli.figures import eta
from upload_service.cli.surroundings import Out

_WINDOW = timedelta(minutes=5)
_LINE_EVERY = timedelta(seconds=10)


@dataclass(frozen=True, slots=True)
class Seen:
    """How many transfers are in each state, at a time, and what they wait for."""

    counts: Mapping[str, int]
    at: datetime
    waiting: str | None = None

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    @property
    def failed(self) -> int:
        return self.counts["failed"]

    @property
    def on_their_way(self) -> int:
        return self.counts["asked"] + self.counts["processing"]

    @property
    def left(self) -> int:
        return self.counts["planned"] + self.on_their_way

    @property
    def done(self) -> int:
        return self.total - self.left


def rate_waits() -> int:
    """How often bulk calls of this process were told to wait for their turn at Mux."""
    labels = ({"line": line, "who": "bulk", "granted": "false"} for line in ("shared", "own"))
    return int(sum(REGISTRY.get_sample_value("seatime_mux_turns_total", one) or 0 for one in labels))


@dataclass
class Shown:
    """`update` tells what is seen by now, `say` something that stays."""

    out: Out
    bar: Progress | None
    _history: deque[Seen] = field(default_factory=deque)
    _said: Seen | None = None

    def say(self, text: str) -> None:
        where = self.out.errors if self.out.as_json else self.bar.console if self.bar is not None else self.out.console
        where.print(text, markup=False, highlight=False, soft_wrap=True)

    def update(self, seen: Seen) -> None:
        self._history.append(seen)
        while len(self._history) > 2 and seen.at - self._history[0].at > _WINDOW:
            self._history.popleft()
        if self.bar is not None:
            self.bar.update(self.bar.task_ids[0], completed=seen.done, total=seen.total, told=self.told(seen))
        elif not self.out.as_json and self._is_news(seen):
            self._said = seen
            self.say(f"{seen.at.astimezone():%H:%M:%S}  {seen.done:,} of {seen.total:,}, {self.told(seen)}")

    def _is_news(self, seen: Seen) -> bool:
        before = self._said
        if before is None or (not seen.left and before.left):
            return True
        return seen.at - before.at >= _LINE_EVERY and (seen.counts, seen.waiting) != (before.counts, before.waiting)

    def told(self, seen: Seen) -> str:
        first = self._history[0] if self._history else seen
        elapsed, done = seen.at - first.at, seen.done - first.done
        a_minute = done / elapsed.total_seconds() * 60 if elapsed else 0.0
        parts = [
            f"{seen.failed:,} failed",
            f"{seen.on_their_way:,} on their way",
            f"{a_minute:,.1f}/min",
            f"ETA {eta(seen.left, done, elapsed)}",
        ]
        if waits := rate_waits():
            parts.append(f"{waits:,} waits for Mux's rate limit")
        if seen.waiting:
            parts.append(seen.waiting)
        return ", ".join(parts)

    def close(self) -> None:
        if self.bar is not None:
            self.bar.stop()


@contextmanager
def shown(out: Out, seen: Seen) -> Iterator[Shown]:
    """What shows a run until the end of the block."""
    if not out.live:
        yield Shown(out, None)
        return
    columns = (BarColumn(30), MofNCompleteColumn(), TextColumn("{task.fields[told]}", markup=False))
    with Progress(*columns, console=out.console, refresh_per_second=4) as bar:
        bar.add_task("", total=seen.total, completed=seen.done, told="")
        yield Shown(out, bar)
