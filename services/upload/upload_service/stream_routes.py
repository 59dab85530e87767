"""A lesson's status as server-sent events: the author's page need not ask again and again."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from typing import Annotated

from fastapi import APIRouter, Header, Request
from fastapi.responses import StreamingResponse

from servicekit.auth import CurrentPrincipal, Principal
from servicekit.database import Pool, transaction
from servicekit.errors import ServiceError, Unavailable
from servicekit.http import COMMON_PROBLEMS
from upload_service import access
from upload_service.courses import pool_of
from upload_service.schemas import LessonId, LessonView
from upload_service.settings import Settings
from upload_service.watching import Watchers

router = APIRouter(prefix="/api", tags=["lessons"], responses=COMMON_PROBLEMS)

_HEARTBEAT_S = 15
_HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}


@router.get(
    "/lessons/{lesson_id}/events",
    summary="A lesson's status as it changes, for its author (server-sent events)",
    description="Events `lesson` with the lesson as data and its version as id: the state now, then each change. "
    "A comment every 15 s shows that the line stands. `Last-Event-ID` leaves out what the caller has seen. Ends with "
    "`gone` when the lesson is deleted or the right to see it is lost, else after a while: come back.",
    response_class=StreamingResponse,
    responses={200: {"content": {"text/event-stream": {"schema": {"type": "string"}}}}},
)
async def stream_lesson(
    request: Request,
    principal: CurrentPrincipal,
    lesson_id: LessonId,
    last_event_id: Annotated[str | None, Header(max_length=64)] = None,
) -> StreamingResponse:
    settings: Settings = request.app.state.settings
    first = await _view(pool_of(request), principal, lesson_id)
    events = _events(request.app.state.watchers, pool_of(request), principal, first, _seen(last_event_id))
    bounded = _for(settings.lesson_stream_s, events)
    return StreamingResponse(bounded, media_type="text/event-stream", headers=_HEADERS)


async def _view(pool: Pool, principal: Principal, lesson_id: str) -> LessonView:
    async with transaction(pool, readonly=True) as conn:
        lesson, _ = await access.own_lesson(conn, principal, lesson_id)
    return LessonView.of(lesson)


def _seen(last_event_id: str | None) -> int | None:
    known = last_event_id is not None and last_event_id.isascii() and last_event_id.isdigit()
    return int(last_event_id or "") if known else None


async def _for(seconds: float, events: AsyncGenerator[bytes, None]) -> AsyncIterator[bytes]:
    ends_at = asyncio.get_running_loop().time() + seconds
    async with aclosing(events):
        while True:
            try:
                async with asyncio.timeout_at(ends_at):
                    event = await anext(events)
            except (StopAsyncIteration, TimeoutError):
                return
            yield event


async def _events(
    watchers: Watchers, pool: Pool, principal: Principal, first: LessonView, seen: int | None
) -> AsyncGenerator[bytes, None]:
    if first.version != seen:
        yield _event(first)
    seen = first.version
    with watchers.watch(first.id) as changed:
        while True:
            if not await _within(_HEARTBEAT_S, changed):
                yield b":\n\n"
                continue
            if watchers.stopping.is_set():
                return
            changed.clear()
            try:
                lesson = await _view(pool, principal, first.id)
            except Unavailable:
                changed.set()
                await _within(_HEARTBEAT_S, watchers.stopping)
                continue
            except ServiceError as error:
                yield b"event: gone\ndata: %b\n\n" % error.slug.encode()
                return
            if lesson.version != seen:
                seen = lesson.version
                yield _event(lesson)


async def _within(seconds: float, event: asyncio.Event) -> bool:
    try:
        async with asyncio.timeout(seconds):
            return await event.wait()
    except TimeoutError:
        return False


def _event(lesson: LessonView) -> bytes:
    body = lesson.model_dump_json(by_alias=True).encode()
    return b"id: %d\nevent: lesson\ndata: %b\n\n" % (lesson.version, body)
