"""`python -m devstack.openapi [--check | --release]`: docs/openapi, and what it broke since the last release.

A breaking change is refused unless CHANGELOG.md names its operation, and its field where it has one, in backquotes
under `### Breaking` of what is unreleased.
"""

import argparse
import json
import re
import sys
from pathlib import Path

from devstack.openapi.compatibility import Break, breaks
from devstack.openapi.documents import Document, documents
from devstack.paths import ROOT

FOLDER = Path("docs", "openapi")
RELEASED = FOLDER / "released"


def texts(made: dict[str, Document]) -> dict[Path, str]:
    """Every generated file, from the checkout's root, and its text."""
    return {
        FOLDER / f"{service}.json": json.dumps(document, indent=2, ensure_ascii=False) + "\n"
        for service, document in made.items()
    }


def stale(made: dict[str, Document], checkout: Path = ROOT) -> list[Path]:
    """Files that are missing, not what would be generated, or of a service that is gone."""
    wanted = texts(made)
    left_over = {path.relative_to(checkout) for path in (checkout / FOLDER).glob("*.json")} - wanted.keys()
    return sorted(left_over) + [path for path, text in wanted.items() if _read(checkout / path) != text]


def unsaid(made: dict[str, Document], checkout: Path = ROOT) -> list[str]:
    """What breaks clients of the last release without the changelog saying so, one line each."""
    said = announced((checkout / "CHANGELOG.md").read_text(encoding="utf-8"))
    lines = []
    for path in sorted((checkout / RELEASED).glob("*.json")):
        now = made.get(path.stem, {"paths": {}})
        found = breaks(json.loads(path.read_text(encoding="utf-8")), now)
        lines += [f"{path.stem}: {one}" for one in found if not is_said(one, said)]
    return lines


def announced(changelog: str) -> list[str]:
    """The lines under `### Breaking` of the section of what is unreleased."""
    unreleased = re.search(r"^## Unreleased$(.*?)(?=^## |\Z)", changelog, re.MULTILINE | re.DOTALL)
    breaking = re.search(r"^### Breaking$(.*?)(?=^### |\Z)", unreleased[1] if unreleased else "", re.M | re.DOTALL)
    return breaking[1].splitlines() if breaking else []


def is_said(one: Break, lines: list[str]) -> bool:
    names = [name for name in (one.operation, one.field) if name]
    return any(all(f"`{name}`" in line for name in names) for line in lines)


def main(arguments: list[str] | None = None) -> int:
    """Write, check or release. Returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m devstack.openapi", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing, fail if anything is stale")
    parser.add_argument("--release", action="store_true", help="from now on compare with what is described now")
    options = parser.parse_args(arguments)
    made = documents()
    if broken := unsaid(made):
        return _fail("breaks clients of the last release, and CHANGELOG.md does not say so:", *broken)
    old = [str(path) for path in stale(made)]
    if options.check:
        return _fail("stale, run python -m devstack.openapi:", *old) if old else 0
    for folder in (FOLDER, RELEASED) if options.release else (FOLDER,):
        (ROOT / folder).mkdir(parents=True, exist_ok=True)
        for path, text in texts(made).items():
            (ROOT / folder / path.name).write_text(text, encoding="utf-8")
    sys.stderr.write("\n  ".join([f"{len(old)} of {len(made)} documents changed", *old]) + "\n")
    return 0


def _fail(headline: str, *lines: str) -> int:
    sys.stderr.write("\n  ".join((headline, *lines)) + "\n")
    return 1


def _read(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.exists() else None


if __name__ == "__main__":
    sys.exit(main())
