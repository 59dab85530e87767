"""`rollback`: lessons play from S3 again, within the grace; a person is asked before."""

import argparse
import asyncio
from collections.abc import Sequence
from uuid import UUID

from servicekit.database import transaction
from upload_service import store_migrations, store_transfers
from upload_service.cli.asking import confirm
from upload_service.cli.choosing import chosen
from upload_service.cli.figures import plural
from upload_service.cli.surroundings import DONE, REFUSED, SOME_FAILED, Out, Refused, Surroundings, surroundings
from upload_service.migrating import Migrating
from upload_service.rollback import Rollback, RolledBack

_CONCURRENCY = 8


async def rollback(given: argparse.Namespace, out: Out) -> int:
    async with surroundings() as around:
        if given.lesson is not None:
            return _ended(out, [await _lesson_back(given, out, around)])
        which = await chosen(given, around)
        async with transaction(around.pool, readonly=True) as conn:
            counts = [await store_transfers.counts(conn, one) for one in which]
            kept = [await store_migrations.kept(conn, one) for one in which]
        back, over = sum(one.within for one in kept), sum(one.due for one in kept)
        open_ = sum(
            count[state] for one, count in zip(which, counts, strict=True) if one is not None
            for state in ("planned", "asked", "processing")
        )  # fmt: skip
        if not back and not open_:
            raise Refused(f"nothing can be brought back{f': the grace of {over:,} is over' if over else ''}")
        out.say(f"{plural(back, 'lesson')} would play from S3 again; {open_:,} not migrated yet would be given up.")
        if over:
            out.say(f"{over:,} stay at Mux: their grace is over.")
        confirm(given, out, "Bring them back?")
        return _ended(out, await _all_back(around, which))


async def _lesson_back(given: argparse.Namespace, out: Out, around: Surroundings) -> RolledBack:
    async with transaction(around.pool, readonly=True) as conn:
        transfer_id = await store_migrations.migrated_of_lesson(conn, given.lesson)
    if transfer_id is None:
        raise Refused(f"lesson {given.lesson} was not migrated, or was rolled back")
    confirm(given, out, f"Lesson {given.lesson} would play from S3 again. Bring it back?")
    back = await Rollback(around.pool, around.storage).one(transfer_id)
    return back or RolledBack(transfer_id, given.lesson, "it is gone")


async def _all_back(around: Surroundings, which: Sequence[UUID | None]) -> list[RolledBack]:
    work = Migrating(around.pool, around.storage, around.mux, around.settings)
    told: list[RolledBack] = []
    for migration_id in which:
        if migration_id is not None:
            async with transaction(around.pool) as conn:
                await store_transfers.set_migration_state(conn, migration_id, "rolling_back")
        while True:
            back, finished = await work.roll_back(migration_id, concurrency=_CONCURRENCY)
            told += back
            if finished:
                break
            await asyncio.sleep(0.5)
    return told


def _ended(out: Out, told: Sequence[RolledBack]) -> int:
    latest = {one.transfer_id: one for one in told}.values()
    refused = [one for one in latest if one.refused is not None]
    out.document(
        {
            "rolledBack": [one.lesson_id for one in latest if one.refused is None],
            "refused": [{"lessonId": one.lesson_id, "reason": one.refused} for one in refused],
        }
    )
    done = len(latest) - len(refused)
    out.say(
        f"{plural(done, 'lesson plays', 'lessons play')} from S3 again. The upload worker deletes the copies at Mux."
    )
    for one in refused:
        out.say(f"  {one.lesson_id} stays at Mux: {one.refused}")
    return DONE if not refused else SOME_FAILED if done else REFUSED
