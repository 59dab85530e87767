"""The worker's side of migrations: what the API asked for is planned, moved, rolled back and cleaned up, in rounds.

Every round takes what is committed and commits what it did, so that any number of workers may do this at once, and
die doing it.
"""

from dataclasses import dataclass
from uuid import UUID

from servicekit.database import Pool, transaction
from servicekit.errors import ServiceError, Unavailable
from servicekit.telemetry import get_logger
from upload_service import store_migrations, store_transfers
from upload_service.cleaning import Cleaning
from upload_service.mux import MuxService
from upload_service.preparing import Preparing
from upload_service.rollback import Rollback, RolledBack
from upload_service.settings import Settings
from upload_service.storage import Storage
from upload_service.storage_connection import NoStorage
from upload_service.store_transfers import Migration
from upload_service.transferring import Transferring
from upload_service.transfers import OPEN

_PAGE = 100

log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Migrating:
    """Several may run. `turn` goes on while there is something to do now."""

    pool: Pool
    storage: Storage | NoStorage
    mux: MuxService
    settings: Settings

    async def turn(self) -> None:
        """Raises if the database or, while something is planned or rolled back, S3 is down."""
        if isinstance(self.storage, NoStorage):
            return
        await self._plan(self.storage)
        while await self._round():
            pass
        async with transaction(self.pool, readonly=True) as conn:
            to_roll_back = await store_migrations.to_roll_back_by_worker(conn)
            to_clean = await store_migrations.to_clean_by_worker(conn)
        for migration_id in to_roll_back:
            await self.roll_back(migration_id, concurrency=self.settings.migration_concurrency)
        for migration_id in to_clean:
            await self._clean(migration_id)

    async def _plan(self, storage: Storage) -> None:
        preparing = Preparing(self.pool, storage, self.settings)
        async with transaction(self.pool, readonly=True) as conn:
            waiting = await store_migrations.unplanned_of_worker(conn)
        for migration_id in waiting:
            migration = await preparing.migration(migration_id)
            try:
                await preparing.plan(migration)
            except Unavailable:
                raise
            except ServiceError as error:  # its course was deleted meanwhile, say: nothing is to be moved
                log.warning("migration cannot be planned", migration=str(migration_id), error=str(error))
                async with transaction(self.pool) as conn:
                    await store_migrations.mark(conn, migration_id, {"planned": True, "error": str(error)})

    async def _round(self) -> int:
        async with transaction(self.pool, readonly=True) as conn:
            running = await store_transfers.migrations_of_worker(conn)
        done = 0
        for migration in running:
            if migration.state == "running":
                done += await self.step(migration)
        return done

    async def step(self, migration: Migration, *, batch: int | None = None) -> int:
        """One round of a migration, whoever runs it; `batch` 0 begins nothing new. Returns how much was done."""
        engine = Transferring(self.pool, self.storage, self.mux, self.settings)
        most = migration.batch if batch is None else batch
        return await engine.run_due(migration_id=migration.id, concurrency=migration.concurrency, batch=most)

    async def roll_back(self, migration_id: UUID | None, *, concurrency: int) -> tuple[list[RolledBack], bool]:
        """What is on its way is given up, what was migrated comes back; what has to stay says why.

        A migration's state is `rolling_back` before. False: some are in another process's hands, go on later; else
        the state is `paused` after. None is for the videos of no migration; of them those on their way go on.
        """
        if migration_id is not None:
            engine = Transferring(self.pool, self.storage, self.mux, self.settings)
            while await engine.run_due(migration_id=migration_id, concurrency=concurrency):
                pass
        told: list[RolledBack] = []
        back = Rollback(self.pool, self.storage)
        while page := await back.page(
            migration_id, after=told[-1].transfer_id if told else None, limit=_PAGE, concurrency=concurrency
        ):
            told += page
        if migration_id is None:
            return told, True
        if await self._open(migration_id):
            return told, False
        async with transaction(self.pool) as conn:
            await store_transfers.set_migration_state(conn, migration_id, "paused")
        return told, True

    async def _open(self, migration_id: UUID) -> bool:
        async with transaction(self.pool, readonly=True) as conn:
            counts = await store_transfers.counts(conn, migration_id)
        return any(counts[state] for state in OPEN)

    async def _clean(self, migration_id: UUID) -> None:
        await self.clean(migration_id, concurrency=self.settings.migration_concurrency)
        async with transaction(self.pool) as conn:
            await store_migrations.mark(conn, migration_id, {"cleaning": False})

    async def clean(self, migration_id: UUID | None, *, concurrency: int) -> int:
        """Originals whose grace is over go, each after another look at its copy. Returns how many were looked at."""
        cleaning = Cleaning(self.pool, self.mux, self.settings)
        looked = 0
        while done := await cleaning.run_due(migration_id=migration_id, concurrency=concurrency):
            looked += done
        return looked
