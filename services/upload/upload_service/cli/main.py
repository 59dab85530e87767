"""The command's entry: what was asked for is done, and what went wrong is one line on the standard error."""

import argparse
import asyncio
import os
import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence

from rich.console import Console

from servicekit.telemetry import configure_logging
from upload_service.cli import (
    cleanup_command,
    options,
    plan_command,
    rollback_command,
    run_command,
    status_command,
)
from upload_service.cli.surroundings import INTERRUPTED, Out, explained

Command = Callable[[argparse.Namespace, Out], Awaitable[int]]

COMMANDS: Mapping[str, Command] = {
    "plan": plan_command.plan,
    "run": run_command.run,
    "status": status_command.status,
    "rollback": rollback_command.rollback,
    "cleanup": cleanup_command.cleanup,
}


def run(arguments: Sequence[str] | None = None) -> int:
    """Do what the arguments say, and return the exit code."""
    given = options.parser().parse_args(arguments)
    configure_logging("seatime-migrate", level="INFO" if given.verbose else "CRITICAL", fmt="console")
    out = Out(_console(), Console(stderr=True), given.json)
    try:
        return asyncio.run(_run(given, out))
    except KeyboardInterrupt:
        out.errors.print("seatime-migrate: stopped", markup=False, highlight=False)
        return INTERRUPTED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # the interpreter flushes it once more
        return 1
    except Exception as error:
        told = explained(error)
        if told is None or given.verbose:
            raise
        out.errors.print(f"seatime-migrate: {told[1]}", markup=False, highlight=False, soft_wrap=True)
        return told[0]


async def _run(given: argparse.Namespace, out: Out) -> int:
    return await COMMANDS[given.command](given, out)


def _console() -> Console:
    """As wide as the terminal; where there is none, as wide as what is printed."""
    return Console(soft_wrap=False) if sys.stdout.isatty() else Console(width=200)


def main() -> None:
    sys.exit(run())


if __name__ == "__main__":
    main()
