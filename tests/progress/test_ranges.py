"""The range algebra against the plainest model there is: a set of whole milliseconds."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from progress_service.ranges import (
    Range,
    Ranges,
    add,
    clip,
    close_smallest_gaps,
    contains,
    first,
    intersect,
    normalise,
    subtract,
    union,
)

pairs = st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), max_size=12)
sets = pairs.map(normalise)


def points(ranges: tuple[Range, ...] | list[Range]) -> set[int]:
    return {point for start, end in ranges for point in range(start, end)}


def is_canonical(ranges: Ranges) -> bool:
    flat = [edge for pair in ranges for edge in pair]
    return flat == sorted(set(flat))


@given(pairs)
def test_normal_form_keeps_the_points_and_is_unique(ranges: list[Range]) -> None:
    """Normalising keeps every point, and what covers the same points becomes the same tuple."""
    result = normalise(ranges)
    assert points(result) == points(ranges)
    assert is_canonical(result)
    assert normalise((p, p + 1) for p in points(ranges)) == result


@given(sets, sets)
def test_union_intersection_and_difference_are_those_of_sets(a: Ranges, b: Ranges) -> None:
    """Each operation gives the points that the same operation on sets gives, in normal form."""
    for operation, expected in (
        (union, points(a) | points(b)),
        (intersect, points(a) & points(b)),
        (subtract, points(a) - points(b)),
    ):
        result = operation(a, b)
        assert points(result) == expected
        assert is_canonical(result)


@given(sets, st.integers(0, 60), st.integers(0, 60))
def test_adding_one_range_is_a_union(ranges: Ranges, start: int, end: int) -> None:
    """Adding a range gives what the union with it gives, and membership is that of the points."""
    result = add(ranges, (start, end))
    assert points(result) == points(ranges) | set(range(start, end))
    assert is_canonical(result)
    assert contains(ranges, start) == (start in points(ranges))


@given(sets, st.integers(0, 60), st.integers(0, 60))
def test_clipping_keeps_what_is_inside(ranges: Ranges, start: int, end: int) -> None:
    """Clipping keeps exactly the points of the window."""
    assert points(clip(ranges, start, end)) == {p for p in points(ranges) if start <= p < end}


@given(pairs.map(lambda ranges: [r for r in ranges if r[1] > r[0]]), st.integers(-5, 400))
def test_the_first_part_keeps_the_order_given(ranges: list[Range], amount: int) -> None:
    """Taking from a sequence follows its order and counts what it names twice twice."""
    walked = [point for start, end in ranges for point in range(start, end)]
    taken = [point for start, end in first(ranges, amount) for point in range(start, end)]
    assert taken == walked[: max(0, amount)]


@given(sets, st.integers(1, 6))
def test_closing_gaps_bounds_the_ranges_and_loses_nothing(ranges: Ranges, keep: int) -> None:
    """At most `keep` ranges are left, all points are kept, and no smaller gap is left open than one that was closed."""
    closed = close_smallest_gaps(ranges, keep)
    assert len(closed) <= keep
    assert points(ranges) <= points(closed)

    def gaps(some: Ranges) -> list[int]:
        return [after[0] - before[1] for before, after in pairwise(some)]

    assert sorted(gaps(closed)) == sorted(gaps(ranges))[len(ranges) - len(closed) :]
