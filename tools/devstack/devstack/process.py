"""A child process of its own group with its log in a file; a watchdog ends it when this process cannot."""

import atexit
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from devstack import watchdog
from devstack.errors import ChildFailed

POLL = 0.05
LONGEST_LOG = 20_000_000


class _Watchdog:
    """One per process that starts children; started with the first child."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[str] | None = None
        self._owner = 0
        self._lock = threading.Lock()

    def tell(self, line: str) -> None:
        with self._lock:
            if self._process is None or self._owner != os.getpid():
                self._process = subprocess.Popen(
                    [sys.executable, "-I", watchdog.__file__],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.DEVNULL,
                    text=True,
                    start_new_session=True,
                )
                self._owner = os.getpid()
                atexit.register(self._close)
            assert self._process.stdin is not None
            self._process.stdin.write(line + "\n")
            self._process.stdin.flush()

    def _close(self) -> None:
        """At the end of this process: what still runs is ended, and waited for."""
        if self._process is not None and self._owner == os.getpid():
            self._process.communicate(timeout=watchdog.GRACE + 5)


_watchdog = _Watchdog()


class Child:
    """A named process that can be started again; `stop_signal` is the one that it answers by a clean end."""

    def __init__(
        self,
        name: str,
        command: Sequence[str | Path],
        *,
        log: Path,
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
        user: int | None = None,
        stop_signal: int = signal.SIGTERM,
    ) -> None:
        self.name, self.command, self.log = name, [str(part) for part in command], log
        self.env, self.cwd, self.user, self.stop_signal = env, cwd, user, stop_signal
        self.process: subprocess.Popen[bytes] | None = None
        self.started_at = 0.0

    @property
    def pid(self) -> int | None:
        return self.process.pid if self.process and self.process.poll() is None else None

    @property
    def running(self) -> bool:
        return self.pid is not None

    @property
    def exit_code(self) -> int | None:
        return self.process.poll() if self.process else None

    def start(self) -> None:
        assert not self.running, f"{self.name} is running"
        self.log.parent.mkdir(parents=True, exist_ok=True)
        if self.log.exists() and self.log.stat().st_size > LONGEST_LOG:
            self.log.replace(self.log.with_suffix(".old.log"))
        with self.log.open("ab") as out:
            self.process = subprocess.Popen(
                self.command,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                env=None if self.env is None else dict(self.env),
                cwd=self.cwd,
                user=self.user,
                group=self.user,
                extra_groups=None if self.user is None else [],
                start_new_session=True,
            )
        self.started_at = time.monotonic()
        _watchdog.tell(f"+{self.process.pid} {int(self.stop_signal)}")

    def wait_until(self, ready: Callable[[], bool], timeout: float) -> None:
        """Return once `ready()`; raise ChildFailed when the process ends first or the time (s) is over."""
        deadline = time.monotonic() + timeout
        while not ready():
            if not self.running:
                raise ChildFailed(self.name, f"ended with code {self.exit_code} before it was ready", self.log)
            if time.monotonic() > deadline:
                raise ChildFailed(self.name, f"was not ready within {timeout:.0f} s", self.log)
            time.sleep(POLL)

    def stop(self, timeout: float = 15.0) -> None:
        """End the process and its group: politely, then after `timeout` seconds by SIGKILL. Idempotent."""
        if self.process is None:
            return
        self._signal(self.stop_signal)
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(timeout)
        self.kill()

    def kill(self) -> None:
        """SIGKILL to the whole group, and reap it. Idempotent."""
        if self.process is None:
            return
        self._signal(signal.SIGKILL)
        self.process.wait(10)
        _watchdog.tell(f"-{self.process.pid}")
        self.process = None

    def _signal(self, number: int) -> None:
        assert self.process is not None
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, number)
