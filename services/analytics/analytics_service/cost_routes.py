"""What videos cost, for a course's owner and for admins, and what they may cost."""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Body, Request, Response

from analytics_service import store_costs
from analytics_service.budgets import scope_of
from analytics_service.caching import respond
from analytics_service.cost_reports import (
    BudgetShown,
    BudgetWanted,
    CourseCost,
    PlatformCost,
    budget_shown,
    course_cost,
    platform_cost,
)
from analytics_service.platform_routes import NotAnAdmin
from analytics_service.routes import NOT_MODIFIED, CourseNotFound, Id, IfNoneMatch, NotTheOwner
from analytics_service.settings import Settings
from analytics_service.spending import bill
from analytics_service.store_costs import CourseName
from servicekit.auth import CurrentPrincipal, Principal
from servicekit.database import Connection, transaction
from servicekit.errors import InvalidPayload

router = APIRouter(prefix="/api/analytics", tags=["platforms and costs"])

Wanted = Annotated[BudgetWanted, Body()]


class InvalidThreshold(InvalidPayload):
    slug, title = "invalid-threshold", "A threshold is a share of the budget, above 0 and at most 10"


@router.get(
    "/courses/{course_id}/cost",
    response_model=CourseCost,
    responses=NOT_MODIFIED,
    summary="What a course's videos cost this month, by lesson, with a forecast, for its owner",
)
async def get_course_cost(
    request: Request, course_id: Id, principal: CurrentPrincipal, if_none_match: IfNoneMatch = None
) -> Response:
    settings: Settings = request.app.state.settings
    scope = scope_of(course_id)
    async with transaction(request.app.state.pool, readonly=True) as conn:
        course = await _own_course(conn, course_id, principal)
        month = await bill(conn, settings.prices, datetime.now(UTC), course_id=course_id)
        budget = (await store_costs.budgets(conn, [scope])).get(scope)
        told = await store_costs.told(conn, month.month.name)
    return respond(course_cost(month, course, budget, told), if_none_match, max_age_s=settings.analytics_max_age_s)


@router.get(
    "/cost",
    response_model=PlatformCost,
    responses=NOT_MODIFIED,
    summary="What all videos cost this month, by course, with a forecast, for admins",
)
async def get_platform_cost(
    request: Request, principal: CurrentPrincipal, if_none_match: IfNoneMatch = None
) -> Response:
    if not principal.is_admin:
        raise NotAnAdmin()
    settings: Settings = request.app.state.settings
    scope = scope_of(None)
    async with transaction(request.app.state.pool, readonly=True) as conn:
        month = await bill(conn, settings.prices, datetime.now(UTC))
        titles = await store_costs.courses(conn, {lesson.course_id for lesson in month.lessons})
        budget = (await store_costs.budgets(conn, [scope])).get(scope)
        told = await store_costs.told(conn, month.month.name)
    return respond(platform_cost(month, titles, budget, told), if_none_match, max_age_s=settings.analytics_max_age_s)


@router.put("/courses/{course_id}/budget", summary="Set what a course's videos may cost a month, for its owner")
async def put_course_budget(
    request: Request, course_id: Id, principal: CurrentPrincipal, wanted: Wanted
) -> BudgetShown:
    async with transaction(request.app.state.pool) as conn:
        await _own_course(conn, course_id, principal)
        return await _set(request, conn, course_id, principal, wanted)


@router.put("/budget", summary="Set what all videos may cost a month, for admins")
async def put_platform_budget(request: Request, principal: CurrentPrincipal, wanted: Wanted) -> BudgetShown:
    if not principal.is_admin:
        raise NotAnAdmin()
    async with transaction(request.app.state.pool) as conn:
        return await _set(request, conn, None, principal, wanted)


async def _set(
    request: Request, conn: Connection, course_id: str | None, principal: Principal, wanted: BudgetWanted
) -> BudgetShown:
    """`budget.exceeded` follows from the worker, also for what is over the budget already."""
    if not all(0 < threshold <= 10 for threshold in wanted.thresholds):
        raise InvalidThreshold()
    scope, settings = scope_of(course_id), request.app.state.settings
    budget = await store_costs.set_budget(conn, scope, wanted.monthly_usd, wanted.thresholds, principal.user_id)
    month = await bill(conn, settings.prices, datetime.now(UTC), course_id=course_id)
    return budget_shown(month, budget, await store_costs.told(conn, month.month.name))


async def _own_course(conn: Connection, course_id: str, principal: Principal) -> CourseName:
    course = (await store_costs.courses(conn, [course_id])).get(course_id)
    if course is None:
        raise CourseNotFound()
    if not principal.is_admin and principal.user_id != course.owner_id:
        raise NotTheOwner()
    return course
