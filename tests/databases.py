"""A fresh, migrated database per test: a template per service and state of the migrations, cloned.

Templates are named by the hash of the migrations and appear by a rename: sessions may share a server.
"""

import asyncio
import hashlib
import importlib.util
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

from devstack.errors import StackError
from devstack.postgres import psql
from devstack.provision import WORKER_ROLES, create_database_sql, create_roles_sql, roles_of

PASSWORD = "seatime-tests"
T = TypeVar("T")


@dataclass(frozen=True)
class Database:
    name: str
    owner_url: str
    app_url: str
    worker_url: str


class Postgres:
    """A server with an administrator: `admin_url`, `sql`, and databases cloned from migrated templates."""

    def __init__(self, admin_url: str) -> None:
        self.admin_url = admin_url

    def sql(self, *statements: str, url: str | None = None) -> str:
        """Run statements (as the administrator unless `url` says otherwise) and return the rows, `|` between."""
        return psql(url or self.admin_url, *statements)

    def url(self, database: str, user: str) -> str:
        parts = urlsplit(self.admin_url)
        return urlunsplit(
            parts._replace(netloc=f"{user}:{PASSWORD}@{parts.hostname}:{parts.port}", path=f"/{database}")
        )

    def create(self, service: str, *, migrated: bool = True) -> Database:
        template = self._template(service) if migrated else "template1"
        name = f"{service}_{uuid4().hex[:12]}"
        self._provision(service, name, template)
        return self._database(service, name)

    def drop(self, database: Database) -> None:
        self.sql(f'DROP DATABASE IF EXISTS "{database.name}" WITH (FORCE)')

    def _database(self, service: str, name: str) -> Database:
        worker = f"{service}_worker" if service in WORKER_ROLES else f"{service}_app"
        return Database(name, *(self.url(name, role) for role in (f"{service}_owner", f"{service}_app", worker)))

    def _provision(self, service: str, name: str, template: str) -> None:
        self.sql(*create_roles_sql(service, dict.fromkeys(roles_of(service), PASSWORD)))
        self.sql(*create_database_sql(service, name, template))

    @cache  # noqa: B019 - one object per session
    def _template(self, service: str) -> str:
        name = f"template_{service}_{_migrations_hash(service)}"
        if self.sql(f"SELECT 1 FROM pg_database WHERE datname = '{name}'"):
            return name
        building = self._database(service, f"building_{uuid4().hex[:12]}")
        self._provision(service, building.name, "template1")
        _migrate(building.owner_url, service)
        try:
            self.sql(f'ALTER DATABASE "{building.name}" RENAME TO "{name}"')
        except StackError:  # another session was faster
            if not self.sql(f"SELECT 1 FROM pg_database WHERE datname = '{name}'"):
                raise
            self.drop(building)
        return name


def run_apart(work: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine to its end from code that may itself stand inside a running loop."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, work).result()


def _migrate(owner_url: str, service: str) -> None:
    from servicekit.migrate import migrate

    run_apart(migrate(owner_url, f"{service}_service", app_role=f"{service}_app"))


def _migrations_hash(service: str) -> str:
    digest = hashlib.sha256()
    for package in ("servicekit", f"{service}_service"):
        spec = importlib.util.find_spec(package)
        assert spec is not None
        assert spec.origin is not None
        folder = Path(spec.origin).parent
        for path in sorted([*folder.glob("migrations/*.sql"), *folder.glob("migrate.py")]):
            digest.update(path.read_bytes())
    return digest.hexdigest()[:16]
