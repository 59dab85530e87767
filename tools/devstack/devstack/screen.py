"""What a person sees: a line per step while it starts, a table while it runs."""

import time
from pathlib import Path

from rich.table import Table

from devstack import leftovers
from devstack.progress import console
from devstack.stack import Stack

COLOURS = {"running": "green", "restarting": "yellow", "stopping": "yellow", "stopped": "red"}


def say(text: str) -> None:
    console.print(f"[dim]{time.strftime('%H:%M:%S')}[/] {text}", markup=True)


def table(stack: Stack) -> Table:
    """One row per part: state, process, restarts, log."""
    shown = Table(box=None, pad_edge=False)
    for heading in ("part", "state", "pid", "restarts", "log"):
        shown.add_column(heading)
    for name, state, pid, restarts in stack.describe():
        shown.add_row(name, f"[{COLOURS[state]}]{state}[/]", str(pid or ""), str(restarts), str(stack.log(name)))
    return shown


def goodbye(stack: Stack) -> None:
    console.print(table(stack))
    console.print(f"\n[bold]{stack.urls['web']}[/]   the web app (sign in as one of the cast)")
    console.print(f"{stack.urls['mux']}   the Mux simulator")
    console.print("Ctrl-C ends everything; the data stays.\n")


def status(data_dir: Path) -> int:
    """Print what runs on a data folder; 0 when the stack does, 3 when it does not."""
    alive, noted = leftovers.alive(data_dir), leftovers.read(data_dir)
    if "supervisor" not in alive:
        say("nothing runs")
        return 3
    shown = Table(box=None, pad_edge=False)
    for heading in ("part", "state", "pid", "log"):
        shown.add_column(heading)
    for name, (pid, _) in noted["processes"].items():
        state = "[green]running[/]" if name in alive else "[red]gone[/]"
        log = "" if name == "supervisor" else str(data_dir / "logs" / f"{name}.log")
        shown.add_row(name, state, str(pid), log)
    console.print(shown)
    console.print(f"\nhttp://localhost:{noted['ports']['gateway']}   the web app")
    return 0
