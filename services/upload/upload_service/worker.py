"""The worker process of the upload service: the outbox's relay and the sweeps."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

from contracts import topics
from servicekit import database, worker
from servicekit.errors import Unavailable
from servicekit.outbox import OutboxRelay
from servicekit.process import repeat
from servicekit.producer import Producer
from servicekit.worker import Worker
from upload_service import storage_connection
from upload_service.captioning import Captioning
from upload_service.clearing import Clearing
from upload_service.migrating import Migrating
from upload_service.mux import MuxService
from upload_service.orphans import Orphans
from upload_service.reconcile import Reconciler
from upload_service.redrive import Redrive
from upload_service.retention import Retention
from upload_service.settings import Settings

PRODUCED = (
    topics.COURSE_CHANGED,
    topics.LESSON_CHANGED,
    topics.ASSET_READY,
    topics.ASSET_ERRORED,
    topics.ASSET_DELETED,
)


@asynccontextmanager
async def create_worker(settings: Settings) -> AsyncIterator[Worker]:
    """Needs PostgreSQL, Kafka, Mux and S3; starts without any of them and goes on when they are there."""
    pool = await database.create_pool(settings.database_url, application_name="upload-worker", max_size=12)
    mux = MuxService(settings, pool)
    try:
        async with (
            Producer(settings, service="upload") as producer,
            storage_connection.connect(settings) as storage,
        ):
            relay = OutboxRelay(settings.database_url, producer, service="upload")
            reconciler = Reconciler(pool, mux, settings)
            clearing = Clearing(pool, storage, settings)
            retention = Retention(pool, settings, Orphans(pool, storage, mux, settings))
            captioning = Captioning(pool, storage, mux, settings)
            redrive = Redrive(pool, storage, mux, settings)
            migrating = Migrating(pool, storage, mux, settings)

            async def nothing_stuck() -> None:
                if relay.parked:
                    raise Unavailable(f"{relay.parked} outbox rows can never be sent")

            async with Worker(
                settings,
                service="upload",
                producer=producer,
                topics=PRODUCED,
                loops={
                    "outbox": relay.run,
                    "reconcile": partial(repeat, "reconcile", reconciler.turn, settings.reconcile_every_s),
                    "clear": partial(repeat, "clear", clearing.turn, settings.clear_every_s),
                    "retention": partial(repeat, "retention", retention.turn, settings.retention_every_s),
                    "captions": partial(repeat, "captions", captioning.turn, settings.captions_every_s),
                    "transfer": partial(repeat, "transfer", redrive.turn, settings.redrive_every_s),
                    "migrate": partial(repeat, "migrate", migrating.turn, settings.redrive_every_s),
                },
                checks={
                    "database": partial(database.ping, pool),
                    "mux": mux.check,
                    "outbox": nothing_stuck,
                    "webhooks": reconciler.check_parked,
                },
            ) as running:
                yield running
    finally:
        mux.close()
        await pool.close()


def main() -> None:
    """Run the process until it is told to stop."""
    worker.main(create_worker, Settings, "upload")


if __name__ == "__main__":
    main()
