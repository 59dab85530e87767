"""docs/features.md says of each capability how it stands; here it is held to what the repository really has."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[1]
PAGE = CHECKOUT / "docs" / "features.md"
COUNTS = {"A": 15, "B": 7, "C": 14, "D": 28, "E": 13, "F": 11, "G": 10, "H": 6}
ROWS = [f"{area}{number}" for area, count in COUNTS.items() for number in range(1, count + 1)]
STATES = {"green", "open", "not started"}
ROW = re.compile(r"\| ([A-H][0-9]+) \| ([^|]+) \| ([^|]*) \| ([^|]+) \| ([^|]*) \|")


@cache
def table() -> list[tuple[str, list[str], str, str]]:
    """The rows of the page: id, tests, state, what is missing."""
    lines = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if re.match(r"\| [A-H][0-9]", line)]
    found = []
    for line in lines:
        row = ROW.fullmatch(line)
        assert row is not None, f"not a row: {line}"
        found.append((row[1], re.findall(r"`([^`]+)`", row[3]), row[4], row[5].strip()))
    return found


@cache
def python_tests(path: Path) -> frozenset[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    functions = (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))
    return frozenset(function.name for function in functions if function.name.startswith("test_"))


@cache
def web_tests(path: Path) -> frozenset[str]:
    quoted = re.findall(r"""^\s*(?:it|test)\(\s*(['"`])(.*?)\1\s*,""", path.read_text(encoding="utf-8"), re.MULTILINE)
    return frozenset(name for _, name in quoted)


def exists(test: str) -> bool:
    file, separator, name = test.partition("::")
    path = CHECKOUT / file
    if not separator or not path.is_file():
        return False
    return name in (python_tests(path) if path.suffix == ".py" else web_tests(path))


def test_every_row_stands_there_once_and_in_order() -> None:
    """A1 to H6, none left out, none twice, none invented."""
    assert [row for row, *_ in table()] == ROWS


@pytest.mark.parametrize("row", ROWS)
def test_a_row_keeps_its_word(row: str) -> None:
    """Its state is one of three, the tests it names exist, and it says neither more nor less than its state allows."""
    (found,) = [entry for entry in table() if entry[0] == row]
    _, tests, state, missing = found
    assert state in STATES
    assert [test for test in tests if not exists(test)] == []
    assert len(set(tests)) == len(tests)
    if state == "green":
        assert tests
        assert not missing
    elif state == "open":
        assert missing
    else:
        assert not tests


def test_a_test_that_is_not_there_is_noticed() -> None:
    """Neither a wrong name nor a wrong file passes for a test, in Python or on the web."""
    assert exists("tests/test_features.py::test_a_row_keeps_its_word")
    assert exists("web/src/seatime/watch/outbox.test.ts::outlives the page that filled it")
    for wrong in (
        "tests/test_features.py",
        "tests/test_features.py::table",
        "tests/test_features.py::test_nothing",
        "tests/test_nothing.py::test_a_row_keeps_its_word",
        "web/src/seatime/watch/outbox.test.ts::outlives",
    ):
        assert not exists(wrong)
