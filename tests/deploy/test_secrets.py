"""`make secrets`, first and after an upgrade, and the roles of a database that is older than what connects to it."""

import base64
import importlib.util
import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key
from dotenv import dotenv_values

from devstack.postgres import INSTALL, PostgresServer, psql

DEPLOY = Path(__file__).parents[2] / "deploy"
NEW = ("WEBHOOK_SEALING_SECRET", "SEATIME_READER_PASSWORD", "GRAFANA_ADMIN_PASSWORD")
SERVICES = ("upload", "playback", "progress", "analytics")


@pytest.fixture(scope="module")
def make_env() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_env", DEPLOY / "make_env.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / ".env"


def without(target: Path, *names: str) -> str:
    """Write the file anew without these; returns what is left."""
    lines = target.read_text().splitlines(keepends=True)
    left = "".join(line for line in lines if line.partition("=")[0] not in names)
    target.write_text(left)
    return left


def test_a_new_file_has_everything_and_is_nobody_else_s(make_env: ModuleType, target: Path) -> None:
    """Every variable has a value, a public key is its private one's, and nobody but the owner may read the file."""
    assert make_env.main(target) == 0
    values = dotenv_values(target, interpolate=False)
    assert values.keys() == make_env.environment().keys()
    assert all(values.values())
    assert target.stat().st_mode & 0o777 == 0o600
    public = json.loads(values["WATCH_GRANT_PUBLIC_KEYS"] or "")[values["WATCH_GRANT_KEY_ID"]]
    private = load_pem_private_key(base64.b64decode(values["WATCH_GRANT_PRIVATE_KEY"] or ""), None)
    assert private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo) == base64.b64decode(
        public
    )


def test_an_upgrade_adds_what_is_missing_and_nothing_else(
    make_env: ModuleType, target: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What was there is there byte by byte, comments and an operator's own values too; what was added is said."""
    make_env.main(target)
    former = without(target, *NEW) + "# ours\nS3_REGION=eu-central-1\nexport LOG_LEVEL=debug"
    target.write_text(former)
    capsys.readouterr()
    assert make_env.main(target) == 0
    said = capsys.readouterr()
    assert target.read_text().startswith(former + "\n")
    values = dotenv_values(target, interpolate=False)
    assert all(values[name] for name in NEW)
    assert values["LOG_LEVEL"] == "debug"
    assert all(name in said.out for name in NEW)
    assert "MUX_TOKEN_ID" not in said.out
    assert not any(str(values[name]) in said.out + said.err for name in NEW)
    after = target.read_text()
    assert make_env.main(target) == 0
    assert target.read_text() == after
    assert "nothing was changed" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("missing", "kept"), [("MUX_SIGNING_KEY", "MUX_PRIVATE_KEY"), ("WATCH_GRANT_PUBLIC_KEYS", "WATCH_GRANT_KEY_ID")]
)
def test_half_a_pair_is_not_completed_with_a_stranger(
    make_env: ModuleType, target: Path, capsys: pytest.CaptureFixture[str], missing: str, kept: str
) -> None:
    """An id that was made for another key would sign what everybody refuses: it is asked for, the rest is added."""
    make_env.main(target)
    without(target, missing, "ERASURE_KEY")
    assert make_env.main(target) == 1
    values = dotenv_values(target, interpolate=False)
    assert missing not in values
    assert values[kept]
    assert values["ERASURE_KEY"]
    assert missing in capsys.readouterr().err


def test_a_value_that_was_left_empty_is_asked_for(
    make_env: ModuleType, target: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Somebody emptied it, and may know why."""
    make_env.main(target)
    target.write_text(without(target, "AUTH_JWT_SECRET") + "AUTH_JWT_SECRET=\n")
    former = target.read_text()
    assert make_env.main(target) == 1
    assert target.read_text() == former
    assert "AUTH_JWT_SECRET" in capsys.readouterr().err


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgresServer]:
    """Of its own: roles belong to a whole server."""
    server = PostgresServer(tmp_path_factory.mktemp("server") / "postgres", durable=False)
    server.start()
    server.wait_ready()
    yield server
    server.stop()


def initialise(server: PostgresServer, password: str) -> None:
    """Run the script as the container does."""
    environment = {
        **os.environ,
        "PATH": f"{INSTALL / 'bin'}:{os.environ['PATH']}",
        "PGHOST": "127.0.0.1",
        "PGPORT": str(server.port),
        "PGPASSWORD": server.password,
        "POSTGRES_USER": "postgres",
        **{f"SEATIME_{role}_PASSWORD": f"{role.lower()}-{password}" for role in ("OWNER", "APP", "WORKER")},
    }
    done = subprocess.run(
        ["/bin/sh", str(DEPLOY / "postgres" / "init.sh")],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_roles_of_an_older_database_are_made_up_for(server: PostgresServer) -> None:
    """Run again, the script makes the role that is missing, sets the passwords, and leaves the tables alone."""
    initialise(server, "first")
    for service in SERVICES:
        psql(server.url(service, f"{service}_owner", "owner-first"), f"CREATE TABLE kept_{service} (id int)")
    psql(server.admin_url, "REVOKE ALL ON DATABASE analytics FROM analytics_worker", "DROP ROLE analytics_worker")
    initialise(server, "second")
    for service in SERVICES:
        assert psql(server.url(service, f"{service}_app", "app-second"), "SELECT current_user") == f"{service}_app"
        tables = "SELECT tableowner FROM pg_tables WHERE tablename LIKE 'kept_%'"
        assert psql(server.url(service, f"{service}_owner", "owner-second"), tables) == f"{service}_owner"
    for service in ("progress", "analytics"):
        assert psql(server.url(service, f"{service}_worker", "worker-second"), "SELECT current_user")
    powers = "SELECT count(*) FROM pg_roles WHERE rolname !~ '^(pg_|postgres)' AND (rolsuper OR rolbypassrls)"
    assert psql(server.admin_url, powers) == "0"
