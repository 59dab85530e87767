"""The cheat bench's mirror: honest learners on bad days, on the running system, and what they lose by it: nothing."""

import asyncio
import time
from uuid import uuid4

from rich.console import Console
from rich.table import Table

from tests.databases import Postgres
from tests.infra import Infra
from tests.progress.cheating import honesty
from tests.progress.cheating.reports import DURATION_S, POLICIES, in_time
from tests.progress.cheating.school import school

DESCRIPTION = "credit of honest learners who reload, crash, go offline, change devices or have wrong clocks"
AIMS = {"full_credit": 1.0}


async def run(infra: Infra) -> tuple[dict[str, float], dict[str, float]]:
    """Returns the credited share of what each watched, and the share of learners who have what is theirs."""
    postgres, start_ms = Postgres(infra.postgres_admin_url), int(time.time()) * 1000
    database = await asyncio.to_thread(postgres.create, "progress")
    table = Table(title=f"Credited of {DURATION_S} s watched (an accredited course counts live beats only)")
    for heading in ("story", "policy", "live (s)", "late (s)", "coverage", "lost"):
        table.add_column(heading)
    figures, kept = dict[str, float](), list[bool]()
    try:
        async with school(database, infra.kafka_bootstrap, f"b{uuid4().hex[:8]}.", start_ms=start_ms) as running:
            await running.play(in_time(*(honesty.reports(start_ms, policy) for policy in POLICIES)))
            for story in honesty.STORIES:
                for policy in POLICIES:
                    seen = await running.standings(story.places(start_ms, policy))
                    lost = [words for one in seen.values() for words in story.lost(policy, one)]
                    live, late = (sum(getattr(one, kind) for one in seen.values()) for kind in ("live_s", "late_s"))
                    coverage = min(one.coverage for one in seen.values())
                    cuts = ", ".join(sorted({code for one in seen.values() for code in one.cuts}))
                    figures[f"{story.name}_{policy.name}"] = round((live + late) / DURATION_S / story.lessons, 4)
                    kept.append(not lost)
                    table.add_row(
                        story.words, policy.name, f"{live:.1f}", f"{late:.1f}", f"{coverage:.0%}",
                        "; ".join(lost) or cuts or "nothing",
                    )  # fmt: skip
    finally:
        await asyncio.to_thread(postgres.drop, database)
    Console(stderr=True, width=120).print(table)
    return figures, {"full_credit": sum(kept) / len(kept)}
