"""The stack on real parts: its data stays, its crashed children come back, and it leaves nothing behind."""

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psutil
import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer

from devstack.environment import Own
from devstack.errors import BusyPorts, StackError
from devstack.ports import Ports
from devstack.postgres import psql
from devstack.stack import Stack
from tests.polling import until_now

pytestmark = pytest.mark.e2e

NOBODYS = Own({}, {}, {})
# A supervisor of its own, as `make demo` is one.
SUPERVISOR = """
import signal, sys
from pathlib import Path
from devstack.environment import Own
from devstack.ports import Ports
from devstack.stack import Stack
from servicekit.telemetry import configure_logging
configure_logging("stack", level="WARNING", fmt="console")
stack = Stack(Path(sys.argv[1]), ports=Ports.ephemeral(), own=Own({}, {}, {}), services=False)
stack.start()
print("ready", flush=True)
signal.pause()
"""


@pytest.fixture
def folder() -> Iterator[Path]:
    """A short-lived data folder that PostgreSQL's own user can reach."""
    with tempfile.TemporaryDirectory(prefix="seatime-stack-", ignore_cleanup_errors=True) as name:
        path = Path(name)
        path.chmod(0o755)
        yield path


@pytest.fixture(scope="module")
def said() -> list[str]:
    """What the shared stack reported."""
    return []


@pytest.fixture(scope="module")
def shared(said: list[str]) -> Iterator[Stack]:
    with tempfile.TemporaryDirectory(prefix="seatime-stack-", ignore_cleanup_errors=True) as name:
        Path(name).chmod(0o755)
        with stack_in(Path(name), report=said.append) as stack:
            yield stack


def stack_in(folder: Path, **options: object) -> Stack:
    defaults = {"ports": Ports.ephemeral(), "own": NOBODYS, "services": False}
    return Stack(folder, **(defaults | options))  # type: ignore[arg-type]


def processes_of(folder: Path) -> list[str]:
    """The command lines that name the folder."""
    found = []
    for process in psutil.process_iter():
        try:
            line = " ".join(process.cmdline())
        except psutil.Error:
            continue
        if str(folder) in line and process.pid != os.getpid():
            found.append(line)
    return found


async def send_and_count(bootstrap: str, value: bytes | None) -> int:
    """Send a record to lesson.changed where one is given; how many records the topic holds."""
    if value is not None:
        async with AIOKafkaProducer(bootstrap_servers=bootstrap, acks="all") as producer:
            await producer.send_and_wait("lesson.changed", value, key=b"lesson")
    async with AIOKafkaConsumer("lesson.changed", bootstrap_servers=bootstrap) as consumer:
        ends = await consumer.end_offsets(consumer.assignment())
    return sum(ends.values())


def test_data_is_kept_and_nothing_is_left_running(folder: Path) -> None:
    """What one run wrote into PostgreSQL and Kafka, and its secrets, are there in the next; between them nothing is."""
    with stack_in(folder) as first:
        secrets = first.credentials
        psql(first.env["DATABASE_OWNER_URL_UPLOAD"], "CREATE TABLE kept (id int)", "INSERT INTO kept VALUES (7)")
        assert asyncio.run(send_and_count(first.env["KAFKA_BOOTSTRAP_SERVERS"], b"{}")) == 1
    assert processes_of(folder) == []
    assert (folder / "secrets.json").stat().st_mode & 0o077 == 0
    with stack_in(folder) as second:
        assert second.credentials == secrets
        assert psql(second.env["DATABASE_OWNER_URL_UPLOAD"], "SELECT id FROM kept") == "7"
        assert asyncio.run(send_and_count(second.env["KAFKA_BOOTSTRAP_SERVERS"], None)) == 1
    assert processes_of(folder) == []


def test_crashed_parts_come_back(shared: Stack, said: list[str]) -> None:
    """A part that is killed is started again and reported; one that is halted stays away until it is resumed."""
    before = shared.pid("mux_sim")
    shared.crash("mux_sim")
    assert shared.pid("mux_sim") not in (None, before)
    assert any(line.startswith("mux_sim ended with code -9") for line in said)
    shared.halt("s3proxy")
    assert {name: state for name, state, *_ in shared.describe()}["s3proxy"] == "stopped"
    shared.resume("s3proxy")
    assert shared.pid("s3proxy") is not None


def test_broker_restart_keeps_what_it_acknowledged(shared: Stack) -> None:
    """Kafka, killed by SIGKILL and started again, has every acknowledged record."""
    bootstrap = shared.env["KAFKA_BOOTSTRAP_SERVERS"]
    assert asyncio.run(send_and_count(bootstrap, b"{}")) == 1
    shared.restart("kafka", kill=True)
    assert asyncio.run(send_and_count(bootstrap, None)) == 1


def test_one_stack_per_folder(shared: Stack) -> None:
    """A second stack on the same data is refused with the command that ends the first."""
    with pytest.raises(StackError, match="make down"):
        stack_in(shared.data_dir).start()
    assert all(state == "running" for _, state, *_ in shared.describe())


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_nothing_outlives_the_supervisor(folder: Path, number: signal.Signals) -> None:
    """However the supervisor ends, no process of its stack is left, and the next start finds its data whole."""
    with subprocess.Popen(
        [sys.executable, "-c", SUPERVISOR, str(folder)], stdout=subprocess.PIPE, text=True
    ) as running:
        assert running.stdout is not None
        assert running.stdout.readline() == "ready\n"
        assert len(processes_of(folder)) >= 4
        running.send_signal(number)
        running.wait(30)
    with stack_in(folder) as stack:
        assert psql(stack.env["DATABASE_OWNER_URL_UPLOAD"], "SELECT count(*) > 0 FROM schema_migrations") == "t"
    until_now(lambda: processes_of(folder) == [])


def test_busy_port_is_told_before_anything_starts(folder: Path) -> None:
    """A port in use ends the start with the variable's name, and nothing has been started."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        ports = replace(Ports.ephemeral(), postgres=other.getsockname()[1])
        with pytest.raises(BusyPorts, match="SEATIME_PORT_POSTGRES"):
            stack_in(folder, ports=ports).start()
    assert processes_of(folder) == []


def test_own_broker_is_used_instead(folder: Path, kafka_bootstrap: str, topic_prefix: str) -> None:
    """With KAFKA_BOOTSTRAP_SERVERS the stack starts no broker and its services are told of the given one."""
    own = Own.from_env({"KAFKA_BOOTSTRAP_SERVERS": kafka_bootstrap})
    with stack_in(folder, own=own, extra={"KAFKA_TOPIC_PREFIX": topic_prefix}) as stack:
        assert "kafka" not in stack.parts
        assert stack.env["KAFKA_BOOTSTRAP_SERVERS"] == kafka_bootstrap
        noted = json.loads((folder / "stack.json").read_text())["processes"]
        assert "kafka" not in noted
