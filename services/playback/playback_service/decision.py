"""From a request and what our tables say of it to a grant, or to a refusal. No I/O but what the clock said."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from math import floor
from uuid import uuid4

from contracts import GrantPolicy, PlaybackGranted
from contracts.event import HiddenPages
from playback_service.address import fingerprint
from playback_service.configured import Missing, needed
from playback_service.delivery import Addresses, Deliveries, Delivery
from playback_service.entitlement import Course, Right, Standing, Video, right_to_watch
from playback_service.errors import NotAllowedFromHere, NotConfigured, VideoNotReady
from playback_service.grants import GrantIssuer, Session, WatchGrant
from playback_service.keyring import KeyRing
from playback_service.lease import Wanted
from playback_service.lifetime import Bucket, Lifetime, not_after
from playback_service.rate_limit import RateLimit
from playback_service.signing import PLAIN, Marks, SigningKey
from playback_service.store_mints import AuditedGrant, Recordable
from playback_service.terms import USUAL, Terms
from servicekit.auth import Principal


@dataclass(frozen=True, slots=True)
class Means:
    """What granting takes. `lease_s` is how long a lease lasts without a refresh."""

    deliveries: Deliveries
    keyring: KeyRing
    issuer: GrantIssuer | Missing
    lifetime: Lifetime
    rate_limit: RateLimit
    address_limit: RateLimit
    address_key: bytes
    lease_s: int = 120


@dataclass(frozen=True, slots=True)
class Asked:
    """One request for playback. `now` in seconds since 1970; `address` is where it came from."""

    principal: Principal
    lesson_id: str
    refresh: str | None
    address: str | None
    now: float
    take_over: bool = False
    referrer: str | None = None
    user_agent: str | None = None


@dataclass(frozen=True, slots=True)
class Granted:
    """What the player gets. `watch_grant` is None for a preview, which earns nothing.

    `seek_limit_ms` is None where seeking is free.
    """

    video: Video
    addresses: Addresses
    expires_at: datetime
    watch_grant: str | None
    refresh_after_s: int
    watermark: str | None
    lease_until: datetime | None
    session: Session
    seek_limit_ms: int | None
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Question:
    """A request in a batch: with the session that it goes on with, and the trace that it belongs to."""

    asked: Asked
    continued: Session | None
    traceparent: str | None


@dataclass(frozen=True, slots=True)
class Decided:
    """A right that was found, and how it will be answered. `now` in seconds since 1970."""

    now: float
    right: Right
    video: Video
    course: Course | None
    delivery: Delivery
    session: Session
    bucket: Bucket
    end: int
    lease: Wanted | None
    seek_limit_ms: int | None
    record: Recordable

    @property
    def terms(self) -> Terms:
        return self.course.terms if self.course is not None else USUAL


def decide(means: Means, question: Question, standing: Standing, key: SigningKey | Missing, asked_at: float) -> Decided:
    """Raises LessonNotFound, NotEntitled, VideoNotReady, NotAllowedFromHere, or NotConfigured."""
    asked = question.asked
    user_id, now = asked.principal.user_id, datetime.fromtimestamp(asked_at, UTC)
    right = right_to_watch(
        standing,
        user_id=user_id,
        is_admin=asked.principal.is_admin,
        now=now,
        was_granted=question.continued is not None,
    )
    video, course = right.lesson.video, standing.course
    if video is None:
        raise VideoNotReady(right.lesson.processing_status)
    terms = course.terms if course is not None else USUAL
    viewer = user_id if terms.tokens == "per_viewer" else None
    delivery = means.deliveries.of(video, key, viewer=viewer, marks=_marks(terms, video, asked))
    if right.counts:
        needed(means.issuer)
    session = question.continued
    if session is None or (session.attempt, session.revision) != (standing.attempt, video.revision):
        session = Session(uuid4(), floor(asked_at), video.revision, standing.attempt)
    bucket = means.lifetime.bucket(asked_at, video=video.location, duration_ms=video.duration_ms)
    end = not_after(right.until, bucket.token_end)
    grant = AuditedGrant(
        learner_id=user_id,
        lesson_id=right.lesson.lesson_id,
        course_id=right.lesson.course_id,
        session_id=session.session_id,
        entitlement=right.kind,
        provider=video.provider,
        key_id=delivery.key_id,
        refresh=session is question.continued,
        address_hash=fingerprint(means.address_key, asked.address),
        issued_at=now,
        expires_at=datetime.fromtimestamp(end, UTC),
        per_viewer=delivery.per_viewer,
    )
    record = Recordable(
        grant,
        _payload(grant) if right.counts else None,
        question.traceparent,
        rights_version=course.rights_version if course is not None else None,
    )
    lease = None
    if terms.devices is not None and right.counts:
        continues = question.continued.session_id if question.continued is not None else None
        until = asked_at + means.lease_s
        lease = Wanted(session.session_id, continues, grant.lesson_id, terms.devices, asked.take_over, asked_at, until)
    seek_limit_ms = standing.seek_limit_ms(session.attempt, session.revision) if right.counts else None
    return Decided(asked_at, right, video, course, delivery, session, bucket, end, lease, seek_limit_ms, record)


def _marks(terms: Terms, video: Video, asked: Asked) -> Marks:
    """What goes into Mux's tokens; what Mux cannot look after is looked after here, at every grant."""
    if video.provider == "mux" and video.signed:
        if terms.restriction is not None and terms.restriction_id is None:
            raise NotConfigured("MUX_TOKEN_ID")
        if terms == USUAL:
            return PLAIN
        return Marks(terms.restriction_id, terms.drm_configuration_id is not None)
    if terms.restriction is not None:
        forbidden = terms.restriction.forbids(asked.referrer, asked.user_agent)
        if forbidden is not None:
            raise NotAllowedFromHere(forbidden)
    return PLAIN


def _payload(grant: AuditedGrant) -> str:
    event = PlaybackGranted(
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
    return event.to_json().decode()


def watch_grant(means: Means, decided: Decided) -> str:
    """The proof that what is watched may be credited. Raises NotConfigured."""
    right, duration_ms = decided.right, decided.video.duration_ms
    grant = WatchGrant(
        learner_id=decided.record.grant.learner_id,
        lesson_id=right.lesson.lesson_id,
        course_id=right.lesson.course_id,
        session=decided.session,
        duration_ms=duration_ms or 0,
        end=means.lifetime.grant_end(decided.now, duration_ms=duration_ms, until=right.until),
        policy=_policy(decided.course),
        seek_limit_ms=decided.seek_limit_ms,
    )
    return needed(means.issuer).issue(grant)


def _policy(course: Course | None) -> GrantPolicy:
    """The course's counting rules, the platform's where it has none."""
    if course is None:
        return GrantPolicy()
    return _ruled(course.max_rate, course.offline_grace_s, course.hidden_pages)


@lru_cache(maxsize=1024)
def _ruled(max_rate: float | None, offline_grace_s: int | None, hidden_pages: HiddenPages | None) -> GrantPolicy:
    ruled = {"max_rate": max_rate, "offline_grace_s": offline_grace_s, "hidden_pages": hidden_pages}
    return GrantPolicy.model_validate({name: value for name, value in ruled.items() if value is not None})
