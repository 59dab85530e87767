"""Which renditions a source gets."""

from hypothesis import given
from hypothesis import strategies as st

from mux_sim.ladder import aspect_ratio, resolution_tier, rungs, stored_resolution

LADDER = (360, 720)


def sizes(width: int, height: int) -> list[tuple[int, int]]:
    return [(rung.width, rung.height) for rung in rungs(width, height, LADDER)]


def test_the_ladder_ends_at_the_source() -> None:
    """Steps below the source, then the source's own height, never more."""
    assert sizes(1920, 1080) == [(640, 360), (1280, 720)]
    assert sizes(1280, 720) == [(640, 360), (1280, 720)]
    assert sizes(854, 480) == [(640, 360), (854, 480)]
    assert sizes(320, 240) == [(320, 240)]


def test_portrait_counts_its_short_side() -> None:
    """720p of an upright video is 720 wide."""
    assert sizes(1080, 1920) == [(360, 640), (720, 1280)]


@given(st.integers(16, 8000), st.integers(16, 8000))
def test_every_rendition_is_even_and_no_larger_than_the_source(width: int, height: int) -> None:
    """x264 needs even sides; scaling up would only cost."""
    steps = rungs(width, height, LADDER)
    assert steps
    for step in steps:
        assert step.width % 2 == 0
        assert step.height % 2 == 0
        assert step.width <= width + 1
        assert step.height <= height + 1


def test_mux_names_for_sizes() -> None:
    """Full HD is stored as HD, and anything up to 720 belongs to the 720p tier."""
    assert aspect_ratio(1080, 1920) == "9:16"
    assert resolution_tier(640, 360) == "720p"
    assert resolution_tier(1920, 1080) == "1080p"
    assert stored_resolution(rungs(640, 360, LADDER)[-1]) == "SD"
    assert stored_resolution(rungs(1920, 1080, (1080,))[-1]) == "HD"
