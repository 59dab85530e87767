"""The watch over budgets: what a month has cost is compared with what it may, and each threshold is told of once.

The note that it was told and the event are written in one transaction, so that several workers may watch at once.
"""

import asyncio
from datetime import UTC, datetime

from prometheus_client import Counter

from analytics_service import store_costs
from analytics_service.budgets import Budget, crossed
from analytics_service.settings import WorkerSettings
from analytics_service.spending import Bill, bill
from contracts import BudgetExceeded
from servicekit import outbox
from servicekit.database import Connection, Pool, transaction
from servicekit.telemetry import get_logger

EXCEEDED = Counter("seatime_budgets_exceeded_total", "Thresholds of budgets that a month's cost has reached")

log = get_logger(__name__)


async def run(pool: Pool, settings: WorkerSettings) -> None:
    """Compare for ever."""
    while True:
        await compare(pool, settings, datetime.now(UTC))
        await asyncio.sleep(settings.budget_check_every_s)


async def compare(pool: Pool, settings: WorkerSettings, now: datetime) -> list[BudgetExceeded]:
    """Tell of every threshold that this month has reached and that was not told of yet. Returns the events."""
    async with transaction(pool) as conn:
        budgets = await store_costs.budgets(conn)
        if not budgets:
            return []
        month = await bill(conn, settings.prices, now)
        told = await store_costs.told(conn, month.month.name)
        events = []
        for budget in budgets.values():
            events += await _tell(conn, budget, month, told.get((budget.scope, budget.version), []))
        await outbox.append(conn, events)
    for event in events:
        EXCEEDED.inc()
        log.warning("budget exceeded", budget=event.key, threshold=event.threshold, spent_usd=event.spent_usd)
    return events


async def _tell(conn: Connection, budget: Budget, month: Bill, told: list[float]) -> list[BudgetExceeded]:
    spending = month.spending(budget.course_id)
    spent_usd = round(spending.so_far.total, 4)
    return [
        BudgetExceeded(
            course_id=budget.course_id,
            version=budget.version,
            month=month.month.name,
            threshold=threshold,
            budget_usd=budget.monthly_usd,
            spent_usd=spent_usd,
            forecast_usd=round(spending.at_end, 4),
            exceeded_at=month.month.now,
        )
        for threshold in crossed(budget, spending.so_far.total, told)
        if await store_costs.note_alert(conn, budget, month.month.name, threshold, spent_usd)
    ]
