"""Granting playback: read the standing, decide, record, hand out. Rights are read from our tables on every call.

The reading and the recording are shared by the requests that come together (`batches.py`): two round trips and one
commit for all of them; where a course has leases, a lock on the learners' rows comes between. An answer is given after
the commit with its audit row.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from playback_service import leasing, rate_limit, store_grants, store_leases, store_mints
from playback_service.batches import Batches
from playback_service.configured import Missing, needed
from playback_service.decision import Asked, Decided, Granted, Means, Question, decide, watch_grant
from playback_service.entitlement import Standing
from playback_service.errors import RightsChanging, TooManyGrants
from playback_service.grants import Session
from playback_service.lifetime import refresh_after_s
from playback_service.signing import SigningKey
from playback_service.store_mints import Taken
from servicekit import telemetry
from servicekit.database import Connection, Pool
from servicekit.errors import ServiceError

__all__ = ["Asked", "Granted", "Granting", "Means"]

_LANES = 2
_TOLERATED_DRIFT_S = 5.0
_READINGS = 4


@dataclass(frozen=True, slots=True)
class _Recorded:
    decided: Decided
    until_full_s: float


class Granting:
    """Grants playback in batches. One per process."""

    def __init__(self, means: Means, pool: Pool, *, budget_s: float) -> None:
        self._means = means
        self._limits = {"RateLimit-Policy": rate_limit.policy([means.rate_limit, means.address_limit])}
        self._batches: Batches[Question, _Recorded] = Batches(pool, self._turn, budget_s=budget_s, lanes=_LANES)

    def close(self) -> None:
        self._batches.close()
        self._means.deliveries.signer.close()

    async def grant(self, asked: Asked) -> Granted:
        """Playback for the caller.

        Raises LessonNotFound, NotEntitled, GrantRefused, VideoNotReady, NotAllowedFromHere, LeaseHeld, LeaseTaken,
        NotConfigured, TooManyGrants, or Unavailable; each call that comes through has left a row in the audit, and a
        `playback.granted` if it was not a preview.
        """
        means = self._means
        recorded = await self._batches.ask(
            Question(asked, _session_to_refresh(means, asked), telemetry.traceparent.get())
        )
        decided = recorded.decided
        now = decided.now
        addresses = decided.delivery.at_once(now=now, end=decided.end)
        if addresses is None:
            addresses = await decided.delivery.addresses(now=now, end=decided.end)
        if decided.bucket.is_ending(now):
            decided.delivery.prepare(decided.bucket.next_token_end)
        refresh_after, lease = refresh_after_s(now, decided.end), decided.lease
        return Granted(
            video=decided.video,
            addresses=addresses,
            expires_at=decided.record.grant.expires_at,
            watch_grant=watch_grant(means, decided) if decided.right.counts else None,
            refresh_after_s=refresh_after if lease is None else min(refresh_after, max(1, means.lease_s // 2)),
            watermark=decided.terms.watermark_for(asked.principal.user_id, asked.principal.name),
            lease_until=datetime.fromtimestamp(lease.until, UTC) if lease is not None else None,
            session=decided.session,
            seek_limit_ms=decided.seek_limit_ms,
            headers=means.rate_limit.headers(recorded.until_full_s, allowed=True) | self._limits,
        )

    async def _turn(self, conn: Connection, batch: Sequence[Question]) -> Sequence[_Recorded | Exception]:
        """Answer all; those whose course took rights away between their reading and their recording are read again."""
        outcomes = await self._answer(conn, batch)
        for _ in range(_READINGS - 1):
            if None not in outcomes:
                break
            again = iter(
                await self._answer(conn, [asked for asked, outcome in zip(batch, outcomes, strict=True) if not outcome])
            )
            outcomes = [outcome or next(again) for outcome in outcomes]
        return [outcome or RightsChanging() for outcome in outcomes]

    async def _answer(self, conn: Connection, batch: Sequence[Question]) -> Sequence[_Recorded | Exception | None]:
        """Read for all, decide for each, record all that were granted. None: see `store_mints.record`."""
        means = self._means
        reading = await store_grants.standings(
            conn,
            [(question.asked.lesson_id, question.asked.principal.user_id) for question in batch],
            first_key=means.keyring.first_id,
        )
        drift = _drift(reading.now)
        key = await means.keyring.current(conn, reading.newest_key, first_revoked=reading.first_key_revoked)
        outcomes = [
            _decided_or_refused(means, question, standing, key, drift)
            for question, standing in zip(batch, reading.standings, strict=True)
        ]
        leasing_learners = leasing.needed_by(outcomes)
        if not leasing_learners:
            return await self._record(conn, outcomes)
        async with conn.transaction():
            held = await store_leases.lock(conn, leasing_learners)
            recorded = await self._record(conn, leasing.judged(outcomes, held))
            granted = [outcome.decided for outcome in recorded if isinstance(outcome, _Recorded)]
            await leasing.keep(conn, granted, held)
        return recorded

    async def _record(
        self, conn: Connection, outcomes: Sequence[Decided | ServiceError]
    ) -> Sequence[_Recorded | Exception | None]:
        records = [outcome.record for outcome in outcomes if isinstance(outcome, Decided)]
        means = self._means
        taken = iter(
            await store_mints.record(conn, records, learner=means.rate_limit, address=means.address_limit)
            if records
            else ()
        )
        return [
            self._recorded_or_too_many(outcome, next(taken)) if isinstance(outcome, Decided) else outcome
            for outcome in outcomes
        ]

    def _recorded_or_too_many(self, decided: Decided, taken: Taken | None) -> _Recorded | ServiceError | None:
        if taken is None:
            return None
        if taken.allowed:
            return _Recorded(decided, taken.until_full_s)
        limit, until_full_s = self._means.rate_limit, taken.until_full_s
        if taken.address_until_full_s is not None:
            limit, until_full_s = self._means.address_limit, taken.address_until_full_s
        headers = limit.headers(until_full_s, allowed=False) | self._limits
        return TooManyGrants(f"at most {limit.limit} per {limit.name} within {limit.window_s} s", headers=headers)


def _session_to_refresh(means: Means, asked: Asked) -> Session | None:
    if asked.refresh is None:
        return None
    return needed(means.issuer).session_of(
        asked.refresh, learner_id=asked.principal.user_id, lesson_id=asked.lesson_id, now=asked.now
    )


def _drift(database_now: float) -> float:
    """How far our clock is behind the database's (s): rights and tokens of all replicas go by one clock.

    Less than a few seconds is the way of the answer, and not worth a difference between requests.
    """
    behind = database_now - time.time()
    return behind if abs(behind) > _TOLERATED_DRIFT_S else 0.0


def _decided_or_refused(
    means: Means, question: Question, standing: Standing, key: SigningKey | Missing, drift: float
) -> Decided | ServiceError:
    try:
        return decide(means, question, standing, key, question.asked.now + drift)
    except ServiceError as refusal:
        return refusal
