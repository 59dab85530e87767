"""RS256 tokens: whose playback id, for what use, until when. Judged only by the public half of a signing key."""

import base64
import binascii
from typing import Any

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from mux_sim.errors import PlaybackError
from mux_sim.store import Store


def new_key_pair() -> tuple[str, str]:
    """(base64 of the private PEM as Mux hands it out, public PEM)."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
    )
    return base64.b64encode(pem).decode(), _public_pem(key)


def public_half(private_key: str) -> str:
    """The public PEM of a base64(PEM) private key. Raises ValueError if it is none."""
    try:
        pem = base64.b64decode(private_key, validate=True)
    except binascii.Error as failure:
        raise ValueError("the signing key is not base64") from failure
    key = serialization.load_pem_private_key(pem, None)
    if not isinstance(key, rsa.RSAPrivateKey):
        raise ValueError("the signing key is not an RSA key")
    return _public_pem(key)


def _public_pem(key: rsa.RSAPrivateKey) -> str:
    return (
        key.public_key()
        .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
        .decode()
    )


def _key_id(token: str) -> str | None:
    """Mux's own libraries disagree on where `kid` goes: header or payload, both count."""
    header = jwt.get_unverified_header(token)
    payload = jwt.decode(token, options={"verify_signature": False})
    kid = header.get("kid", payload.get("kid"))
    return kid if isinstance(kid, str) else None


def check(store: Store, token: str, *, subject: str, audience: str, now: float) -> dict[str, Any]:
    """The claims of a good token. Raises PlaybackError 403 with the reason for any other.

    Source: Mux's guide "Secure video playback"; statuses as its player's request-errors module reads them.
    """
    try:
        key = store.keys.get(_key_id(token) or "")
        if key is None:
            raise PlaybackError(403, "Unknown signing key")
        claims: dict[str, Any] = jwt.decode(
            token,
            key.public_pem,
            algorithms=["RS256"],
            audience=audience,
            options={"require": ["exp", "sub", "aud"], "verify_exp": False, "verify_nbf": False, "verify_iat": False},
        )
    except jwt.PyJWTError as failure:
        raise PlaybackError(403, f"Invalid token: {failure}") from failure
    if not isinstance(claims["exp"], int | float) or claims["exp"] <= now:
        raise PlaybackError(403, "Token expired")
    if claims["sub"] != subject:
        raise PlaybackError(403, "Token is for another playback id")
    return claims
