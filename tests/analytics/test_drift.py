"""Row E9: how far two honest counts lie apart, and what is likely to be the reason."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics_service.drift import WORDS, Cause, Circumstances, Figures, alarming, drift
from analytics_service.sync_days import bounds, due

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
CALM = Circumstances(synced_at=NOW, as_of=NOW - timedelta(hours=5), on_s3=False)
LATER = Circumstances(synced_at=NOW, as_of=NOW + timedelta(seconds=1), on_s3=False)
RUNNING = Circumstances(synced_at=NOW, as_of=NOW - timedelta(minutes=5), on_s3=False)
NEVER = Circumstances(synced_at=None, as_of=NOW, on_s3=False)
S3 = Circumstances(synced_at=NOW, as_of=None, on_s3=True)

counts = st.builds(Figures, st.integers(0, 10**6), st.integers(0, 10**12))


@pytest.mark.parametrize(
    ("ours", "mux", "around", "views", "played", "causes"),
    [
        ((0, 0), (0, 0), CALM, 0, 0, []),
        ((100, 5_000), (100, 5_000), LATER, 0, 0, []),
        ((100, 5_000), (99, 4_950), CALM, 0.01, 0.01, []),
        ((10, 500), (8, 400), CALM, 0.2, 0.2, ["beacons_blocked"]),
        ((10, 500), (8, 400), LATER, 0.2, 0.2, ["beacons_blocked", "sync_lag"]),
        ((10, 500), (8, 400), RUNNING, 0.2, 0.2, ["beacons_blocked", "views_still_running"]),
        ((10, 500), (0, 0), NEVER, 1, 1, ["beacons_blocked", "sync_lag"]),
        ((10, 500), (0, 0), S3, 1, 1, ["s3_plays", "beacons_blocked"]),
        ((8, 500), (10, 500), LATER, -0.2, 0, ["view_definition", "reports_missing"]),
        ((10, 400), (10, 500), S3, 0, -0.2, ["ledger_cuts", "reports_missing"]),
        ((10, 400), (8, 500), CALM, 0.2, -0.2, ["beacons_blocked", "ledger_cuts", "reports_missing"]),
    ],
)
def test_each_difference_has_its_likely_causes(
    ours: tuple[int, int],
    mux: tuple[int, int],
    around: Circumstances,
    views: float,
    played: float,
    causes: list[str],
) -> None:
    """Who counted more, and what was the case meanwhile, says which reasons are named."""
    found = drift(Figures(*ours), Figures(*mux), around)
    assert (found.views, found.played) == (pytest.approx(views), pytest.approx(played))
    assert sorted(found.causes) == sorted(causes)


def test_every_cause_has_words() -> None:
    """A code alone explains nothing."""
    assert set(WORDS) == set(Cause)


@given(counts, counts)
def test_drift_is_a_share_that_changes_its_sign_with_the_sides(ours: Figures, mux: Figures) -> None:
    """From -1 to 1, 0 exactly where both agree, and the same seen from the other side."""
    one, other = drift(ours, mux, CALM), drift(mux, ours, CALM)
    assert (one.views, one.played) == (-other.views, -other.played)
    assert 0 <= one.worst <= 1
    assert (one.worst == 0) == (ours == mux)


def test_it_alarms_past_the_threshold_and_where_views_are_enough() -> None:
    """Exactly at the threshold nothing alarms, and neither do a few views, however wrong."""
    for ours, mux, expected in (((100, 100), (85, 85), False), ((100, 100), (84, 85), True), ((4, 9), (0, 0), False)):
        found = drift(Figures(*ours), Figures(*mux), CALM)
        assert alarming(found, Figures(*ours), Figures(*mux), threshold=0.15, least_views=5) is expected


def test_days_are_asked_about_until_they_have_settled() -> None:
    """The newest first; a day that was asked about before it had settled is due again, a settled one never."""
    settle = timedelta(hours=36)
    today = NOW.date()
    assert due({}, NOW, back=2, settled_after=settle) == [today, today - timedelta(1), today - timedelta(2)]
    ages = {age: today - timedelta(age) for age in range(4)}
    synced = {ages[0]: NOW, ages[1]: NOW, ages[2]: NOW, ages[3]: NOW - timedelta(days=2)}
    assert due(synced, NOW, back=3, settled_after=settle) == [ages[0], ages[1], ages[3]]
    assert bounds(date(2026, 3, 1)) == (datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 3, 2, tzinfo=UTC))
