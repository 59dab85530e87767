"""What a month will have cost at its end, from what it has cost so far and how the last thirty days went. Pure.

The method is linear: what is left of the month goes on at the daily rate of the last thirty days (of fewer, where
fewer are known), and what is stored now stays stored.
"""

import calendar
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from analytics_service.costs import Cost, Prices, Used, cost, per_thousand_verified

RATE_DAYS = 30


@dataclass(frozen=True, slots=True)
class Month:
    """A calendar month (UTC) seen from a moment in it."""

    begin: datetime
    end: datetime
    now: datetime

    @property
    def name(self) -> str:
        return f"{self.begin:%Y-%m}"

    @property
    def days(self) -> int:
        return (self.end - self.begin).days

    @property
    def days_left(self) -> float:
        return (self.end - self.now) / timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Spending:
    """What so much usage costs: the month so far, by kind, and at its end. US dollars, not rounded."""

    so_far: Cost
    at_end: float
    per_thousand_verified: float | None


def spending(used: Used, prices: Prices, month: Month, *, over_days: float) -> Spending:
    """The costs of one usage; those of several that are added up are the sums of theirs."""
    so_far = cost(used.month, prices)
    at_end = forecast(
        month,
        so_far=so_far.total,
        used_recently=cost(used.lately, prices).total,
        over_days=over_days,
        stored_monthly=cost(used.stored_now, prices).total,
    )
    return Spending(so_far, at_end, per_thousand_verified(so_far.total, used.month.verified))


def month_of(now: datetime) -> Month:
    """The month in which that moment lies."""
    begin = now.astimezone(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return Month(begin, begin + timedelta(days=calendar.monthrange(begin.year, begin.month)[1]), now)


def rate_days(first_known: datetime | None, now: datetime) -> float:
    """Days that a daily rate is taken over: thirty, or those since anything is known, at least one."""
    if first_known is None:
        return RATE_DAYS
    return min(RATE_DAYS, max(1.0, (now - first_known) / timedelta(days=1)))


def forecast(month: Month, *, so_far: float, used_recently: float, over_days: float, stored_monthly: float) -> float:
    """US dollars at the month's end.

    `used_recently` is what deliveries and transfers cost in the last `over_days` days, `stored_monthly` what a whole
    month of what is stored now costs.
    """
    return so_far + month.days_left * (used_recently / over_days + stored_monthly / month.days)
