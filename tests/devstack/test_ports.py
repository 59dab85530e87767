"""A busy port is told by the variable that chooses another."""

import random
import re
import socket
from pathlib import Path

import pytest

from devstack.errors import BusyPorts, StackError
from devstack.ports import Ports, free_ports, require_free


def test_all_busy_ports_are_told_at_once_with_free_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    """The message says which ports, for what, and can be copied: by it nothing is busy any more."""
    with socket.socket() as one, socket.socket() as another:
        wanted = {"kafka": 0, "gateway": 0, "s3": free_ports(1)[0]}
        for what, other in (("kafka", one), ("gateway", another)):
            other.bind(("127.0.0.1", 0))
            other.listen()
            wanted[what] = other.getsockname()[1]
        with pytest.raises(BusyPorts, match=rf"{wanted['kafka']} \(kafka\), {wanted['gateway']} \(gateway\)") as told:
            require_free(wanted)
        settings = dict(re.findall(r"(SEATIME_PORT_\w+)=(\d+)", str(told.value)))
        assert settings.keys() == {"SEATIME_PORT_KAFKA", "SEATIME_PORT_GATEWAY"}
        for name, port in settings.items():
            monkeypatch.setenv(name, port)
        chosen = Ports.from_env()
        require_free({"kafka": chosen.kafka, "gateway": chosen.gateway, "s3": wanted["s3"]})


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
