"""What the services' processes are told: one environment for all, made of the parts' addresses and the secrets."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from devstack.credentials import Credentials
from devstack.errors import StackError
from devstack.paths import SERVICES
from devstack.ports import HOST, Ports
from devstack.provision import database_url, roles_of

PASSED_ON = ("PATH", "HOME", "LANG", "LC_ALL", "TZ", "TMPDIR", "SSL_CERT_FILE", "PYTHONPATH")
S3_NAMES = ("S3_ENDPOINT_URL", "S3_BUCKET", "S3_ACCESS_KEY_ID", "S3_SECRET_ACCESS_KEY", "S3_REGION")


def database_variable(service: str, role: str) -> str:
    """The variable that names the database as that role reaches it."""
    kind = role.removeprefix(f"{service}_")
    before, after = {"owner": ("_OWNER", ""), "worker": ("", "_WORKER"), "app": ("", "")}[kind]
    return f"DATABASE{before}_URL_{service.upper()}{after}"


DATABASE_NAMES = tuple(database_variable(service, role) for service in SERVICES for role in roles_of(service))


@dataclass(frozen=True)
class Own:
    """The parts that the caller brings: their variables, taken from the environment as they are."""

    kafka: dict[str, str]
    postgres: dict[str, str]
    s3: dict[str, str]

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> "Own":
        """Raise StackError where only some of the databases are named: half a server cannot be started."""
        databases = {name: env[name] for name in DATABASE_NAMES if env.get(name)}
        missing = sorted(set(DATABASE_NAMES) - databases.keys())
        if databases and missing:
            raise StackError(f"to bring your own PostgreSQL, name these too: {', '.join(missing)}")
        return cls(
            kafka={name: env[name] for name in ("KAFKA_BOOTSTRAP_SERVERS",) if env.get(name)},
            postgres=databases,
            s3={name: env[name] for name in S3_NAMES if env.get(name)} if env.get("S3_ENDPOINT_URL") else {},
        )


def public_url(ports: Ports) -> str:
    return f"http://localhost:{ports.gateway}"


def mux_url(ports: Ports) -> str:
    return f"http://localhost:{ports.mux}"


def for_services(ports: Ports, credentials: Credentials, own: Own, *, data_dir: Path, log_level: str) -> dict[str, str]:
    """Everything that any service reads. One process's secrets reach all: this is a stack for developers."""
    made = {
        "KAFKA_BOOTSTRAP_SERVERS": f"{HOST}:{ports.kafka}",
        "AUTH_JWT_SECRET": credentials.jwt_secret,
        "MUX_BASE_URL": mux_url(ports),
        "MUX_STREAM_BASE_URL": mux_url(ports),
        "MUX_IMAGE_BASE_URL": mux_url(ports),
        "MUX_TOKEN_ID": credentials.mux_token_id,
        "MUX_TOKEN_SECRET": credentials.mux_token_secret,
        "MUX_WEBHOOK_SECRETS": credentials.mux_webhook_secret,
        "MUX_SIGNING_KEY": credentials.mux_signing_key,
        "MUX_PRIVATE_KEY": credentials.mux_private_key,
        "MUX_SYNC_EVERY_S": "5",  # what is played here shows beside our own numbers at once
        "MUX_SYNC_BACK_DAYS": "2",
        "MUX_SYNC_CALLS_PER_S": "5",
        "SIGNING_KEYS_SECRET": credentials.signing_keys_secret,
        "S3_ENDPOINT_URL": f"http://localhost:{ports.s3}",
        "S3_BUCKET": "seatime",
        "S3_ACCESS_KEY_ID": credentials.s3_access_key,
        "S3_SECRET_ACCESS_KEY": credentials.s3_secret_key,
        "S3_REGION": "us-east-1",
        "WATCH_GRANT_PRIVATE_KEY": credentials.grant_private_key,
        "WATCH_GRANT_KEY_ID": credentials.grant_key_id,
        "WATCH_GRANT_PUBLIC_KEYS": json.dumps({credentials.grant_key_id: credentials.grant_public_key}),
        "EVIDENCE_KEY_ID": credentials.evidence_key_id,
        "EVIDENCE_PRIVATE_KEY": credentials.evidence_private_key,
        "ERASURE_KEY": credentials.erasure_key,
        "WEBHOOK_SEALING_SECRET": credentials.signing_keys_secret,
        "WEBHOOK_LOCAL_RECEIVERS": "true",
        "ANALYTICS_SMALLEST_GROUP": "1",  # a developer's school has few viewers, and they are no people
        "PUBLIC_BASE_URL": public_url(ports),
        "HTTP_HOST": HOST,
        "HTTP_PORT": str(ports.gateway),
        "LOG_LEVEL": log_level,
        "LOG_FORMAT": "console",
        "SEATIME_DATA": str(data_dir),
        "PYTHONUNBUFFERED": "1",
    }
    for service in SERVICES:
        for role in roles_of(service):
            url = database_url(ports.postgres, service, role, credentials.role_passwords[role])
            made[database_variable(service, role)] = url
    passed_on = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    return passed_on | made | own.kafka | own.postgres | own.s3
