"""What a completion costs whoever did not watch: eleven attacks on the running system, in real seconds of a virtual
clock, beside what the same forgery costs elsewhere.
"""

import asyncio
import time
from uuid import uuid4

from rich.console import Console
from rich.table import Table

from tests.databases import Postgres
from tests.infra import Infra
from tests.progress.cheating import attacks
from tests.progress.cheating.outcomes import Outcome, outcomes, places
from tests.progress.cheating.reports import DURATION_S, POLICIES, in_time
from tests.progress.cheating.school import school

DESCRIPTION = "what a forged completion costs, in durations of the video, under both policies and elsewhere"
AIMS = {"cheapest_to_least": 1.0, "promises_kept": 1.0}

ELSEWHERE = (
    ("Open edX, Frappe LMS, LearnHouse, Kolibri, Marsha, Mux's course kit", "0 s: one request"),
    ("mentingo", "0.45 D of idling, any number of videos in parallel"),
    ("vilib", "0.86 D of idling"),
)
"""As read in their sources: what one forged completion of a video of length D costs."""


async def run(infra: Infra) -> tuple[dict[str, float], dict[str, float]]:
    """Returns each attack's cost per video in durations (-1: never), and the cheapest against the least possible."""
    postgres, start_ms = Postgres(infra.postgres_admin_url), int(time.time()) * 1000
    database = await asyncio.to_thread(postgres.create, "progress")
    try:
        async with school(database, infra.kafka_bootstrap, f"b{uuid4().hex[:8]}.", start_ms=start_ms) as running:
            await running.play(in_time(*(attacks.reports(start_ms, policy) for policy in POLICIES)))
            found = [
                one
                for policy in POLICIES
                for one in outcomes(start_ms, policy, await running.standings(places(start_ms, policy)))
            ]
    finally:
        await asyncio.to_thread(postgres.drop, database)
    _show(found)
    figures = {f"{one.attack.name}_{one.policy.name}": _durations(one) for one in found}
    cheapest = min(one.cost_s / one.attack.lessons for one in found if one.cost_s is not None)
    kept = sum(not one.broken_promises() for one in found) / len(found)
    return figures, {"cheapest_to_least": round(cheapest / attacks.FLOOR_S, 3), "promises_kept": kept}


def _durations(one: Outcome) -> float:
    return round(one.durations, 3) if one.durations is not None else -1.0


def _show(found: list[Outcome]) -> None:
    console = Console(stderr=True, width=120)
    table = Table(title=f"Real time per video, in durations D of it (here {DURATION_S} s; 90 % needed, rate ≤ 2)")
    for heading in ("attack", *(policy.name for policy in POLICIES), "counted live/late (s)"):
        table.add_column(heading)
    for attack in attacks.ATTACKS:
        mine = [one for one in found if one.attack is attack]
        counted = ", ".join(f"{one.live_s:.0f}/{one.late_s:.0f}" for one in mine)
        table.add_row(attack.words, *(_words(one) for one in mine), counted)
    table.add_section()
    for system, cost in ELSEWHERE:
        table.add_row(f"[dim]elsewhere:[/dim] {system}", cost, "", "")
    console.print(table)
    for promise in (promise for one in found for promise in one.broken_promises()):
        console.print(f"[red]broken:[/red] {promise}")


def _words(one: Outcome) -> str:
    return f"{one.durations:.2f} D" if one.durations is not None else f"never ({one.coverage:.0%} covered)"
