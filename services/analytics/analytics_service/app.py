"""The analytics API: reads the roll-ups; writes budgets, webhooks and tickets for files, and nothing else."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from analytics_service import (
    cost_routes,
    detail_routes,
    export_routes,
    learner_routes,
    live_routes,
    platform_routes,
    ticket_routes,
)
from analytics_service.live_routes import course_watchers
from analytics_service.routes import router
from analytics_service.settings import Settings
from analytics_service.webhooks import delivery_routes, documented, sealing
from analytics_service.webhooks import routes as webhook_routes
from contracts import topics
from servicekit import database, http
from servicekit.operations.routes import router as operations
from servicekit.outside import Resolve, system_resolver
from servicekit.process import keep_running


def create_app(settings: Settings, *, resolve: Resolve = system_resolver) -> FastAPI:
    """The whole API; its pool opens with the lifespan, its connections with the first request.

    `resolve` finds the addresses of webhooks' receivers.
    """

    @asynccontextmanager
    async def lifespan(api: FastAPI) -> AsyncIterator[None]:
        api.state.pool = await database.create_pool(settings.database_url, application_name="seatime-analytics-app")
        api.state.watchers = course_watchers(api.state.pool, settings, api.state.stopping)
        watching = asyncio.create_task(keep_running("watchers", api.state.watchers.run))
        try:
            yield
        finally:
            watching.cancel()
            await api.state.pool.close()

    api = http.create_api(
        settings,
        service="analytics",
        title="Seatime analytics",
        version="0.1.0",
        lifespan=lifespan,
        checks=lambda api: {"database": lambda: database.ping(api.state.pool)},
    )
    api.state.settings = settings
    api.state.seal = sealing.seal_of(settings)
    api.state.resolve = resolve
    api.include_router(router)
    api.include_router(detail_routes.router)
    api.include_router(live_routes.router)
    api.include_router(export_routes.router)
    api.include_router(ticket_routes.router)
    api.include_router(platform_routes.router)
    api.include_router(cost_routes.router)
    api.include_router(learner_routes.router)
    api.include_router(webhook_routes.router)
    api.include_router(delivery_routes.router)
    api.webhooks.include_router(documented.router)
    consumed = [topic.name for topic in topics.consumed_by("analytics")]
    api.include_router(operations(settings, service="analytics", topics=consumed))
    return api


def main() -> None:
    settings = Settings()
    http.serve(create_app(settings), settings)


if __name__ == "__main__":
    main()
