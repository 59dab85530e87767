"""The circuit breaker: its rules on a clock of its own, and Mux going away and coming back behind it."""

import asyncio
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import settings as effort
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from prometheus_client import REGISTRY

from devstack.ports import free_port
from mux_sim.config import Config
from mux_sim.testing import running
from tests.upload.conftest import Service
from tests.upload.test_mux import new_upload, service_of
from upload_service.breaker import Circuit, Limits, Outcome, admit, record, wait_s
from upload_service.errors import MuxLeftAlone, MuxUnavailable
from upload_service.mux import MuxService, NewUpload
from upload_service.settings import Settings

PATH = "/api/videos/mux/upload-url"
LIMITS = Limits(failures=3, window_s=30, rest_s=10)


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"mux_breaker_rest_s": 0.4})


def after(circuit: Circuit, *outcomes: Outcome, now: float = 0) -> Circuit:
    for outcome in outcomes:
        circuit, permit = admit(circuit, now)
        assert permit is not None
        circuit = record(LIMITS, circuit, permit, outcome, now)
    return circuit


def test_failures_in_a_row_open_it() -> None:
    """Three; a success between them starts the count anew, and so does time."""
    assert after(Circuit(), "sick", "sick").state == "closed"
    assert after(Circuit(), "sick", "sick", "sick").state == "open"
    assert after(Circuit(), "sick", "sick", "well", "sick", "sick").state == "closed"
    assert after(Circuit(), "sick", "sick", "unknown", "sick").state == "open"
    assert after(after(Circuit(), "sick", "sick"), "sick", "sick", now=30).state == "closed"
    assert after(after(Circuit(), "sick", "sick"), "sick", now=29).state == "open"


def test_one_probe_decides() -> None:
    """Refused until the rest is over, then one call goes; its outcome closes or opens."""
    opened = after(Circuit(), "sick", "sick", "sick", now=100)
    assert admit(opened, 109.9) == (opened, None)
    assert wait_s(opened, 104) == 6
    assert wait_s(opened, 110) == 0
    half, permit = admit(opened, 110)
    assert half.state == "half-open"
    assert permit is not None
    assert admit(half, 500)[1] is None
    assert wait_s(half, 110) > 0
    assert record(LIMITS, half, permit, "well", 111).state == "closed"
    again = record(LIMITS, half, permit, "sick", 111)
    assert (again.state, again.probe_at) == ("open", 121)
    given_up = record(LIMITS, half, permit, "unknown", 111)
    assert admit(given_up, 111)[1] is not None


def test_stragglers_of_an_earlier_state_say_nothing() -> None:
    """A call that began before the circuit opened neither closes it nor keeps it open."""
    closed = Circuit()
    _, early = admit(closed, 0)
    assert early is not None
    opened = after(closed, "sick", "sick", "sick")
    for outcome in ("well", "sick"):
        assert record(LIMITS, opened, early, outcome, 5) == opened
    half, _ = admit(opened, 10)
    assert record(LIMITS, half, early, "well", 11) == half


class Driven(RuleBasedStateMachine):
    """Any interleaving of calls that begin and end, and of time."""

    def __init__(self) -> None:
        super().__init__()
        self.circuit = Circuit()
        self.now = 0.0
        self.in_flight: list[tuple[int, bool]] = []  # permit, and whether it was a probe
        self.sick_in_a_row: list[float] = []

    @rule(seconds=st.floats(0, 40))
    def time_passes(self, seconds: float) -> None:
        self.now += seconds

    @rule()
    def a_call_begins(self) -> None:
        before = self.circuit
        self.circuit, permit = admit(self.circuit, self.now)
        assert (permit is None) == (wait_s(before, self.now) > 0)
        if permit is not None:
            self.in_flight.append((permit, before.state != "closed"))
            assert before.state != "open" or self.now >= before.probe_at
            assert self.circuit.state == ("closed" if before.state == "closed" else "half-open")

    @precondition(lambda self: self.in_flight)
    @rule(which=st.integers(0, 100), outcome=st.sampled_from(["well", "sick", "unknown"]))
    def a_call_ends(self, which: int, outcome: Outcome) -> None:
        permit, probe = self.in_flight.pop(which % len(self.in_flight))
        before = self.circuit
        self.circuit = record(LIMITS, before, permit, outcome, self.now)
        if probe:
            assert self.circuit.state == ("closed" if outcome == "well" else "open")
        elif before.state == "closed" and permit == before.number:
            kept = [at for at in self.sick_in_a_row if at > self.now - LIMITS.window_s]
            self.sick_in_a_row = {"well": [], "sick": [*kept, self.now], "unknown": self.sick_in_a_row}[outcome]
            opens = outcome == "sick" and len(self.sick_in_a_row) >= LIMITS.failures
            assert self.circuit.state == ("open" if opens else "closed")
        else:
            assert self.circuit == before
        if self.circuit.state != "closed" or probe:
            self.sick_in_a_row = []

    @invariant()
    def at_most_one_probe(self) -> None:
        probes = sum(probe for _, probe in self.in_flight)
        assert probes == (1 if self.circuit.state == "half-open" else 0)


