"""What the caller brings, and what is kept of what was made."""

import json
from pathlib import Path

import pytest

from devstack import credentials
from devstack.environment import DATABASE_NAMES, Own, for_services
from devstack.errors import StackError
from devstack.ports import Ports

DATABASES = {name: f"postgresql://mine/{name}" for name in DATABASE_NAMES}


def test_nothing_named_nothing_brought() -> None:
    """Without variables every part is the stack's own."""
    assert Own.from_env({"PATH": "/bin", "S3_BUCKET": "b", "KAFKA_BOOTSTRAP_SERVERS": ""}) == Own({}, {}, {})


def test_brought_parts_reach_the_services(tmp_path: Path) -> None:
    """What the variables name is what the services are told, in place of the stack's own."""
    s3 = {"S3_ENDPOINT_URL": "http://s3", "S3_ACCESS_KEY_ID": "key", "S3_SECRET_ACCESS_KEY": "secret"}
    given = {"KAFKA_BOOTSTRAP_SERVERS": "kafka:9092", **DATABASES, **s3}
    own = Own.from_env(given)
    secrets = credentials.load_or_create(tmp_path / "secrets.json")
    told = for_services(Ports(), secrets, own, data_dir=tmp_path, log_level="INFO")
    assert given.items() <= told.items()


def test_half_a_server_is_refused() -> None:
    """Some of the databases, but not all: the message names those that lack."""
    some = dict(DATABASES)
    lacking = sorted(some)[2]
    del some[lacking]
    with pytest.raises(StackError, match=lacking):
        Own.from_env(some)


def test_secrets_are_kept_and_private(tmp_path: Path) -> None:
    """The second look at the file gives the same secrets; nobody else may read it; none of them is shown by repr."""
    path = tmp_path / "secrets.json"
    first = credentials.load_or_create(path)
    assert credentials.load_or_create(path) == first
    assert path.stat().st_mode & 0o777 == 0o600
    shown = repr(first)
    assert first.jwt_secret not in shown
    assert first.role_passwords["upload_app"] not in shown


def test_new_roles_get_passwords(tmp_path: Path) -> None:
    """Data of a version that knew fewer roles is used on: the new role gets a password, the old ones keep theirs."""
    path = tmp_path / "secrets.json"
    first = credentials.load_or_create(path)
    older = json.loads(path.read_text())
    del older["role_passwords"]["progress_worker"]
    path.write_text(json.dumps(older))
    second = credentials.load_or_create(path)
    assert second.role_passwords["progress_worker"]
    assert second.role_passwords["upload_app"] == first.role_passwords["upload_app"]
