"""docker-compose.yml against the code it starts: what cannot be run without Docker is at least held to the settings."""

import importlib
import importlib.util
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
SERVICES = ("upload", "playback", "progress", "analytics")
VARIABLE = re.compile(r"(?<!\$)\$\{([A-Z0-9_]+)(?::([-?])([^}]*))?\}")


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    document: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
    return document


@pytest.fixture(scope="module")
def secrets() -> dict[str, str]:
    spec = importlib.util.spec_from_file_location("make_env", ROOT / "deploy" / "make_env.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    environment: dict[str, str] = module.environment()
    return environment


def _texts(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        for value in node.values():
            yield from _texts(value)
    elif isinstance(node, list):
        for value in node:
            yield from _texts(value)
    elif isinstance(node, str):
        yield node


def _filled(text: str, values: dict[str, str]) -> str:
    return VARIABLE.sub(lambda match: values.get(match[1], match[3] or ""), text)


def test_every_variable_has_a_value(compose: dict[str, Any], secrets: dict[str, str]) -> None:
    """`make secrets` provides each variable that the compose file has no default for."""
    needed = {match[1] for text in _texts(compose) for match in VARIABLE.finditer(text) if match[2] != "-"}
    assert needed <= secrets.keys()


def test_no_secret_is_written_down(compose: dict[str, Any]) -> None:
    """Passwords, tokens and keys come from variables, never from the file or the image."""
    for service in compose["services"].values():
        for name, value in service.get("environment", {}).items():
            if re.search(r"PASSWORD|SECRET|PRIVATE|TOKEN|CREDENTIAL|IDENTITY", name):
                assert str(value).startswith("${"), name
    dockerfile = (ROOT / "deploy" / "Dockerfile").read_text()
    assert not re.search(r"^(ENV|ARG).*(PASSWORD|SECRET|PRIVATE|TOKEN)", dockerfile, re.MULTILINE)


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize("process", ["app", "worker"])
def test_each_process_gets_settings_that_it_accepts(
    compose: dict[str, Any],
    secrets: dict[str, str],
    service: str,
    process: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The environment in the compose file builds the service's Settings, and holds no name that they do not know."""
    environment = compose["services"][f"{service}-{process}"]["environment"]
    for name, value in environment.items():
        monkeypatch.setenv(name, _filled(str(value), secrets))
    module = importlib.import_module(f"{service}_service.settings")
    settings_type = getattr(module, "WorkerSettings", module.Settings) if process == "worker" else module.Settings
    settings_type()
    known: set[str] = set()
    for name, field in settings_type.model_fields.items():
        alias = field.validation_alias
        choices = getattr(alias, "choices", [alias or name])
        known |= {str(choice).upper() for choice in choices}
    assert environment.keys() <= known


def test_every_process_has_a_health_check_and_starts_after_the_migrations(compose: dict[str, Any]) -> None:
    """Nothing serves before its schema is there, and what is not healthy can be seen."""
    for service in SERVICES:
        for process in ("app", "worker"):
            definition = compose["services"][f"{service}-{process}"]
            assert "healthcheck" in definition
            assert definition["depends_on"]["migrate"]["condition"] == "service_completed_successfully"
            assert definition["build"]["args"]["SERVICE"] == service
