"""Leases in a batch: each learner's row is locked, its requests are judged in their order, and what is left is kept."""

from collections.abc import Sequence

from playback_service import store_leases
from playback_service.decision import Decided
from playback_service.lease import Lease, take
from playback_service.store_leases import Held
from servicekit.database import Connection
from servicekit.errors import ServiceError


def needed_by(outcomes: Sequence[Decided | ServiceError]) -> list[str]:
    """The learners of whom something is asked under a lease."""
    return [
        outcome.record.grant.learner_id
        for outcome in outcomes
        if isinstance(outcome, Decided) and outcome.lease is not None
    ]


def judged(outcomes: Sequence[Decided | ServiceError], held: Held) -> list[Decided | ServiceError]:
    """Those without a place are refused."""
    left = dict(held)
    return [_taken(outcome, left) if isinstance(outcome, Decided) else outcome for outcome in outcomes]


async def keep(conn: Connection, granted: Sequence[Decided], held: Held) -> None:
    """What the learners hold after those that were granted in the end: the rate limit may have refused some."""
    left = dict(held)
    for decided in granted:
        _taken(decided, left)
    await store_leases.save(conn, {learner: leases for learner, leases in left.items() if leases != held[learner]})


def _taken(decided: Decided, left: dict[str, Sequence[Lease]]) -> Decided | ServiceError:
    if decided.lease is None:
        return decided
    learner = decided.record.grant.learner_id
    try:
        left[learner] = take(left[learner], decided.lease)
    except ServiceError as refusal:
        return refusal
    return decided
