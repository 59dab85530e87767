"""Real PostgreSQL, Kafka and S3 for the tests, one fixture each, from one of three places chosen by `INFRA`.

`devstack` (default) starts the stack's own parts on ephemeral ports for the session, `containers` uses testcontainers,
`external` takes what POSTGRES_ADMIN_URL, KAFKA_BOOTSTRAP_SERVERS, S3_ENDPOINT_URL … name. The tests are the same.
"""

import os
import shutil
import tempfile
from collections.abc import Callable
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import Protocol

from tests.databases import run_apart
from tests.polling import until

PASSWORD = "seatime-tests"


@dataclass(frozen=True)
class S3:
    endpoint_url: str
    access_key: str
    secret_key: str
    bucket: str
    region: str = "us-east-1"


class Infra(Protocol):
    """Each property starts its part when it is first asked for."""

    @property
    def postgres_admin_url(self) -> str: ...
    @property
    def kafka_bootstrap(self) -> str: ...
    @property
    def s3(self) -> S3: ...
    def close(self) -> None: ...


class DevstackInfra:
    """The parts of the devstack, in a folder of this session; several sessions side by side do not meet."""

    def __init__(self) -> None:
        self._stack = ExitStack()
        self._folder = Path(tempfile.mkdtemp(prefix="seatime-tests-"))
        self._folder.chmod(0o755)
        self._stack.callback(shutil.rmtree, self._folder, ignore_errors=True)

    @cached_property
    def postgres_admin_url(self) -> str:
        from devstack.postgres import PostgresServer

        server = PostgresServer(self._folder / "postgres", password=PASSWORD, durable=False)
        self._run(server.start, server.wait_ready, server.stop)
        return server.admin_url

    @cached_property
    def kafka_bootstrap(self) -> str:
        from devstack.kafka import KafkaBroker

        broker = KafkaBroker(self._folder / "kafka", heap_mb=384)
        self._run(broker.start, broker.wait_ready, broker.stop)
        run_apart(_until_it_coordinates(broker.bootstrap))
        return broker.bootstrap

    @cached_property
    def s3(self) -> S3:
        from devstack.s3 import S3Server

        server = S3Server(self._folder / "s3", access_key="tests", secret_key=PASSWORD)
        self._run(server.start, server.wait_ready, server.stop)
        return S3(server.endpoint_url, server.access_key, server.secret_key, server.bucket)

    def _run(self, start: Callable[[], None], wait_ready: Callable[[], None], stop: Callable[[], None]) -> None:
        self._stack.callback(stop)
        start()
        wait_ready()

    def close(self) -> None:
        self._stack.close()


class ExternalInfra:
    """What the environment names. A bucket that does not exist is made."""

    def __init__(self, env: dict[str, str]) -> None:
        self._env = env

    def _need(self, name: str) -> str:
        if name not in self._env:
            raise RuntimeError(f"INFRA=external needs {name} in the environment")
        return self._env[name]

    @property
    def postgres_admin_url(self) -> str:
        return self._need("POSTGRES_ADMIN_URL")

    @property
    def kafka_bootstrap(self) -> str:
        return self._need("KAFKA_BOOTSTRAP_SERVERS")

    @cached_property
    def s3(self) -> S3:
        return with_bucket(
            S3(
                self._need("S3_ENDPOINT_URL"),
                self._need("S3_ACCESS_KEY_ID"),
                self._need("S3_SECRET_ACCESS_KEY"),
                self._env.get("S3_BUCKET", "seatime"),
                self._env.get("S3_REGION", "us-east-1"),
            )
        )

    def close(self) -> None:
        return


class ContainersInfra:
    """The same three as containers, where there is Docker."""

    def __init__(self) -> None:
        self._stack = ExitStack()

    @cached_property
    def postgres_admin_url(self) -> str:
        from testcontainers.postgres import PostgresContainer

        container = PostgresContainer(
            "postgres:18", username="postgres", password=PASSWORD, dbname="postgres", driver=None
        )
        started = self._stack.enter_context(container)
        return str(started.get_connection_url())

    @cached_property
    def kafka_bootstrap(self) -> str:
        from testcontainers.kafka import KafkaContainer

        started = self._stack.enter_context(KafkaContainer("confluentinc/cp-kafka:8.1.0").with_kraft())
        return str(started.get_bootstrap_server())

    @cached_property
    def s3(self) -> S3:
        from testcontainers.core.container import DockerContainer
        from testcontainers.core.wait_strategies import PortWaitStrategy

        settings = {
            "S3PROXY_AUTHORIZATION": "aws-v2-or-v4",
            "S3PROXY_IDENTITY": "tests",
            "S3PROXY_CREDENTIAL": PASSWORD,
            "S3PROXY_CORS_ALLOW_ALL": "true",
            "S3PROXY_ENDPOINT": "http://0.0.0.0:80",
        }
        container = DockerContainer("andrewgaul/s3proxy:3.1.0").with_exposed_ports(80).waiting_for(PortWaitStrategy(80))
        for name, value in settings.items():
            container = container.with_env(name, value)
        started = self._stack.enter_context(container)
        url = f"http://{started.get_container_host_ip()}:{started.get_exposed_port(80)}"
        return with_bucket(S3(url, "tests", PASSWORD, "seatime"))

    def close(self) -> None:
        self._stack.close()


async def _until_it_coordinates(bootstrap: str) -> None:
    """A broker makes its topic of offsets when the first group asks, and refuses groups until that is there."""
    from aiokafka.admin import AIOKafkaAdminClient
    from aiokafka.errors import KafkaError

    client = AIOKafkaAdminClient(bootstrap_servers=bootstrap, request_timeout_ms=10_000)
    await client.start()

    async def knows(group: str) -> bool:
        with suppress(KafkaError):
            await client.list_consumer_group_offsets(group)
            return True
        return False

    try:
        for number in range(16):  # groups are spread over the topic's partitions
            await until(partial(knows, f"first-{number}"))
    finally:
        await client.close()


def with_bucket(s3: S3) -> S3:
    import boto3
    from botocore.config import Config

    config = Config(s3={"addressing_style": "path"}, connect_timeout=20, read_timeout=60)
    client = boto3.client(
        "s3",
        endpoint_url=s3.endpoint_url,
        aws_access_key_id=s3.access_key,
        aws_secret_access_key=s3.secret_key,
        region_name=s3.region,
        config=config,
    )
    if s3.bucket not in [bucket["Name"] for bucket in client.list_buckets()["Buckets"]]:
        client.create_bucket(Bucket=s3.bucket)
    client.close()
    return s3


def choose() -> Infra:
    match os.environ.get("INFRA", "devstack"):
        case "devstack":
            return DevstackInfra()
        case "containers":
            return ContainersInfra()
        case "external":
            return ExternalInfra(dict(os.environ))
        case other:
            raise RuntimeError(f"INFRA={other}: devstack, containers or external")
