"""Reading what was used and reckoning what it costs, for the API and for the watch over budgets."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from analytics_service import costs, store_costs
from analytics_service.costs import Prices, Used
from analytics_service.forecast import RATE_DAYS, Month, Spending, month_of, rate_days, spending
from analytics_service.store_costs import Known, LessonUsage
from servicekit.database import Connection


@dataclass(frozen=True, slots=True)
class Bill:
    """A month so far, lesson by lesson. `used` is what costs are reckoned from."""

    month: Month
    known: Known
    prices: Prices
    lessons: tuple[LessonUsage, ...]

    @property
    def by_mux(self) -> bool:
        """Whether deliveries are those that Mux told."""
        return self.known.delivered_until is not None

    def used(self, course_id: str | None = None) -> Used:
        """Of a course, or of all."""
        return costs.total(self._used(lesson) for lesson in self.lessons if course_id in (None, lesson.course_id))

    def spending(self, course_id: str | None = None) -> Spending:
        return self._spending(self.used(course_id))

    def of_lesson(self, lesson: LessonUsage) -> Spending:
        return self._spending(self._used(lesson))

    def _used(self, lesson: LessonUsage) -> Used:
        return lesson.used if self.by_mux else lesson.used.without_mux

    def _spending(self, used: Used) -> Spending:
        return spending(used, self.prices, self.month, over_days=rate_days(self.known.since, self.month.now))


async def bill(conn: Connection, prices: Prices, now: datetime, *, course_id: str | None = None) -> Bill:
    """The month in which `now` lies, of a course or of all."""
    month, known = month_of(now), await store_costs.known(conn)
    since = (now - timedelta(days=RATE_DAYS - 1)).astimezone(UTC).date()
    lessons = await store_costs.usage(
        conn, month, rates_since=since, s3_bits_per_s=prices.s3_bits_per_s, course_id=course_id
    )
    return Bill(month, known, prices, tuple(lessons))
