"""Each service installs and starts without its neighbours: from wheels, into an empty environment, as locked."""

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[1]
SERVICES = ("upload", "playback", "progress", "analytics")
PACKAGES = [f"libs/{name}" for name in ("contracts", "servicekit")] + [f"services/{name}" for name in SERVICES]
PROBE = """
import importlib, importlib.resources, importlib.util, sys
service, *neighbours = sys.argv[1:]
for module in ("app", "worker"):
    importlib.import_module(f"{service}_service.{module}")
present = [name for name in neighbours if importlib.util.find_spec(name) is not None]
assert not present, present
import contracts.examples, contracts.schemas
from contracts.topics import TOPICS
assert all(contracts.schemas.load(topic.name) and contracts.examples.load(topic) for topic in TOPICS)
from servicekit.migrate import load
assert load("servicekit") and load(f"{service}_service")
print("ok")
"""


def uv(*arguments: str | Path) -> None:
    """Run uv, from the environment's own folder or the PATH; what it fetched before it does not fetch again."""
    command = shutil.which("uv", path=str(Path(sys.executable).parent)) or shutil.which("uv")
    assert command is not None
    done = subprocess.run(
        [command, *map(str, arguments)], cwd=CHECKOUT, capture_output=True, text=True, timeout=240, check=False
    )
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheels")
    for package in PACKAGES:
        uv("build", "--wheel", "--no-build-isolation", "--python", sys.executable, "-q", "-o", folder, package)
    return folder


def test_wheels_hold_what_the_code_reads_at_run_time(wheels: Path) -> None:
    """Schemas, examples, migrations and the marker of types are inside, tests and caches are not."""
    assert len(list(wheels.glob("*.whl"))) == len(PACKAGES)
    for wheel in wheels.glob("*.whl"):
        names = zipfile.ZipFile(wheel).namelist()
        assert any(name.endswith("py.typed") for name in names), wheel.name
        assert not any("__pycache__" in name or "tests/" in name for name in names), wheel.name
        if "_service" not in wheel.name and "contracts" not in wheel.name and "servicekit" not in wheel.name:
            assert any("migrations/0001_" in name for name in names), wheel.name


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_installs_without_its_neighbours(service: str, wheels: Path, tmp_path: Path) -> None:
    """Its wheel, contracts and servicekit are enough; app and worker import, and no other service is there."""
    own = [*wheels.glob(f"seatime_{service}-*.whl"), *wheels.glob("seatime_contracts-*.whl")]
    own += wheels.glob("seatime_servicekit-*.whl")
    assert len(own) == 3
    environment = tmp_path / "venv"
    uv("venv", "-q", "--python", sys.executable, environment)
    python = environment / "bin" / "python"
    uv("pip", "install", "-q", "--python", python, "--constraint", CHECKOUT / "requirements.lock", *own)
    neighbours = [f"{other}_service" for other in SERVICES if other != service] + ["mux_sim", "devstack", "pytest"]
    done = subprocess.run(
        [python, "-I", "-W", "error::ImportWarning", "-c", PROBE, service, *neighbours],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.stdout.strip() == "ok", done.stderr
