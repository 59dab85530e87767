"""Watch grants: the right to report watching, signed by the playback service and checked here without asking it.

A grant comes with every request of a session, and checking its signature costs more than reading the request; so a
grant that was found genuine is remembered for as long as the process lives, up to a number.
"""

from collections import OrderedDict
from collections.abc import Mapping
from functools import cached_property
from typing import Any
from uuid import UUID

import jwt
import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from contracts import GrantPolicy
from contracts.event import HiddenPages, Id
from progress_service.timing import HORIZON_MS, MAX_MEDIA_MS
from servicekit.errors import ServiceError

ISSUER = "seatime/playback"
AUDIENCE = "seatime/progress"
MAX_TOKEN_LENGTH = 4096
CLOCK_LEEWAY_S = 30

_CHECKS = {"require": ["sub", "iat", "exp", "iss", "aud"], "verify_exp": False, "verify_iat": False}


class InvalidGrant(ServiceError):
    """Not a grant of ours, or not any more; `reason` says which."""

    status, slug, title = 401, "invalid-grant", "The watch grant is not valid"


class _Policy(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    rate: float = Field(default=2.0, ge=1, le=16, allow_inf_nan=False)
    grace: int = Field(default=86_400, ge=120)
    cap: int = Field(default=45, ge=1, le=600)
    hidden: HiddenPages = "count"


class Grant(BaseModel):
    """A genuine grant's claims: learner, lesson, course, session, attempt, the video's revision and duration (ms, 0 if
    unknown), times (s), policy.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    sub: Id
    les: Id
    crs: Id
    sid: UUID
    att: int = Field(default=1, ge=1, le=2**31 - 1)
    rev: int = Field(default=1, ge=1, le=2**53 - 1)
    dur: int = Field(ge=0, le=MAX_MEDIA_MS)
    iat: int = Field(ge=0, le=2**40)
    exp: int = Field(ge=0, le=2**40)
    pol: _Policy = _Policy()

    @property
    def policy(self) -> GrantPolicy:
        return GrantPolicy(
            max_rate=self.pol.rate,
            offline_grace_s=self.pol.grace,
            beat_cap_s=self.pol.cap,
            hidden_pages=self.pol.hidden,
        )

    @property
    def granted(self) -> dict[str, Any]:
        """What a `WatchProgress` tells of the grant, field by field."""
        return {
            "learner_id": self.sub,
            "lesson_id": self.les,
            "course_id": self.crs,
            "session_id": self.sid,
            "duration_ms": self.dur,
            "video_revision": self.rev,
            "attempt": self.att,
            "granted_at_ms": self.iat * 1000,
            "expires_at_ms": self.exp * 1000,
            "policy": self.policy,
        }

    @cached_property
    def facts(self) -> bytes:
        """The same as JSON, without the braces: made once for all reports under the grant."""
        return msgspec.json.encode({**self.granted, "policy": self.policy.model_dump()})[1:-1]

    def usable_until_ms(self) -> int:
        """When the last beat from inside its life can still be reported (epoch ms)."""
        return self.exp * 1000 + min(self.pol.grace * 1000, HORIZON_MS)


class GrantVerifier:
    """Checks grants against the playback service's public keys, several of which may be live."""

    def __init__(self, keys: Mapping[str, Ed25519PublicKey], *, remember: int = 20_000) -> None:
        self._keys, self._remember = dict(keys), remember
        self._genuine: OrderedDict[str, Grant] = OrderedDict()

    @property
    def remembered(self) -> int:
        return len(self._genuine)

    def verify(self, token: str, *, now_ms: int) -> Grant:
        """The grant. Raises InvalidGrant with `reason` invalid, not_yet or expired."""
        grant = self._genuine.get(token)
        if grant is None:
            grant = self._check(token)
            self._genuine[token] = grant
            if len(self._genuine) > self._remember:
                self._genuine.popitem(last=False)
        else:
            self._genuine.move_to_end(token)
        if grant.iat > now_ms // 1000 + CLOCK_LEEWAY_S:
            raise InvalidGrant("the grant is not valid yet", reason="not_yet")
        if now_ms > grant.usable_until_ms():
            raise InvalidGrant("the grant has expired, and so has the grace for late beats", reason="expired")
        return grant

    def _check(self, token: str) -> Grant:
        try:
            return Grant.model_validate(self._claims(token))
        except (jwt.PyJWTError, ValidationError, ValueError, KeyError, TypeError):
            raise InvalidGrant("the grant was not issued by the playback service", reason="invalid") from None

    def _claims(self, token: str) -> dict[str, Any]:
        if len(token) > MAX_TOKEN_LENGTH:
            raise ValueError("too long")
        return jwt.decode(
            token,
            self._keys[jwt.get_unverified_header(token)["kid"]],
            algorithms=["EdDSA"],
            audience=AUDIENCE,
            issuer=ISSUER,
            options=_CHECKS,  # type: ignore[arg-type]
        )