TestDriven = Driven.TestCase
TestDriven.settings = effort(max_examples=150, stateful_step_count=40, deadline=None)


async def ask(service: Service, lesson_id: str) -> tuple[int, int | None]:
    """Status and Retry-After of one author's request."""
    response = await service.ask("POST", PATH, json={"lessonId": lesson_id})
    if response.status_code == 503:
        assert response.json()["type"] == "urn:seatime:problem:mux-unavailable"
    after = response.headers.get("retry-after")
    return response.status_code, None if after is None else int(after)


async def hits(service: Service) -> int:
    return sum(int(fault["hits"]) for fault in await service.mux.faults())


def metric(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(name, labels) or 0


async def until_it_works(service: Service, lesson_id: str) -> int:
    """How many requests were refused before one went through."""
    for refused in range(1_000):
        if (await ask(service, lesson_id))[0] == 200:
            return refused
        await asyncio.sleep(0.02)
    raise AssertionError("never")


@pytest.mark.timeout(300)
async def test_authors_do_not_wait_for_a_mux_that_fails(service: Service) -> None:
    """Five requests reach it, the others do not; it is back, one probe sees it, and all is as before."""
    lesson_id = await service.make_lesson()
    opened = metric("seatime_mux_breaker_transitions_total", to="open")
    await service.mux.fault(path="/video/v1/uploads", status=503, times=None)
    for _ in range(5):
        assert (await ask(service, lesson_id))[0] == 503
    assert metric("seatime_mux_breaker_state") == 2
    assert metric("seatime_mux_breaker_transitions_total", to="open") == opened + 1
    for _ in range(3):
        assert await ask(service, lesson_id) == (503, 1)
    assert await hits(service) == 5
    ready = await service.ask("GET", "/health/ready", None)
    assert ready.status_code == 200
    assert ready.json()["checks"]["mux"].startswith("degraded: Mux does not answer")
    await service.mux.clear_faults()
    await until_it_works(service, lesson_id)
    assert len(await service.mux.uploads()) == 1
    assert metric("seatime_mux_breaker_state") == 0
    assert (await service.ask("GET", "/health/ready", None)).json()["checks"]["mux"] == "ok"


@pytest.mark.timeout(300)
async def test_while_it_fails_only_probes_reach_it(service: Service) -> None:
    """However many ask: each probe that fails is one request, and one more period of rest."""
    lesson_id = await service.make_lesson()
    probes = metric("seatime_mux_breaker_transitions_total", to="half-open")
    await service.mux.fault(path="/video/v1/uploads", status=503, times=None)
    while await hits(service) < 7:
        assert (await ask(service, lesson_id))[0] == 503
        await asyncio.sleep(0.02)
    seen = metric("seatime_mux_breaker_transitions_total", to="half-open") - probes
    assert await hits(service) == 5 + seen


async def test_answers_that_blame_us_leave_it_closed(service: Service) -> None:
    """Mux that refuses, does not know, or asks us to slow down is there."""
    lesson_id = await service.make_lesson()
    for status in (400, 401, 404, 429):
        await service.mux.fault(path="/video/v1/uploads", status=status, times=6)
        for _ in range(6):
            assert (await service.ask("POST", PATH, json={"lessonId": lesson_id})).status_code in (502, 503)
    assert await hits(service) == 24
    assert (await ask(service, lesson_id))[0] == 200


async def asked_until_open(service: MuxService) -> int:
    """How many calls fail until calls are refused."""
    for calls in range(1, 100):
        with pytest.raises(MuxUnavailable) as raised:
            await service.get_upload("someone")
        if isinstance(raised.value, MuxLeftAlone):
            return calls
    raise AssertionError("never opens")


async def upload_after_rest(service: MuxService) -> NewUpload:
    """The first upload that is not refused by the circuit."""
    while True:
        with suppress(MuxLeftAlone):
            return await new_upload(service)
        await asyncio.sleep(0.02)


@pytest.mark.timeout(300)
async def test_mux_goes_away_and_comes_back(tmp_path: Path) -> None:
    """The process ends and starts again: five attempts fail, the first call after the rest closes the circuit."""
    port = free_port()
    config = Config(data_dir=tmp_path, port=port)
    service = service_of(
        f"http://127.0.0.1:{port}", config.token_id, config.token_secret, mux_breaker_rest_s=1.5, mux_posts_per_s=100
    )
    async with running(config):
        before = await new_upload(service)
        assert (await service.get_upload(before.id)).status == "waiting"
    assert await asked_until_open(service) == 2  # four attempts, then one: the next would be the sixth
    async with running(config) as mux:
        made = await upload_after_rest(service)
        assert {one["id"] for one in await mux.uploads()} == {before.id, made.id}
    service.close()
