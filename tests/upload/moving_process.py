"""A process that moves videos, or brings them back, until nothing is left to do: for tests that kill it.

`python -m tests.upload.moving_process move|back <migration id>`; settings come as JSON by standard input.
"""

import asyncio
import json
import os
import sys
from uuid import UUID

from servicekit import database
from servicekit.database import transaction
from servicekit.telemetry import configure_logging
from upload_service import storage_connection, store_transfers
from upload_service.errors import StorageUnavailable
from upload_service.mux import MuxService
from upload_service.rollback import Rollback
from upload_service.settings import Settings
from upload_service.transferring import Transferring

CONCURRENCY = 12
OPEN = ("planned", "asked", "processing")


async def main(what: str, migration_id: UUID, settings: Settings) -> None:
    pool = await database.create_pool(settings.database_url, application_name="moving", max_size=CONCURRENCY)
    mux = MuxService(settings)
    try:
        async with storage_connection.connect(settings) as storage:
            if what == "move":
                await move(Transferring(pool, storage, mux, settings), migration_id)
            else:
                await back(Rollback(pool, storage), migration_id)
    finally:
        mux.close()
        await pool.close()


async def move(engine: Transferring, migration_id: UUID) -> None:
    while True:
        if not await engine.run_due(
            migration_id=migration_id, concurrency=CONCURRENCY, batch=100, stop=asyncio.Event()
        ):
            async with transaction(engine.pool, readonly=True) as conn:
                counted = await store_transfers.counts(conn, migration_id)
            if not any(counted[state] for state in OPEN):  # type: ignore[index]
                return
            await asyncio.sleep(0.1)


async def back(rollback: Rollback, migration_id: UUID) -> None:
    after = None
    while True:
        try:
            page = await rollback.page(migration_id, after=after, limit=50, concurrency=CONCURRENCY)
        except StorageUnavailable:
            continue
        if not page:
            return
        after = page[-1].transfer_id


if __name__ == "__main__":
    configure_logging("moving", level=os.environ.get("MOVING_LOG", "ERROR"), fmt="json")
    asyncio.run(main(sys.argv[1], UUID(sys.argv[2]), Settings(**json.loads(sys.stdin.readline()))))
