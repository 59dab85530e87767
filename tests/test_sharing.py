"""How the tests are shared out names files and folders that there are, and changes nothing but the order."""

import itertools
from pathlib import Path

import pytest

from tests import sharing

CHECKOUT = Path(__file__).parents[1]


@pytest.mark.parametrize("name", [*sharing.FIRST, *itertools.chain(*sharing.TOGETHER.values())])
def test_what_is_named_is_there(name: str) -> None:
    """A folder that was renamed would quietly go to the end of the order, and be taken apart."""
    assert (CHECKOUT / name).exists()


@pytest.mark.parametrize(
    ("nodeid", "piece"),
    [
        ("tests/upload/test_mux.py::test_a[x::y]", "tests/upload/test_mux.py"),
        ("tests/e2e/test_demo.py::test_a", "the other half of tests/e2e/"),
        ("tests/e2e/browser/test_that_is_new.py::test_a", "the other half of tests/e2e/"),
        ("tests/e2e/browser/test_admin.py::test_a", "one half of tests/e2e/"),
    ],
)
def test_a_file_is_a_piece_and_the_whole_system_is_two(nodeid: str, piece: str) -> None:
    """Each piece starts the whole system once; what nobody has named belongs to one of them."""
    assert sharing.piece_of(nodeid) == piece


def test_the_longest_come_first_and_nothing_else_moves(request: pytest.FixtureRequest) -> None:
    """Each file's tests stay together and in order: fixtures of a module are made once."""
    before = list(request.session.items)
    after = list(before)
    sharing.longest_first(after)
    assert sorted(map(id, after)) == sorted(map(id, before))
    places = [sharing.FIRST.index(found[0]) for item in after if (found := _named(item.nodeid))]
    assert places == sorted(places)
    for piece in {item.nodeid.partition("::")[0] for item in before}:
        assert [item for item in after if item.nodeid.startswith(piece + "::")] == [
            item for item in before if item.nodeid.startswith(piece + "::")
        ]


def _named(nodeid: str) -> list[str]:
    return [prefix for prefix in sharing.FIRST if nodeid.startswith(prefix)]
