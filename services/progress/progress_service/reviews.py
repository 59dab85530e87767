"""The queue of those whom an owner may want to look at: who is in it, in which state, in which order. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from progress_service.anomalies import NONE, Score, Watching, score

Verdict = Literal["dismissed", "confirmed"]
State = Literal["open", "dismissed", "confirmed"]

CLEARLY = 0.1
"""A dismissed score has to rise by this before anybody is asked again: what was judged is not judged twice."""


@dataclass(frozen=True, slots=True)
class Policy:
    """Who gets into the queue: at which score, and after how much real time of watching (ms)."""

    threshold: float
    min_watched_ms: int


@dataclass(frozen=True, slots=True)
class Decision:
    """What somebody decided, when, and the score and reasons that it was decided by."""

    decision: Verdict
    note: str
    score: float
    reasons: list[dict[str, Any]]
    decided_by: str
    decided_at: datetime


@dataclass(frozen=True, slots=True)
class Review:
    """One learner in one course's queue. `watching` is None if nothing is left of it, as in a new attempt."""

    learner_id: str
    state: State
    score: Score
    watching: Watching | None
    decision: Decision | None

    @property
    def place(self) -> tuple[float, str]:
        """The worst first, and those with the same score by their ids."""
        return -self.score.value, self.learner_id


def review(learner_id: str, watching: Watching | None, decision: Decision | None, policy: Policy) -> Review | None:
    """The learner's place in the queue; None for one who neither is above the threshold nor was decided about."""
    found = score(watching, min_watched_ms=policy.min_watched_ms) if watching is not None else NONE
    high = found.value >= policy.threshold
    if decision is None:
        return Review(learner_id, "open", found, watching, None) if high else None
    again = decision.decision == "dismissed" and high and found.value >= round(decision.score + CLEARLY, 3)
    return Review(learner_id, "open" if again else decision.decision, found, watching, decision)


def page(
    reviews: Iterable[Review], state: State, *, after: tuple[float, str] | None, limit: int
) -> tuple[list[Review], Review | None]:
    """Reviews in that state beyond a place, in their order, and the last of them if there are more."""
    there = sorted((one for one in reviews if one.state == state), key=lambda one: one.place)
    found = [one for one in there if after is None or one.place > after]
    return found[:limit], found[limit - 1] if len(found) > limit else None
