"""What can go wrong with the stack, each with a message that says what to do."""

from collections.abc import Mapping
from pathlib import Path


class StackError(RuntimeError):
    """The stack cannot go on; the message is meant for a person at a terminal."""


class BusyPorts(StackError):
    """`busy`: what listens there → its port. `others`: the environment variable of each → a port that is free."""

    def __init__(self, busy: Mapping[str, int], others: Mapping[str, int]) -> None:
        taken = ", ".join(f"{port} ({what})" for what, port in busy.items())
        chosen = " ".join(f"{variable}={port}" for variable, port in others.items())
        super().__init__(
            f"in use by other processes: port {taken}; another stack perhaps (`make status` in its folder).\n"
            f"  These are free; run it again after\n\n    export {chosen}"
        )


class ToolMissing(StackError):
    pass


class ChildFailed(StackError):
    def __init__(self, name: str, reason: str, log: Path) -> None:
        super().__init__(f"{name} {reason}; the end of {log}:\n{tail(log)}")


def tail(log: Path, lines: int = 25) -> str:
    """The last lines of a log file, indented; empty when there is none."""
    if not log.exists():
        return "  (no log)"
    kept = log.read_text(errors="replace").splitlines()[-lines:]
    return "\n".join(f"  {line}" for line in kept)
