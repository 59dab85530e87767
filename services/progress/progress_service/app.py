"""The progress API's process: where its parts are put together."""

import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager

from fastapi import FastAPI

from contracts import topics
from progress_service import (
    routes,
    routes_attempts,
    routes_erasure,
    routes_evidence,
    routes_learners,
    routes_owners,
    routes_reviews,
    routes_sessions,
)
from progress_service.clients import Clients
from progress_service.grants import GrantVerifier
from progress_service.intake import Intake, Spool
from progress_service.limits import ReportLimit
from progress_service.reviews import Policy
from progress_service.settings import Settings
from servicekit import database, http, kafka, telemetry
from servicekit.errors import BrokerUnavailable
from servicekit.forgotten import Hashing
from servicekit.health import Check, Degraded
from servicekit.lane import add_lane
from servicekit.operations.routes import router as operations
from servicekit.producer import Producer

SERVICE = "progress"
MAX_BODY_BYTES = 512 * 1024


def wall_clock_ms() -> int:
    """The server's time, epoch ms: what watching is judged by."""
    return time.time_ns() // 1_000_000


def create_app(settings: Settings, *, clock: Callable[[], int] = wall_clock_ms) -> FastAPI:
    """The progress API over these settings. It starts without its database and without Kafka.

    `clock` stamps reports; no setting and no request can choose another.
    """

    @asynccontextmanager
    async def lifespan(api: FastAPI) -> AsyncIterator[None]:
        api.state.pool = await database.create_pool(settings.database_url, application_name=f"{SERVICE}-app")
        try:
            async with Producer(settings, service=SERVICE) as api.state.producer:
                spool = Spool(api.state.pool, max_bytes=settings.spool_max_bytes)
                api.state.intake = Intake(api.state.producer, spool)
                yield
        finally:
            await api.state.pool.close()

    def checks(api: FastAPI) -> Mapping[str, Check]:
        async def log_answers() -> None:
            try:
                await kafka.ping(settings)
            except BrokerUnavailable as error:
                raise Degraded(f"{error}; reports are kept in PostgreSQL") from error

        return {"database": lambda: database.ping(api.state.pool), "kafka": log_answers}

    api = http.create_api(
        settings,
        service=SERVICE,
        title="Seatime progress",
        version="0.1.0",
        lifespan=lifespan,
        checks=checks,
        max_body_bytes=MAX_BODY_BYTES,
    )
    api.state.clock = clock
    api.state.grant_verifier = GrantVerifier(settings.grant_keys())
    api.state.clients = Clients(settings.country_header)
    api.state.report_limit = ReportLimit(settings.progress_rate_limit, settings.progress_rate_window_s)
    api.state.review_policy = Policy(settings.review_threshold, settings.review_min_watched_s * 1000)
    api.state.hashing = Hashing(settings.erasure_key)
    api.state.signer = routes_evidence.Signer.of(settings)
    api.include_router(routes.router)
    api.include_router(routes_evidence.router)
    api.include_router(routes_owners.router)
    api.include_router(routes_sessions.router)
    api.include_router(routes_attempts.router)
    api.include_router(routes_reviews.router)
    api.include_router(routes_learners.router)
    api.include_router(routes_erasure.router)
    consumed = [topic.name for topic in topics.consumed_by("progress")]
    api.include_router(operations(settings, service=SERVICE, topics=consumed))
    add_lane(api, routes.router.prefix, routes.router.routes)
    return api


def main() -> None:
    """Serve until told to stop."""
    settings = Settings()
    telemetry.configure_logging(f"{SERVICE}-app", level=settings.log_level, fmt=settings.log_format)
    http.serve(create_app(settings), settings)


if __name__ == "__main__":
    main()
