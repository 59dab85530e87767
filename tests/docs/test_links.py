"""What pages lead to is there: pages, pictures, headings, targets of make, files of the repository."""

import os
import re
from pathlib import Path

import pytest

from tests.docs.pages import ROOT, anchors, fenced, links, name, pages, prose, spans

EACH_PAGE = pytest.mark.parametrize("page", pages(), ids=name)
DECISIONS = ROOT / "docs" / "decisions"
SKIPPED = {".git", ".venv", "node_modules", "dist", ".seatime", ".hypothesis"}
FILE = re.compile(r"[\w.\-]+(?:/[\w.\-]+)*\.(?:py|ts|tsx|sql|mjs|yml|json|md|toml|conf|lock)")


@EACH_PAGE
def test_every_link_leads_somewhere(page: Path) -> None:
    """To a file that is there, and to a heading that it has."""
    for file, anchor in links(page):
        target = (page.parent / file).resolve() if file else page
        assert target.exists(), f"{name(page)} links to {file}"
        if anchor and target.suffix == ".md":
            assert anchor in anchors(target), f"{name(page)} links to {file}#{anchor}"


@EACH_PAGE
def test_every_target_of_make_is_one(page: Path) -> None:
    """`make x` in a page is a target of the Makefile."""
    rules = re.findall(r"^([a-z][\w%-]*):", (ROOT / "Makefile").read_text(), re.MULTILINE)
    patterns = [re.compile(rule.replace("%", r"\w+")) for rule in rules]
    commands = [text for text in [*spans(page), *fenced(page)] if text.startswith("make ")]
    for command in commands:
        for word in command.split("#")[0].split()[1:]:
            if re.fullmatch(r"[a-z][\w-]*", word):
                assert any(pattern.fullmatch(word) for pattern in patterns), f"{name(page)}: {command}"


@pytest.fixture(scope="module")
def files() -> set[str]:
    """Of the working tree, each by every end of its path."""
    found = set()
    for folder, folders, names in os.walk(ROOT):
        folders[:] = [one for one in folders if one not in SKIPPED]
        for one in names:
            parts = (Path(folder) / one).relative_to(ROOT).parts
            found |= {"/".join(parts[at:]) for at in range(len(parts))}
    return found


@EACH_PAGE
def test_every_file_that_a_page_names_is_there(page: Path, files: set[str]) -> None:
    """By as much of its path as the page says. Programs of others, and what commands write, are not meant."""
    others = {"page.json", "receipt.json", "old.json", "seatime-evidence-keys.json", "secrets.json", "stack.json"}
    others |= {"NNNN_name.sql", "NNNN-what-was-decided.md"}
    for span in spans(page):
        if FILE.fullmatch(span) and span not in others:
            assert span in files, f"{name(page)} names {span}"


def test_the_index_of_decisions_has_each_under_its_title() -> None:
    """One row a decision, in their order, with the title that its page has."""
    index = prose(DECISIONS / "README.md")
    rows = re.findall(r"^\| \[(\d{4})\]\((\S+)\) \| (.+?) \|", index, re.MULTILINE)
    found = []
    for page in sorted(DECISIONS.glob("[0-9]*.md")):
        title = re.match(r"# (\d+)[.:]? (.+)", page.read_text(encoding="utf-8"))
        assert title is not None, page.name
        assert int(title[1]) == int(page.name[:4])
        found.append((page.name[:4], page.name, title[2]))
    assert rows == found
