"""Costs as the API shows them: US dollars to a hundredth of a cent, minutes of video."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from analytics_service import costs
from analytics_service.budgets import THRESHOLDS, Budget, scope_of
from analytics_service.costs import Used
from analytics_service.forecast import Spending
from analytics_service.spending import Bill
from analytics_service.store_costs import CourseName


class _Shape(BaseModel):
    model_config = ConfigDict(
        alias_generator=to_camel,
        populate_by_name=True,
        frozen=True,
        json_schema_serialization_defaults_required=True,
    )


class Money(_Shape):
    """Of the month so far."""

    encoding: float
    storage: float
    delivery: float
    s3_storage: float
    s3_transfer: float
    total: float


class Minutes(_Shape):
    """Of the month so far; stored minutes count by the share of the month for which they were stored."""

    stored: float
    stored_now: float
    delivered: float
    watched: float = Field(description="Credited media, played from Mux: a cross-check of what was delivered.")
    s3_stored: float
    s3_watched: float
    verified: float = Field(description="Real time that the ledger verified.")


class CostShown(_Shape):
    month_to_date: Money
    forecast: float = Field(description="The month's total at its end.")
    per_thousand_verified_minutes: float | None = Field(description="Null where nothing was verified.")
    minutes: Minutes


class LessonCost(CostShown):
    lesson_id: str
    title: str
    deleted: bool


class BudgetShown(_Shape):
    monthly_usd: float
    thresholds: list[float]
    version: int
    spent_share: float = Field(description="Of the budget, what the month has cost so far.")
    told: list[float] = Field(description="Thresholds that `budget.exceeded` has told of this month.")


class _Month(CostShown):
    month: str
    as_of: datetime
    delivered_until: datetime | None = Field(description="When Mux was last asked what it delivered.")
    assumptions: list[str]
    budget: BudgetShown | None


class CourseCost(_Month):
    course_id: str
    title: str
    lessons: list[LessonCost]


class CourseInPlatform(CostShown):
    course_id: str
    title: str | None


class PlatformCost(_Month):
    courses: list[CourseInPlatform] = Field(description="The dearest first.")


class BudgetWanted(BaseModel):
    """A budget as it is set."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, extra="forbid")

    monthly_usd: float = Field(gt=0, le=1e9, allow_inf_nan=False)
    thresholds: list[float] = Field(default=list(THRESHOLDS), min_length=1, max_length=10)


Told = dict[tuple[str, int], list[float]]


def course_cost(bill: Bill, course: CourseName, budget: Budget | None, told: Told) -> CourseCost:
    lessons = [
        LessonCost(
            lesson_id=lesson.lesson_id,
            title=lesson.title,
            deleted=lesson.deleted,
            **_cost(bill.of_lesson(lesson), lesson.used),
        )
        for lesson in bill.lessons
        if not lesson.deleted or bill.of_lesson(lesson).so_far.total
    ]
    return CourseCost(
        course_id=course.course_id,
        title=course.title,
        lessons=lessons,
        **_month(bill, course.course_id, budget, told),
    )


def platform_cost(bill: Bill, titles: dict[str, CourseName], budget: Budget | None, told: Told) -> PlatformCost:
    course_ids = sorted({lesson.course_id for lesson in bill.lessons})
    spent = {course_id: bill.spending(course_id) for course_id in course_ids}
    course_ids.sort(key=lambda course_id: -spent[course_id].so_far.total)
    return PlatformCost(
        courses=[
            CourseInPlatform(
                course_id=course_id,
                title=titles[course_id].title if course_id in titles else None,
                **_cost(spent[course_id], bill.used(course_id)),
            )
            for course_id in course_ids
        ],
        **_month(bill, None, budget, told),
    )


def budget_shown(bill: Bill, budget: Budget, told: Told) -> BudgetShown:
    spent = bill.spending(budget.course_id).so_far.total
    return BudgetShown(
        monthly_usd=budget.monthly_usd,
        thresholds=list(budget.thresholds),
        version=budget.version,
        spent_share=round(spent / budget.monthly_usd, 4),
        told=told.get((budget.scope, budget.version), []),
    )


def _month(bill: Bill, course_id: str | None, budget: Budget | None, told: Told) -> dict[str, object]:
    assert budget is None or budget.scope == scope_of(course_id)
    return {
        "month": bill.month.name,
        "as_of": bill.month.now,
        "delivered_until": bill.known.delivered_until,
        "assumptions": costs.assumptions(bill.prices, delivered_by_mux=bill.by_mux),
        "budget": budget_shown(bill, budget, told) if budget is not None else None,
        **_cost(bill.spending(course_id), bill.used(course_id)),
    }


def _cost(spending: Spending, used: Used) -> dict[str, object]:
    so_far, month = spending.so_far, used.month
    per_thousand = spending.per_thousand_verified
    return {
        "month_to_date": Money(
            encoding=_dollars(so_far.encoding),
            storage=_dollars(so_far.storage),
            delivery=_dollars(so_far.delivery),
            s3_storage=_dollars(so_far.s3_storage),
            s3_transfer=_dollars(so_far.s3_transfer),
            total=_dollars(so_far.total),
        ),
        "forecast": _dollars(spending.at_end),
        "per_thousand_verified_minutes": None if per_thousand is None else _dollars(per_thousand),
        "minutes": Minutes(
            stored=round(month.stored, 3),
            stored_now=round(used.stored_now.stored, 3),
            delivered=round(month.delivered, 3),
            watched=round(month.watched, 3),
            s3_stored=round(month.s3_stored, 3),
            s3_watched=round(month.s3_watched, 3),
            verified=round(month.verified, 3),
        ),
    }


def _dollars(amount: float) -> float:
    return round(amount, 4)
