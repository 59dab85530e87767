"""`cleanup`: originals are deleted whose grace is over, each after another look at its copy; it says which before."""

import argparse
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from servicekit.database import transaction
from upload_service import store_migrations, store_transfers
from upload_service.cli import ending
from upload_service.cli.asking import confirm
from upload_service.cli.choosing import chosen
from upload_service.cli.figures import plural, size
from upload_service.cli.surroundings import DONE, SOME_FAILED, Out, Refused, Surroundings, need_mux, surroundings
from upload_service.migrating import Migrating

_CONCURRENCY = 8
_SHOWN = 10


async def cleanup(given: argparse.Namespace, out: Out) -> int:
    async with surroundings() as around:
        which = await chosen(given, around)
        async with transaction(around.pool, readonly=True) as conn:
            kept = [await store_migrations.kept(conn, one) for one in which]
        due, within = sum(one.due for one in kept), sum(one.within for one in kept)
        if not due:
            next_at = min((one.next_at for one in kept if one.next_at is not None), default=None)
            waits = f": the grace of {within:,} lasts until {ending.when(next_at)} at least" if within else ""
            raise Refused(f"no original may be deleted{waits}")
        out.say(f"{plural(due, 'original')} in S3 ({size(sum(one.due_bytes for one in kept))}) would be deleted:")
        for key in await _first_keys(around, which):
            out.say(f"  {key}")
        out.say(f"Each copy is looked at once more before. {within:,} within their grace stay.")
        await need_mux(around)
        confirm(given, out, "Delete them?")
        before = await _cleaned(around, which)
        work = Migrating(around.pool, around.storage, around.mux, around.settings)
        for migration_id in which:
            await work.clean(migration_id, concurrency=_CONCURRENCY)
        return await _cleaned_up(out, around, which, before)


async def _cleaned_up(out: Out, around: Surroundings, which: Sequence[UUID | None], before: int) -> int:
    done = await _cleaned(around, which) - before
    async with transaction(around.pool, readonly=True) as conn:
        kept = [
            reason for one in which for reason in await store_migrations.reasons(conn, one, "migrated", limit=_SHOWN)
        ]
    stays: list[dict[str, Any]] = [
        {"reason": reason, "count": count} for reason, count in kept if reason.startswith("kept: ")
    ]
    out.document({"cleaned": done, "kept": stays})
    out.say(f"{plural(done, 'original')} given up; the objects go from the bucket with the upload worker's next sweep.")
    for one in stays:
        out.say(f"  {one['count']:>7,}  {one['reason']}")
    return SOME_FAILED if stays else DONE


async def _cleaned(around: Surroundings, which: Sequence[UUID | None]) -> int:
    async with transaction(around.pool, readonly=True) as conn:
        return sum([(await store_transfers.counts(conn, one))["cleaned"] for one in which])


async def _first_keys(around: Surroundings, which: Sequence[UUID | None]) -> list[str]:
    async with transaction(around.pool, readonly=True) as conn:
        return await store_migrations.first_due_keys(conn, [one for one in which if one], None in which, limit=_SHOWN)
