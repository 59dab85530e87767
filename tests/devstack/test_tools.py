"""Which program is taken: the one that is named, the machine's when it is new enough, else the wheel's."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from devstack import tools


@pytest.fixture(autouse=True)
def _forget() -> Iterator[None]:
    found = (tools.java, tools.node, tools.npm, tools.ffmpeg, tools.chromium)
    for function in found:
        function.cache_clear()
    yield
    for function in found:
        function.cache_clear()


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine with nothing on its PATH, and nothing named."""
    for name in ("JAVA", "NODE", "NPM", "FFMPEG", "CHROMIUM"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    return tmp_path


def program(folder: Path, name: str, says: str) -> str:
    path = folder / name
    path.write_text(f"#!/bin/sh\necho '{says}' >&2\n")
    path.chmod(0o755)
    return str(path)


def test_machine_without_anything_needs_every_wheel(machine: Path) -> None:
    """Java, Node and ffmpeg each have a wheel that takes their place."""
    assert tools.needed_wheels() == ["java", "node", "ffmpeg"]


@pytest.mark.parametrize(
    ("says", "needed"),
    [
        ('openjdk version "17.0.15" 2025-04-15', []),
        ('openjdk version "25" 2025-09-16', []),
        ('openjdk version "11.0.2" 2019-01-15', ["java"]),
        ('java version "1.8.0_401"', ["java"]),
        ("not found", ["java"]),
    ],
)
def test_java_must_be_new_enough(machine: Path, says: str, needed: list[str]) -> None:
    """The machine's java is used from 17 on."""
    program(machine, "java", says)
    assert [name for name in tools.needed_wheels() if name == "java"] == needed


@pytest.mark.parametrize(
    ("says", "needed"), [("v20.19.0", False), ("v24.1.0", False), ("v20.11.1", True), ("v18.20.4", True)]
)
def test_node_must_be_new_enough(machine: Path, says: str, needed: bool) -> None:
    """The machine's node is used from 20.19 on, which the web app's build needs."""
    program(machine, "node", says)
    assert ("node" in tools.needed_wheels()) is needed


def test_named_program_wins(machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A variable is taken as it is, before the machine's own."""
    program(machine, "java", 'openjdk version "21.0.1" 2023-10-17')
    assert tools.java() == str(machine / "java")
    tools.java.cache_clear()
    monkeypatch.setenv("JAVA", "/opt/mine/java")
    assert tools.java() == "/opt/mine/java"


def test_chromium_may_be_absent(machine: Path) -> None:
    """Without a Chromium the answer is None; with one it is its path."""
    assert tools.chromium() is None
    tools.chromium.cache_clear()
    program(machine, "chromium", "Chromium 140")
    assert tools.chromium() == str(machine / "chromium")
