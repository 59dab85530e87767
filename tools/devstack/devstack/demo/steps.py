"""The steps of the demonstration: what each was, how long it took, how it came out."""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from rich.markup import escape
from rich.table import Table

from devstack.demo.api import DemoFailed
from devstack.progress import console


@dataclass
class Step:
    name: str
    outcome: str = ""
    seconds: float = 0.0
    passed: bool = False

    def check(self, holds: bool, otherwise: str) -> None:
        """Fail the step with `otherwise` unless it holds."""
        if not holds:
            raise DemoFailed(otherwise)


class Steps:
    def __init__(self) -> None:
        self.all: list[Step] = []

    @property
    def passed(self) -> bool:
        return bool(self.all) and all(step.passed for step in self.all)

    @asynccontextmanager
    async def step(self, name: str) -> AsyncIterator[Step]:
        """Everything inside is this step; an exception fails it and goes on outwards."""
        step = Step(name)
        self.all.append(step)
        began = time.monotonic()
        try:
            yield step
            step.passed = True
        except BaseException as error:
            step.outcome = str(error) or type(error).__name__
            raise
        finally:
            step.seconds = time.monotonic() - began
            console.print(_line(step))

    def table(self) -> Table:
        shown = Table(title="What happened", title_justify="left", title_style="bold")
        shown.add_column("")
        shown.add_column("step")
        shown.add_column("s", justify="right")
        shown.add_column("outcome", overflow="fold")
        for step in self.all:
            shown.add_row(_mark(step), step.name, f"{step.seconds:.1f}", escape(step.outcome))
        return shown


def _mark(step: Step) -> str:
    return "[green]✓[/]" if step.passed else "[red]✗[/]"


def _line(step: Step) -> str:
    return f"{_mark(step)} {step.name} [dim]({step.seconds:.1f} s)[/] {escape(step.outcome)}"
