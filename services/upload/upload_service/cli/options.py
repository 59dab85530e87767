"""The command's options, and the selection that they make."""

import argparse
import sys
from collections.abc import Mapping
from pathlib import Path
from uuid import UUID

from upload_service.cli.surroundings import Refused
from upload_service.selection import Assigned, Selection, is_id, read_assignments

_EXIT_CODES = """\
exit codes: 0 done; 1 finished, but some videos failed; 2 wrong options or settings; 3 PostgreSQL, S3 or Mux is away;
4 refused, for the reason that is printed; 130 interrupted: what was begun is finished, run again to go on.

Settings come from the environment, as for the upload service: DATABASE_URL_UPLOAD, S3_*, MUX_*.
"""


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(
        prog="seatime-migrate",
        description="Moves videos from S3 to Mux: plan, run, status, rollback, cleanup.",
        epilog=_EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--json", action="store_true", help="one JSON document instead of words")
    common.add_argument("--verbose", action="store_true", help="log to the standard error, and show tracebacks")
    commands = made.add_subparsers(dest="command", required=True, metavar="COMMAND")

    plan = commands.add_parser("plan", parents=[common, _selecting()], help="what would move and cost; changes nothing")
    plan.add_argument("--list", action="store_true", help="each video instead of a row for each course")
    plan.add_argument("--quick", action="store_true", help="sizes only, without reading types and durations")

    run = commands.add_parser("run", parents=[common, _selecting()], help="move, or go on where it was interrupted")
    run.add_argument("--new", action="store_true", help="begin another migration beside one that is not finished")
    run.add_argument("--limit", type=_positive, metavar="N", help="no more than so many videos in this migration")
    run.add_argument("--batch", type=_positive, metavar="N", help="videos on their way to Mux at once")
    run.add_argument("--concurrency", type=_positive, metavar="N", help="of these, worked on at once")
    run.add_argument("--grace", type=duration, metavar="TIME", help="for a rollback: 30d, 12h, 90min, 45s")
    run.add_argument("--yes", action="store_true", help="do not ask")

    status = commands.add_parser("status", parents=[common], help="how migrations stand")
    status.add_argument("migration", type=UUID, nargs="?", help="its id; without one, all of them")
    status.add_argument("--failed", action="store_true", help="every failed video with its reason")

    rollback = commands.add_parser("rollback", parents=[common], help="back to S3, within the grace period")
    _which(rollback).add_argument("--lesson", metavar="ID", help="one lesson")
    rollback.add_argument("--yes", action="store_true", help="do not ask")

    cleanup = commands.add_parser("cleanup", parents=[common], help="delete S3 originals, after proof and grace")
    _which(cleanup)
    cleanup.add_argument("--yes", action="store_true", help="do not ask")
    return made


def _selecting() -> argparse.ArgumentParser:
    options = argparse.ArgumentParser(add_help=False)
    group = options.add_argument_group("what", "without any of these: every lesson that plays from S3")
    group.add_argument("--courses", type=_ids, default=(), metavar="ID,ID", help="their lessons")
    group.add_argument("--lessons", type=_ids, default=(), metavar="ID,ID", help="these lessons")
    group.add_argument("--prefix", metavar="KEY", help="the bucket's objects whose keys begin so ('' for all)")
    group.add_argument("--map", type=Path, metavar="FILE", help="CSV of key,lessonId[,title]: whose the objects are")
    group.add_argument("--course", metavar="ID", help="gets a lesson for each object under --prefix that is nobody's")
    group.add_argument("--views", type=_views, default=1.0, metavar="N", help="full viewings of each video a month (1)")
    return options


def _which(to: argparse.ArgumentParser) -> "argparse._MutuallyExclusiveGroup":
    group = to.add_mutually_exclusive_group(required=True)
    group.add_argument("--migration", type=UUID, metavar="ID", help="one migration")
    group.add_argument("--all", action="store_true", help="everything that was migrated")
    return group


def selection(given: argparse.Namespace) -> Selection:
    """Raises Refused for a list that cannot be read."""
    return Selection(
        courses=given.courses,
        lessons=given.lessons,
        prefix=given.prefix,
        assigned=_assigned(given.map),
        into=given.course,
    )


def _assigned(path: Path | None) -> Mapping[str, Assigned]:
    if path is None:
        return {}
    try:
        text = sys.stdin.read() if str(path) == "-" else path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Refused(f"{path}: {error.strerror if isinstance(error, OSError) else 'not UTF-8'}") from error
    return read_assignments(text)


def duration(text: str) -> int:
    """Seconds of 45s, 90min, 12h, 30d, or a bare number of seconds."""
    for ending, seconds in (("min", 60), ("s", 1), ("h", 3600), ("d", 86_400)):
        if text.endswith(ending) and text[: -len(ending)].isdigit():
            return _bounded(int(text[: -len(ending)]) * seconds)
    if text.isdigit():
        return _bounded(int(text))
    raise argparse.ArgumentTypeError("a time is like 30d, 12h, 90min or 45s")


def _bounded(seconds: int) -> int:
    if seconds > 366 * 86_400:
        raise argparse.ArgumentTypeError("at most 366 days")
    return seconds


def _positive(text: str) -> int:
    if not text.isdigit() or not 0 < int(text) <= 10**7:
        raise argparse.ArgumentTypeError("a whole number from 1")
    return int(text)


def _views(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = -1
    if not 0 <= number <= 1e9:
        raise argparse.ArgumentTypeError("a number from 0")
    return number


def _ids(text: str) -> tuple[str, ...]:
    found = tuple(part.strip() for part in text.split(",") if part.strip())
    wrong = [part for part in found if not is_id(part)]
    if wrong or not found:
        raise argparse.ArgumentTypeError(f"{wrong[0]!r} cannot be an id" if wrong else "no id given")
    return found
