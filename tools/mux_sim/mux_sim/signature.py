"""Mux's webhook signature: an HMAC over the send time and the very bytes of the body."""

import hashlib
import hmac


def sign(secret: str, timestamp: int, body: bytes) -> str:
    """The `Mux-Signature` header's value. Source: Mux's guide "Verify webhook signatures"."""
    digest = hmac.new(secret.encode(), f"{timestamp}.".encode() + body, hashlib.sha256)
    return f"t={timestamp},v1={digest.hexdigest()}"
