"""Who is calling: a bearer JWT, checked against a shared secret or the identity provider's published keys."""

import json
import re
import time
from base64 import urlsafe_b64decode
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Annotated, Any

import jwt
from fastapi import Depends, Request
from jwt.algorithms import HMACAlgorithm

from servicekit.errors import Forbidden, Unauthenticated
from servicekit.jwks import JwksCache
from servicekit.settings import CommonSettings

_ASYMMETRIC = ("RS256", "ES256", "EdDSA")
_MAX_TOKEN_BYTES = 8192
_USER_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:-]{0,63}")
_MIN_SECRET_BYTES = 32
_LONGEST_NAME = 100
_MOST_REMEMBERED, _REMEMBERED_S = 10_000, 60.0


@dataclass(frozen=True, slots=True)
class Principal:
    """A signed-in caller: `user_id` is the LMS's id, `roles` of admin, instructor, learner, `name` the token's."""

    user_id: str
    roles: frozenset[str] = field(default_factory=frozenset)
    name: str | None = None

    @property
    def is_admin(self) -> bool:
        return "admin" in self.roles


class _OwnSecret(HMACAlgorithm):
    """HS256 with one secret, examined once: PyJWT does so for every token, which takes it longer than all the rest."""

    def __init__(self, secret: str) -> None:
        super().__init__(HMACAlgorithm.SHA256)
        self._prepared = super().prepare_key(secret)

    def prepare_key(self, key: str | bytes) -> bytes:
        return self._prepared


def _reader(secret: str) -> jwt.PyJWT:
    """Reads HS256 tokens of this secret, and no others."""
    reader = jwt.PyJWT()
    reader._jws = jwt.PyJWS(algorithms=[])
    reader._jws.register_algorithm("HS256", _OwnSecret(secret))
    return reader


class Authenticator:
    """Turns an Authorization header into a Principal.

    A token that was verified is remembered for a minute, and not beyond its end: who asks again is not checked again.
    """

    def __init__(self, settings: CommonSettings) -> None:
        if (settings.auth_jwt_secret is None) == (settings.auth_jwks_url is None):
            raise ValueError("set exactly one of AUTH_JWT_SECRET and AUTH_JWKS_URL")
        if settings.auth_jwt_secret is not None:
            length = len(settings.auth_jwt_secret.get_secret_value().encode())
            if length < _MIN_SECRET_BYTES:
                raise ValueError(f"AUTH_JWT_SECRET must have at least {_MIN_SECRET_BYTES} bytes, it has {length}")
        self._secret = settings.auth_jwt_secret
        self._reader = _reader(self._secret.get_secret_value()) if self._secret is not None else None
        self._jwks = JwksCache(settings.auth_jwks_url) if settings.auth_jwks_url else None
        self._issuer, self._audience = settings.auth_issuer, settings.auth_audience
        self._remembered: dict[str, tuple[Principal, float]] = {}

    async def authenticate(self, authorization: str | None) -> Principal:
        """The caller. Raises Unauthenticated with the reason, or Unavailable without the provider's keys."""
        scheme, _, token = (authorization or "").partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise Unauthenticated("send an Authorization header with a bearer token")
        now = time.time()
        principal, good_until = self._remembered.get(token, (None, 0.0))
        if principal is not None and now < good_until:
            return principal
        if len(token) > _MAX_TOKEN_BYTES:
            raise Unauthenticated("the token is too long")
        try:
            claims = await self._verify(token.strip())
        except jwt.ExpiredSignatureError:
            raise Unauthenticated("the token has expired", reason="expired") from None
        except (jwt.PyJWTError, ValueError) as error:
            raise Unauthenticated(f"the token is not valid: {type(error).__name__}") from None
        principal = _principal(claims)
        self._remember(token, principal, min(now + _REMEMBERED_S, float(int(claims["exp"]))))
        return principal

    def _remember(self, token: str, principal: Principal, good_until: float) -> None:
        self._remembered.pop(token, None)
        if len(self._remembered) >= _MOST_REMEMBERED:
            del self._remembered[next(iter(self._remembered))]
        self._remembered[token] = principal, good_until

    async def _verify(self, token: str) -> dict[str, Any]:
        claims = await self._signed(token)
        for part in token.split(".")[:2]:
            json.loads(urlsafe_b64decode(part + "=" * (-len(part) % 4)), object_pairs_hook=_once_each)
        return claims

    async def _signed(self, token: str) -> dict[str, Any]:
        options = {"require": ["exp", "sub", "iss", "aud"]}
        if self._secret is not None and self._reader is not None:
            return self._reader.decode(
                token,
                self._secret.get_secret_value(),
                algorithms=["HS256"],
                audience=self._audience,
                issuer=self._issuer,
                options=options,  # type: ignore[arg-type]
                leeway=5,
            )
        header = jwt.get_unverified_header(token)
        kid = header.get("kid")
        if self._jwks is None or not isinstance(kid, str) or header.get("alg") not in _ASYMMETRIC:
            raise jwt.InvalidTokenError("unusable header")
        key = await self._jwks.key(kid)
        return jwt.decode(
            token,
            key.key,
            algorithms=[key.algorithm_name],
            audience=self._audience,
            issuer=self._issuer,
            options=options,  # type: ignore[arg-type]
            leeway=5,
        )


