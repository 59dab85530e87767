"""docs/openapi is what the services say of themselves, and no client of the last release is broken without a word."""

import copy
import json
import shutil
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from devstack.openapi import __main__ as command
from devstack.openapi.documents import Document, documents
from devstack.paths import ROOT, SERVICES

made = cache(documents)
EACH_SERVICE = pytest.mark.parametrize("service", SERVICES)


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout with nothing in it but documents as they should be, the released ones and a changelog."""
    shutil.copytree(ROOT / command.RELEASED, tmp_path / command.RELEASED)
    for path, text in command.texts(made()).items():
        (tmp_path / path).write_text(text, encoding="utf-8")
    (tmp_path / "CHANGELOG.md").write_text("# Changelog\n\n## Unreleased\n\n### Added\n- This and that.\n")
    return tmp_path


def without_title() -> dict[str, Document]:
    """What the services would say if a course had no title any more."""
    changed = copy.deepcopy(made())
    summary = changed["upload"]["components"]["schemas"]["CourseSummary"]
    del summary["properties"]["title"]
    summary["required"].remove("title")
    return changed


def test_what_is_generated_is_committed_as_generated() -> None:
    """A route or a model that changed without `make schemas` turns this red."""
    assert command.stale(made()) == []


def test_a_changed_model_a_hand_edit_and_a_left_over_are_stale(checkout: Path) -> None:
    """The check sees each way in which a committed document can be wrong."""
    assert command.stale(made(), checkout) == []
    assert command.stale(without_title(), checkout) == [command.FOLDER / "upload.json"]
    (checkout / command.FOLDER / "playback.json").write_text("{}")
    (checkout / command.FOLDER / "progress.json").unlink()
    (checkout / command.FOLDER / "gone.json").write_text("{}")
    assert {path.name for path in command.stale(made(), checkout)} == {"playback.json", "progress.json", "gone.json"}


def test_clients_of_the_last_release_are_not_broken_unsaid() -> None:
    """Against docs/openapi/released: what is gone or newly demanded is in the changelog, or this is red."""
    assert {path.stem for path in (ROOT / command.RELEASED).glob("*.json")} == set(SERVICES)
    assert command.unsaid(made()) == []


@pytest.mark.parametrize(
    ("changelog", "is_said"),
    [
        ("## Unreleased\n\n### Breaking\n- `GET /api/courses` answers no `courses[].title` any more.\n", True),
        ("## Unreleased\n\n### Breaking\n- `GET /api/courses` answers less.\n", False),
        ("## Unreleased\n\n### Changed\n- `GET /api/courses` answers no `courses[].title` any more.\n", False),
        ("## 1.0\n\n### Breaking\n- `GET /api/courses` answers no `courses[].title` any more.\n", False),
    ],
)
def test_a_break_has_to_be_said_with_its_field(checkout: Path, changelog: str, is_said: bool) -> None:
    """In backquotes, under what is breaking, of what is not released yet; a former release's word is no excuse."""
    (checkout / "CHANGELOG.md").write_text(f"# Changelog\n\n{changelog}")
    found = command.unsaid(without_title(), checkout)
    assert found == ([] if is_said else ["upload: GET /api/courses: response: courses[].title: removed"])


def test_a_service_that_is_gone_breaks_all_its_clients(checkout: Path) -> None:
    """Leaving a whole document out is noticed too."""
    fewer = {service: document for service, document in made().items() if service != "analytics"}
    released = json.loads((checkout / command.RELEASED / "analytics.json").read_text(encoding="utf-8"))
    operations = sum(len(path) for part in ("paths", "webhooks") for path in released.get(part, {}).values())
    assert len(command.unsaid(fewer, checkout)) == operations > 20


@EACH_SERVICE
def test_operations_and_shapes_have_names_to_generate_from(service: str) -> None:
    """Each operation has its own short name and a summary, and what it takes and answers as JSON is named too."""
    document = made()[service]
    found = [(path, operation) for path, methods in document["paths"].items() for operation in methods.values()]
    names = [operation["operationId"] for _, operation in found]
    assert len(names) == len(set(names))
    assert all(name.isalnum() and name[0].islower() and "Api" not in name for name in names)
    assert [path for path, operation in found if not operation.get("summary")] == []
    unnamed = [
        f"{operation['operationId']} {status}"
        for path, operation in found
        if path.startswith("/api/") and path != "/api/videos/mux/webhook"
        for status, content in contents(operation)
        if not json.dumps(content).count("#/components/schemas/")
    ]
    assert unnamed == []


def contents(operation: dict[str, Any]) -> list[tuple[str, Any]]:
    """The JSON of the request and of the successes."""
    parts = {"request": operation.get("requestBody", {}), **operation["responses"]}
    return [
        (name, part["content"]["application/json"])
        for name, part in parts.items()
        if (name == "request" or name.startswith("2")) and "application/json" in part.get("content", {})
    ]


def test_the_command_says_what_it_found(
    checkout: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """`--check` fails on what is stale, writing repairs it, a break is refused, and a release becomes the measure."""
    monkeypatch.setattr(command, "ROOT", checkout)
    monkeypatch.setattr(command.stale, "__defaults__", (checkout,))
    monkeypatch.setattr(command.unsaid, "__defaults__", (checkout,))
    monkeypatch.setattr(command, "documents", made)
    (checkout / command.FOLDER / "upload.json").unlink()
    assert command.main(["--check"]) == 1
    assert "docs/openapi/upload.json" in capsys.readouterr().err
    assert command.main([]) == 0
    assert command.main(["--check"]) == 0

    monkeypatch.setattr(command, "documents", without_title)
    assert command.main([]) == 1
    assert "courses[].title: removed" in capsys.readouterr().err
    (checkout / "CHANGELOG.md").write_text(
        "# Changelog\n\n## Unreleased\n\n### Breaking\n- `GET /api/courses`: no `courses[].title`.\n"
    )
    assert command.main(["--release"]) == 0
    (checkout / "CHANGELOG.md").write_text("# Changelog\n\n## Unreleased\n")
    assert command.main(["--check"]) == 0
