"""What `make setup` says to a person on a machine that lacks something."""

import importlib.util
import shutil
import sys
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

import pytest

TOOL = Path(__file__).resolve().parents[2] / "tools" / "bootstrap.py"


class Disk(NamedTuple):
    free: float


@pytest.fixture
def bootstrap() -> ModuleType:
    spec = importlib.util.spec_from_file_location("bootstrap", TOOL)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _fail(bootstrap: ModuleType, cache: Path) -> str:
    with pytest.raises(SystemExit) as ended:
        bootstrap.run("fetching", [sys.executable, "-c", "raise SystemExit(7)"], {"UV_CACHE_DIR": str(cache)})
    return str(ended.value.code)


def test_an_older_python_is_told_which_one_is_wanted(bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where somebody named it: before anything is made of it."""
    monkeypatch.setattr(sys, "version_info", (3, 10, 12))
    with pytest.raises(SystemExit, match=r"needs Python 3\.11 or later"):
        bootstrap.main()


def test_a_failure_says_what_to_do(bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """It names the step and its code; where the disk is full that, else the network."""
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Disk(free=50e9))
    told = _fail(bootstrap, tmp_path)
    assert "fetching failed (code 7)" in told
    assert "HTTPS_PROXY" in told
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Disk(free=0.1e9))
    told = _fail(bootstrap, tmp_path)
    assert "0.1 GB are free" in told
    assert "HTTPS_PROXY" not in told


def test_room_is_looked_for_where_the_cache_will_be(
    bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A folder that is not there yet is on the disk of the one above it."""
    monkeypatch.setattr(shutil, "disk_usage", lambda path: Disk(free=0.0 if path == tmp_path else 50e9))
    assert str(tmp_path) in bootstrap.no_room({"UV_CACHE_DIR": str(tmp_path / "not" / "there")})
    assert bootstrap.no_room({"UV_CACHE_DIR": str(bootstrap.ROOT)}) is None
