"""What course owners, admins and learners may ask; one query each, and one before it where a filter must be judged."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Header, Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from analytics_service import disclosure, store_groups, store_reports
from analytics_service.caching import respond
from analytics_service.days import number_of
from analytics_service.reports import (
    CourseAnalytics,
    LessonAnalytics,
    OwnAnalytics,
    chosen_analytics,
    course_analytics,
    lesson_analytics,
    own_analytics,
)
from servicekit.auth import CurrentPrincipal, Principal
from servicekit.database import Connection, acquire, transaction
from servicekit.errors import BadRequest, Forbidden, NotFound

router = APIRouter(prefix="/api/analytics", tags=["analytics"])

Id = Annotated[str, Path(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.:-]{0,63}$")]
IdText = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.:-]{0,63}$")]
IfNoneMatch = Annotated[str | None, Header()]
NOT_MODIFIED: dict[int | str, dict[str, Any]] = {304: {"description": "The caller has this one already"}}


class LessonNotFound(NotFound):
    slug, title = "lesson-not-found", "There is no such lesson"


class CourseNotFound(NotFound):
    slug, title = "course-not-found", "There is no such course"


class DaysReversed(BadRequest):
    slug, title = "days-reversed", "The last day is before the first"


class GroupTooSmall(Forbidden):
    slug, title = "group-too-small", "So few people are not shown"


class NotTheOwner(Forbidden):
    slug, title = "not-the-course-owner", "Only the course's owner and admins see its numbers"


class Between(BaseModel):
    """Days, both included."""

    model_config = ConfigDict(frozen=True, populate_by_name=True)

    first: date | None = Field(default=None, alias="from", description="This day (UTC) or later.")
    last: date | None = Field(default=None, alias="to", description="This day (UTC) or earlier.")

    @property
    def days(self) -> tuple[int | None, int | None]:
        """The bounds as days since 1970-01-01; DaysReversed where the last is before the first."""
        if self.first is not None and self.last is not None and self.last < self.first:
            raise DaysReversed("`to` is before `from`")
        first, last = self.first, self.last
        return None if first is None else number_of(first), None if last is None else number_of(last)


class Chosen(Between):
    """Viewers of a cohort whose first view began on these days."""

    cohort: IdText | None = Field(default=None, description="As the LMS calls it.")


@router.get(
    "/lessons/{lesson_id}",
    response_model=LessonAnalytics,
    responses=NOT_MODIFIED,
    summary="A lesson's views, watch time, completions, retention curve and drop-off points, for the course's owner",
    description="About everybody, or about the viewers that a cohort and the days of their first view (UTC) choose. "
    "Groups of fewer than `smallestGroup` are suppressed; days are widened until groups are whole (docs/metrics.md).",
)
async def get_lesson(
    request: Request,
    lesson_id: Id,
    principal: CurrentPrincipal,
    chosen: Annotated[Chosen, Query()],
    if_none_match: IfNoneMatch = None,
) -> Response:
    if chosen == Chosen():
        async with acquire(request.app.state.pool) as conn:
            report, smallest = (
                await store_reports.lesson_report(conn, lesson_id),
                await store_groups.smallest_group(conn),
            )
        if report is None:
            raise LessonNotFound()
        must_own(principal, report.owner_id)
        return answer(request, lesson_analytics(report, smallest), if_none_match)
    first, last = chosen.days
    async with seeing(request, principal, lesson_id=lesson_id) as conn:
        audience, smallest = await store_groups.audience(conn, lesson_id), await store_groups.smallest_group(conn)
        if audience is None:
            raise LessonNotFound()
        must_own(principal, audience.owner_id)
        known = disclosure.blocks(audience.arrivals, smallest)
        choice = disclosure.choose(known, chosen.cohort, first, last, any_cohort=chosen.cohort is None)
        if choice is None:
            raise GroupTooSmall(f"fewer than {smallest} viewers, or a cohort that nobody is in")
        lesson = await store_groups.chosen_report(conn, lesson_id, choice)
    return answer(request, chosen_analytics(audience.course_id, lesson, choice, smallest), if_none_match)


@router.get(
    "/courses/{course_id}",
    response_model=CourseAnalytics,
    responses=NOT_MODIFIED,
    summary="The numbers of a course and its lessons, for its owner",
)
async def get_course(
    request: Request, course_id: Id, principal: CurrentPrincipal, if_none_match: IfNoneMatch = None
) -> Response:
    async with seeing(request, principal, course_id=course_id) as conn:
        smallest = await store_groups.smallest_group(conn)
        report = await store_reports.course_report(conn, course_id, smallest)
    if report is None:
        raise CourseNotFound()
    must_own(principal, report.owner_id)
    return answer(request, course_analytics(report, smallest), if_none_match)


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
        report = await store_reports.own_report(conn, lesson_id, principal.user_id)
    if report is None:
        raise LessonNotFound()
    return answer(request, own_analytics(report), if_none_match)


@asynccontextmanager
async def seeing(
    request: Request, principal: Principal, *, lesson_id: str | None = None, course_id: str | None = None
) -> AsyncIterator[Connection]:
    """A transaction that sees the learners whom the caller may see: administrators see what the course's owner does."""
    async with transaction(request.app.state.pool, acting_as=principal.user_id, readonly=True) as conn:
        if principal.is_admin:
            await store_groups.act_as_owner(conn, lesson_id=lesson_id, course_id=course_id)
        yield conn


def must_own(principal: Principal, owner_id: str | None) -> None:
    if not principal.is_admin and principal.user_id != owner_id:
        raise NotTheOwner()


def answer(request: Request, body: BaseModel, if_none_match: str | None) -> Response:
    return respond(body, if_none_match, max_age_s=request.app.state.settings.analytics_max_age_s)
