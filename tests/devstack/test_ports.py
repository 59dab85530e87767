"""A busy port is told by the variable that chooses another."""

import random
import socket
from pathlib import Path

import pytest

from devstack.errors import BusyPort, StackError
from devstack.ports import Ports, free_ports, require_free, variable


def test_busy_port_names_its_variable() -> None:
    """The message says which port, for what, and which variable chooses another one."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(BusyPort, match=rf"port {port} \(kafka\).*SEATIME_PORT_KAFKA=<port>"):
            require_free(port, variable("kafka"), "kafka")


def test_ports_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """A variable moves one port and leaves the others."""
    monkeypatch.setenv("SEATIME_PORT_GATEWAY", "9000")
    assert Ports.from_env() == Ports(gateway=9000)


@pytest.mark.parametrize("value", ["0", "65536", "http", "-1"])
def test_what_is_no_port_is_refused(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    """Nonsense is an error that names the variable, not a port of its own."""
    monkeypatch.setenv("SEATIME_PORT_S3", value)
    with pytest.raises(StackError, match="SEATIME_PORT_S3"):
        Ports.from_env()


def test_ephemeral_ports_differ() -> None:
    """No two parts get the same port."""
    ports = Ports.ephemeral()
    values = [getattr(ports, name) for name in Ports.__dataclass_fields__]
    assert len(set(values)) == len(values)


def test_a_free_port_is_none_that_the_kernel_gives_away() -> None:
    """Else anybody's outgoing connection may sit on it before the server that it is for has started."""
    low, _ = Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()
    assert max(free_ports(50)) < max(int(low), 32_768)


def test_a_port_in_use_is_not_free(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever asks is given another one, and an error where there is none."""
    taken, free, left = free_ports(3)
    monkeypatch.setattr(random, "sample", lambda *_: [taken, free, left])
    with socket.socket() as other:
        other.bind(("127.0.0.1", taken))
        assert free_ports(1) == [free]
        with pytest.raises(StackError, match="no 3 free ports"):
            free_ports(3)
