"""Who may change what a course gives out: its owner, and admins."""

from typing import Annotated

from fastapi import Path, Request

from playback_service import store_enrollments
from playback_service.errors import NotCourseOwner
from playback_service.models import ID_PATTERN
from servicekit.auth import CurrentPrincipal
from servicekit.database import acquire

CourseId = Annotated[str, Path(pattern=ID_PATTERN, alias="courseId")]


async def allow_owner(request: Request, principal: CurrentPrincipal, course_id: CourseId) -> None:
    """Admins may act on a course before it is known here; an owner must be known as such. Else NotCourseOwner."""
    if principal.is_admin:
        return
    async with acquire(request.app.state.pool) as conn:
        if await store_enrollments.owner_of(conn, course_id) != principal.user_id:
            raise NotCourseOwner
