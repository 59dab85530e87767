"""Where the time of a shared run went: how busy the processors were, and which files took longest in which process.

The slowest tests alone do not tell that: what a run waits for is the process that ends last, and all that it had.
"""

import time
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import psutil
import pytest

LONGEST = 30
_BEGAN = pytest.StashKey[tuple[float, float, float]]()


@dataclass(frozen=True)
class File:
    """What a process had of it; `began` and `ended` are in seconds since the epoch."""

    name: str
    process: str
    tests: int
    began: float
    ended: float

    @property
    def took(self) -> float:
        return self.ended - self.began


def files(reports: Iterable[pytest.TestReport]) -> list[File]:
    """The longest first, with all that was set up, torn down and tried again."""
    parts: dict[tuple[str, str], list[pytest.TestReport]] = defaultdict(list)
    for report in reports:
        parts[report.nodeid.partition("::")[0], _process(report)].append(report)
    found = [
        File(
            name,
            process,
            len({report.nodeid for report in of}),
            min(report.start for report in of),
            max(report.stop for report in of),
        )
        for (name, process), of in parts.items()
    ]
    return sorted(found, key=lambda file: -file.took)


def _process(report: pytest.TestReport) -> str:
    """xdist's name of the process that ran it."""
    return str(report.node.gateway.id)  # type: ignore[attr-defined]


def begin(config: pytest.Config) -> None:
    """Note when a shared run begins, and what the processors have done until then."""
    if getattr(config.option, "dist", "no") != "no" and not hasattr(config, "workerinput"):
        config.stash[_BEGAN] = (time.time(), *_processor_seconds())


def _processor_seconds() -> tuple[float, float]:
    """(busy, all) of the whole machine, whoever used them."""
    times = psutil.cpu_times()
    idle = times.idle + getattr(times, "iowait", 0.0)
    return sum(times) - idle, sum(times)


def tell(terminal: pytest.TerminalReporter) -> None:
    """At the end of a shared run: how busy it was, until when each process had work, and the longest files."""
    if _BEGAN not in terminal.config.stash:
        return
    began, busy, total = terminal.config.stash[_BEGAN]
    busy_now, total_now = _processor_seconds()
    reports = [one for kind in terminal.stats.values() for one in kind if isinstance(one, pytest.TestReport)]
    found = files(reports)
    if not found:
        return
    terminal.section("where the time went")
    share = (busy_now - busy) / max(total_now - total, 1e-9)
    terminal.line(f"The {psutil.cpu_count()} processors were busy for {share:.0%} of {_clock(time.time() - began)}.")
    for line in lines(found, began):
        terminal.line(line)


def lines(found: Sequence[File], began: float) -> list[str]:
    """Times are minutes:seconds since the run began."""
    ends: dict[str, float] = defaultdict(float)
    for file in found:
        ends[file.process] = max(ends[file.process], file.ended)
    had = ", ".join(f"{process} until {_clock(ended - began)}" for process, ended in sorted(ends.items()))
    return [f"Processes had work: {had}.", *(_line(file, began) for file in found[:LONGEST])]


def _line(file: File, began: float) -> str:
    since = _clock(file.began - began)
    return f"{_clock(file.took):>6} {file.process} from {since:>5} {file.name} ({file.tests})"


def _clock(seconds: float) -> str:
    return f"{int(seconds) // 60}:{int(seconds) % 60:02}"
