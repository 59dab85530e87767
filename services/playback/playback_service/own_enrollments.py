"""The caller's own enrollments over HTTP: what the player would say of a right, before it is asked for a video.

Nobody asks for another's here, so there is nothing to allow. A course that does not exist reads like one in which the
caller is not enrolled: guessing ids teaches nothing.
"""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from playback_service import store_own as store
from playback_service.access import CourseId
from playback_service.entitlement import right_in_course, state_of
from playback_service.models import OwnEnrollment, OwnEnrollments
from servicekit.auth import CurrentPrincipal, Principal
from servicekit.database import acquire

router = APIRouter(prefix="/api/playback/enrollments", tags=["enrollments"])


@router.get("", summary="The caller's own enrollments, by course")
async def list_own_enrollments(
    request: Request,
    response: Response,
    principal: CurrentPrincipal,
    after: Annotated[str, Query(pattern=r"^[A-Za-z0-9_.:-]{0,64}$", description="`next` of the page before.")] = "",
    limit: Annotated[int, Query(ge=1, le=1000)] = 200,
) -> OwnEnrollments:
    """Those that have ended are listed as well. A course that is not listed reads `none` by itself."""
    async with acquire(request.app.state.pool) as conn:
        places = await store.page(conn, principal.user_id, after=after, limit=limit)
    _keep_private(response)
    return OwnEnrollments(
        enrollments=[_told(place, principal) for place in places],
        next=places[-1].course_id if len(places) == limit else None,
    )


@router.get("/{courseId}", summary="How the caller stands in a course")
async def own_enrollment(
    request: Request, response: Response, principal: CurrentPrincipal, course_id: CourseId
) -> OwnEnrollment:
    """Never a 404: of a course that is not known here it says `none`, as of one in which the caller is not enrolled."""
    async with acquire(request.app.state.pool) as conn:
        place = await store.place(conn, principal.user_id, course_id)
    _keep_private(response)
    return _told(place, principal)


def _told(place: store.Place, principal: Principal) -> OwnEnrollment:
    now = datetime.now(UTC)
    return OwnEnrollment(
        course_id=place.course_id,
        standing=state_of(place.enrollment, now),
        expires_at=place.enrollment.expires_at if place.enrollment is not None else None,
        access=right_in_course(
            place.course, place.enrollment, user_id=principal.user_id, is_admin=principal.is_admin, now=now
        ),
    )


def _keep_private(response: Response) -> None:
    response.headers["Cache-Control"] = "no-store"
