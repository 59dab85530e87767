"""The HTTP process of the playback service."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from contracts import topics
from playback_service import enrollments, key_routes, learners, own_enrollments, policies, release, routes
from playback_service.address import networks
from playback_service.key_routes import KeyKeeping
from playback_service.lane import short_way
from playback_service.parts import means_of, mux_restrictions_of, signs_for_mux
from playback_service.playback import Granting
from playback_service.settings import Settings
from servicekit import http, telemetry
from servicekit.database import Pool, create_pool, ping
from servicekit.lane import add_lane
from servicekit.operations.routes import router as operations

SERVICE = "playback"


def create_app(settings: Settings) -> FastAPI:
    """The API. Keys are read here, once: an unreadable one stops the start, a missing one does not."""
    means, mux_restrictions = means_of(settings), mux_restrictions_of(settings)
    trusted_proxies = networks(settings.trusted_proxies)

    @asynccontextmanager
    async def lifespan(api: FastAPI) -> AsyncIterator[None]:
        async with _database(settings) as pool:
            own = means()
            granting = Granting(own, pool, budget_s=settings.playback_budget_s)
            api.state.pool, api.state.granting, api.state.issuer = pool, granting, own.issuer
            api.state.trusted_proxies, api.state.mux_restrictions = trusted_proxies, mux_restrictions
            api.state.without_mux, api.state.key_keeping = not signs_for_mux(settings), KeyKeeping.of(settings)
            try:
                yield
            finally:
                granting.close()

    api = http.create_api(
        settings,
        service=SERVICE,
        title="Seatime playback",
        version="0.1.0",
        lifespan=lifespan,
        checks=lambda api: {"database": lambda: ping(api.state.pool)},
    )
    for part in (routes, release, enrollments, own_enrollments, policies, key_routes, learners):
        api.include_router(part.router)
    consumed = [topic.name for topic in topics.consumed_by("playback")]
    api.include_router(operations(settings, service=SERVICE, topics=consumed))
    add_lane(api, routes.PATH, routes.router.routes, short_way)
    return api


@asynccontextmanager
async def _database(settings: Settings) -> AsyncIterator[Pool]:
    """The pool; at the end, what is under way has a moment to finish."""
    pool = await create_pool(
        settings.database_url, application_name=SERVICE, max_size=settings.database_pool_size, command_timeout=5
    )
    try:
        yield pool
    finally:
        try:
            async with asyncio.timeout(3):
                await pool.close()
        except TimeoutError:
            pool.terminate()


def main() -> None:
    settings = Settings()
    telemetry.configure_logging(SERVICE, level=settings.log_level, fmt=settings.log_format)
    http.serve(create_app(settings), settings)


if __name__ == "__main__":
    main()
