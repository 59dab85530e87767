"""Watches running parts from a thread and starts those again that ended by themselves, each time a little later."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from devstack.errors import StackError
from devstack.parts import Part

EVERY = 0.2
FIRST_DELAY, LONGEST_DELAY = 0.3, 10.0
CALM = 30.0


@dataclass
class Watched:
    """One part under supervision. `wanted` is what it should be doing; `restarts` counts what the supervisor did."""

    name: str
    part: Part
    wanted: bool = True
    restarts: int = 0
    last_exit: int | None = None
    delay: float = FIRST_DELAY
    not_before: float = 0.0
    started_at: float = field(default_factory=time.monotonic)

    @property
    def state(self) -> str:
        running = self.part.child is not None and self.part.child.running
        if not self.wanted:
            return "stopping" if running else "stopped"
        return "running" if running else "restarting"


class Supervisor:
    def __init__(self, report: Callable[[str], None]) -> None:
        self._report = report
        self._watched: dict[str, Watched] = {}
        self._lock = threading.RLock()
        self._over = threading.Event()
        self._thread: threading.Thread | None = None

    @property
    def watched(self) -> list[Watched]:
        return list(self._watched.values())

    def watch(self, name: str, part: Part) -> None:
        with self._lock:
            self._watched[name] = Watched(name, part)
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="supervisor", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """Stop watching, then end the parts, the last started first."""
        self._over.set()
        if self._thread is not None:
            self._thread.join()
        for watched in reversed(self.watched):
            watched.wanted = False
            watched.part.stop()

    def kill(self, name: str) -> None:
        """SIGKILL, as a crash: the supervisor will start it again."""
        with self._lock:
            child = self._watched[name].part.child
            if child is not None and child.process is not None:
                child.process.kill()
                child.process.wait(10)

    def wait_restarted(self, name: str, times: int, timeout: float) -> None:
        """Until the part has been started again for the `times`th time and is ready."""
        watched = self._watched[name]
        deadline = time.monotonic() + timeout
        while watched.restarts < times:
            if time.monotonic() > deadline:
                raise StackError(f"{name} was not started again within {timeout:.0f} s")
            time.sleep(EVERY)
        watched.part.wait_ready(timeout)

    def halt(self, name: str, *, kill: bool = False) -> None:
        """End a part and leave it ended, until `resume`."""
        with self._lock:
            watched = self._watched[name]
            watched.wanted = False
            if kill:
                watched.part.kill()
            else:
                watched.part.stop()

    def resume(self, name: str) -> None:
        with self._lock:
            watched = self._watched[name]
            watched.wanted, watched.started_at = True, time.monotonic()
            watched.part.start()
        watched.part.wait_ready()

    def _run(self) -> None:
        while not self._over.wait(EVERY):
            with self._lock:
                for watched in self._watched.values():
                    self._look_after(watched)

    def _look_after(self, watched: Watched) -> None:
        now = time.monotonic()
        child = watched.part.child
        if not watched.wanted or (child is not None and child.running):
            if now - watched.started_at > CALM:
                watched.delay = FIRST_DELAY
            return
        if not watched.not_before:
            watched.last_exit = child.exit_code if child is not None else None
            watched.not_before = now + watched.delay
            self._report(f"{watched.name} ended with code {watched.last_exit}; again in {watched.delay:.1f} s")
            watched.part.kill()
        elif now >= watched.not_before:
            self._restart(watched, now)

    def _restart(self, watched: Watched, now: float) -> None:
        watched.not_before, watched.delay = 0.0, min(watched.delay * 2, LONGEST_DELAY)
        watched.started_at = now
        watched.restarts += 1
        try:
            watched.part.start()
        except (OSError, StackError) as error:
            self._report(f"{watched.name} could not be started: {error}")
