"""A migration that has a selection gets its plan: looked for, written down, told. Again after any interruption."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from servicekit.database import Pool, transaction
from upload_service import recording, store_transfers
from upload_service.errors import MigrationNotFound
from upload_service.migration_schemas import PlanSummary
from upload_service.plan import Plan
from upload_service.planning import Planner, Progress, unwatched
from upload_service.recording import Terms
from upload_service.selection import Selection
from upload_service.settings import Settings
from upload_service.storage import Storage
from upload_service.store_transfers import Migration, Runner


@dataclass(frozen=True, slots=True)
class Preparing:
    """The units of work around a migration's plan."""

    pool: Pool
    storage: Storage
    settings: Settings

    async def check(self, selection: Selection) -> None:
        """Whether it can be meant. Raises CourseNotFound or BadRequest."""
        await Planner(self.pool, self.storage, self.settings.s3_bucket).check(selection)

    async def look(
        self,
        selection: Selection,
        *,
        inspect: bool = True,
        migration_id: UUID | None = None,
        progress: Progress = unwatched,
    ) -> Plan:
        """What the selection finds now. Changes nothing."""
        planner = Planner(self.pool, self.storage, self.settings.s3_bucket, inspect, migration_id, progress)
        return await planner.plan(selection)

    async def begin(
        self,
        selection: Selection,
        terms: Terms,
        *,
        created_by: str,
        runner: Runner,
        limit: int | None = None,
        views: float = 1,
    ) -> Migration:
        """A migration without a plan, which whoever runs it makes."""
        async with transaction(self.pool) as conn:
            return await recording.begin(
                conn, selection, terms, created_by=created_by, runner=runner, limit=limit, views=views
            )

    async def plan(
        self,
        migration: Migration,
        found: Plan | None = None,
        *,
        looked: Progress = unwatched,
        written: Progress = unwatched,
    ) -> Migration:
        """Make the plan, of what was `found` for it just now or anew."""
        if found is None:
            found = await self.look(recording.selection_of(migration), migration_id=migration.id, progress=looked)
        found = found.first(migration.plan.get("limit"))
        summary = PlanSummary.of(found, self.settings, views=float(migration.plan.get("views", 1)))
        told: Mapping[str, Any] = {"summary": summary.model_dump(mode="json")}
        await recording.record(self.pool, self.storage, migration, found, told=told, progress=written)
        return replace(migration, plan={**migration.plan, "planned": True, **told})

    async def migration(self, migration_id: UUID) -> Migration:
        """Raises MigrationNotFound."""
        async with transaction(self.pool, readonly=True) as conn:
            found = await store_transfers.migration(conn, migration_id)
        if found is None:
            raise MigrationNotFound()
        return found
