"""The repository's pages, and what can be read off them: links, code spans, tables."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
GENERATED = {ROOT / "docs" / "events.md"}
FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
SPAN = re.compile(r"(?<!`)`([^`\n]+)`(?!`)")


@cache
def pages() -> tuple[Path, ...]:
    """All that people read: of the root, of docs, and those that stand beside code."""
    found = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), ROOT / "web" / "README.md"]
    found += (ROOT / "tools").glob("*/README.md")
    return tuple(sorted(found))


def name(page: Path) -> str:
    return str(page.relative_to(ROOT))


@cache
def prose(page: Path) -> str:
    """Without fenced blocks."""
    return FENCE.sub("", page.read_text(encoding="utf-8"))


def spans(page: Path) -> list[str]:
    """What stands in backquotes outside of fenced blocks."""
    return SPAN.findall(prose(page))


def fenced(page: Path) -> list[str]:
    """The lines of fenced blocks."""
    return [line for block in FENCE.findall(page.read_text(encoding="utf-8")) for line in block.splitlines()[1:-1]]


def links(page: Path) -> Iterator[tuple[str, str]]:
    """(file, anchor) of links into the repository; the file of one inside the page is empty."""
    for target in re.findall(r"\]\(([^)\s]+)\)", prose(page)):
        if not re.match(r"[a-z]+:", target):
            file, _, anchor = target.partition("#")
            yield file, anchor


@cache
def anchors(page: Path) -> frozenset[str]:
    """As GitHub makes them of headings."""
    headings = re.findall(r"^#+ (.+)$", prose(page), re.MULTILINE)
    return frozenset(re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings)
