"""Errors that carry their HTTP status, and leave as RFC 9457 problem details with a stable `type`."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, ClassVar

PROBLEM_JSON = "application/problem+json"


class ServiceError(Exception):
    """An answer that is not success. Subclasses name the case by `status`, `slug` and `title`.

    `slug` becomes the problem's `type` (`urn:seatime:problem:<slug>`), which clients switch on and which
    therefore never changes; `extensions` become further members of the problem.
    """

    status: ClassVar[int] = 500
    slug: ClassVar[str] = "internal-error"
    title: ClassVar[str] = "Internal error"

    def __init__(
        self, detail: str | None = None, *, headers: Mapping[str, str] | None = None, **extensions: Any
    ) -> None:
        super().__init__(detail or self.title)
        self.detail = detail
        self.headers = dict(headers or {})
        self.extensions = extensions

    def problem(self) -> dict[str, Any]:
        """The problem details object."""
        return problem(self.status, self.slug, self.title, self.detail, **self.extensions)


def problem(status: int, slug: str, title: str, detail: str | None = None, **extensions: Any) -> dict[str, Any]:
    """An RFC 9457 object; `None` members are left out."""
    body = {"type": f"urn:seatime:problem:{slug}", "title": title, "status": status, "detail": detail, **extensions}
    return {name: value for name, value in body.items() if value is not None}


def problem_of_status(status: int, detail: str | None = None) -> dict[str, Any]:
    """A problem for a bare HTTP status, such as the framework's own 404 and 405."""
    phrase = HTTPStatus(status).phrase
    return problem(status, phrase.lower().replace(" ", "-"), phrase, detail if detail != phrase else None)


class BadRequest(ServiceError):
    status, slug, title = 400, "bad-request", "The request makes no sense"


class InvalidJson(ServiceError):
    status, slug, title = 400, "invalid-json", "The body is not JSON"


class Unauthenticated(ServiceError):
    status, slug, title = 401, "unauthenticated", "Sign in first"

    def __init__(self, detail: str | None = None, **extensions: Any) -> None:
        super().__init__(detail, headers={"WWW-Authenticate": "Bearer"}, **extensions)


class Forbidden(ServiceError):
    status, slug, title = 403, "forbidden", "Not allowed"


class NotFound(ServiceError):
    status, slug, title = 404, "not-found", "There is no such thing"


class Conflict(ServiceError):
    status, slug, title = 409, "conflict", "The state does not allow it"


class PayloadTooLarge(ServiceError):
    status, slug, title = 413, "payload-too-large", "The body is too large"


class UnsupportedMediaType(ServiceError):
    status, slug, title = 415, "unsupported-media-type", "Unsupported media type"


class InvalidPayload(ServiceError):
    status, slug, title = 422, "invalid-payload", "The payload is not valid"


class Unavailable(ServiceError):
    """A dependency is down. Tells the client when to come back."""

    status, slug, title = 503, "unavailable", "A dependency is down, try again"

    def __init__(self, detail: str | None = None, *, retry_after_s: int = 2, **extensions: Any) -> None:
        super().__init__(detail, headers={"Retry-After": str(retry_after_s)}, **extensions)


class DatabaseUnavailable(Unavailable):
    slug, title = "database-unavailable", "The database is down, try again"


class DatabaseFull(DatabaseUnavailable):
    """The database reads, and has no room to write: an operator has to make some, a caller can only wait."""

    slug, title = "database-full", "The database has no room left, try again later"


class BrokerUnavailable(Unavailable):
    slug, title = "broker-unavailable", "The event log is down, try again"
