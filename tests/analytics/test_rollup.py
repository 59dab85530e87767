import random
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics_service.retention import Cell, per_second
from analytics_service.rollup import LearnerLesson, Totals, Watching, gained, news, watched
from analytics_service.spans import Spans
from tests.analytics.naive import flattened, in_seconds

MINUTE = 60_000


def watching(version: int, *, at: int, session: int = 1, covered: Spans = ((0, 10_000),), **changes: Any) -> Watching:
    known: dict[str, Any] = {"replayed": (), "spent_ms": 10_000}
    return Watching(version, UUID(int=session), covered, watched_at_ms=at, **{**known, **changes})


def learner_after(*watchings: Watching, completed: bool = False) -> LearnerLesson:
    learner = LearnerLesson(completed_at=datetime(2026, 3, 2, tzinfo=UTC) if completed else None)
    for watching in watchings:
        learner, _ = watched(learner, watching)
    return learner


def after(*watchings: Watching, completed: bool = False) -> Totals:
    return gained(LearnerLesson(), learner_after(*watchings, completed=completed))


def test_a_session_with_a_credited_second_is_a_view_and_its_learner_a_viewer() -> None:
    """View and viewer begin with one credited media second."""
    assert (after(watching(1, at=0)).views, after(watching(1, at=0)).viewers) == (1, 1)


@pytest.mark.parametrize(
    ("covered_ms", "replayed_ms", "views"), [(999, 0, 0), (1_000, 0, 1), (0, 1_000, 1), (500, 500, 1)]
)
def test_less_than_a_second_is_no_view(covered_ms: int, replayed_ms: int, views: int) -> None:
    """The second may be new or watched again, but it must be a whole one."""
    totals = after(watching(1, at=0, covered=((0, covered_ms),), replayed=((0, replayed_ms),)))
    assert (totals.views, totals.viewers) == (views, views)
    assert totals.watched_ms == covered_ms + replayed_ms


def test_the_second_may_come_in_parts() -> None:
    """A session counts once all its watching together reaches a second."""
    parts = [watching(n, at=n * 300, covered=((n * 300, n * 300 + 300),)) for n in range(1, 5)]
    assert [after(*parts[:n]).views for n in (3, 4)] == [0, 1]


def test_a_cut_claim_is_neither_watching_nor_a_view() -> None:
    """An event that credits nothing leaves only the mark that it was seen."""
    learner = learner_after(watching(1, at=0, covered=()))
    assert gained(LearnerLesson(), learner) == Totals()
    assert news(learner, [watching(1, at=0)]) == []


def test_a_reload_is_not_a_view() -> None:
    """A new session within thirty minutes after the last credited watching goes on with the same view."""
    first = watching(1, at=0)
    assert after(first, watching(2, session=2, at=30 * MINUTE + 10_000)).views == 1
    assert after(first, watching(2, session=2, at=30 * MINUTE + 10_001)).views == 2


def test_a_second_tab_is_not_a_view() -> None:
    """Sessions at the same time are one view."""
    assert after(watching(1, at=0), watching(2, session=2, at=5_000), watching(3, at=20_000)).views == 1


def test_a_long_pause_in_one_session_is_one_view() -> None:
    """A page that stays open is one view, however long the pause."""
    assert after(watching(1, at=0), watching(2, at=300 * MINUTE)).views == 1


def test_a_session_inside_a_long_pause_of_another_is_part_of_its_view() -> None:
    """What lies between the beginning and the end of a session belongs to its view."""
    assert after(watching(1, at=0), watching(2, session=2, at=120 * MINUTE), watching(3, at=300 * MINUTE)).views == 1


def test_a_late_session_can_join_two_views() -> None:
    """Watching that was reported late closes the gap that it lies in: two views were one all along."""
    apart = [watching(1, at=0), watching(2, session=2, at=50 * MINUTE)]
    assert after(*apart).views == 2
    assert after(*apart, watching(3, session=3, at=25 * MINUTE)).views == 1


def test_the_order_of_events_does_not_matter() -> None:
    """Every order gives the same numbers, the views among them."""
    events = [watching(n, session=n % 3, at=n * 17 * MINUTE, covered=((n, n + 700),)) for n in range(1, 8)]
    assert after(*events) == after(*reversed(events)) == after(*events[3:], *events[:3])


