"""A course as it is watched right now, for its owner: once, or as it changes."""

import asyncio
from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from hashlib import blake2b
from typing import Annotated

from fastapi import APIRouter, Header, Request, Response
from fastapi.responses import StreamingResponse

from analytics_service import store_live
from analytics_service.caching import respond
from analytics_service.live_reports import CourseLive, course_live
from analytics_service.routes import NOT_MODIFIED, CourseNotFound, Id, IfNoneMatch, NotTheOwner
from analytics_service.settings import Settings
from analytics_service.store_live import CourseNow
from servicekit import sse
from servicekit.auth import CurrentPrincipal, Principal
from servicekit.database import Pool, acquire
from servicekit.watching import Watchers

router = APIRouter(prefix="/api/analytics", tags=["live"])


def course_watchers(pool: Pool, settings: Settings, stopping: asyncio.Event) -> Watchers[CourseNow]:
    """By course id, watching what is going on there: one query for all of a process."""

    async def look(course_ids: Collection[str]) -> Mapping[str, CourseNow]:
        async with acquire(pool) as conn:
            return await store_live.courses_now(conn, course_ids, datetime.now(UTC))

    return Watchers(look, stopping, poll_s=settings.live_poll_s)


@router.get(
    "/courses/{course_id}/live/now",
    response_model=CourseLive,
    responses=NOT_MODIFIED,
    summary="Who watches a course right now, for its owner",
)
async def get_live(
    request: Request, course_id: Id, principal: CurrentPrincipal, if_none_match: IfNoneMatch = None
) -> Response:
    found = await _watchers(request).look([course_id])
    return respond(_shown(principal, course_id, found.get(course_id)), if_none_match, max_age_s=0)


@router.get(
    "/courses/{course_id}/live",
    summary="Who watches a course, as it changes, for its owner (server-sent events)",
    description="Events `live` with the whole state as data: the one now, then each change, at most two a second; "
    "a reader that is slower gets fewer. A comment every 15 s shows that the line stands. `Last-Event-ID` leaves out "
    "the state that the caller has seen. Ends with `gone` when the course is deleted or the right to see it is lost, "
    "else after a while: come back.",
    response_class=StreamingResponse,
    responses=sse.RESPONSES,
)
async def stream_live(
    request: Request,
    course_id: Id,
    principal: CurrentPrincipal,
    last_event_id: Annotated[str | None, Header(max_length=64)] = None,
) -> StreamingResponse:
    watchers = _watchers(request)

    async def read() -> sse.State:
        now = watchers.latest(course_id) or (await watchers.look([course_id])).get(course_id)
        data = _shown(principal, course_id, now).model_dump_json(by_alias=True).encode()
        return sse.State(blake2b(data, digest_size=12).hexdigest(), "live", data)

    settings: Settings = request.app.state.settings
    events = sse.follow(watchers, course_id, await read(), read, seen=last_event_id)
    return sse.respond(events, for_s=settings.live_stream_s)


def _watchers(request: Request) -> Watchers[CourseNow]:
    watchers: Watchers[CourseNow] = request.app.state.watchers
    return watchers


def _shown(principal: Principal, course_id: str, now: CourseNow | None) -> CourseLive:
    if now is None:
        raise CourseNotFound()
    if not principal.is_admin and principal.user_id != now.owner_id:
        raise NotTheOwner()
    return course_live(course_id, now)
