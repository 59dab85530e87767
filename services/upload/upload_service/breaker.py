"""The circuit breaker in front of Mux: after some failures in a row nobody waits for it any more, but one asks again.

`Circuit` is a value and its rules are pure. A permit is the number of the circuit's present state: what comes of a
call that was let through in an earlier state says nothing about this one and is ignored.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

from prometheus_client import Counter, Gauge

from servicekit.health import Degraded
from servicekit.telemetry import get_logger
from upload_service.errors import MuxLeftAlone

State = Literal["closed", "open", "half-open"]
Outcome = Literal["well", "sick", "unknown"]
"""Of a call: Mux answered, Mux failed or was not there, or the call ended without telling us anything of Mux."""

STATE = Gauge("seatime_mux_breaker_state", "0 closed, 1 half-open, 2 open: calls of Mux are refused by us")
TRANSITIONS = Counter("seatime_mux_breaker_transitions_total", "Changes of the circuit breaker", ["to"])
_NUMBERS: dict[State, int] = {"closed": 0, "half-open": 1, "open": 2}
_WHILE_PROBING_S = 1

log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Limits:
    """Opens at `failures` with no success between them within `window_s`; asks again every `rest_s`. Seconds."""

    failures: int = 5
    window_s: float = 30
    rest_s: float = 10


@dataclass(frozen=True, slots=True)
class Circuit:
    """`number` grows with every change of state; `failed_at` is of use while closed, `probe_at` while open."""

    state: State = "closed"
    number: int = 0
    failed_at: tuple[float, ...] = ()
    probe_at: float = 0.0


def admit(circuit: Circuit, now: float) -> tuple[Circuit, int | None]:
    """The circuit afterwards, and a permit, or None for a call that is refused."""
    if circuit.state == "open" and now >= circuit.probe_at:
        circuit = Circuit("half-open", circuit.number + 1)
        return circuit, circuit.number
    return circuit, circuit.number if circuit.state == "closed" else None


def record(limits: Limits, circuit: Circuit, permit: int, outcome: Outcome, now: float) -> Circuit:
    """The circuit after what became of a call that was let through with `permit`."""
    if permit != circuit.number:
        return circuit
    match circuit.state, outcome:
        case "closed", "well":
            return replace(circuit, failed_at=())
        case "closed", "sick":
            recent = (*(at for at in circuit.failed_at if at > now - limits.window_s), now)
            tripped = len(recent) >= limits.failures
            return _opened(circuit, now + limits.rest_s) if tripped else replace(circuit, failed_at=recent)
        case "half-open", "well":
            return Circuit("closed", circuit.number + 1)
        case "half-open", _:  # if the probe was given up, the next call is one at once
            return _opened(circuit, now + (limits.rest_s if outcome == "sick" else 0))
    return circuit


def wait_s(circuit: Circuit, now: float) -> float:
    """How long until a call may be let through, as far as can be said; 0 if at once."""
    if circuit.state == "half-open":
        return _WHILE_PROBING_S
    return max(0.0, circuit.probe_at - now) if circuit.state == "open" else 0.0


def _opened(circuit: Circuit, probe_at: float) -> Circuit:
    return Circuit("open", circuit.number + 1, probe_at=probe_at)


class Breaker:
    """The circuit of this process. Not for use from several threads."""

    def __init__(self, limits: Limits, clock: Callable[[], float]) -> None:
        self._limits, self._clock = limits, clock
        self._circuit = Circuit()
        STATE.set(0)

    @property
    def state(self) -> State:
        return self._circuit.state

    def check(self) -> None:
        """Raises MuxLeftAlone, with the time to the next probe, if a call would be refused now."""
        wait = wait_s(self._circuit, self._clock())
        if wait:
            raise MuxLeftAlone("Mux has failed repeatedly", retry_after_s=math.ceil(wait))

    def admit(self) -> int:
        """A permit, to be given back with `record` whatever happens. Raises as `check` does."""
        self.check()
        circuit, permit = admit(self._circuit, self._clock())
        self._change(circuit)
        assert permit is not None, "check and admit disagree"
        return permit

    def record(self, permit: int, outcome: Outcome) -> None:
        self._change(record(self._limits, self._circuit, permit, outcome, self._clock()))

    async def report(self) -> None:
        """A readiness check that is never red: raises Degraded while Mux is left alone."""
        if self._circuit.state != "closed":
            again = math.ceil(wait_s(self._circuit, self._clock()))
            raise Degraded(f"Mux does not answer; circuit {self._circuit.state}, next probe in {again} s")

    def _change(self, circuit: Circuit) -> None:
        if circuit.state != self._circuit.state:
            STATE.set(_NUMBERS[circuit.state])
            TRANSITIONS.labels(circuit.state).inc()
            log.warning("mux circuit", state=circuit.state, was=self._circuit.state)
        self._circuit = circuit
