"""What players tell: named, bucketed, each beat once, in any order, and bounded whatever a client writes."""

import random
from typing import Any
from uuid import UUID

import pytest

from analytics_service import tallies
from analytics_service.claims import MAX_SEEN_SPANS, fold
from analytics_service.dropoffs import drop_offs, window_s
from analytics_service.seeking import Jump, matrix
from analytics_service.spans import Spans, length
from analytics_service.tallies import Amount, Entries, Entry, Tally
from contracts import Beat, PlayerEvent, WatchProgress


def event(kind: str, **more: Any) -> PlayerEvent:
    return PlayerEvent.model_validate({"type": kind, "at_ms": 1, **more})


def seek(from_ms: int, to_ms: int) -> PlayerEvent:
    return event("seek", from_ms=from_ms, to_ms=to_ms)


def request(*beats: tuple[int, tuple[PlayerEvent, ...]], session: int = 1, **more: Any) -> WatchProgress:
    values = {
        "learner_id": "u1", "lesson_id": "l1", "course_id": "c1", "session_id": UUID(int=session),
        "duration_ms": 600_000, "granted_at_ms": 0, "expires_at_ms": 9, "received_at_ms": 5, "sent_at_ms": 5,
        "beats": [Beat(seq=seq, at_ms=3, position_ms=0, events=events) for seq, events in beats],
    }  # fmt: skip
    return WatchProgress.model_validate({**values, **more})


def whole(found: Entries) -> dict[Entry, Amount]:
    """Without what is split by player, browser and country."""
    return {entry: amount for entry, amount in found.items() if "/" not in entry.tally.kind}


def named(found: Entries) -> dict[tuple[str, str], int]:
    return {(entry.tally.kind, entry.tally.name): amount.times for entry, amount in whole(found).items()}


@pytest.mark.parametrize(
    ("per_cent", "name"),
    [(0, "0.5"), (62, "0.5"), (62.5, "0.5"), (63, "0.75"), (100, "1"), (112.5, "1"), (113, "1.25"), (204, "2")],
)
def test_a_speed_is_the_nearest_of_the_players_menu(per_cent: float, name: str) -> None:
    """Row E4: of two equally near ones the slower, and no speed beyond the menu."""
    assert tallies.speed(int(per_cent * 10), 1_000) == name


@pytest.mark.parametrize(
    ("told", "name"),
    [("720p", "720p"), ("719p", "720p"), ("1080", "1080p"), ("4320p", "other"), ("auto", "other"), (None, "other"),
     ("9" * 60, "other"), ("-5p", "other"), ("٣p", "other"), ("0p", "other")],
)  # fmt: skip
def test_a_quality_is_one_of_few_heights(told: str | None, name: str) -> None:
    """Row E4: what a client writes freely cannot make rows grow."""
    assert tallies.quality(told) == name


@pytest.mark.parametrize(
    ("told", "name"),
    [("2", "network"), ("networkError", "network"), ("decode", "decode"), ("x" * 64, "other"), (None, "other")],
)
def test_an_error_is_one_of_few_names(told: str | None, name: str) -> None:
    """Row E4: codes of media elements and of hls.js, and nothing else."""
    assert tallies.error(told) == name


@pytest.mark.parametrize(
    ("duration_ms", "jump", "name"),
    [
        (600_000, (0, 599_999), "6/0/99"),
        (600_000, (30_000, 30_999), None),
        (600_000, (31_000, 30_000), "6/5/5"),
        (600_000, (0, 10**9), "6/0/99"),
        (61_500, (1_000, 61_499), "1/1/61"),
        (0, (0, 10**12), "60/0/99"),
        (360_000_000, (0, 359_999_999), "3600/0/99"),
    ],
)
def test_a_seek_is_a_cell_of_at_most_a_hundred_by_a_hundred(
    duration_ms: int, jump: tuple[int, int], name: str | None
) -> None:
    """Row E4: buckets of whole seconds; less than a second is none; beyond the end is the last bucket."""
    assert tallies.seek(seek(*jump), duration_ms) == name


def test_a_beat_counts_once_however_it_comes() -> None:
    """Row E4: a beat sent again alone, in another request, or within the same batch tells nothing new."""
    first = request((1, (seek(0, 60_000),)), (2, ()), (3, (event("error", value="2"), seek(0, 60_000))))
    again = request((3, (event("error", value="2"), seek(0, 60_000))), (4, (event("qualitychange", value="720p"),)))
    found = fold((), [(0, first), (0, again), (0, first)])
    assert named(found.entries) == {("seek", "6/0/10"): 2, ("error", "network"): 1, ("quality", "720p"): 1}
    assert fold(found.seen, [(0, again), (0, first)]).entries == {}


