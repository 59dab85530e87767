"""Row E11: minutes times prices, what a month will cost, and which thresholds of a budget are crossed. All by hand."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics_service import costs
from analytics_service.budgets import Budget, crossed, scope_of
from analytics_service.costs import Prices, Usage, Used, cost, per_thousand_verified
from analytics_service.forecast import forecast, month_of, rate_days, spending

amounts = st.floats(0, 1e6)
usages = st.builds(Usage, *[amounts] * len(Usage.__slots__))
MARCH_11 = datetime(2026, 3, 11, tzinfo=UTC)


def test_the_seeds_example_costs_what_it_says() -> None:
    """A hundred hours stored for a month at $5 a thousand minutes, and delivered at $1: $30 and the deliveries."""
    found = cost(Usage(stored=6_000, delivered=17_000, encoded=6_000), Prices())
    assert (found.encoding, found.storage, found.delivery) == (0, pytest.approx(30), pytest.approx(17))
    assert found.total == pytest.approx(47)


def test_s3_costs_by_the_gigabyte_and_not_by_the_minute() -> None:
    """60 GB stored for a month, and 30 sent."""
    found = cost(Usage(s3_stored=1_000, s3_watched=500, s3_stored_gb=60, s3_sent_gb=30), Prices())
    assert (found.s3_storage, found.s3_transfer) == (pytest.approx(60 * 0.023), pytest.approx(30 * 0.09))


@given(st.lists(usages, max_size=5))
def test_lessons_costs_add_up_to_the_courses(parts: list[Usage]) -> None:
    """What is added up first costs the same, whatever the prices."""
    prices = Prices(encoding=0.5)
    together = cost(costs.total(Used(month=part) for part in parts).month, prices).total
    assert together == pytest.approx(sum(cost(part, prices).total for part in parts))


def test_cost_per_thousand_verified_minutes() -> None:
    """None where nothing was verified: there is no such price."""
    assert per_thousand_verified(3, 1_500) == 2
    assert per_thousand_verified(3, 0) is None


def test_a_month_goes_on_as_the_last_thirty_days_did() -> None:
    """Ten of 31 days have passed: 21 more at a thirtieth of the last thirty days, and 21 days of what is stored now."""
    month = month_of(MARCH_11)
    assert (month.name, month.days, month.days_left) == ("2026-03", 31, 21)
    found = forecast(month, so_far=5, used_recently=60, over_days=30, stored_monthly=31)
    assert found == pytest.approx(5 + 21 * (60 / 30 + 31 / 31))


@given(st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1)), amounts, amounts, amounts)
def test_a_forecast_never_lies_below_what_is_spent(at: datetime, so_far: float, recent: float, stored: float) -> None:
    """And at the month's end there is nothing left to foresee."""
    month = month_of(at.replace(tzinfo=UTC))
    assert month.begin <= month.now < month.end
    values = {"so_far": so_far, "used_recently": recent, "over_days": 30, "stored_monthly": stored}
    assert forecast(month, **values) >= so_far
    assert forecast(month.__class__(month.begin, month.end, month.end), **values) == so_far


def test_a_young_platform_has_a_rate_of_the_days_that_it_has() -> None:
    """Not thirty days of which most were empty; and never less than one."""
    assert rate_days(None, MARCH_11) == 30
    assert rate_days(MARCH_11 - timedelta(days=99), MARCH_11) == 30
    assert rate_days(MARCH_11 - timedelta(days=6), MARCH_11) == 6
    assert rate_days(MARCH_11 - timedelta(hours=1), MARCH_11) == 1


def test_a_steady_months_forecast_is_its_cost() -> None:
    """Whatever was delivered evenly for thirty days and stored all the time costs at the end what it always did."""
    month = month_of(MARCH_11)
    used = Used(
        month=Usage(delivered=1_000, stored=500 * 10 / 31),
        lately=Usage(delivered=3_000),
        stored_now=Usage(stored=500),
    )
    found = spending(used, Prices(), month, over_days=30)
    assert found.at_end == pytest.approx(31 * 100 * 0.001 + 500 * 0.005)


def test_what_mux_has_not_told_is_taken_from_the_ledger() -> None:
    """Credited media stands in for what was delivered, and a sentence says so."""
    assert Usage(delivered=1, watched=7).without_mux.delivered == 7
    assert len(costs.assumptions(Prices(), delivered_by_mux=False)) == 3
    assert len(costs.assumptions(Prices(), delivered_by_mux=True)) == 2


@pytest.mark.parametrize(
    ("spent", "told", "expected"),
    [(7.99, [], []), (8, [], [0.8]), (10, [], [0.8, 1.0]), (12, [0.8], [1.0]), (12, [0.8, 1.0], [])],
)
def test_thresholds_are_crossed_once(spent: float, told: list[float], expected: list[float]) -> None:
    """Reaching is crossing; what was told is not told again."""
    assert crossed(Budget("platform", 1, 10.0), spent, told) == expected


def test_a_scope_is_a_course_or_the_platform() -> None:
    """No course's id can be taken for the platform."""
    assert Budget(scope_of("platform"), 1, 1.0).course_id == "platform"
    assert Budget(scope_of(None), 1, 1.0).course_id is None
