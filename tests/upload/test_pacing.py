"""The rate limits that we keep by ourselves: no stretch of time sees more calls than Mux allows."""

from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from upload_service.pacing import Line, Rate


@dataclass
class Clock:
    now: float = 1000.0

    def __call__(self) -> float:
        return self.now


def test_a_burst_goes_at_once_and_the_rest_in_line() -> None:
    """Two a second with a burst of three: 0, 0, 0, then every half second; quiet time brings the burst back."""
    clock = Clock()
    line = Line(Rate(per_s=2, burst=3), clock)
    assert [line.take(60) for _ in range(6)] == [(True, wait) for wait in (0, 0, 0, 0.5, 1, 1.5)]
    clock.now += 60
    assert [line.take(60)[1] for _ in range(4)] == [0, 0, 0, 0.5]


def test_who_would_wait_for_too_long_takes_no_place() -> None:
    """Told how long it would be; the next one is not held up by who left."""
    line = Line(Rate(per_s=1, burst=1), Clock())
    assert line.take(0) == (True, 0)
    assert line.take(0.5) == (False, 1)
    assert line.take(0.5) == (False, 1)
    assert line.take(1) == (True, 1)


@given(
    per_s=st.floats(0.1, 100),
    burst=st.integers(1, 10),
    gaps=st.lists(st.floats(0, 5), min_size=1, max_size=60),
)
def test_no_stretch_of_time_has_more_than_burst_plus_rate(per_s: float, burst: int, gaps: list[float]) -> None:
    """However the calls come, and none waits without a reason: the first after enough quiet goes at once."""
    clock = Clock(0)
    line = Line(Rate(per_s, burst), clock)
    sent: list[float] = []
    for gap in gaps:
        clock.now += gap
        granted, wait = line.take(1e9)
        assert granted
        sent.append(clock.now + wait)
    assert sent == sorted(sent)
    for first, start in enumerate(sent):
        for count, end in enumerate(sent[first:], 1):
            assert count <= burst + per_s * (end - start) + 1e-6
