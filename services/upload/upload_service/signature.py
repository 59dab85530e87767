"""Mux's webhook signature: HMAC-SHA256 over `<t>.<raw body>`, in constant time, within five minutes of now.

Source: Mux's guide to verifying webhook signatures; the vector in the tests is that of Mux's Elixir library.
"""

import hashlib
import hmac
import re
from collections.abc import Sequence
from dataclasses import dataclass

TOLERANCE_S = 300

_TIMESTAMP = re.compile(r"[0-9]{1,12}")
_DIGEST = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Signature:
    """A parsed `Mux-Signature` header: when it was signed (Unix s) and the candidate digests."""

    timestamp: int
    digests: tuple[str, ...]


def parse(header: str | None, *, now: float) -> Signature | None:
    """The header's content, or None if it is missing, malformed, or not within five minutes of `now` (Unix s).

    Needs no body, so that most of what is forged is refused before anything is read.
    """
    pairs = [part.partition("=") for part in (header or "").split(",")]
    timestamps = [value for name, _, value in pairs if name == "t" and _TIMESTAMP.fullmatch(value)]
    digests = tuple(value for name, _, value in pairs if name == "v1" and _DIGEST.fullmatch(value))
    if len(timestamps) != 1 or not digests:
        return None
    timestamp = int(timestamps[0])
    return Signature(timestamp, digests) if abs(now - timestamp) <= TOLERANCE_S else None


def sign(secret: bytes, timestamp: int, body: bytes) -> str:
    """The digest that Mux would send, in lower-case hex."""
    return hmac.new(secret, b"%d.%b" % (timestamp, body), hashlib.sha256).hexdigest()


def matches(signature: Signature, body: bytes, secrets: Sequence[bytes]) -> bool:
    """Whether any digest was made from exactly these bytes with any of the secrets."""
    found = False
    for secret in secrets:
        expected = sign(secret, signature.timestamp, body)
        for digest in signature.digests:
            found |= hmac.compare_digest(expected, digest)
    return found