def test_beats_that_tell_nothing_are_not_remembered() -> None:
    """Most beats: a session of them leaves no row behind that grows."""
    assert fold((), [(0, request((1, ()), (2, ()), (3, (event("pause"),))))]).seen == ((3, 4),)


def test_waiting_for_data_counts_with_its_time_and_is_bounded() -> None:
    """Row E4: rebuffering, once per beat; nobody waits longer than ten minutes in one."""
    beats = [Beat(seq=n, at_ms=3, position_ms=0, stalled_ms=ms) for n, ms in enumerate((0, 1_500, 10**12))]
    found = fold((), [(0, request(beats=beats)), (0, request(beats=beats))])
    assert list(whole(found.entries).values()) == [Amount(times=2, ms=601_500)]
    assert named(found.entries) == {("stall", "data"): 2}
    assert found.seen == ((1, 3),)


def test_the_order_of_requests_leaves_no_trace() -> None:
    """Row E4: any order and grouping of beats tells the same."""
    rng = random.Random(1)
    beats = [
        (n, (seek(rng.randrange(600_000), rng.randrange(600_000)),) if rng.random() < 0.5 else ()) for n in range(60)
    ]
    expected = fold((), [(0, request(*beats))])
    for _ in range(20):
        rng.shuffle(beats)
        requests = [(0, request(*beats[n : n + 7])) for n in range(0, len(beats), 7)]
        assert fold((), requests) == expected


def test_a_hostile_client_cannot_grow_a_row() -> None:
    """Numbers scattered on purpose are remembered in a bounded row, and each still counts at most once."""
    seen: Spans = ()
    counted = 0
    for start in range(0, 4_000, 400):
        found = fold(seen, [(0, request(*((n, (seek(0, 5_000),)) for n in range(start, start + 400, 2))))])
        seen, counted = found.seen, counted + sum(amount.times for amount in found.entries.values())
    assert len(seen) <= MAX_SEEN_SPANS
    assert counted == 2_000
    assert length(seen) >= 2_000


def test_tallies_know_their_learner_lesson_and_video() -> None:
    """Row E4: a replaced video's seeks are not those of the new one."""
    found = fold((), [(7, request((1, (seek(0, 60_000),)), video_revision=3))])
    assert found.entries == {Entry(Tally("l1", 3, "seek", "6/0/10"), 7, "u1"): Amount(times=1)}


def test_the_matrix_shows_large_cells_and_its_hot_spots() -> None:
    """Row E4, E12: cells of few learners are left out, however often these few did it."""
    found = matrix({"6/0/10": (50, 4), "6/1/10": (5, 5), "6/2/3": (9, 9), "6/4/3": (1, 1)}, 6, 5)
    assert found.cells == (Jump(1, 10, 5, 5), Jump(2, 3, 9, 9))
    assert found.hidden
    assert (found.hot_cells[0], found.hot_targets) == (Jump(2, 3, 9, 9), [(3, 9), (10, 5)])


def test_seeks_from_before_the_duration_was_known_go_to_their_place() -> None:
    """Row E4: minutes are put into the buckets in which their middles lie."""
    assert matrix({"60/0/1": (2, 2), "6/5/15": (1, 1)}, 6, 1).cells == (Jump(5, 15, 3, 2),)


def test_drop_off_points_are_the_steepest_falls() -> None:
    """Row E2: what falls by less than a twentieth is none, and near a point there is no second one."""
    levels = [1000 * n for n in [100] * 60 + [70] * 60 + [67] * 60 + [20] * 60]
    found = drop_offs(levels, 100)
    assert [(fall.second, fall.lost, fall.share) for fall in found] == [(180, 47.0, 0.47), (60, 30.0, 0.3)]


def test_drop_offs_are_smoothed_and_bounded() -> None:
    """Row E2: one bad second in between is no drop-off; a short video and one without viewers have none."""
    flat = [100_000] * 300
    flat[100] = 60_000
    assert [fall.share for fall in drop_offs(flat, 100)] == [0.08]
    assert drop_offs([100_000] * 9, 100) == []
    assert drop_offs([0] * 300, 0) == []
    stairs = [1000 * (30 - second // 20) for second in range(600)]
    assert len(drop_offs(stairs, 10)) == 10
    assert window_s(100) == 5
    assert window_s(3_601) == 37
