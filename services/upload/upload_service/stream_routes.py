"""A lesson's status as server-sent events: the author's page need not ask again and again."""

from typing import Annotated

from fastapi import APIRouter, Header, Request
from fastapi.responses import StreamingResponse

from servicekit import sse
from servicekit.auth import CurrentPrincipal
from servicekit.database import transaction
from servicekit.http import COMMON_PROBLEMS
from upload_service import access
from upload_service.courses import pool_of
from upload_service.schemas import LessonId, LessonView
from upload_service.settings import Settings

router = APIRouter(prefix="/api", tags=["lessons"], responses=COMMON_PROBLEMS)


@router.get(
    "/lessons/{lesson_id}/events",
    summary="A lesson's status as it changes, for its author (server-sent events)",
    description="Events `lesson` with the lesson as data and its version as id: the state now, then each change. "
    "A comment every 15 s shows that the line stands. `Last-Event-ID` leaves out what the caller has seen. Ends with "
    "`gone` when the lesson is deleted or the right to see it is lost, else after a while: come back.",
    response_class=StreamingResponse,
    responses=sse.RESPONSES,
)
async def stream_lesson(
    request: Request,
    principal: CurrentPrincipal,
    lesson_id: LessonId,
    last_event_id: Annotated[str | None, Header(max_length=64)] = None,
) -> StreamingResponse:
    settings: Settings = request.app.state.settings
    pool = pool_of(request)

    async def read() -> sse.State:
        async with transaction(pool, readonly=True) as conn:
            lesson, _ = await access.own_lesson(conn, principal, lesson_id)
        view = LessonView.of(lesson)
        return sse.State(str(view.version), "lesson", view.model_dump_json(by_alias=True).encode())

    events = sse.follow(request.app.state.watchers, lesson_id, await read(), read, seen=last_event_id)
    return sse.respond(events, for_s=settings.lesson_stream_s)
