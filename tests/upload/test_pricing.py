"""What a plan's figures mean: minutes, known and estimated, times prices (row B6)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from upload_service.pricing import Footage, Prices, assumptions, cost, minutes

PRICES = Prices(encoding=0.01, storage=0.005, delivery=0.001)
footage = st.builds(Footage, st.none() | st.integers(1, 2**40), st.none() | st.integers(1, 10 * 3_600_000))


def test_cost_is_minutes_times_prices() -> None:
    """Row B6: 100 hours and ten views a month each, at known prices."""
    length = minutes([Footage(10**9, 3_600_000)] * 100)
    assert (length.known, length.estimated, length.unmeasured) == (6000, 0, 0)
    told = cost(length, PRICES, views=10)
    assert told.encoding_once == pytest.approx(60)
    assert told.storage_monthly == pytest.approx(30)
    assert told.delivery_monthly == pytest.approx(60)
    assert told.monthly == pytest.approx(90)


def test_unknown_durations_are_taken_from_the_size_at_the_others_rate() -> None:
    """Row B6: one video of 60 s and 30 MB says 4 Mbit/s; another of 60 MB is then 120 s; the third is unmeasured."""
    length = minutes([Footage(30_000_000, 60_000), Footage(60_000_000, None), Footage(None, None)])
    assert (length.known, length.estimated, length.unmeasured) == (1, 2, 1)
    assert length.bits_per_s == 4_000_000
    said = assumptions(length, PRICES, views=1, source="as set")
    assert any("2.0 of the minutes are estimated from sizes at 4.00 Mbit/s" in one for one in said)
    assert any("1 videos of unknown size and duration are not in the minutes" in one for one in said)
    assert any("storage $0.005 a month" in one for one in said)


def test_without_any_duration_a_rate_is_assumed_and_said() -> None:
    """Row B6: 18.75 MB are a minute at the assumed 2.5 Mbit/s."""
    length = minutes([Footage(18_750_000, None)])
    assert length.estimated == pytest.approx(1)
    assert any("2.50 Mbit/s" in one for one in assumptions(length, PRICES, views=0, source="x"))


@given(st.lists(footage, max_size=20), st.floats(0, 1e6))
def test_more_videos_never_cost_less(videos: list[Footage], views: float) -> None:
    """No video takes anything from the sum, and known minutes are exact."""
    length = minutes(videos)
    told = cost(length, PRICES, views=views)
    assert length.known == pytest.approx(sum(video.duration_ms or 0 for video in videos) / 60_000)
    assert told.monthly >= told.storage_monthly >= 0
    fuller = minutes([*videos, Footage(None, 60_000)])
    assert fuller.known == pytest.approx(length.known + 1)
