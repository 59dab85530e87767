"""Days, what players tell, cohorts and single learners: for a course's owner and admins."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from analytics_service import disclosure, store_days, store_groups
from analytics_service.detail_reports import (
    Cohorts,
    DaySeries,
    cohorts,
    day_series,
)
from analytics_service.interaction_reports import Interactions, interactions
from analytics_service.map_reports import LearnerMap, LearnerMaps, learner_map, learner_maps
from analytics_service.routes import (
    NOT_MODIFIED,
    Between,
    CourseNotFound,
    Id,
    IdText,
    IfNoneMatch,
    LessonNotFound,
    answer,
    must_own,
    seeing,
)
from servicekit.auth import CurrentPrincipal, Principal
from servicekit.database import acquire
from servicekit.errors import NotFound

router = APIRouter(prefix="/api/analytics", tags=["analytics"])


class Page(BaseModel):
    """Where to go on, and how far."""

    model_config = ConfigDict(frozen=True)

    after: IdText | None = Field(default=None, description="Begin after this learner.")
    limit: int = Field(default=100, ge=1, le=500)


class LearnerNotFound(NotFound):
    slug, title = "learner-not-found", "This learner has not watched the lesson"


@router.get(
    "/lessons/{lesson_id}/days",
    response_model=DaySeries,
    responses=NOT_MODIFIED,
    summary="A lesson's views, viewers and watch time by day (UTC)",
)
async def get_lesson_days(
    request: Request,
    lesson_id: Id,
    principal: CurrentPrincipal,
    between: Annotated[Between, Query()],
    if_none_match: IfNoneMatch = None,
) -> Response:
    return await _days(request, principal, between, if_none_match, lesson_id=lesson_id)


@router.get(
    "/courses/{course_id}/days",
    response_model=DaySeries,
    responses=NOT_MODIFIED,
    summary="A course's views, viewers and watch time by day (UTC)",
)
async def get_course_days(
    request: Request,
    course_id: Id,
    principal: CurrentPrincipal,
    between: Annotated[Between, Query()],
    if_none_match: IfNoneMatch = None,
) -> Response:
    return await _days(request, principal, between, if_none_match, course_id=course_id)


async def _days(
    request: Request,
    principal: Principal,
    between: Between,
    if_none_match: str | None,
    *,
    lesson_id: str | None = None,
    course_id: str | None = None,
) -> Response:
    """Of one lesson or of a course's. Days that make no sense are refused before anything is looked up."""
    bounds = between.days
    async with acquire(request.app.state.pool) as conn:
        calendar = await store_days.calendar(conn, lesson_id=lesson_id, course_id=course_id)
        smallest = await store_groups.smallest_group(conn)
    if calendar is None:
        raise CourseNotFound() if lesson_id is None else LessonNotFound()
    must_own(principal, calendar.owner_id)
    return answer(request, day_series(calendar, lesson_id, smallest, *bounds), if_none_match)


@router.get(
    "/lessons/{lesson_id}/interactions",
    response_model=Interactions,
    responses=NOT_MODIFIED,
    summary="A lesson's plays, seek matrix, quality changes, errors, rebuffering and speeds",
    description="Speeds are the ledger's, all else is what players tell: by player, browser and country, seeks aside.",
)
async def get_interactions(
    request: Request, lesson_id: Id, principal: CurrentPrincipal, if_none_match: IfNoneMatch = None
) -> Response:
    async with acquire(request.app.state.pool) as conn:
        told, smallest = await store_days.told(conn, lesson_id), await store_groups.smallest_group(conn)
    if told is None:
        raise LessonNotFound()
    must_own(principal, told.owner_id)
    return answer(request, interactions(lesson_id, told, smallest), if_none_match)


@router.get(
    "/lessons/{lesson_id}/cohorts",
    response_model=Cohorts,
    responses=NOT_MODIFIED,
    summary="The groups of a lesson's viewers that its numbers can be asked for",
)
async def get_cohorts(
    request: Request, lesson_id: Id, principal: CurrentPrincipal, if_none_match: IfNoneMatch = None
) -> Response:
    async with seeing(request, principal, lesson_id=lesson_id) as conn:
        audience, smallest = await store_groups.audience(conn, lesson_id), await store_groups.smallest_group(conn)
    if audience is None:
        raise LessonNotFound()
    must_own(principal, audience.owner_id)
    blocks = disclosure.blocks(audience.arrivals, smallest)
    return answer(request, cohorts(lesson_id, audience.course_id, blocks, smallest), if_none_match)


@router.get(
    "/lessons/{lesson_id}/learners",
    response_model=LearnerMaps,
    responses=NOT_MODIFIED,
    summary="Each learner's watched map of a lesson, by learner id",
)
async def get_learners(
    request: Request,
    lesson_id: Id,
    principal: CurrentPrincipal,
    page: Annotated[Page, Query()],
    if_none_match: IfNoneMatch = None,
) -> Response:
    async with seeing(request, principal, lesson_id=lesson_id) as conn:
        found = await store_days.learners(conn, lesson_id, after=page.after or "", limit=page.limit + 1)
    if found is None:
        raise LessonNotFound()
    must_own(principal, found.owner_id)
    return answer(request, learner_maps(found, page.limit), if_none_match)


@router.get(
    "/lessons/{lesson_id}/learners/{learner_id}",
    response_model=LearnerMap,
    responses=NOT_MODIFIED,
    summary="One learner's watched map of a lesson",
)
async def get_learner(
    request: Request, lesson_id: Id, learner_id: Id, principal: CurrentPrincipal, if_none_match: IfNoneMatch = None
) -> Response:
    async with seeing(request, principal, lesson_id=lesson_id) as conn:
        found = await store_days.learners(conn, lesson_id, learner_id=learner_id, limit=1)
    if found is None:
        raise LessonNotFound()
    must_own(principal, found.owner_id)
    if not found.rows:
        raise LearnerNotFound()
    return answer(request, learner_map(found.rows[0], found.duration_ms), if_none_match)
