"""The worker's part: what went to S3 because Mux was away goes to Mux when it is back, and migrations of the API run.

A video that came by the fallback becomes a transfer of no migration; its original goes when the grace is over.
"""

import asyncio
from dataclasses import dataclass

from servicekit.database import Pool, transaction
from servicekit.errors import Unavailable
from servicekit.telemetry import get_logger
from upload_service import store_due, store_transfers
from upload_service.cleaning import Cleaning
from upload_service.mux import MuxService
from upload_service.settings import Settings
from upload_service.storage import Storage
from upload_service.storage_connection import NoStorage
from upload_service.transferring import Transferring

_AT_ONCE = 100

log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Redrive:
    """Several may run. `turn` goes on while there is something to do now, `run` for ever."""

    pool: Pool
    storage: Storage | NoStorage
    mux: MuxService
    settings: Settings

    async def run(self) -> None:
        while True:
            try:
                await self.turn()
            except Unavailable as error:
                log.warning("re-drive cut short", error=str(error))
            await asyncio.sleep(self.settings.redrive_every_s)

    async def turn(self) -> None:
        """Raises if the database is down; what Mux or S3 do not answer is tried again later."""
        if isinstance(self.storage, NoStorage):
            return
        async with transaction(self.pool) as conn:
            await store_transfers.plan_transfers(conn, None, await store_due.to_redrive(conn, limit=_AT_ONCE))
        engine = Transferring(self.pool, self.storage, self.mux, self.settings)
        while await engine.run_due(migration_id=None, concurrency=self.settings.redrive_concurrency):
            pass
        cleaning = Cleaning(self.pool, self.mux, self.settings)
        while await cleaning.run_due(migration_id=None, concurrency=self.settings.redrive_concurrency):
            pass
