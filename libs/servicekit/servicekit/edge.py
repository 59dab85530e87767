"""What surrounds every request: its id, its trace, its metrics, a limit on its body, and an answer whatever happens."""

import json
import re
import time
from collections.abc import Mapping
from typing import Any

from prometheus_client import Counter, Histogram
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from servicekit import metrics, telemetry, tracing
from servicekit.errors import PROBLEM_JSON, PayloadTooLarge, problem

CLIENT_GONE = 499

_CODE = re.compile("[a-z0-9_-]{1,40}")
"""A reason that is one of few; what is written for people, or names something, would make a series for each."""

log = telemetry.get_logger(__name__)


class ProblemResponse(Response):
    """ASCII, so that a problem may quote whatever the client sent, half a surrogate pair included."""

    media_type = PROBLEM_JSON

    def render(self, content: Any) -> bytes:
        return json.dumps(content, separators=(",", ":"), default=str).encode("ascii")


def respond(body: Mapping[str, Any], headers: Mapping[str, str] | None = None) -> Response:
    """A problem as an answer; it is counted."""
    reason = body.get("reason")
    metrics.PROBLEMS.labels(
        str(body["type"]).rpartition(":")[2], reason if isinstance(reason, str) and _CODE.fullmatch(reason) else ""
    ).inc()
    return ProblemResponse(dict(body), status_code=body["status"], headers=headers)


class Edge:
    """Pure ASGI middleware. The limit also holds for bodies whose length is not declared."""

    def __init__(self, app: ASGIApp, *, service: str, max_body_bytes: int, unlimited: tuple[str, ...]) -> None:
        self._app, self._service = app, service
        self._max_body_bytes, self._unlimited = max_body_bytes, unlimited
        self._measured: dict[tuple[str, str, int], tuple[Counter, Histogram]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = dict(scope["headers"])
        telemetry.request_id.set(telemetry.accept_request_id(_text(headers.get(b"x-request-id"))))
        caller = telemetry.valid(_text(headers.get(b"traceparent")))
        own = telemetry.continue_trace(caller)
        telemetry.traceparent.set(own)
        limit = None if self._unlimited and scope["path"].endswith(self._unlimited) else self._max_body_bytes
        exchange = _Exchange(receive, send, limit)
        started = time.perf_counter()
        try:
            await self._answer(scope, exchange, headers)
        finally:
            route = getattr(scope.get("route"), "path", "unmatched")
            requests, seconds = self._metrics(scope["method"], route, exchange.status)
            requests.inc()
            elapsed = time.perf_counter() - started
            seconds.observe(elapsed)
            tracing.answered(scope["method"], route, exchange.status, elapsed, own=own, caller=caller)

    def _metrics(self, method: str, route: str, status: int) -> tuple[Counter, Histogram]:
        """The two that this request counts in; looking them up by labels takes longer than counting."""
        found = self._measured.get((method, route, status))
        if found is None:
            found = self._measured[method, route, status] = (
                metrics.REQUESTS.labels(self._service, method, route, str(status)),
                metrics.REQUEST_SECONDS.labels(self._service, route),
            )
        return found

    async def _answer(self, scope: Scope, exchange: "_Exchange", headers: Mapping[bytes, bytes]) -> None:
        exchange.declare(_text(headers.get(b"content-length")))
        try:
            if not exchange.too_large:
                await self._app(scope, exchange.receive, exchange.send)
        except ClientDisconnect:
            exchange.status = CLIENT_GONE
        except Exception as error:
            if exchange.responding:
                raise
            if not exchange.too_large:
                log.error("unhandled error", path=scope["path"], exc_info=error)
                await exchange.reply(scope, respond(problem(500, "internal-error", "Internal error")))
        if exchange.too_large and not exchange.responding and exchange.status != CLIENT_GONE:
            await exchange.reply(scope, respond(PayloadTooLarge(f"at most {exchange.limit} bytes").problem()))


class _Exchange:
    """One request and its answer. Once the body has turned out too large, what the app answers is not sent."""

    def __init__(self, receive: Receive, send: Send, limit: int | None) -> None:
        self._receive, self._send, self.limit = receive, send, limit
        self._received = 0
        self.status, self.responding, self.too_large = 500, False, False

    def declare(self, content_length: str | None) -> None:
        if self.limit is not None and content_length is not None and content_length.isascii():
            digits = content_length.lstrip("0")
            self.too_large = digits.isdigit() and (len(digits) > 18 or int(digits) > self.limit)

    async def receive(self) -> Message:
        message = await self._receive()
        self._received += len(message.get("body", b""))
        if self.limit is not None and self._received > self.limit:
            self.too_large = True
            raise PayloadTooLarge(f"at most {self.limit} bytes")
        return message

    async def send(self, message: Message) -> None:
        if self.too_large and not self.responding:
            return
        await self._forward(message)

    async def reply(self, scope: Scope, answer: Response) -> None:
        await answer(scope, self._receive, self._forward)

    async def _forward(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.responding, self.status = True, message["status"]
            request_id = (telemetry.request_id.get() or "").encode()
            message["headers"] = [*message.get("headers", []), (b"x-request-id", request_id)]
        await self._send(message)


def _text(header: bytes | None) -> str | None:
    return header.decode("latin-1") if header is not None else None
