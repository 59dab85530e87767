"""`python -m devstack up|demo|class|status|down|migrate|clean`: the whole system from the command line."""

import argparse
import os
import shutil
import signal
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from rich.live import Live
from rich.markup import escape

from devstack import credentials as secrets_file
from devstack import leftovers, prepare, screen
from devstack.demo.again import watch_again
from devstack.demo.clip import measure
from devstack.demo.play import play
from devstack.errors import StackError
from devstack.paths import DATA, SERVICES
from devstack.ports import Ports
from devstack.postgres import install_copy
from devstack.progress import console
from devstack.stack import Stack
from servicekit.telemetry import configure_logging

DOWN_TIMEOUT = 60


def main() -> int:
    given = _arguments()
    configure_logging("devstack", level="WARNING", fmt="console")
    try:
        return _run(given)
    except StackError as error:
        console.print(f"[red]✗[/] {escape(str(error))}", markup=True)
        return 1


def _run(given: argparse.Namespace) -> int:
    commands: dict[str, Callable[[], int]] = {
        "up": lambda: up(given.data),
        "demo": lambda: demo(given.data, given.video, once=given.once),
        "class": lambda: watch_again(given.data),
        "status": lambda: screen.status(given.data),
        "down": lambda: down(given.data),
        "migrate": lambda: migrate(given.data, given.service),
        "clean": lambda: clean(given.data),
    }
    return commands[given.command]()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="devstack", description="The whole system in one command.")
    parser.add_argument("--data", type=Path, default=Path(os.environ.get("SEATIME_DATA", DATA)), metavar="DIR")
    for field, default in Ports.__dataclass_fields__.items():
        parser.add_argument(
            f"--port-{field.replace('_', '-')}", type=int, metavar="PORT", help=f"default {default.default}"
        )
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("up", help="start everything and stay")
    acting = commands.add_parser("demo", help="start everything and send a video all the way through")
    acting.add_argument("--video", type=Path, help="an mp4 of your own; else a clip is made")
    acting.add_argument("--once", action="store_true", help="end afterwards, with 0 if all went well, else 1")
    commands.add_parser("class", help="have the demonstration's class watch once more, on what runs")
    commands.add_parser("status", help="what runs")
    commands.add_parser("down", help="end what runs")
    commands.add_parser("clean", help="remove the data")
    commands.add_parser("migrate", help="bring a service's database up to date").add_argument(
        "service", choices=SERVICES
    )
    given = parser.parse_args()
    for field in Ports.__dataclass_fields__:
        if (port := getattr(given, f"port_{field}")) is not None:
            os.environ[f"SEATIME_PORT_{field.upper()}"] = str(port)
    return given


class Interrupted(KeyboardInterrupt):
    """SIGINT or SIGTERM: the stack is taken down on the way out."""


def _interrupt(*_: object) -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    raise Interrupted


def _started(data_dir: Path) -> Stack:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _interrupt)
    return Stack(data_dir, report=screen.say)


def up(data_dir: Path) -> int:
    stack = _started(data_dir)
    with suppress(Interrupted):
        try:
            stack.start()
            stay(stack)
        finally:
            _end(stack)
    return 0


def demo(data_dir: Path, video: Path | None, *, once: bool) -> int:
    clip = measure(video) if video else None  # before anything is started
    stack, passed = _started(data_dir), False
    with suppress(Interrupted):
        try:
            stack.start()
            passed = play(stack, clip)
            if not once:
                stay(stack)
        finally:
            _end(stack)
    return 0 if passed or not once else 1


def _end(stack: Stack) -> None:
    if stack.parts:
        screen.say("ending")
    stack.stop()


def stay(stack: Stack) -> None:
    """Show the state until somebody ends it."""
    screen.goodbye(stack)
    if not sys.stdout.isatty():
        threading.Event().wait()
    with Live(screen.table(stack), console=console, refresh_per_second=2, transient=True) as live:
        while True:
            time.sleep(0.5)
            live.update(screen.table(stack))


def down(data_dir: Path) -> int:
    pid = leftovers.alive(data_dir).get("supervisor")
    if pid is None:
        screen.say("nothing runs")
    else:
        screen.say("ending")
        os.kill(pid, signal.SIGTERM)
    leftovers.wait_gone(data_dir, DOWN_TIMEOUT)
    if pid is not None:
        screen.say("ended; the data stays")
    return 0


def migrate(data_dir: Path, service: str) -> int:
    """The database of `DATABASE_OWNER_URL_<SERVICE>`, else that of the running stack."""
    ports = Ports(**leftovers.read(data_dir).get("ports", {}))
    prepare.one_database(service, os.environ, ports, secrets_file.load_or_create(data_dir / "secrets.json"))
    return 0


def clean(data_dir: Path) -> int:
    if leftovers.alive(data_dir):
        raise StackError("the stack runs: end it first (make down)")
    postgres = data_dir / "postgres"
    if postgres.is_symlink():
        shutil.rmtree(postgres.readlink().parent, ignore_errors=True)
    for left in (data_dir, install_copy()):
        shutil.rmtree(left, ignore_errors=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
