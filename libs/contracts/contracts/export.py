"""`python -m contracts.export [--check]`: everything that is derived from the models and the registry, written down.

The committed schemas are the baseline of compatibility: one that the model no longer fits is never overwritten.
"""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from contracts import asyncapi, markdown
from contracts.compatibility import incompatibilities
from contracts.schemas import all_schemas

PACKAGE = Path(__file__).resolve().parent
CHECKOUT = PACKAGE.parents[2]


def documents(package: Path = PACKAGE, checkout: Path = CHECKOUT) -> dict[Path, str]:
    """Every generated file and its text."""
    schemas = all_schemas()
    return {
        **{package / "schemas" / f"{topic}.json": _json(schema) for topic, schema in schemas.items()},
        checkout / "docs" / "events.md": markdown.render(schemas),
        checkout / "docs" / "asyncapi.json": _json(asyncapi.document(schemas)),
    }


def breaking_changes(package: Path = PACKAGE) -> list[str]:
    """What the models changed that the committed schemas do not allow, one line each."""
    lines = []
    for topic, schema in all_schemas().items():
        committed = package / "schemas" / f"{topic}.json"
        if committed.exists():
            before = json.loads(committed.read_text(encoding="utf-8"))
            lines += [f"{topic}: {problem}" for problem in incompatibilities(before, schema)]
    return lines


def stale(package: Path = PACKAGE, checkout: Path = CHECKOUT) -> list[Path]:
    """Generated files that are missing or not what would be generated, and schemas of topics that are gone."""
    wanted = documents(package, checkout)
    left_over = [path for path in (package / "schemas").glob("*.json") if path not in wanted]
    return left_over + [
        path for path, text in wanted.items() if not path.exists() or path.read_text(encoding="utf-8") != text
    ]


def main(arguments: list[str] | None = None) -> int:
    """Write the documents, or with `--check` only say which are stale. Returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m contracts.export", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing, fail if anything is stale")
    check = parser.parse_args(arguments).check
    breaking = breaking_changes()
    if breaking:
        _say("not additive, which takes a new topic:", *breaking)
        return 1
    old = [str(path.relative_to(CHECKOUT)) for path in stale()]
    if check and old:
        _say("stale, run python -m contracts.export:", *old)
        return 1
    if not check:
        for path, text in documents().items():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        _say(f"{len(old)} of {len(documents())} files changed", *old)
    return 0


def _say(headline: str, *lines: str) -> None:
    sys.stderr.write("\n  ".join((headline, *lines)) + "\n")


def _json(value: dict[str, Any]) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    sys.exit(main())
