"""By player, browser and country: few parts, and none from which a small group can be told."""

from collections import defaultdict
from itertools import chain, combinations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analytics_service import splits, tallies
from analytics_service.claims import fold
from analytics_service.splits import Counts, Part, shown
from tests.analytics.test_tallies import event, request, seek

K = 3
happened = st.lists(
    st.tuples(st.integers(0, 9), st.sampled_from(["chrome", "safari", "firefox", "edge", None]), st.integers(0, 500)),
    max_size=40,
)
"""Who, in which browser (None: before there were splits), and how long they waited (ms)."""


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # on a machine that others use as well
@given(happened=happened)
def test_no_sum_of_parts_lacks_a_small_group_to_the_whole(happened: list[tuple[int, str | None, int]]) -> None:
    """Row E4, E12: whatever is subtracted from a number, what is left is of nobody, or of at least k learners."""
    learners, parts = defaultdict(set), defaultdict(list)
    for learner, part, ms in happened:
        learners[part].add(learner)
        parts[part].append(ms)
    whole = Counts(len(happened), len({learner for learner, _, _ in happened}), sum(ms for _, _, ms in happened))
    known = {part: Counts(len(found), len(learners[part]), sum(found)) for part, found in parts.items() if part}
    found = shown(whole, known, K)
    if not found:
        assert all(len(learners[part]) < K for part in known)
        return
    assert (sum(part.times for part in found), sum(part.ms for part in found)) == (whole.times, whole.ms)
    others = set().union(*(learners[part] for part in learners if part not in {one.name for one in found}))
    behind = {part.name: learners[part.name] | (others if part.with_others else set()) for part in found}
    for kept in chain.from_iterable(combinations(found, size) for size in range(1, len(found) + 1)):
        assert len(set().union(*(behind[part.name] for part in kept))) >= K
    for part in found:
        assert part.learners == (None if part.with_others else len(learners[part.name]))


def test_small_parts_go_with_the_smallest_of_the_others() -> None:
    """Row E12: of equally small ones the first; where all are large there are no others, where none is nothing."""
    parts = {"b": Counts(5, 5), "a": Counts(5, 5), "c": Counts(9, 9)}
    assert shown(Counts(19, 19), parts, 5) == tuple(Part(name, *parts[name], with_others=False) for name in "abc")
    named = [(part.name, part.times, part.with_others) for part in shown(Counts(20, 20), parts, 5)]
    assert named == [("a", 6, True), ("b", 5, False), ("c", 9, False)]
    assert shown(Counts(8, 8), {"a": Counts(4, 4), "b": Counts(4, 4)}, 5) == ()


@pytest.mark.parametrize(
    ("player", "browser", "country", "parts"),
    [
        ("mux-player", "safari", "PT", ["mux-player", "safari", "PT"]),
        (None, None, None, ["unknown", "unknown", "unknown"]),
        ("x" * 32, "netscape", "PT", ["other", "other", "PT"]),
        ("Mux-Player", "Safari", "PT", ["other", "other", "PT"]),
    ],
)
def test_a_part_is_one_of_few_names(
    player: str | None, browser: str | None, country: str | None, parts: list[str]
) -> None:
    """Row E4: what a client calls its player cannot make rows grow."""
    told = request((1, (event("error", value="2"),)), browser=browser, country=country)
    beat = told.beats[0].model_copy(update={"player": player})
    assert [part for _, part in splits.parts_of(told, beat)] == parts


def test_everything_but_seeks_is_split_and_counts_once() -> None:
    """Row E4: plays, qualities, errors and waiting, in three splits each; a beat sent again adds nothing to any."""
    told = request(
        (1, (event("play"), seek(0, 60_000), event("qualitychange", value="720p"), event("error", value="2"))),
        browser="edge",
        country="NZ",
    )
    beat = told.beats[0].model_copy(update={"stalled_ms": 1_500, "player": "video"})
    told = told.model_copy(update={"beats": (beat,)})
    found = fold((), [(0, told), (0, told)])
    names = {(entry.tally.kind, entry.tally.name) for entry in found.entries}
    parts = (("player", "video"), ("browser", "edge"), ("country", "NZ"))
    kept = {("play", "start"), ("quality", "720p"), ("error", "network"), ("stall", "data")}
    split = {(f"{kind}/{by}", f"{name}/{part}") for kind, name in kept for by, part in parts}
    assert names == {("seek", "6/0/10"), *kept, *split}
    assert {amount.times for amount in found.entries.values()} == {1}
    assert {amount.ms for entry, amount in found.entries.items() if entry.tally.kind.startswith("stall")} == {1_500}
    assert fold(found.seen, [(0, told)]).entries == {}


def test_splits_are_of_kinds_that_there_are() -> None:
    """Row E4: a kind that nobody counts would be split in vain."""
    told = request((1, (event("play"), event("qualitychange"), event("error"))))
    beat = told.beats[0].model_copy(update={"stalled_ms": 1})
    entries = tallies.told(told.model_copy(update={"beats": (beat,)}), 0, [1])
    assert {entry.tally.kind for entry in entries if "/" not in entry.tally.kind} == splits.SPLIT_KINDS
