"""An API as every service has it: problem details, health, metrics, a bounded body, a request id and a trace."""

import asyncio
import socket
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, ExitStack
from typing import Any

import asyncpg
import uvicorn
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.middleware.cors import CORSMiddleware

from servicekit import garbage, metrics, openapi, telemetry, tracing
from servicekit.auth import Authenticator
from servicekit.connection import OneWrite
from servicekit.database import OUTAGE
from servicekit.edge import Edge, respond
from servicekit.errors import (
    DatabaseUnavailable,
    InvalidJson,
    InvalidPayload,
    ServiceError,
    problem_of_status,
)
from servicekit.health import Check, Memory, readiness
from servicekit.settings import CommonSettings

_STARTUP_FAILURE = 3  # as uvicorn's own
_PREFLIGHT_S = 7200  # the most that browsers keep one
_TOLD_TO_PAGES = [
    *("Content-Disposition", "ETag", "Location", "Retry-After", "X-Request-ID"),
    *("RateLimit", "RateLimit-Policy", "RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset"),
]

log = telemetry.get_logger(__name__)


def problem_responses(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """OpenAPI `responses` for a route that may answer with these problems."""
    return {status: openapi.problem_response(status) for status in statuses}


COMMON_PROBLEMS = problem_responses(400, 401, 403, 404, 405, 413, 422, 429, 503)


def create_api(
    settings: CommonSettings,
    *,
    service: str,
    title: str,
    version: str,
    lifespan: Callable[[FastAPI], AbstractAsyncContextManager[Any]],
    checks: Callable[[FastAPI], Mapping[str, Check]] = lambda _: {},
    max_body_bytes: int = 1 << 20,
    unlimited_bodies: tuple[str, ...] = (),
) -> FastAPI:
    """A FastAPI with the house's edges. `checks` is asked at every readiness probe, after the lifespan has begun.

    Bodies over `max_body_bytes` get a 413, except on paths that end with one of `unlimited_bodies`.
    Routes find the caller's identity by `servicekit.auth.CurrentPrincipal`. `api.state.stopping` is set
    when the process begins to end, for those who would go on for long.
    """
    api = FastAPI(
        title=title,
        version=version,
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        responses=COMMON_PROBLEMS,
        generate_unique_id_function=openapi.operation_id,
        telemetry={"tracing": False, "metrics": False, "logs": False},  # the edge's own; asked for at every request
    )
    api.state.authenticator, api.state.service = Authenticator(settings), service
    api.state.stopping, api.state.checks, api.state.failing = asyncio.Event(), checks, Memory()
    openapi.describe(api)
    _add_problem_handlers(api)
    _add_operations(api, checks)
    api.add_middleware(Edge, service=service, max_body_bytes=max_body_bytes, unlimited=unlimited_bodies)
    _let_pages_call(api, settings)
    return api


def _let_pages_call(api: FastAPI, settings: CommonSettings) -> None:
    """Pages of other origins, where some are named; they bring a bearer token, and no cookie is ever read."""
    origins = [origin.strip() for origin in settings.cors_origins.split(",") if origin]
    if origins:
        api.add_middleware(
            CORSMiddleware,
            allow_origins=origins,
            allow_methods=["GET", "POST", "PUT", "PATCH", "DELETE"],
            allow_headers=["Authorization", "Content-Type", "If-None-Match", "Last-Event-ID", "X-Request-ID"],
            expose_headers=_TOLD_TO_PAGES,
            max_age=_PREFLIGHT_S,
        )


class _Server(uvicorn.Server):
    """Says that it is ending before it waits for what is under way: streams are to end by themselves.

    `last` closes what outlives requests: after a signal, uvicorn ends the process before `run` returns.
    """

    def __init__(self, config: uvicorn.Config, last: ExitStack) -> None:
        super().__init__(config)
        self._last = last

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        assert isinstance(self.config.app, FastAPI)
        self.config.app.state.stopping.set()
        await super().shutdown(sockets)
        await asyncio.to_thread(self._last.close)


def serve(api: FastAPI, settings: CommonSettings) -> None:
    """Run one process of an API until it is told to stop. Ends it with a failure if it could not start."""
    config = uvicorn.Config(
        api,
        host=settings.http_host,
        port=settings.http_port,
        http=OneWrite,
        loop="asyncio",
        access_log=False,
        server_header=False,
        log_config=None,
        timeout_graceful_shutdown=10,
    )
    with ExitStack() as last:
        last.enter_context(tracing.exporting(settings, f"{api.state.service}-app"))
        server = _Server(config, last)
        garbage.collect_rarely()
        server.run()
    if not server.started:
        sys.exit(_STARTUP_FAILURE)


def invalid_payload(errors: Sequence[Any]) -> ServiceError:
    """What pydantic found wrong (`ValidationError.errors()`) as a problem: 400 if it is not JSON at all, else 422."""
    told = [{"at": [str(part) for part in error["loc"]], "problem": error["msg"]} for error in errors[:20]]
    if any(error["type"] == "json_invalid" for error in errors):
        return InvalidJson(errors=told)
    return InvalidPayload("see errors", errors=told)


def _add_problem_handlers(api: FastAPI) -> None:
    async def service_error(_: Request, error: Exception) -> Response:
        assert isinstance(error, ServiceError)
        return respond(error.problem(), error.headers)

    async def http_error(_: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        return respond(problem_of_status(error.status_code, error.detail), error.headers)

    async def invalid(_: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)
        return respond(invalid_payload(error.errors()).problem())

    async def unstorable(_: Request, error: Exception) -> Response:
        return respond(InvalidPayload(f"a value cannot be stored: {type(error).__name__}").problem())

    async def outage(request: Request, error: Exception) -> Response:
        log.error("dependency down", path=request.url.path, error=repr(error))
        answer = DatabaseUnavailable(type(error).__name__)
        return respond(answer.problem(), answer.headers)

    api.add_exception_handler(ServiceError, service_error)
    api.add_exception_handler(HTTPException, http_error)
    api.add_exception_handler(RequestValidationError, invalid)
    api.add_exception_handler(asyncpg.DataError, unstorable)
    api.add_exception_handler(UnicodeEncodeError, unstorable)
    for outage_type in OUTAGE:
        api.add_exception_handler(outage_type, outage)


def _add_operations(api: FastAPI, checks: Callable[[FastAPI], Mapping[str, Check]]) -> None:
    @api.get("/health/live", tags=["operations"], summary="Whether the process runs")
    async def live() -> dict[str, bool]:
        return {"live": True}

    @api.get("/health/ready", tags=["operations"], summary="Whether it can do its work, and what stands in the way")
    async def ready() -> JSONResponse:
        is_ready, report = await readiness(checks(api), memory=api.state.failing)
        return JSONResponse(report, status_code=200 if is_ready else 503)

    @api.get("/metrics", tags=["operations"], summary="Prometheus metrics", response_class=Response)
    async def expose_metrics() -> Response:
        body, content_type = metrics.exposition()
        return Response(body, media_type=content_type)
