"""Free and busy TCP ports on the loopback interface."""

import os
import random
import socket
from collections.abc import Mapping
from contextlib import ExitStack, suppress
from dataclasses import dataclass, fields
from typing import cast

from devstack.errors import BusyPorts, StackError

HOST = "127.0.0.1"
QUIET = range(10_240, 32_768)
"""Below what the kernel gives to outgoing connections, and to whoever binds to any port (`ip_local_port_range`)."""


def free_port() -> int:
    """A port that nobody listens on at this moment, nor is likely to before the caller does."""
    return free_ports(1)[0]


def free_ports(count: int) -> list[int]:
    """As many, all different. Raise StackError where nearly all are taken."""
    with ExitStack() as probes:
        found: list[int] = []
        for port in random.sample(QUIET, 1_000):
            if len(found) == count:
                return found
            probe = probes.enter_context(socket.socket())
            with suppress(OSError):
                probe.bind((HOST, port))
                found.append(port)
    raise StackError(f"no {count} free ports between {QUIET.start} and {QUIET.stop}")


def require_free(wanted: Mapping[str, int]) -> None:
    """Given what shall listen where, raise BusyPorts, which names all that are taken and as many free ones."""
    busy = {what: port for what, port in wanted.items() if _taken(port)}
    if busy:
        raise BusyPorts(busy, dict(zip(map(variable, busy), free_ports(len(busy)), strict=True)))


def _taken(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return True
    return False


def accepts(port: int, timeout: float = 1.0) -> bool:
    try:
        with socket.create_connection((HOST, port), timeout=timeout):
            return True
    except OSError:
        return False


@dataclass(frozen=True)
class Ports:
    """Where each part listens; every field has the environment variable SEATIME_PORT_<NAME>."""

    gateway: int = 8600
    mux: int = 8601
    s3: int = 8602
    postgres: int = 8603
    kafka: int = 8604
    kafka_controller: int = 8605
    upload_worker: int = 8611
    playback_worker: int = 8612
    progress_worker: int = 8613
    analytics_worker: int = 8614

    @classmethod
    def from_env(cls) -> "Ports":
        """Raise StackError on a value that is not a port."""
        return cls(**{field.name: _port(field.name, cast(int, field.default)) for field in fields(cls)})

    @classmethod
    def ephemeral(cls) -> "Ports":
        """Free ports, all different."""
        return cls(*free_ports(len(fields(cls))))


def variable(name: str) -> str:
    return f"SEATIME_PORT_{name.upper()}"


def _port(name: str, default: int) -> int:
    given = os.environ.get(variable(name), "").strip()
    if not given:
        return default
    if not given.isdigit() or not 0 < int(given) < 65536:
        raise StackError(f"{variable(name)}={given} is not a port")
    return int(given)
