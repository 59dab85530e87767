"""`status`: how migrations stand, which videos failed and why, and how long the rest takes."""

import argparse
from collections.abc import Sequence
from uuid import UUID

from rich.table import Table

from servicekit.database import transaction
from upload_service import store_migrations, store_transfers
from upload_service.cli import ending
from upload_service.cli.choosing import migrations
from upload_service.cli.figures import lasting
from upload_service.cli.surroundings import DONE, Out, Surroundings, surroundings
from upload_service.migration_schemas import MigrationView, TransferView
from upload_service.preparing import Preparing
from upload_service.transfers import Transfer

_PAGE = 500
_SHOWN = 10


async def status(given: argparse.Namespace, out: Out) -> int:
    async with surroundings() as around:
        if given.migration is not None:
            return await _one(given, out, around)
        known = await migrations(around)
        async with transaction(around.pool, readonly=True) as conn:
            views = [MigrationView.of(one, await store_transfers.counts(conn, one.id)) for one in known]
            redriven = await store_transfers.counts(conn, None)
        out.document(
            {
                "migrations": [view.model_dump(mode="json", by_alias=True) for view in views],
                "withoutMigration": redriven,
            }
        )
        if not out.as_json:
            _listed(out, views, {str(state): count for state, count in redriven.items()})
    return DONE


def _listed(out: Out, views: Sequence[MigrationView], redriven: dict[str, int]) -> None:
    if not views:
        out.say("No migrations yet.")
    else:
        table = Table(box=None, pad_edge=False, header_style="bold")
        for heading in ("migration", "begun", "state", "planned", "on their way", "migrated", "failed", "what"):
            table.add_column(heading, justify="left" if heading in ("migration", "begun", "state", "what") else "right")
        for view in views:
            counts = view.counts
            table.add_row(
                str(view.id),
                ending.when(view.created_at),
                ending.standing(view),
                f"{sum(counts.values()):,}",
                f"{counts['asked'] + counts['processing']:,}",
                f"{counts['migrated'] + counts['cleaned']:,}",
                f"{counts['failed']:,}",
                view.what,
            )
        out.table(table)
    if any(redriven.values()):
        told = ", ".join(f"{count:,} {state}" for state, count in redriven.items() if count)
        out.say(f"Without a migration (uploaded to S3 while Mux was away): {told}")


async def _one(given: argparse.Namespace, out: Out, around: Surroundings) -> int:
    migration = await Preparing(around.pool, around.storage, around.settings).migration(given.migration)
    async with transaction(around.pool, readonly=True) as conn:
        counts = await store_transfers.counts(conn, migration.id)
        reasons = await store_migrations.reasons(conn, migration.id, "failed", limit=_SHOWN)
        put_off = await store_migrations.put_off(conn, migration.id)
        kept = await store_migrations.kept(conn, migration.id)
        oldest = await store_migrations.oldest_open(conn, migration.id)
        first, last, moved = await store_migrations.pace(conn, migration.id)
    view = MigrationView.of(migration, counts)
    failed = (
        [TransferView.of(one) for one in await _failed(around, migration.id)] if given.failed or out.as_json else []
    )
    left = counts["planned"] + counts["asked"] + counts["processing"]
    eta_s = (last - first).total_seconds() / (moved - 1) * left if first and last and moved > 1 and left else None
    out.document(
        view.model_dump(mode="json", by_alias=True)
        | {
            "failed": [one.model_dump(mode="json", by_alias=True) for one in failed],
            "oldestOpenSince": oldest.isoformat() if oldest is not None else None,
            "etaSeconds": round(eta_s) if eta_s is not None else None,
            "originals": {"withinGrace": kept.within, "graceOver": kept.due, "graceOverBytes": kept.due_bytes},
        }
    )
    ending.summary(out, view, reasons, kept)
    if oldest is not None:
        out.say(f"The oldest that is not settled waits since {ending.when(oldest)}.")
    if eta_s is not None:
        out.say(f"At the pace so far the rest takes {lasting(eta_s)}.")
    if put_off is not None:
        out.say(f"{put_off[1]:,} put off: {put_off[0]}")
    for one in failed:
        out.say(f"  {one.lesson_id}: {one.reason}")
    return DONE


async def _failed(around: Surroundings, migration_id: UUID) -> list[Transfer]:
    found: list[Transfer] = []
    while True:
        async with transaction(around.pool, readonly=True) as conn:
            after = found[-1].id if found else None
            page = await store_transfers.rows(conn, migration_id, after, _PAGE, states=("failed",))
        found += page
        if len(page) < _PAGE:
            return found
