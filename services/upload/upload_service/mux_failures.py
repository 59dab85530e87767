"""What mux-python raises, as our errors: it wraps some failures, leaks urllib3's, and has bugs that raise at random."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime

import urllib3
from mux_python.exceptions import ApiException, ApiTypeError

from servicekit.errors import ServiceError
from upload_service.errors import MuxNotFound, MuxRefused, MuxUnauthorized, MuxUnavailable
from upload_service.retrying import Setback, asked_s

_MAX_WAIT_S = 120
_USUAL_WAIT_S = 5

_FINAL = Setback(passing=False)
_UNSENT = (urllib3.exceptions.NewConnectionError, urllib3.exceptions.ConnectTimeoutError)


@dataclass(frozen=True, slots=True)
class Failure:
    """An attempt that failed: what the caller is told, and whether it says that Mux itself is not well (`sick`)."""

    error: ServiceError
    setback: Setback = _FINAL
    sick: bool = False


def of(error: Exception) -> Failure | None:
    """The failure in an exception of mux-python; None for what is a bug of ours."""
    match error:
        case ApiException():
            return _answered(error)
        case TimeoutError():
            return _sick("Mux did not answer in time")
        case urllib3.exceptions.HTTPError():
            reason = error.reason if isinstance(error, urllib3.exceptions.MaxRetryError) else error
            return _sick(f"Mux cannot be reached: {type(reason).__name__}", unsent=isinstance(reason, _UNSENT))
        case ApiTypeError():
            return None
        case AttributeError() | TypeError() | ValueError() | UnicodeDecodeError():
            # A failed TLS handshake surfaces as AttributeError, an unreadable answer as one of the others.
            return _sick(f"Mux's answer cannot be read: {type(error).__name__}")
    return None


def _sick(detail: str, *, unsent: bool = False) -> Failure:
    return Failure(MuxUnavailable(detail, retry_after_s=_USUAL_WAIT_S), Setback(True, unsent), sick=True)


def _answered(error: ApiException) -> Failure:
    status = error.status or 0
    if status == 404:
        return Failure(MuxNotFound())
    if status in (401, 403):
        return Failure(MuxUnauthorized(_words(error.body), retry_after_s=60))
    if status in (0, 408, 429) or status >= 500:
        asked = asked_s((error.headers or {}).get("Retry-After"), datetime.now(UTC))
        told = _USUAL_WAIT_S if asked is None else min(max(1, asked), _MAX_WAIT_S)
        unavailable = MuxUnavailable(f"Mux answered {status}" if status else "no TLS", retry_after_s=told)
        return Failure(unavailable, Setback(True, asked_s=asked), sick=status != 429)
    return Failure(MuxRefused(_words(error.body) or f"Mux answered {status}"))


def _words(body: str | bytes | None) -> str | None:
    try:
        messages = json.loads(body or "")["error"]["messages"]
        return "; ".join(str(message) for message in messages)[:500] or None
    except (ValueError, TypeError, KeyError):
        return None
