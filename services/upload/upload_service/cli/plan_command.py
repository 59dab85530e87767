"""`plan`: what would move, what it would cost, and what would stay, without a trace."""

import argparse

from upload_service.cli import options, planned
from upload_service.cli.surroundings import DONE, Out, surroundings
from upload_service.cli.waiting import looking
from upload_service.migration_schemas import PlanView
from upload_service.planning import Planner


async def plan(given: argparse.Namespace, out: Out) -> int:
    chosen = options.selection(given)
    async with surroundings() as around:
        settings = around.settings
        with looking(out) as progress:
            planner = Planner(
                around.pool, around.storage, settings.s3_bucket, inspect=not given.quick, progress=progress
            )
            found = await planner.plan(chosen)
    told = PlanView.whole(found, settings, views=given.views, listed=None)
    out.document(told.model_dump(mode="json", by_alias=True))
    if not out.as_json:
        planned.show(out, found, told, chosen.told(), every=given.list)
        out.say()
        out.say(
            "Nothing was changed." + (" `seatime-migrate run` with the same options begins." if found.videos else "")
        )
    return DONE
