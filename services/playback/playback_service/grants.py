"""Watch grants: the proof, for the progress service, that somebody was entitled to watch what they report.

Ed25519, so that the service that verifies them cannot make them. A refresh continues the session: the new grant keeps
its id and its `iat`, so that beats of the whole session may be sent with the newest grant.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from contracts import GrantPolicy
from playback_service import jws
from playback_service.errors import GrantRefused

ISSUER = "seatime/playback"
AUDIENCE = "seatime/progress"
_REFRESHABLE_FOR_S = 3600


@dataclass(frozen=True, slots=True)
class Session:
    """A continued playback: its id, when it began (seconds since 1970), of which of the lesson's contents it is, and in
    which attempt at the course. In another attempt, and of another content, it is another session.
    """

    session_id: UUID
    began_at: int
    revision: int = 1
    attempt: int = 1


@dataclass(frozen=True, slots=True)
class WatchGrant:
    """What a grant says. Times in seconds since 1970, duration in milliseconds."""

    learner_id: str
    lesson_id: str
    course_id: str
    session: Session
    duration_ms: int
    end: int
    policy: GrantPolicy
    seek_limit_ms: int | None = None


class GrantIssuer:
    """Signs grants with the newest key, and recognises grants of the former ones."""

    def __init__(
        self, key_id: str, private: Ed25519PrivateKey, former: Mapping[str, Ed25519PublicKey] | None = None
    ) -> None:
        self._header, self._private = jws.header("EdDSA", key_id), private
        self._public = {**(former or {}), key_id: private.public_key()}

    def issue(self, grant: WatchGrant) -> str:
        """A compact JWT: sub, les, crs, sid, att, rev, dur (ms), iat, exp, pol {rate, grace (s), cap (s), hidden}, and
        where the course has a lock on seeking, fro (ms).
        """
        claims: dict[str, Any] = {
            "iss": ISSUER,
            "aud": AUDIENCE,
            "sub": grant.learner_id,
            "les": grant.lesson_id,
            "crs": grant.course_id,
            "sid": str(grant.session.session_id),
            "att": grant.session.attempt,
            "rev": grant.session.revision,
            "dur": grant.duration_ms,
            "iat": grant.session.began_at,
            "exp": grant.end,
            "pol": {
                "rate": grant.policy.max_rate,
                "grace": grant.policy.offline_grace_s,
                "cap": grant.policy.beat_cap_s,
                "hidden": grant.policy.hidden_pages,
            },
        }
        if grant.seek_limit_ms is not None:
            claims["fro"] = grant.seek_limit_ms
        signed = jws.signing_input(self._header, claims)
        return jws.token(signed, self._private.sign(signed.encode("ascii")))

    def session_of(self, token: str, *, learner_id: str, lesson_id: str, now: float) -> Session:
        """The session that a grant of this learner and lesson belongs to.

        A grant may be refreshed for an hour after its end. Raises GrantRefused with the reason.
        """
        _, session = self.bearer_of(token, lesson_id=lesson_id, now=now, learner_id=learner_id)
        return session

    def bearer_of(
        self, token: str, *, lesson_id: str, now: float, learner_id: str | None = None
    ) -> tuple[str, Session]:
        """Whose grant for this lesson it is, and the session. Raises GrantRefused as `session_of` does."""
        claims = self._verified(token)
        if learner_id is not None and claims["sub"] != learner_id:
            raise GrantRefused("other_learner")
        if claims["les"] != lesson_id:
            raise GrantRefused("other_lesson")
        if claims["exp"] + _REFRESHABLE_FOR_S < now:
            raise GrantRefused("expired")
        return claims["sub"], Session(UUID(claims["sid"]), claims["iat"], claims.get("rev", 1), claims.get("att", 1))

    def _verified(self, token: str) -> dict[str, Any]:
        try:
            key = self._public[jwt.get_unverified_header(token)["kid"]]
            claims: dict[str, Any] = jwt.decode(
                token,
                key,
                algorithms=["EdDSA"],
                audience=AUDIENCE,
                issuer=ISSUER,
                options={"require": ["sub", "les", "sid", "iat", "exp"], "verify_exp": False},
            )
        except (jwt.PyJWTError, KeyError, TypeError, ValueError):
            raise GrantRefused("invalid") from None
        return claims
