"""What course owners, admins and learners may ask; one query each."""

from typing import Annotated, Any

from fastapi import APIRouter, Header, Path, Request, Response
from pydantic import BaseModel

from analytics_service import store
from analytics_service.caching import respond
from analytics_service.reports import (
    CourseAnalytics,
    LessonAnalytics,
    OwnAnalytics,
    course_analytics,
    lesson_analytics,
    own_analytics,
)
from analytics_service.store import CourseReport
from servicekit.auth import CurrentPrincipal, Principal
from servicekit.database import acquire, transaction
from servicekit.errors import Forbidden, NotFound

router = APIRouter(prefix="/api/analytics", tags=["analytics"])

Id = Annotated[str, Path(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.:-]{0,63}$")]
IfNoneMatch = Annotated[str | None, Header()]
NOT_MODIFIED: dict[int | str, dict[str, Any]] = {304: {"description": "The caller has this one already"}}


class LessonNotFound(NotFound):
    slug, title = "lesson-not-found", "There is no such lesson"


class CourseNotFound(NotFound):
    slug, title = "course-not-found", "There is no such course"


class NotTheOwner(Forbidden):
    slug, title = "not-the-course-owner", "Only the course's owner and admins see its numbers"


@router.get(
    "/lessons/{lesson_id}",
    response_model=LessonAnalytics,
    responses=NOT_MODIFIED,
    summary="A lesson's views, watch time, completions and retention curve, for the course's owner",
)
async def get_lesson(
    request: Request, lesson_id: Id, principal: CurrentPrincipal, if_none_match: IfNoneMatch = None
) -> Response:
    async with acquire(request.app.state.pool) as conn:
        report = await store.lesson_report(conn, lesson_id)
    if report is None:
        raise LessonNotFound()
    _must_own(principal, report)
    return _answer(request, lesson_analytics(report), if_none_match)


@router.get(
    "/courses/{course_id}",
    response_model=CourseAnalytics,
    responses=NOT_MODIFIED,
    summary="The numbers of a course's lessons, for its owner",
)
async def get_course(
    request: Request, course_id: Id, principal: CurrentPrincipal, if_none_match: IfNoneMatch = None
) -> Response:
    async with acquire(request.app.state.pool) as conn:
        report = await store.course_report(conn, course_id)
    if report is None:
        raise CourseNotFound()
    _must_own(principal, report)
    return _answer(request, course_analytics(report), if_none_match)


@router.get(
    "/lessons/{lesson_id}/me",
    response_model=OwnAnalytics,
    responses=NOT_MODIFIED,
    summary="What the caller watched of a lesson",
)
async def get_own(
    request: Request, lesson_id: Id, principal: CurrentPrincipal, if_none_match: IfNoneMatch = None
) -> Response:
    async with transaction(request.app.state.pool, acting_as=principal.user_id, readonly=True) as conn:
        report = await store.own_report(conn, lesson_id, principal.user_id)
    if report is None:
        raise LessonNotFound()
    return _answer(request, own_analytics(report), if_none_match)


def _must_own(principal: Principal, report: CourseReport) -> None:
    if not principal.is_admin and principal.user_id != report.owner_id:
        raise NotTheOwner()


def _answer(request: Request, body: BaseModel, if_none_match: str | None) -> Response:
    return respond(body, if_none_match, max_age_s=request.app.state.settings.analytics_max_age_s)
