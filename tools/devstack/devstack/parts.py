"""What the stack is made of, part by part: each starts, tells when it is ready, stops and can be killed."""

import http.client
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Protocol

from devstack.ports import HOST
from devstack.process import Child

TIMEOUT = 90


class Part(Protocol):
    @property
    def child(self) -> Child | None: ...
    def start(self) -> None: ...
    def wait_ready(self, timeout: float = TIMEOUT) -> None: ...
    def stop(self) -> None: ...
    def kill(self) -> None: ...


class ChildPart(ABC):
    """A part that is one child process, ready when it answers."""

    child: Child | None = None

    def wait_ready(self, timeout: float = TIMEOUT) -> None:
        assert self.child is not None
        self.child.wait_until(self._answers, timeout)

    def stop(self) -> None:
        if self.child:
            self.child.stop()

    def kill(self) -> None:
        if self.child:
            self.child.kill()

    @abstractmethod
    def _answers(self) -> bool: ...


class HttpPart(ChildPart):
    """A process that is ready when `path` on `port` answers 2xx. `env` is asked at each start."""

    def __init__(
        self, name: str, command: list[str], *, port: int, path: str, log: Path, env: Callable[[], Mapping[str, str]]
    ) -> None:
        self._name, self._command, self._log, self._env = name, command, log, env
        self._port, self._path = port, path

    def start(self) -> None:
        self.child = Child(self._name, self._command, log=self._log, env=self._env())
        self.child.start()

    def _answers(self) -> bool:
        connection = http.client.HTTPConnection(HOST, self._port, timeout=5)
        try:
            connection.request("GET", self._path)
            return connection.getresponse().status // 100 == 2
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()
