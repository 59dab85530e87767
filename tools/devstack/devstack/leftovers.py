"""What runs on a data folder, noted in it: for `make status`, and so that a start after a crash waits for the dead."""

import json
import os
import signal
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

import psutil

from devstack.errors import StackError
from devstack.ports import Ports

NAME = "stack.json"
_writing = threading.Lock()


def note(data_dir: Path, children: Mapping[str, int], ports: Ports) -> None:
    """Write down the supervisor's process and its children, each with the time it was started."""
    processes = {"supervisor": os.getpid(), **children}
    noted = {name: [pid, _started(pid)] for name, pid in processes.items()}
    fresh = data_dir / f"{NAME}.{os.getpid()}"
    with _writing:  # parts start side by side
        fresh.write_text(json.dumps({"processes": noted, "ports": asdict(ports)}, indent=1))
        fresh.replace(data_dir / NAME)


def read(data_dir: Path) -> dict[str, Any]:
    """`{processes: {name: [pid, started]}, ports}`; empty where nothing was noted."""
    path = data_dir / NAME
    noted: dict[str, Any] = json.loads(path.read_text()) if path.exists() else {}
    return noted


def alive(data_dir: Path) -> dict[str, int]:
    """The noted processes that still run. A pid that the system has given to another process does not count."""
    noted = read(data_dir).get("processes", {})
    return {name: pid for name, (pid, started) in noted.items() if started and _started(pid) == started}


def forget(data_dir: Path) -> None:
    (data_dir / NAME).unlink(missing_ok=True)


def wait_gone(data_dir: Path, timeout: float) -> None:
    """After a crash of the supervisor its watchdog ends the children; wait for that, or do it after `timeout` s."""
    deadline = time.monotonic() + timeout
    while time.monotonic() < deadline and _others(data_dir):
        time.sleep(0.1)
    for pid in _others(data_dir).values():
        with suppress(ProcessLookupError):
            os.killpg(pid, signal.SIGKILL)
    deadline = time.monotonic() + 5
    while left := _others(data_dir):
        if time.monotonic() > deadline:
            raise StackError(f"processes of an earlier run cannot be ended: {left}")
        time.sleep(0.1)
    forget(data_dir)


def _others(data_dir: Path) -> dict[str, int]:
    return {name: pid for name, pid in alive(data_dir).items() if pid != os.getpid()}


def _started(pid: int) -> float | None:
    try:
        process = psutil.Process(pid)
        return None if process.status() == psutil.STATUS_ZOMBIE else process.create_time()
    except psutil.NoSuchProcess:
        return None
