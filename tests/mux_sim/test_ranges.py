"""`Content-Range` by rule: any way to cut, repeat and mix up chunks leaves the same bytes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mux_sim.ranges import Chunk, parse, verdict


@pytest.mark.parametrize(
    ("header", "chunk"),
    [
        ("bytes 0-9/20", Chunk(0, 9, 20)),
        ("bytes 10-19/20", Chunk(10, 19, 20)),
        ("bytes 0-9/*", Chunk(0, 9, None)),
        ("bytes */20", Chunk(None, None, 20)),
        ("bytes */*", Chunk(None, None, None)),
    ],
)
def test_chunks_and_status_queries_are_read(header: str, chunk: Chunk) -> None:
    """A Content-Range names a chunk of a known or unknown total, or asks for the status."""
    assert parse(header) == chunk


@pytest.mark.parametrize("header", ["", "bytes 0-9", "bytes 9-0/20", "bytes 0-20/20", "octets 0-9/20", "bytes -9/20"])
def test_nonsense_is_no_chunk(header: str) -> None:
    """A range that is reversed, past the total or not a range at all is refused."""
    assert parse(header) is None


@given(st.binary(min_size=1, max_size=60), st.lists(st.tuples(st.integers(0, 59), st.integers(0, 59)), max_size=30))
def test_any_chunks_in_any_order_give_a_prefix_of_the_file(content: bytes, cuts: list[tuple[int, int]]) -> None:
    """Whatever is sent, what has been taken is a prefix of the file, and in the end the whole file fits on it."""
    taken = b""
    size = len(content)
    for first, last in [*((min(a, b), max(a, b)) for a, b in cuts if max(a, b) < size), (0, size - 1)]:
        decided = verdict(Chunk(first, last, size), len(taken))
        if decided == "write":
            taken += content[first : last + 1][len(taken) - first :]
        else:
            assert decided == ("ahead" if first > len(taken) else "duplicate")
        assert content.startswith(taken)
    assert taken == content
