"""Refusals in Mux's own shapes: one for the API, another for its 429, a third for the playback hosts."""

from typing import Any

from aiohttp import web

NOT_FOUND = "The requested resource either doesn't exist or you don't have access to it."
_TYPES = {
    400: "invalid_parameters",
    401: "unauthorized",
    403: "forbidden",
    404: "not_found",
    412: "precondition_failed",
    500: "internal_error",
    502: "bad_gateway",
    503: "service_unavailable",
    504: "gateway_timeout",
}
_CODES = {400: 3, 403: 7, 404: 5, 412: 9}


class ApiError(Exception):
    """A refusal of the REST API."""

    def __init__(self, status: int, message: str, *, kind: str | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.kind = kind or _TYPES.get(status, "error")


class PlaybackError(Exception):
    """A refusal of the stream or image host. The player tells the reason for a 403 from the token by itself."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message


def not_found() -> ApiError:
    return ApiError(404, NOT_FOUND)


def invalid(message: str) -> ApiError:
    return ApiError(400, message)


def api_body(status: int, message: str, kind: str | None = None) -> dict[str, Any]:
    """Mux's 429 is a list of strings; every other refusal an object."""
    if status == 429:
        return {"errors": ["Too many requests, retry later."]}
    return {"error": {"type": kind or _TYPES.get(status, "error"), "messages": [message]}}


def api_response(error: ApiError) -> web.Response:
    return web.json_response(api_body(error.status, error.message, error.kind), status=error.status)


def playback_response(error: PlaybackError) -> web.Response:
    code = _CODES.get(error.status, 2)
    return web.json_response({"code": code, "message": error.message}, status=error.status)
