"""Granting playback: read the standing, decide, record, hand out. Rights are read from our tables on every call."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from math import floor
from uuid import uuid4

from contracts import GrantPolicy, PlaybackGranted
from playback_service import store
from playback_service.address import fingerprint
from playback_service.configured import Missing, needed
from playback_service.delivery import Addresses, Deliveries
from playback_service.entitlement import Course, Right, Video, right_to_watch
from playback_service.errors import TooManyGrants, VideoNotReady
from playback_service.grants import GrantIssuer, Session, WatchGrant
from playback_service.lifetime import Lifetime, refresh_after_s
from playback_service.rate_limit import RateLimit
from servicekit.auth import Principal
from servicekit.database import Connection, Pool, acquire


@dataclass(frozen=True, slots=True)
class Means:
    """What granting takes."""

    pool: Pool
    deliveries: Deliveries
    issuer: GrantIssuer | Missing
    lifetime: Lifetime
    rate_limit: RateLimit
    address_key: bytes


@dataclass(frozen=True, slots=True)
class Asked:
    """One request for playback. `now` in seconds since 1970; `address` is where it came from."""

    principal: Principal
    lesson_id: str
    refresh: str | None
    address: str | None
    now: float


@dataclass(frozen=True, slots=True)
class Granted:
    """What the player gets. `watch_grant` is None for a preview, which earns nothing."""

    video: Video
    addresses: Addresses
    grant: store.AuditedGrant
    watch_grant: str | None
    refresh_after_s: int
    headers: Mapping[str, str]


async def grant_playback(means: Means, asked: Asked) -> Granted:
    """Playback for the caller.

    Raises LessonNotFound, NotEntitled, GrantRefused, VideoNotReady, NotConfigured or TooManyGrants; each call that
    comes through has left a row in the audit, and a `playback.granted` if it was not a preview.
    """
    continued = _session_to_refresh(means, asked)
    async with acquire(means.pool) as conn:
        standing = await store.standing(conn, asked.lesson_id, asked.principal.user_id)
        right = right_to_watch(
            standing,
            user_id=asked.principal.user_id,
            is_admin=asked.principal.is_admin,
            now=datetime.fromtimestamp(asked.now, UTC),
            was_granted=continued is not None,
        )
        video = right.lesson.video
        if video is None:
            raise VideoNotReady(right.lesson.processing_status)
        delivery = means.deliveries.of(video)
        issuer = needed(means.issuer) if right.counts else None
        session = continued or Session(uuid4(), floor(asked.now))
        end = means.lifetime.token_end(
            asked.now, video=video.location, duration_ms=video.duration_ms, until=right.until
        )
        grant = store.AuditedGrant(
            learner_id=asked.principal.user_id,
            lesson_id=right.lesson.lesson_id,
            course_id=right.lesson.course_id,
            session_id=session.session_id,
            entitlement=right.kind,
            provider=video.provider,
            key_id=delivery.key_id,
            refresh=continued is not None,
            address_hash=fingerprint(means.address_key, asked.address),
            issued_at=datetime.fromtimestamp(asked.now, UTC),
            expires_at=datetime.fromtimestamp(end, UTC),
        )
        headers = await _record(conn, means.rate_limit, grant, announce=right.counts)
    return Granted(
        video=video,
        addresses=await delivery.addresses(now=asked.now, end=end),
        grant=grant,
        watch_grant=issuer.issue(_watch_grant(means, grant, right, standing.course, session)) if issuer else None,
        refresh_after_s=refresh_after_s(asked.now, end),
        headers=headers,
    )


def _session_to_refresh(means: Means, asked: Asked) -> Session | None:
    if asked.refresh is None:
        return None
    return needed(means.issuer).session_of(
        asked.refresh, learner_id=asked.principal.user_id, lesson_id=asked.lesson_id, now=asked.now
    )


async def _record(conn: Connection, limit: RateLimit, grant: store.AuditedGrant, *, announce: bool) -> dict[str, str]:
    taken = await store.record_grant(
        conn,
        grant,
        _event(grant) if announce else None,
        interval_s=limit.interval_s,
        window_s=limit.window_s,
    )
    headers = limit.headers(taken.until_full_s, allowed=taken.allowed)
    if not taken.allowed:
        raise TooManyGrants(f"at most {limit.limit} within {limit.window_s} s", headers=headers)
    return headers


def _event(grant: store.AuditedGrant) -> PlaybackGranted:
    return PlaybackGranted(
        learner_id=grant.learner_id,
        lesson_id=grant.lesson_id,
        course_id=grant.course_id,
        session_id=grant.session_id,
        provider=grant.provider,
        key_id=grant.key_id,
        refresh=grant.refresh,
        granted_at=grant.issued_at,
        expires_at=grant.expires_at,
    )


def _watch_grant(
    means: Means, grant: store.AuditedGrant, right: Right, course: Course | None, session: Session
) -> WatchGrant:
    duration_ms = right.lesson.video.duration_ms if right.lesson.video is not None else None
    return WatchGrant(
        learner_id=grant.learner_id,
        lesson_id=grant.lesson_id,
        course_id=grant.course_id,
        session=session,
        duration_ms=duration_ms or 0,
        end=means.lifetime.grant_end(grant.issued_at.timestamp(), duration_ms=duration_ms, until=right.until),
        policy=_policy(course),
    )


def _policy(course: Course | None) -> GrantPolicy:
    """The course's counting rules, the platform's where it has none."""
    ruled = {} if course is None else {"max_rate": course.max_rate, "offline_grace_s": course.offline_grace_s}
    return GrantPolicy(**{name: value for name, value in ruled.items() if value is not None})
