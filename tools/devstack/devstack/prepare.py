"""What has to be there before a service starts: roles, databases, tables, topics. Each step may be repeated."""

import asyncio
from collections.abc import Mapping

from contracts.topics import all_topics
from devstack.credentials import Credentials
from devstack.paths import SERVICES
from devstack.ports import Ports
from devstack.postgres import psql
from devstack.provision import create_database_sql, create_roles_sql, database_url
from servicekit import kafka
from servicekit.migrate import migrate
from servicekit.settings import CommonSettings

TIMEOUT = 120


def databases(env: Mapping[str, str], admin_url: str | None, credentials: Credentials) -> None:
    """Make the four databases (where `admin_url` says that the server is ours) and bring them up to date."""
    if admin_url is not None:
        existing = psql(admin_url, "SELECT datname FROM pg_database").splitlines()
        for service in SERVICES:
            roles = create_roles_sql(service, credentials.role_passwords)
            psql(admin_url, *roles, *([] if service in existing else create_database_sql(service, service)))
    asyncio.run(_migrate_all(env))


def topics(env: Mapping[str, str]) -> None:
    settings = CommonSettings.model_validate({"kafka_bootstrap_servers": env["KAFKA_BOOTSTRAP_SERVERS"]} | _prefix(env))
    asyncio.run(_bounded_topics(settings))


def _prefix(env: Mapping[str, str]) -> dict[str, str]:
    return {"kafka_topic_prefix": env["KAFKA_TOPIC_PREFIX"]} if "KAFKA_TOPIC_PREFIX" in env else {}


async def _bounded_topics(settings: CommonSettings) -> None:
    async with asyncio.timeout(TIMEOUT):
        await kafka.ensure_topics(settings, all_topics())


async def _migrate_all(env: Mapping[str, str]) -> None:
    async with asyncio.timeout(TIMEOUT), asyncio.TaskGroup() as group:
        for service in SERVICES:
            owner_url = env[f"DATABASE_OWNER_URL_{service.upper()}"]
            group.create_task(migrate(owner_url, f"{service}_service", app_role=f"{service}_app"))


def one_database(service: str, env: Mapping[str, str], ports: Ports, credentials: Credentials) -> None:
    """Bring one service's database up to date: the environment's, else the stack's own."""
    role = f"{service}_owner"
    own = database_url(ports.postgres, service, role, credentials.role_passwords[role])
    owner_url = env.get(f"DATABASE_OWNER_URL_{service.upper()}", own)
    asyncio.run(migrate(owner_url, f"{service}_service", app_role=f"{service}_app"))
