"""The progress API's process: where its parts are put together."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from fastapi import FastAPI

from progress_service import routes
from progress_service.grants import GrantVerifier
from progress_service.settings import Settings
from servicekit import database, http, kafka, telemetry
from servicekit.health import Check
from servicekit.producer import Producer

SERVICE = "progress"
MAX_BODY_BYTES = 512 * 1024


def create_app(settings: Settings) -> FastAPI:
    """The progress API over these settings. It starts without its database and without Kafka."""

    @asynccontextmanager
    async def lifespan(api: FastAPI) -> AsyncIterator[None]:
        api.state.pool = await database.create_pool(settings.database_url, application_name=f"{SERVICE}-app")
        try:
            async with Producer(settings, service=SERVICE) as api.state.producer:
                yield
        finally:
            await api.state.pool.close()

    def checks(api: FastAPI) -> Mapping[str, Check]:
        return {"database": lambda: database.ping(api.state.pool), "kafka": lambda: kafka.ping(settings)}

    api = http.create_api(
        settings,
        service=SERVICE,
        title="Seatime progress",
        version="0.1.0",
        lifespan=lifespan,
        checks=checks,
        max_body_bytes=MAX_BODY_BYTES,
    )
    api.state.grant_verifier = GrantVerifier(settings.grant_keys())
    api.include_router(routes.router)
    return api


def main() -> None:
    """Serve until told to stop."""
    settings = Settings()
    telemetry.configure_logging(f"{SERVICE}-app", level=settings.log_level, fmt=settings.log_format)
    http.serve(create_app(settings), settings)


if __name__ == "__main__":
    main()
