"""Our numbers beside Mux's: of a lesson for its course's owner, of all that differ for admins."""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from analytics_service import store_groups, store_platforms
from analytics_service.caching import respond
from analytics_service.drifting import window
from analytics_service.platform_reports import Drifts, VideoAnalytics, drifts, video_analytics
from analytics_service.routes import NOT_MODIFIED, Id, IfNoneMatch, LessonNotFound, NotTheOwner
from analytics_service.settings import Settings
from servicekit.auth import CurrentPrincipal
from servicekit.database import transaction
from servicekit.errors import Forbidden

router = APIRouter(prefix="/api/analytics", tags=["platforms and costs"])


class NotAnAdmin(Forbidden):
    slug, title = "not-an-admin", "Only admins see the whole platform"


@router.get(
    "/lessons/{lesson_id}/platforms",
    response_model=VideoAnalytics,
    responses=NOT_MODIFIED,
    summary="A lesson's numbers beside those of Mux Data, how far they differ and why, for the course's owner",
)
async def get_platforms(
    request: Request, lesson_id: Id, principal: CurrentPrincipal, if_none_match: IfNoneMatch = None
) -> Response:
    settings: Settings = request.app.state.settings
    days = window(settings, datetime.now(UTC))
    async with transaction(request.app.state.pool, readonly=True) as conn:
        found = await store_platforms.compared(conn, *days, lesson_id=lesson_id)
        turns, smallest = await store_platforms.turns(conn), await store_groups.smallest_group(conn)
    if not found:
        raise LessonNotFound()
    if not principal.is_admin and principal.user_id != found[0].owner_id:
        raise NotTheOwner()
    shown = video_analytics(found[0], turns, days, settings, smallest)
    return respond(shown, if_none_match, max_age_s=settings.analytics_max_age_s)


@router.get(
    "/drifts",
    response_model=Drifts,
    responses=NOT_MODIFIED,
    summary="Lessons whose numbers differ from those of Mux Data, the worst first, for admins",
)
async def get_drifts(
    request: Request,
    principal: CurrentPrincipal,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    if_none_match: IfNoneMatch = None,
) -> Response:
    if not principal.is_admin:
        raise NotAnAdmin()
    settings: Settings = request.app.state.settings
    days = window(settings, datetime.now(UTC))
    async with transaction(request.app.state.pool, readonly=True) as conn:
        found = await store_platforms.compared(conn, *days)
        turns, smallest = await store_platforms.turns(conn), await store_groups.smallest_group(conn)
    shown = drifts(found, turns, days, settings, smallest, limit=limit)
    return respond(shown, if_none_match, max_age_s=settings.analytics_max_age_s)
