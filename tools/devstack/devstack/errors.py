"""What can go wrong with the stack, each with a message that says what to do."""

from pathlib import Path


class StackError(RuntimeError):
    """The stack cannot go on; the message is meant for a person at a terminal."""


class BusyPort(StackError):
    def __init__(self, port: int, variable: str, what: str) -> None:
        super().__init__(
            f"port {port} ({what}) is in use by another process; choose a free one: {variable}=<port> make demo"
        )
        self.port, self.variable = port, variable


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
