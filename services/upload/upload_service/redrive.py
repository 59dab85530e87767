"""The worker's part: what went to S3 because Mux was away goes to Mux when it is back, and migrations of the API run.

A video that came by the fallback becomes a transfer of no migration; its original goes when the grace is over.
"""

from dataclasses import dataclass

from servicekit.database import Pool, transaction
from upload_service import store_due, store_transfers
from upload_service.cleaning import Cleaning
from upload_service.mux import MuxService
from upload_service.settings import Settings
from upload_service.storage import Storage
from upload_service.storage_connection import NoStorage
from upload_service.transferring import Transferring

_AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class Redrive:
    """Several may run. `turn` goes on while there is something to do now."""

    pool: Pool
    storage: Storage | NoStorage
    mux: MuxService
    settings: Settings

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
