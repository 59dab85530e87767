"""The demonstration's class: what it plans is what real time allows, and what it does is what it planned."""

import time
from typing import Any

import aiohttp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from devstack import people
from devstack.demo.api import Answer
from devstack.demo.classroom import Classroom
from devstack.demo.habits import MOVE_S, Plan, plans, within
from devstack.demo.monitor import MuxData
from mux_sim.testing import Simulator

LENGTHS = st.lists(st.floats(min_value=3, max_value=7200), min_size=1, max_size=4)


def _takes(plan: Plan) -> float:
    played = sum(visit.media_s / visit.rate for visit in plan.visits)
    moves = sum(len(visit.spans) for visit in plan.visits)
    return plan.enters_s + plan.waits_s + played + MOVE_S * moves


@given(lengths=LENGTHS, longest=st.floats(min_value=5, max_value=120), seed=st.integers())
def test_nobody_sits_there_for_longer_than_the_class_lasts(lengths: list[float], longest: float, seed: int) -> None:
    """However long the lessons are: each plan fits, and plays nothing that is not in the video."""
    for plan in plans(lengths, 24, longest_s=longest, seed=seed):
        assert _takes(plan) <= longest + 1e-6
        for visit in plan.visits:
            assert all(0 <= start < end <= lengths[visit.lesson] + 1e-6 for start, end in visit.spans)


def test_the_same_class_watches_the_same() -> None:
    """The seed alone decides, and the class has all kinds of people in it."""
    once, again = (plans([30.0, 6.0], 24, longest_s=30) for _ in range(2))
    assert once == again
    first = [plan.visits[0].spans for plan in once]
    assert any(spans == ((0.0, 30.0),) for spans in first)
    assert any(len(spans) == 1 and spans[0][1] < 15 for spans in first)
    assert any(len(spans) == 2 and spans[1][0] > spans[0][1] for spans in first)
    assert any(len(spans) == 2 and spans[1][0] < spans[0][1] for spans in first)


def test_what_is_left_of_the_time_is_what_is_played() -> None:
    """A piece is cut where the time ends, and the rest is left out."""
    assert within([(0.0, 4.0), (10.0, 20.0), (30.0, 40.0)], 2.0, 5.0) == ((0.0, 4.0), (10.0, 14.0))


class Told:
    """Stands where the API does for one person: grants at once, and keeps what is posted."""

    def __init__(self) -> None:
        self.posted: list[dict[str, Any]] = []
        self.put_: dict[str, Any] = {}

    async def ask(self, method: str, path: str, body: Any = None) -> Answer:
        assert (method, path.endswith("/playback")) == ("GET", True)
        return Answer(200, {"watchGrant": path, "playbackId": "p"})

    async def post(self, _: str, body: dict[str, Any]) -> None:
        self.posted.append(body)

    async def put(self, path: str, body: dict[str, Any]) -> None:
        self.put_[path] = body


@pytest.fixture
def learners() -> dict[str, Told]:
    return {person.id: Told() for person in people.CLASS}


async def test_the_class_reports_what_it_planned_and_no_more_than_time_allows(learners: dict[str, Told]) -> None:
    """Each one claims the planned pieces, at a rate that the interval of each beat bears out."""
    room = Classroom("course", {"one": 3.0}, Told(), learners)  # type: ignore[arg-type]
    began = time.monotonic()
    await room.watch()
    assert time.monotonic() - began >= 1.5
    for learner_id, plan in room.plans.items():
        beats = [beat for body in learners[learner_id].posted for beat in body["beats"]]
        claimed = [segment for beat in beats for segment in beat["watched_segments"]]
        assert sum(end - start for start, end in claimed) == pytest.approx(plan.media_s(0), abs=0.01)
        for beat in beats:
            played = sum(end - start for start, end in beat["watched_segments"])
            assert played <= beat["rate"] * (beat["at"] - beat["since"]) / 1000 * 1.02
        jumps = sum(event["type"] == "seek" for beat in beats for event in beat["events"])
        assert jumps == len(plan.visits[0].spans) - 1


async def test_mux_counts_what_its_monitoring_is_let_tell(learners: dict[str, Told], mux: Simulator) -> None:
    """Every view of those who block nothing, for as long as it took; so a fresh demonstration differs by a little."""
    lengths = {"one": 3.0, "two": 2.0}
    async with aiohttp.ClientSession() as http:
        room = Classroom("course", lengths, Told(), learners, MuxData(http, mux.base_url))  # type: ignore[arg-type]
        await room.watch()
    told = [plan for plan in room.plans.values() if not plan.blocks_beacons]
    for lesson, lesson_id in enumerate(lengths):
        visits = [visit for plan in told for visit in plan.visits if visit.lesson == lesson]
        path = f"/data/v1/metrics/playing_time/overall?filters[]=video_id:{lesson_id}"
        figures = (await mux.api("GET", path))["data"]
        assert figures["total_views"] == len(visits) > 0
        least_ms = sum(visit.media_s / visit.rate for visit in visits) * 1000
        assert figures["total_playing_time"] >= 0.99 * least_ms
        assert figures["total_watch_time"] >= figures["total_playing_time"]
    viewers = (await mux.api("GET", "/data/v1/metrics/unique_viewers/overall"))["data"]["value"]
    assert viewers == len(told)
    assert 0 < len(people.CLASS) - viewers <= 0.15 * len(people.CLASS)


async def test_all_are_enrolled_in_two_cohorts(learners: dict[str, Told]) -> None:
    """So that a dashboard has something to filter by."""
    owner = Told()
    await Classroom("course", {"one": 30.0}, owner, learners).enroll()  # type: ignore[arg-type]
    assert len(owner.put_) == len(people.CLASS)
    cohorts = [body["cohort"] for body in owner.put_.values()]
    assert {cohort: cohorts.count(cohort) for cohort in set(cohorts)} == {"spring": 12, "autumn": 12}


def test_the_class_is_not_offered_for_sign_in() -> None:
    """The list of those one can be stays short."""
    assert not {person.id for person in people.CLASS} & {person.id for person in people.EVERYBODY}
    assert len({person.id for person in people.CLASS}) == 24
