"""The HTTP process of the upload service, put together in one place."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from functools import partial

from fastapi import FastAPI

from servicekit import database
from servicekit.health import Check
from servicekit.http import create_api, serve
from servicekit.lane import add_lane
from servicekit.operations.queues import Waiting
from servicekit.operations.routes import router as operations
from servicekit.process import keep_running
from servicekit.telemetry import configure_logging, get_logger
from upload_service import (
    caption_routes,
    courses,
    file_routes,
    migration_routes,
    part_routes,
    routes,
    storage_connection,
    store_inbox,
    stream_routes,
    upload_routes,
)
from upload_service.fetching import rules_of
from upload_service.mux import MuxService
from upload_service.receiving import Receiver
from upload_service.settings import Settings
from upload_service.watching import lesson_watchers

log = get_logger(__name__)


def create_app(settings: Settings) -> FastAPI:
    """The API. Needs PostgreSQL and, for new uploads, Mux; starts without either."""

    @asynccontextmanager
    async def lifespan(api: FastAPI) -> AsyncIterator[None]:
        if not settings.webhook_secrets:
            log.warning("no MUX_WEBHOOK_SECRETS: every webhook will be refused")
        pool = await database.create_pool(settings.database_url, application_name="upload-app")
        mux = MuxService(settings, pool)
        api.state.settings, api.state.pool, api.state.mux = settings, pool, mux
        api.state.import_rules = rules_of(settings)
        api.state.receiver, api.state.watchers = Receiver(pool), lesson_watchers(pool, api.state.stopping)
        watching = asyncio.create_task(keep_running("watchers", api.state.watchers.run))
        try:
            async with storage_connection.connect(settings) as api.state.storage:
                yield
        finally:
            watching.cancel()
            mux.close()
            await pool.close()

    api = create_api(
        settings,
        service="upload",
        title="Seatime upload",
        version="0.1.0",
        lifespan=lifespan,
        checks=_checks,
        unlimited_bodies=(upload_routes.VIDEO_PATH,),
    )
    api.include_router(routes.router)
    api.include_router(courses.router)
    api.include_router(file_routes.router)
    api.include_router(upload_routes.router)
    api.include_router(part_routes.router)
    api.include_router(stream_routes.router)
    api.include_router(caption_routes.router)
    api.include_router(migration_routes.router)
    api.include_router(operations(settings, service="upload", topics=(), waits=_parked_webhooks))
    add_lane(api, routes.WEBHOOK_PATH, routes.router.routes)
    return api


def _checks(api: FastAPI) -> Mapping[str, Check]:
    return {"database": partial(database.ping, api.state.pool), "mux": api.state.mux.check}


async def _parked_webhooks(conn: database.Connection) -> Sequence[Waiting]:
    parked = await store_inbox.parked(conn)
    return [Waiting("webhooks", parked.count, parked.oldest_s)]


def main() -> None:
    """Run the process until it is told to stop."""
    settings = Settings()
    configure_logging("upload-app", level=settings.log_level, fmt=settings.log_format)
    serve(create_app(settings), settings)


if __name__ == "__main__":
    main()
