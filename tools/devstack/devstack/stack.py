"""The whole system as one object: parts started in the order of who needs whom, each when the former is ready."""

import fcntl
import os
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from pathlib import Path
from typing import Self

from devstack import credentials as secrets_file
from devstack import environment, layout, leftovers, prepare
from devstack.credentials import Credentials
from devstack.environment import Own
from devstack.errors import StackError
from devstack.parts import Part
from devstack.paths import DATA
from devstack.ports import HOST, Ports, require_free
from devstack.postgres import PostgresServer
from devstack.signing import ensure_signing_key
from devstack.supervisor import Supervisor

PATIENCE = 20.0


class Stack:
    """`start()` returns when everything is ready; `stop()` leaves no process. Also a context manager.

    `env` is what the services are told, `urls` where people go, `ports` and `credentials` the rest. `extra` is put over
    the services' environment; `services=False` starts the infrastructure alone; with `reuse_transcodes` the Mux
    simulator transcodes the same bytes once. `kill(name)` is a crash (the
    supervisor starts it again, `crash` waits for that), `halt(name)` lasts until `resume(name)`, `restart` is both.
    Names: postgres kafka s3proxy mux_sim gateway <service>-worker.
    """

    def __init__(
        self,
        data_dir: Path = DATA,
        *,
        ports: Ports | None = None,
        own: Own | None = None,
        extra: Mapping[str, str] | None = None,
        durable: bool = True,
        services: bool = True,
        reuse_transcodes: bool = False,
        report: Callable[[str], None] = lambda _: None,
    ) -> None:
        self.data_dir = data_dir.absolute()
        self.ports = ports or Ports.from_env()
        self.own = own if own is not None else Own.from_env(os.environ)
        self.credentials: Credentials
        self.took: dict[str, float] = {}
        self._extra, self._durable, self._services, self._report = dict(extra or {}), durable, services, report
        self._reuse_transcodes = reuse_transcodes
        self._supervisor = Supervisor(self._on_event)
        self._lock_file: int | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def env(self) -> dict[str, str]:
        level = os.environ.get("LOG_LEVEL", "INFO")
        made = environment.for_services(self.ports, self.credentials, self.own, data_dir=self.data_dir, log_level=level)
        return made | self._extra

    @property
    def urls(self) -> dict[str, str]:
        return {"web": environment.public_url(self.ports), "mux": environment.mux_url(self.ports)}

    @property
    def parts(self) -> list[str]:
        return [watched.name for watched in self._supervisor.watched]

    def pid(self, name: str) -> int | None:
        child = self._part(name).child
        return child.pid if child else None

    def log(self, name: str) -> Path:
        return self.data_dir / "logs" / f"{name}.log"

    def start(self) -> None:
        """Raise StackError, with nothing left running, when a part cannot be started."""
        self._take()
        try:
            leftovers.wait_gone(self.data_dir, PATIENCE)
            require_free({name: getattr(self.ports, name) for name in self._listening()})
            self.credentials = secrets_file.load_or_create(self.data_dir / "secrets.json")
            self._start_infrastructure()
            if self._services:
                self._launch(layout.services(self.ports, lambda: self.env, log=self.log))
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        self._supervisor.stop()
        if self._lock_file is not None:
            leftovers.forget(self.data_dir)
            os.close(self._lock_file)
            self._lock_file = None

    def kill(self, name: str) -> None:
        self._supervisor.kill(name)

    def crash(self, name: str, timeout: float = 90) -> None:
        """`kill`, and wait until the supervisor has it back and ready."""
        before = next(watched.restarts for watched in self._supervisor.watched if watched.name == name)
        self.kill(name)
        self._supervisor.wait_restarted(name, before + 1, timeout)

    def halt(self, name: str, *, kill: bool = False) -> None:
        self._supervisor.halt(name, kill=kill)

    def resume(self, name: str) -> None:
        self._supervisor.resume(name)
        self._note()

    def restart(self, name: str, *, kill: bool = False) -> None:
        self.halt(name, kill=kill)
        self.resume(name)

    @contextmanager
    def told(self, **settings: str) -> Iterator[None]:
        """The services' HTTP with other settings for a while."""
        before = dict(self._extra)
        self._extra |= settings
        self.restart("gateway")
        try:
            yield
        finally:
            self._extra = before
            self.restart("gateway")

    def describe(self) -> list[tuple[str, str, int | None, int]]:
        """(name, state, pid, restarts) of every part."""
        return [(w.name, w.state, self.pid(w.name), w.restarts) for w in self._supervisor.watched]

    def _part(self, name: str) -> Part:
        return next(watched.part for watched in self._supervisor.watched if watched.name == name)

    def _take(self) -> None:
        """One stack per data folder."""
        (self.data_dir / "logs").mkdir(parents=True, exist_ok=True)
        handle = os.open(self.data_dir / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(handle)
            raise StackError(
                f"a stack already runs on {self.data_dir}: see `make status`, end it by `make down`"
            ) from None
        self._lock_file = handle

    def _listening(self) -> list[str]:
        """The fields of Ports that will be listened on, given what the caller brings."""
        brought = {"kafka": self.own.kafka, "kafka_controller": self.own.kafka}
        brought |= {"postgres": self.own.postgres, "s3": self.own.s3}
        return [name for name in Ports.__dataclass_fields__ if not brought.get(name)]

    def _start_infrastructure(self) -> None:
        parts = layout.infrastructure(
            self.data_dir,
            self.ports,
            self.credentials,
            self.own,
            durable=self._durable,
            reuse_transcodes=self._reuse_transcodes,
            log=self.log,
        )
        self._launch(parts)
        self.credentials = ensure_signing_key(f"http://{HOST}:{self.ports.mux}", self.credentials)
        secrets_file.save(self.data_dir / "secrets.json", self.credentials)
        server = parts.get("postgres")
        admin_url = server.admin_url if isinstance(server, PostgresServer) else None
        self._timed("migrations", lambda: prepare.databases(self.env, admin_url, self.credentials))
        self._timed("topics", lambda: prepare.topics(self.env))

    def _launch(self, parts: dict[str, Part]) -> None:
        """Start all at once, wait for each, and only then supervise: a part that never came up is an error."""
        began = time.monotonic()

        def one(name: str) -> None:
            parts[name].start()
            self._note(parts)
            parts[name].wait_ready()
            self.took[name] = time.monotonic() - began
            self._report(f"{name} is ready after {self.took[name]:.1f} s")

        pool = ThreadPoolExecutor(len(parts))
        try:
            for future in as_completed([pool.submit(one, name) for name in parts]):
                future.result()
        except BaseException:
            _end(pool, parts)
            raise
        pool.shutdown()
        for name, part in parts.items():
            self._supervisor.watch(name, part)

    def _timed(self, what: str, work: Callable[[], None]) -> None:
        began = time.monotonic()
        work()
        self.took[what] = time.monotonic() - began
        self._report(f"{what} done after {self.took[what]:.1f} s")

    def _note(self, more: Mapping[str, Part] | None = None) -> None:
        children = {w.name: w.part.child for w in self._supervisor.watched}
        children |= {name: part.child for name, part in (more or {}).items()}
        running = {name: child.pid for name, child in children.items() if child is not None and child.pid is not None}
        leftovers.note(self.data_dir, running, self.ports)

    def _on_event(self, text: str) -> None:
        self._note()
        self._report(text)


def _end(pool: ThreadPoolExecutor, parts: Mapping[str, Part]) -> None:
    """Give up a launch: killing what has started ends the waiting for it."""
    pool.shutdown(wait=False, cancel_futures=True)
    for part in parts.values():
        part.kill()
    pool.shutdown()
    for part in parts.values():
        part.kill()
