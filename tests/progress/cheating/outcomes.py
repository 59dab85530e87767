"""What the attacks cost, and what they must cost."""

from collections.abc import Mapping
from dataclasses import dataclass

from tests.progress.cheating.attacks import ATTACKS, FLOOR_S, Attack
from tests.progress.cheating.reports import ACCREDITED, DURATION_S, THRESHOLD, Policy, Standing


@dataclass(frozen=True)
class Outcome:
    """What an attack cost: real seconds until all its videos were complete, None if that never came."""

    attack: Attack
    policy: Policy
    cost_s: float | None
    live_s: float
    late_s: float
    coverage: float

    @property
    def durations(self) -> float | None:
        """The cost of each video in durations of it."""
        return self.cost_s / DURATION_S / self.attack.lessons if self.cost_s is not None else None

    def broken_promises(self) -> list[str]:
        """In words, what is wrong with it; empty if the attack cost what it has to."""
        wrong, lessons, name = [], self.attack.lessons, f"{self.attack.words} ({self.policy.name})"
        if self.policy.name not in self.attack.pays:
            if self.cost_s is not None:
                wrong.append(f"{name}: completed after {self.cost_s:.1f} s, and should never")
        elif self.cost_s is None:
            wrong.append(f"{name}: never completed; it proves nothing")
        elif self.cost_s < FLOOR_S * lessons:
            wrong.append(f"{name}: {self.cost_s:.1f} s, which is less than {FLOOR_S * lessons:.1f} s")
        if self.policy is ACCREDITED and self.late_s:
            wrong.append(f"{name}: {self.late_s:.1f} s counted late")
        if self.policy is ACCREDITED and self.cost_s is not None and self.live_s < THRESHOLD * DURATION_S * lessons:
            wrong.append(f"{name}: only {self.live_s:.1f} s were live")
        return wrong


def outcome(attack: Attack, policy: Policy, start_ms: int, standings: Mapping[tuple[str, str], Standing]) -> Outcome:
    """The cheapest of the attack's tries."""
    tries = []
    for cheat in attack.cheats(start_ms, policy):
        mine = [standings[cheat.learner, f"l{lesson}"] for lesson in range(attack.lessons)]
        done = [standing.completed_ms for standing in mine if standing.completed_ms is not None]
        cost = (max(done) - start_ms) / 1000 if len(done) == len(mine) else None
        live, late = sum(standing.live_s for standing in mine), sum(standing.late_s for standing in mine)
        tries.append(Outcome(attack, policy, cost, live, late, min(standing.coverage for standing in mine)))
    return min(tries, key=lambda one: (one.cost_s is None, one.cost_s or 0.0, -one.coverage))


def places(start_ms: int, policy: Policy) -> list[tuple[str, str]]:
    """The learners and lessons whose standing tells the outcomes."""
    return [
        (cheat.learner, f"l{lesson}")
        for attack in ATTACKS
        for cheat in attack.cheats(start_ms, policy)
        for lesson in range(attack.lessons)
    ]


def outcomes(start_ms: int, policy: Policy, standings: Mapping[tuple[str, str], Standing]) -> list[Outcome]:
    """One for each attack."""
    return [outcome(attack, policy, start_ms, standings) for attack in ATTACKS]