def _once_each(members: list[tuple[str, Any]]) -> dict[str, Any]:
    """RFC 7519, 4: a name that comes twice is refused, since parsers differ in which of the two they believe."""
    if len({name for name, _ in members}) != len(members):
        raise jwt.InvalidTokenError("a member comes twice")
    return dict(members)


def _principal(claims: dict[str, Any]) -> Principal:
    subject, roles = claims["sub"], claims.get("roles", [])
    if not isinstance(subject, str) or _USER_ID.fullmatch(subject) is None:
        raise Unauthenticated("the token's subject is not a user id")
    if not isinstance(roles, list):
        raise Unauthenticated("the token's roles are not a list")
    return Principal(subject, frozenset(role for role in roles if isinstance(role, str)), _name(claims.get("name")))


def _name(claim: Any) -> str | None:
    """What can be shown of it: text that is printable, and not too much of it."""
    if not isinstance(claim, str):
        return None
    return "".join(character for character in claim if character.isprintable()).strip()[:_LONGEST_NAME] or None


async def current_principal(request: Request) -> Principal:
    """FastAPI dependency: the signed-in caller, else a 401 problem. Needs `app.state.authenticator`."""
    authenticator: Authenticator = request.app.state.authenticator
    return await authenticator.authenticate(request.headers.get("authorization"))


CurrentPrincipal = Annotated[Principal, Depends(current_principal)]


def require_roles(*roles: str) -> Callable[[Principal], Principal]:
    """FastAPI dependency factory: a caller with any of the roles (admins always), else a 403 problem."""

    def check(principal: CurrentPrincipal) -> Principal:
        if principal.is_admin or principal.roles.intersection(roles):
            return principal
        raise Forbidden(f"only {', '.join(roles)} may do this")

    return check


def issue_token(secret: str, user_id: str, *roles: str, ttl_s: int = 3600, **claims: Any) -> str:
    """An HS256 token as an LMS would make it: for tests, demos and small installations."""
    now = int(time.time())
    defaults = {
        "sub": user_id,
        "roles": list(roles),
        "iss": "seatime",
        "aud": "seatime",
        "iat": now,
        "exp": now + ttl_s,
    }
    return jwt.encode({**defaults, **claims}, secret, algorithm="HS256")


__all__ = [
    "Authenticator",
    "CurrentPrincipal",
    "JwksCache",
    "Principal",
    "current_principal",
    "issue_token",
    "require_roles",
]
