from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics_service.retention import (
    MAX_BUCKETS,
    Cell,
    Layer,
    Steps,
    add_steps,
    bucket_seconds,
    curve,
    grown,
    per_second,
    reach_ms,
    steps_of,
)
from analytics_service.spans import Span, contains, length, union
from tests.analytics.naive import in_seconds

LAST_MS = 40_000
spans = st.tuples(st.integers(0, LAST_MS), st.integers(0, LAST_MS)).map(lambda pair: (min(pair), max(pair)))
many = st.lists(spans, max_size=30)


def cells_of(ranges: Sequence[Span]) -> dict[int, Cell]:
    """The unique layer of ranges that are all new."""
    return layer(steps_of(ranges, ranges), Layer.UNIQUE)


def layer(steps: dict[int, Steps], which: Layer) -> dict[int, Cell]:
    return {second: Cell(*step[2 * which : 2 * which + 2]) for second, step in steps.items()}


@given(many)
def test_a_difference_array_says_what_counting_every_second_says(ranges: list[Span]) -> None:
    """Two cells a range hold exactly the milliseconds of watching in every second, however ranges overlap or meet."""
    seconds = LAST_MS // 1000 + 1
    assert per_second(cells_of(ranges), seconds) == in_seconds(ranges, seconds)


@given(many, many)
def test_cells_of_two_batches_add_up_to_those_of_one(first: list[Span], second: list[Span]) -> None:
    """How the log is cut into batches leaves no trace, not even a cell more or less."""
    a, b = cells_of(first), cells_of(second)
    summed = {s: a.get(s, Cell()) + b.get(s, Cell()) for s in a.keys() | b.keys()}
    assert summed == cells_of([*first, *second])


@given(many, many)
def test_what_is_not_new_is_a_replay(watched: list[Span], new: list[Span]) -> None:
    """Both layers together are all that was watched, and both have a cell wherever one has, if only of zeros."""
    steps, seconds = steps_of(watched, new), LAST_MS // 1000 + 1
    unique, replays = layer(steps, Layer.UNIQUE), layer(steps, Layer.REPLAYS)
    both = zip(per_second(unique, seconds), per_second(replays, seconds), strict=True)
    assert [a + b for a, b in both] == in_seconds(watched, seconds)
    assert per_second(unique, seconds) == in_seconds(new, seconds)
    assert steps.keys() == cells_of([*watched, *new]).keys()
    assert grown({}, steps) == {s: replays[s] for s in sorted(replays) if replays[s] != Cell()}


@given(many, many)
def test_sums_are_their_own(first: list[Span], second: list[Span]) -> None:
    """Adding to a sum leaves what was added as it was, and gives what all of it together gives."""
    a, b, total = steps_of(first, first), steps_of(second, []), dict[int, Steps]()
    for part in (a, b, a):
        add_steps(total, part)
    assert (a, b) == (steps_of(first, first), steps_of(second, []))
    assert total == steps_of([*first, *second, *first], [*first, *first])


@given(spans)
def test_a_range_touches_at_most_two_cells(span: Span) -> None:
    """A range costs two cells however long it is, and an empty one none."""
    assert len(cells_of([span])) == (0 if span[0] == span[1] else len({span[0] // 1000, span[1] // 1000}))


@given(many, st.integers(1, 5_000_000))
def test_the_area_under_the_curve_is_the_watch_time(ranges: list[Span], duration_ms: int) -> None:
    """Buckets weighted by their true length sum up to what was watched within the duration."""
    clipped = [(min(start, duration_ms), min(end, duration_ms)) for start, end in ranges]
    buckets, width = curve(cells_of(clipped), duration_ms), bucket_seconds(duration_ms) * 1000
    area = sum(level * min(width, duration_ms - number * width) for number, level in enumerate(buckets))
    assert len(buckets) <= MAX_BUCKETS
    assert area == pytest.approx(length(clipped), abs=0.0005 * duration_ms + 1)


@pytest.mark.parametrize(
    ("duration_ms", "width", "count"),
    [(0, 1, 0), (1, 1, 1), (30_500, 1, 31), (200_000, 1, 200), (200_001, 2, 101), (3_600_000, 18, 200)],
)
def test_a_bucket_is_whole_seconds_and_there_are_at_most_200(duration_ms: int, width: int, count: int) -> None:
    """Short lessons are shown by the second, long ones by as few seconds as fit 200 buckets."""
    assert (bucket_seconds(duration_ms), len(curve({}, duration_ms))) == (width, count)


def test_a_short_last_bucket_is_averaged_over_its_true_length() -> None:
    """Who watched all of 30.5 s counts as one viewer in the last half second too."""
    assert curve(cells_of([(0, 30_500)]), 30_500) == [1.0] * 31


def test_part_of_a_second_counts_for_that_part() -> None:
    """Ranges of one viewer that meet in the middle of a second make one viewer there, not two and not none."""
    assert curve(cells_of([(0, 1_400), (1_400, 2_000), (2_250, 3_000)]), 3_000) == [1.0, 1.0, 0.75]


@pytest.mark.parametrize(("ranges", "reach"), [([], 0), ([(0, 10_000)], 10_000), ([(0, 9_001)], 10_000)])
def test_the_reach_is_where_the_furthest_range_ends(ranges: list[Span], reach: int) -> None:
    """Without a known duration the curve ends after the last second that anybody watched."""
    assert reach_ms(cells_of(ranges), {}) == reach


@given(st.lists(many, max_size=4))
def test_a_union_holds_exactly_the_points_of_its_parts(sets: Sequence[list[Span]]) -> None:
    """Spans come out sorted, apart from each other, and with every point that went in."""
    merged = union(*sets)
    assert all(earlier[1] < later[0] for earlier, later in pairwise(merged))
    for point in {edge + step for part in sets for span in part for edge in span for step in (-1, 0)}:
        assert contains(merged, point) == any(start <= point < end for part in sets for start, end in part)
