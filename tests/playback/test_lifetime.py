"""Feature C6: lifetimes by duration, clamped by policy, in buckets."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from playback_service.lifetime import Lifetime, refresh_after_s

durations = st.none() | st.integers(0, 100 * 3600 * 1000)
moments = st.floats(1.5e9, 4e9)
policies = st.builds(Lifetime, min_s=st.integers(5, 7200), max_s=st.integers(5, 7200))


@given(policies, moments, st.text(max_size=20), durations)
def test_token_lives_between_nine_tenths_of_its_ttl_and_the_whole(
    policy: Lifetime, now: float, video: str, duration_ms: int | None
) -> None:
    """The ttl is never exceeded, so that a removed learner is out within one; and most of it is always left."""
    left = policy.token_end(now, video=video, duration_ms=duration_ms, until=None) - now
    ttl = policy.ttl_s(duration_ms)
    assert ttl <= policy.max_s
    assert ttl - max(1, ttl // 10) <= left <= ttl


@given(policies, moments, st.floats(0, 3600), durations)
def test_tokens_of_one_bucket_end_together(policy: Lifetime, now: float, later: float, duration_ms: int | None) -> None:
    """Two requests end at the same moment or at least a bucket apart: signatures repeat within a bucket."""
    ends = [policy.token_end(at, video="pb1", duration_ms=duration_ms, until=None) for at in (now, now + later)]
    bucket = max(1, policy.ttl_s(duration_ms) // 10)
    assert (ends[1] - ends[0]) % bucket == 0
    assert ends[1] - ends[0] <= later + bucket


def test_ttl_follows_the_duration_within_the_policy() -> None:
    """Twice the duration, at least the minimum, at most the maximum, the maximum where the duration is unknown."""
    policy = Lifetime(min_s=600, max_s=3600)
    assert [policy.ttl_s(ms) for ms in (30_000, 900_000, 7_200_000, None)] == [600, 1800, 3600, 3600]
    assert Lifetime(min_s=600, max_s=10).ttl_s(30_000) == 10


def test_nothing_outlives_the_right() -> None:
    """An enrollment that ends in a minute caps the token and the watch grant."""
    now = datetime(2026, 11, 20, tzinfo=UTC).timestamp()
    until = datetime.fromtimestamp(now + 60, UTC)
    assert Lifetime().token_end(now, video="pb1", duration_ms=None, until=until) == now + 60
    assert Lifetime().grant_end(now, duration_ms=None, until=until) == now + 60


def test_watch_grant_covers_the_watching() -> None:
    """Twice the duration, at least four hours, at most twelve."""
    ends = [Lifetime().grant_end(0, duration_ms=hours * 3_600_000, until=None) for hours in (1, 3, 9)]
    assert ends == [4 * 3600, 6 * 3600, 12 * 3600]


def test_buckets_of_different_videos_begin_at_different_moments() -> None:
    """Not every video's signatures are due at the same second."""
    ends = {Lifetime().token_end(1.7e9, video=f"pb{n}", duration_ms=None, until=None) for n in range(50)}
    assert len(ends) > 25


def test_player_refreshes_at_eighty_percent() -> None:
    """Early enough to go on without a stop, and never at once."""
    assert refresh_after_s(1000.5, 4600) == 2879
    assert refresh_after_s(1000, 1000) == 1
