"""Apache Kafka in KRaft mode, one node that is broker and controller, its heap bounded, its data in a folder."""

import socket
import struct
import subprocess
from pathlib import Path

from devstack import jvm
from devstack.errors import StackError
from devstack.parts import ChildPart
from devstack.paths import JAVA
from devstack.ports import HOST, free_port
from devstack.process import Child

CLUSTER_ID = "c2VhdGltZS1kZXZzdGFjaw"
API_VERSIONS = 18
TIMEOUT = 90
# The short session and election time-outs let a restart after SIGKILL take seconds instead of ten more;
# the small index files and few internal partitions are for one node with many short-lived topics.
SETTINGS = """\
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@{host}:{controller}
listeners=PLAINTEXT://{host}:{port},CONTROLLER://{host}:{controller}
advertised.listeners=PLAINTEXT://{host}:{port}
controller.listener.names=CONTROLLER
inter.broker.listener.name=PLAINTEXT
log.dirs={data}
auto.create.topics.enable=false
group.initial.rebalance.delay.ms=0
offsets.topic.replication.factor=1
offsets.topic.num.partitions=4
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=4
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
share.coordinator.state.topic.num.partitions=2
broker.session.timeout.ms=2000
broker.heartbeat.interval.ms=500
controller.quorum.election.timeout.ms=500
controller.quorum.fetch.timeout.ms=1000
log.index.size.max.bytes=1048576
"""


class KafkaBroker(ChildPart):
    """One broker. `heap_mb` bounds the Java heap; ports are ephemeral unless given; for throughput see jvm."""

    def __init__(
        self,
        data_dir: Path,
        *,
        port: int | None = None,
        controller_port: int | None = None,
        heap_mb: int = 512,
        quick_start: bool = True,
        log: Path | None = None,
    ) -> None:
        self.data_dir = data_dir
        self.port = port or free_port()
        self.controller_port = controller_port or free_port()
        self._heap_mb, self._quick_start = heap_mb, quick_start
        self._log = log or data_dir.parent / "kafka.log"
        self._config = data_dir.parent / "kafka.properties"

    @property
    def bootstrap(self) -> str:
        return f"{HOST}:{self.port}"

    def start(self) -> None:
        """Format the folder where it is not yet, and start; fetches what is missing first."""
        self.data_dir.mkdir(parents=True, exist_ok=True)
        settings = SETTINGS.format(host=HOST, port=self.port, controller=self.controller_port, data=self.data_dir)
        self._config.write_text(settings)
        logging = f"-Dlog4j2.configurationFile={JAVA / 'log4j2.xml'}"
        java = jvm.command("kafka", heap_mb=self._heap_mb, logging=logging, quick_start=self._quick_start)
        if not (self.data_dir / "meta.properties").exists():
            self._format(java)
        self.child = Child("kafka", [*java, "kafka.Kafka", str(self._config)], log=self._log)
        self.child.start()

    def _format(self, java: list[str]) -> None:
        command = [*java, "kafka.tools.StorageTool", "format", "-t", CLUSTER_ID, "-c", str(self._config)]
        command.append("--ignore-formatted")
        done = subprocess.run(command, capture_output=True, text=True, timeout=TIMEOUT, check=False)
        if done.returncode:
            raise StackError(f"Kafka could not format its folder:\n{done.stdout}{done.stderr}")

    def _answers(self) -> bool:
        """Whether the broker answers an ApiVersions request: the port is open long before that."""
        body = struct.pack(">hhih", API_VERSIONS, 0, 1, -1)
        try:
            with socket.create_connection((HOST, self.port), timeout=2) as connection:
                connection.sendall(struct.pack(">i", len(body)) + body)
                return len(connection.recv(4)) == 4
        except OSError:
            return False