def test_gains_add_up_whatever_the_steps() -> None:
    """A learner who completes between two views has gained the lesson what one leap to there would have."""
    first, second = watching(1, at=0), watching(2, session=2, at=90 * MINUTE, covered=((5_000, 12_000),))
    steps = [LearnerLesson(), learner_after(first), learner_after(first, completed=True)]
    steps.append(learner_after(first, second, completed=True))
    gains = [gained(*pair) for pair in pairwise(steps)]
    assert [(gain.views, gain.viewers, gain.completed_viewers) for gain in gains] == [(1, 1, 0), (0, 0, 1), (1, 0, 0)]
    assert sum(gains, start=Totals()) == gained(steps[0], steps[-1])


def test_average_watch_time_is_per_view() -> None:
    """Watch time, replays included, divided by views; nothing without views."""
    totals = after(watching(1, at=0, replayed=((0, 5_000),)), watching(2, session=2, at=60 * MINUTE))
    assert (totals.views, totals.watched_ms, totals.average_watch_ms) == (2, 25_000, 12_500)
    assert Totals().average_watch_ms == 0


def test_completion_rate_is_the_share_of_viewers_who_completed() -> None:
    """A completion whose watching is not in the log counts as completion, but cannot lift the rate over one."""
    viewer, completer, unseen = (
        after(watching(1, at=0)),
        after(watching(1, at=0), completed=True),
        after(completed=True),
    )
    totals = viewer + completer + unseen
    assert (totals.viewers, totals.completions, totals.completion_rate) == (2, 2, 0.5)
    assert Totals().completion_rate == 0


def test_verified_time_is_the_real_time_of_what_was_credited() -> None:
    """Time that was spent without credit is no verified time; ten minutes at 2x are five of it."""
    totals = after(
        watching(1, at=0, covered=((0, 600_000),), spent_ms=300_000), watching(2, at=1, covered=(), spent_ms=7_000)
    )
    assert (totals.watched_ms, totals.spent_ms, totals.average_spent_ms) == (600_000, 300_000, 300_000)
    assert Totals().average_spent_ms == 0


def test_a_further_attempt_is_replays_and_no_new_viewer() -> None:
    """The ledger calls it covered anew; to the curve the learner has that media already."""
    totals = after(watching(1, at=0), watching(2, session=2, at=9_000 * MINUTE, covered=((0, 12_000),)))
    assert (totals.viewers, totals.views, totals.covered_ms, totals.replayed_ms) == (1, 2, 12_000, 10_000)


@given(st.permutations(range(1, 7)), st.randoms(use_true_random=False))
def test_the_map_is_the_union_and_the_rest_is_replays(order: list[int], rng: random.Random) -> None:
    """Whatever the ranges and their order: coverage is their union, what was watched more often is in the cells."""
    parts = [(a, a + rng.randrange(1, 9_000)) for a in (rng.randrange(20_000) for _ in order)]
    learner = learner_after(*(watching(n, at=n, covered=(parts[n - 1],)) for n in order))
    assert list(learner.covered) == flattened(parts)
    everything, once = in_seconds(parts, 30), in_seconds(learner.covered, 30)
    assert per_second(learner.again, 30) == [a - b for a, b in zip(everything, once, strict=True)]
    assert Cell() not in learner.again.values()


def test_replays_after_completion_count_as_watch_time() -> None:
    """Completion ends nothing: what is watched again is watch time and may be a view."""
    totals = after(
        watching(1, at=0), watching(2, session=2, at=90 * MINUTE, covered=(), replayed=((0, 8_000),)), completed=True
    )
    assert (totals.views, totals.viewers, totals.watched_ms, totals.replayed_ms) == (2, 1, 18_000, 8_000)


def test_a_version_counts_once_even_within_a_batch() -> None:
    """The same version twice is one watching."""
    twice = [watching(1, at=0), watching(1, at=0), watching(3, at=0)]
    assert [found.version for found in news(LearnerLesson(), twice)] == [1, 3]
    assert [found.version for found in news(learner_after(twice[0]), twice)] == [3]


def test_a_range_that_ends_before_it_starts_is_refused() -> None:
    """Such an event is damaged and must not become a negative watch time."""
    with pytest.raises(ValueError, match="ends before it starts"):
        watching(1, at=0, covered=((5, 4),))
