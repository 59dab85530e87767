"""Leases: how many playbacks a learner has at once. A pure fold over what one learner holds; seconds since 1970.

A lease belongs to a session and lives as long as its refreshes come. Whoever is taken over is remembered until the
lease would have ended, so that the player that lost it is told why.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from playback_service.errors import LeaseHeld, LeaseTaken


@dataclass(frozen=True, slots=True)
class Lease:
    session_id: str
    lesson_id: str
    since: float
    until: float
    taken: bool = False


@dataclass(frozen=True, slots=True)
class Wanted:
    """A playback that needs a lease. `continues` is the session that it goes on with, `session_id` its own."""

    session_id: UUID
    continues: UUID | None
    lesson_id: str
    devices: int
    take_over: bool
    now: float
    until: float


def take(held: Sequence[Lease], wanted: Wanted) -> tuple[Lease, ...]:
    """What the learner holds afterwards. Raises LeaseTaken or LeaseHeld, with which nothing has changed."""
    own = {str(wanted.session_id), str(wanted.continues)}
    kept = [lease for lease in held if lease.until > wanted.now]
    mine = [lease for lease in kept if lease.session_id in own]
    others = [lease for lease in kept if lease.session_id not in own]
    if any(lease.taken for lease in mine) and not wanted.take_over:
        raise LeaseTaken
    renewed = min((lease for lease in mine if not lease.taken), key=_age, default=None)
    # Who already plays keeps the place before who comes later, also where the course now allows fewer than before.
    before = sorted(
        (lease for lease in others if not lease.taken and (renewed is None or _age(lease) < _age(renewed))), key=_age
    )
    surplus = len(before) - wanted.devices + 1
    if surplus > 0 and not wanted.take_over:
        newest = before[-1]
        raise LeaseHeld(wanted.devices, newest.lesson_id, newest.since)
    gone = {lease.session_id for lease in before[: max(0, surplus)]}
    left = [replace(lease, taken=True) if lease.session_id in gone else lease for lease in others]
    since = wanted.now if renewed is None else renewed.since
    return (*left, Lease(str(wanted.session_id), wanted.lesson_id, since, wanted.until))


def _age(lease: Lease) -> tuple[float, str]:
    return lease.since, lease.session_id


def release(held: Sequence[Lease], session_id: UUID) -> tuple[Lease, ...]:
    """Without that session."""
    return tuple(lease for lease in held if lease.session_id != str(session_id))
