"""Compact JWS (RFC 7515) for what we sign ourselves. Reading tokens is left to PyJWT: there lie the traps."""

from base64 import urlsafe_b64encode
from collections.abc import Mapping
from typing import Any

import orjson


def header(algorithm: str, key_id: str) -> str:
    """The encoded header: the same for everything that a key signs."""
    return _encoded(orjson.dumps({"alg": algorithm, "typ": "JWT", "kid": key_id}))


def signing_input(encoded_header: str, claims: Mapping[str, Any]) -> str:
    """What is to be signed: header and payload."""
    return f"{encoded_header}.{_encoded(orjson.dumps(claims))}"


def token(signed: str, signature: bytes) -> str:
    """The whole of it."""
    return f"{signed}.{_encoded(signature)}"


def _encoded(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode("ascii")
