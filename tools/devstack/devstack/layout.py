"""The stack's parts, each with its command, its ports and its log."""

import os
import sys
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

from devstack import environment, tools
from devstack.credentials import Credentials
from devstack.environment import Own
from devstack.kafka import KafkaBroker
from devstack.parts import HttpPart, Part
from devstack.paths import SERVICES
from devstack.ports import HOST, Ports
from devstack.postgres import PostgresServer
from devstack.s3 import S3Server

Log = Callable[[str], Path]


def infrastructure(
    data_dir: Path,
    ports: Ports,
    credentials: Credentials,
    own: Own,
    *,
    durable: bool,
    reuse_transcodes: bool,
    log: Log,
) -> dict[str, Part]:
    """PostgreSQL, Kafka and S3 except those that the caller brings, and the Mux simulator."""
    parts: dict[str, Part] = {}
    if not own.postgres:
        password = credentials.postgres_password
        parts["postgres"] = PostgresServer(
            data_dir / "postgres", port=ports.postgres, password=password, durable=durable, log=log("postgres")
        )
    if not own.kafka:
        parts["kafka"] = KafkaBroker(
            data_dir / "kafka", port=ports.kafka, controller_port=ports.kafka_controller, log=log("kafka")
        )
    if not own.s3:
        parts["s3proxy"] = S3Server(
            data_dir / "s3",
            access_key=credentials.s3_access_key,
            secret_key=credentials.s3_secret_key,
            port=ports.s3,
            log=log("s3proxy"),
        )
    return parts | {"mux_sim": _mux(data_dir, ports, credentials, log, reuse_transcodes)}


def services(ports: Ports, env: Callable[[], dict[str, str]], *, log: Log) -> dict[str, Part]:
    """A worker for each service, and one process for all of their HTTP. `env` is asked at each start."""
    parts: dict[str, Part] = {}
    for service in SERVICES:
        name, port = f"{service}-worker", getattr(ports, f"{service}_worker")
        parts[name] = HttpPart(
            name,
            [sys.executable, "-m", f"{service}_service.worker"],
            port=port,
            path="/health/ready",
            log=log(name),
            env=partial(_worker_env, env, port),
        )
    parts["gateway"] = HttpPart(
        "gateway",
        [sys.executable, "-m", "devstack.gateway"],
        port=ports.gateway,
        path="/services/upload/health/live",
        log=log("gateway"),
        env=env,
    )
    return parts


def _worker_env(env: Callable[[], dict[str, str]], port: int) -> dict[str, str]:
    return env() | {"WORKER_HEALTH_PORT": str(port)}


def _mux(data_dir: Path, ports: Ports, credentials: Credentials, log: Log, reuse_transcodes: bool) -> HttpPart:
    command = [sys.executable, "-m", "mux_sim", "--port", str(ports.mux), "--data", str(data_dir / "mux")]
    command += ["--public-url", environment.mux_url(ports), "--ffmpeg", tools.ffmpeg(), "--preset", "ultrafast"]
    command += ["--webhook-url", f"http://{HOST}:{ports.gateway}/api/videos/mux/webhook"]
    command += ["--reuse-transcodes"] if reuse_transcodes else []
    secrets = {
        "MUX_TOKEN_ID": credentials.mux_token_id,
        "MUX_TOKEN_SECRET": credentials.mux_token_secret,
        "MUX_WEBHOOK_SECRET": credentials.mux_webhook_secret,
    }
    passed_on: Mapping[str, str] = {name: os.environ[name] for name in environment.PASSED_ON if name in os.environ}
    return HttpPart(
        "mux_sim",
        command,
        port=ports.mux,
        path="/_control/assets",
        log=log("mux_sim"),
        env=lambda: {**passed_on, **secrets},
    )
