"""Roles and databases: an owner that migrates and an application role that owns nothing, for each service.

Where row-level security stands between learners, the worker, which writes for all of them, has a role of its own.
What the roles may do inside a database is the migrations' business.
"""

from collections.abc import Mapping
from urllib.parse import quote

from devstack.ports import HOST

WORKER_ROLES = ("progress", "analytics")


def roles_of(service: str) -> tuple[str, ...]:
    """`<service>_owner` and `<service>_app`, and `<service>_worker` where the worker has a role of its own."""
    kinds = ("owner", "app", "worker") if service in WORKER_ROLES else ("owner", "app")
    return tuple(f"{service}_{kind}" for kind in kinds)


def create_roles_sql(service: str, passwords: Mapping[str, str]) -> list[str]:
    """Statements that make the service's roles; those that exist are left alone. `passwords` are by role."""
    return [_role(role, passwords[role]) for role in roles_of(service)]


def create_database_sql(service: str, name: str, template: str = "template1") -> list[str]:
    """Statements that make a database of the service's owner, closed to everybody but the service."""
    return [
        f"CREATE DATABASE {_name(name)} OWNER {_name(service + '_owner')} TEMPLATE {_name(template)}",
        f"REVOKE ALL ON DATABASE {_name(name)} FROM PUBLIC",
        *(f"GRANT CONNECT, TEMPORARY ON DATABASE {_name(name)} TO {_name(role)}" for role in roles_of(service)[1:]),
    ]


def _role(role: str, password: str) -> str:
    """Roles belong to the whole server; two that provision at once both succeed."""
    secret = password.replace("'", "''")
    return f"""
        DO $$ BEGIN
            CREATE ROLE {_name(role)} LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE PASSWORD '{secret}';
        EXCEPTION WHEN duplicate_object OR unique_violation THEN
            NULL;
        END $$
    """


def _name(identifier: str) -> str:
    return '"' + identifier.replace('"', '""') + '"'


def database_url(port: int, database: str, role: str, password: str) -> str:
    return f"postgresql://{role}:{quote(password, safe='')}@{HOST}:{port}/{database}"
