"""`seatime-analytics`: what an operator asks of the analytics service at a terminal."""

import argparse
import asyncio
import signal
import sys
from collections.abc import Sequence

from pydantic import ValidationError
from rich.console import Console

from analytics_service.rebuild.rebuilding import RebuildSettings, Refused, rebuild
from analytics_service.rebuild.showing import Bar
from servicekit.database import TRANSIENT
from servicekit.errors import Unavailable
from servicekit.migrate import MigrationError
from servicekit.telemetry import configure_logging

DONE, USAGE, AWAY, REFUSED, INTERRUPTED = 0, 2, 3, 4, 130

_REBUILD = """\
Makes all read models anew from the log, in a schema of their own, while the old ones serve and the worker goes on;
then both change places within one transaction. Ends without a trace when it is interrupted; after a kill -9 the next
run clears up. Tables that are no read models are taken over as they are.

What is older than the topics' retention (30 days of watching) is in the tables only: it would be lost, and the
command refuses unless --accept-loss is given."""


def parser() -> argparse.ArgumentParser:
    found = argparse.ArgumentParser(prog="seatime-analytics", description="Operates Seatime's analytics.")
    found.add_argument("--verbose", action="store_true", help="log to the standard error")
    commands = found.add_subparsers(dest="command", required=True, metavar="COMMAND")
    command = commands.add_parser(
        "rebuild",
        help="make the read models anew from the log",
        description=_REBUILD,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    command.add_argument("--accept-loss", action="store_true", help="do without what the log does not have any more")
    return found


def run(arguments: Sequence[str] | None = None) -> int:
    """Do what the arguments say, and return the exit code."""
    given = parser().parse_args(arguments)
    configure_logging("seatime-analytics", level="INFO" if given.verbose else "CRITICAL", fmt="console")
    out, errors = Console(), Console(stderr=True)
    try:
        settings = RebuildSettings()
    except ValidationError as error:
        names = ", ".join(str(one["loc"][0]) for one in error.errors())
        errors.print(f"seatime-analytics: not set or not valid: {names}", markup=False, highlight=False)
        return USAGE
    try:
        asyncio.run(_rebuild(settings, out, accept_loss=given.accept_loss))
    except asyncio.CancelledError:
        errors.print("seatime-analytics: interrupted; the tables are as they were", markup=False, highlight=False)
        return INTERRUPTED
    except (Refused, MigrationError) as error:
        errors.print(f"seatime-analytics: {error}", markup=False, highlight=False, soft_wrap=True)
        return REFUSED
    except (Unavailable, *TRANSIENT) as error:
        errors.print(f"seatime-analytics: {error or type(error).__name__}", markup=False, highlight=False)
        return AWAY
    return DONE


async def _rebuild(settings: RebuildSettings, out: Console, *, accept_loss: bool) -> None:
    task = asyncio.current_task()
    assert task is not None
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, task.cancel)
    with Bar(out) as bar:
        skipped = await rebuild(settings, bar, accept_loss=accept_loss)
        bar.say(bar.summary())
        if skipped:
            bar.say(f"{skipped:,} records cannot be applied and were passed over, as the worker did.")


def main() -> None:
    sys.exit(run())


if __name__ == "__main__":
    main()
