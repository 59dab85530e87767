"""`run`: begins a migration, or goes on with the one that was interrupted, until nothing is left to move."""

import argparse
from dataclasses import dataclass

from servicekit.database import transaction
from upload_service import store_migrations, store_transfers
from upload_service.cli import ending, options, planned
from upload_service.cli.asking import confirm
from upload_service.cli.driving import Driver
from upload_service.cli.figures import plural
from upload_service.cli.surroundings import (
    DONE,
    INTERRUPTED,
    REFUSED,
    SOME_FAILED,
    Out,
    Refused,
    Surroundings,
    need_mux,
    surroundings,
    who,
)
from upload_service.cli.waiting import looking
from upload_service.migration_schemas import MigrationView, PlanSummary
from upload_service.preparing import Preparing
from upload_service.recording import Terms, is_planned, selection_of
from upload_service.selection import Selection
from upload_service.store_transfers import Migration

_GO_ON = "run again to go on"


async def run(given: argparse.Namespace, out: Out) -> int:
    chosen = options.selection(given)
    async with surroundings() as around:
        await need_mux(around)
        migration = await _Start(given, out, around).migration(chosen)
        if migration is None:
            return DONE
        stopped = await Driver(around, out, migration).drive()
        return await _told(around, out, migration, stopped)


async def _told(around: Surroundings, out: Out, migration: Migration, stopped: str | None) -> int:
    async with transaction(around.pool, readonly=True) as conn:
        counts = await store_transfers.counts(conn, migration.id)
        failed = await store_migrations.reasons(conn, migration.id, "failed", limit=10)
        kept = await store_migrations.kept(conn, migration.id)
    view = MigrationView.of(
        await Preparing(around.pool, around.storage, around.settings).migration(migration.id), counts
    )
    out.document(view.model_dump(mode="json", by_alias=True) | {"stopped": stopped})
    ending.summary(out, view, failed, kept)
    if stopped is not None:
        out.errors.print(f"seatime-migrate: {stopped}; {_GO_ON}", markup=False, highlight=False, soft_wrap=True)
        return INTERRUPTED if "interrupted" in stopped else REFUSED
    return SOME_FAILED if counts["failed"] else DONE


@dataclass(frozen=True)
class _Start:
    given: argparse.Namespace
    out: Out
    around: Surroundings

    @property
    def preparing(self) -> Preparing:
        return Preparing(self.around.pool, self.around.storage, self.around.settings)

    async def migration(self, chosen: Selection) -> Migration | None:
        """The one to go on with, or a new one; None if there is nothing to move."""
        unfinished = None if self.given.new else await self._unfinished()
        return await self._begin(chosen) if unfinished is None else await self._go_on(unfinished, chosen)

    async def _unfinished(self) -> Migration | None:
        async with transaction(self.around.pool, readonly=True) as conn:
            found = await store_migrations.unfinished_of_command(conn)
        return await self.preparing.migration(found) if found is not None else None

    async def _go_on(self, migration: Migration, chosen: Selection) -> Migration:
        if chosen.stored() not in (Selection().stored(), migration.plan["selection"]):
            raise Refused(
                f"migration {migration.id} ({selection_of(migration).told()}) is not finished: run without a selection "
                "goes on with it, --new begins another beside it"
            )
        self.out.say(f"Going on with migration {migration.id}: {selection_of(migration).told()}")
        async with transaction(self.around.pool) as conn:
            await store_transfers.set_migration_state(conn, migration.id, "running")
        if is_planned(migration):
            return migration
        with looking(self.out, "planning: looked at {done:,}") as looked:
            return await self.preparing.plan(migration, looked=looked)

    async def _begin(self, chosen: Selection) -> Migration | None:
        with looking(self.out, "planning: looked at {done:,}") as looked:
            found = (await self.preparing.look(chosen, progress=looked)).first(self.given.limit)
        settings = self.around.settings
        summary = PlanSummary.of(found, settings, views=self.given.views)
        planned.show(self.out, found, summary, chosen.told(), every=False)
        if not found.videos:
            self.out.document({"id": None, "summary": summary.model_dump(mode="json", by_alias=True), "stopped": None})
            return None
        self.out.say()
        confirm(self.given, self.out, f"Move {plural(len(found.videos), 'video')} to Mux?")
        given = self.given
        grace_s = settings.migration_grace_s if given.grace is None else given.grace
        terms = Terms(
            given.batch or settings.migration_batch, given.concurrency or settings.migration_concurrency, grace_s
        )
        migration = await self.preparing.begin(
            chosen, terms, created_by=who(), runner="command", limit=given.limit, views=given.views
        )
        with looking(self.out, "writing down {done:,} of {known:,}") as written:
            migration = await self.preparing.plan(migration, found, written=written)
        self.out.say(f"Migration {migration.id}")
        return migration
