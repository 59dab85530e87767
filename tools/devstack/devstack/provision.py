"""Roles and databases: an owner that migrates and an application role that owns nothing, for each service.

What the application role may do inside a database is the migrations' business.
"""

from urllib.parse import quote

from devstack.ports import HOST


def create_roles_sql(service: str, owner_password: str, app_password: str) -> list[str]:
    """Statements that make `<service>_owner` and `<service>_app`, or set the passwords of those that exist."""
    passwords = {f"{service}_owner": owner_password, f"{service}_app": app_password}
    return [_role(role, password) for role, password in passwords.items()]


def create_database_sql(service: str, name: str, template: str = "template1") -> list[str]:
    """Statements that make a database of the service's owner, closed to everybody but the service."""
    return [
        f"CREATE DATABASE {_name(name)} OWNER {_name(service + '_owner')} TEMPLATE {_name(template)}",
        f"REVOKE ALL ON DATABASE {_name(name)} FROM PUBLIC",
        f"GRANT CONNECT, TEMPORARY ON DATABASE {_name(name)} TO {_name(service + '_app')}",
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
