"""Files for spreadsheets and notebooks: a course's learners, a lesson's curve; streamed, however long."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import StreamingResponse

from analytics_service import export, store_export, store_groups, store_reports
from analytics_service.export import Format, Wanted
from analytics_service.reports import is_small
from analytics_service.retention import Layer, per_second, reach_ms
from analytics_service.routes import CourseNotFound, GroupTooSmall, Id, LessonNotFound, must_own, seeing
from analytics_service.store_export import LEARNER_COLUMNS
from servicekit.auth import CurrentPrincipal, Principal
from servicekit.database import acquire

router = APIRouter(prefix="/api/analytics", tags=["export"])

_PAGE = 1_000
_CURVE_COLUMNS = ("second", "unique", "replays")
FILE: dict[int | str, dict[str, Any]] = {
    200: {"content": {"text/csv": {"schema": {"type": "string"}}, "application/jsonl": {"schema": {"type": "string"}}}}
}
AskedFormat = Annotated[
    Format, Query(alias="format", description="`csv` (RFC 4180, UTF-8), or `jsonl`: an object a line.")
]


@router.get(
    "/courses/{course_id}/export/learners",
    summary="What each learner has watched of each lesson of a course, as a file, for its owner",
    description="By lesson and learner id. Each row is of one moment, and rows that come later may be of a later one.",
    response_class=StreamingResponse,
    responses=FILE,
)
async def export_learners(
    request: Request, course_id: Id, principal: CurrentPrincipal, format_: AskedFormat = "csv"
) -> StreamingResponse:
    return await opened(request, principal, Wanted("learners", course_id, format_))


@router.get(
    "/lessons/{lesson_id}/export/retention",
    summary="A lesson's retention second by second, as a file, for the course's owner",
    response_class=StreamingResponse,
    responses=FILE,
)
async def export_retention(
    request: Request, lesson_id: Id, principal: CurrentPrincipal, format_: AskedFormat = "csv"
) -> StreamingResponse:
    return await opened(request, principal, Wanted("retention", lesson_id, format_))


async def opened(request: Request, principal: Principal, wanted: Wanted) -> StreamingResponse:
    """The file, not read yet. Raises what can be said against it: none there, no right to it, too few people."""
    opening = {"learners": _open_learners, "retention": _open_retention}[wanted.what]
    body = await opening(request, principal, wanted.subject, wanted.format)
    name = export.file_name(wanted.what, wanted.subject, datetime.now(UTC).date(), wanted.format)
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "Cache-Control": "private, no-store",
        "X-Accel-Buffering": "no",  # a gateway that kept a long one would fill its disk
    }
    return StreamingResponse(body, media_type=export.MEDIA_TYPES[wanted.format], headers=headers)


async def _open_learners(
    request: Request, principal: Principal, course_id: str, format_: Format
) -> AsyncIterator[bytes]:
    async with seeing(request, principal, course_id=course_id) as conn:
        contents = await store_export.contents(conn, course_id)
    if contents is None:
        raise CourseNotFound()
    must_own(principal, contents.owner_id)
    return _learners(request, principal, course_id, contents.lesson_ids, format_)


async def _open_retention(
    request: Request, principal: Principal, lesson_id: str, format_: Format
) -> AsyncIterator[bytes]:
    async with acquire(request.app.state.pool) as conn:
        report, smallest = await store_reports.lesson_report(conn, lesson_id), await store_groups.smallest_group(conn)
    if report is None:
        raise LessonNotFound()
    must_own(principal, report.owner_id)
    lesson = report.lessons[0]
    if is_small(lesson.totals, smallest):
        raise GroupTooSmall(f"fewer than {smallest} viewers")
    unique, replays = lesson.cells.get(Layer.UNIQUE, {}), lesson.cells.get(Layer.REPLAYS, {})
    seconds = -(-(lesson.duration_ms if lesson.duration_ms is not None else reach_ms(unique, replays)) // 1000)

    async def body() -> AsyncIterator[bytes]:
        yield export.head(format_, _CURVE_COLUMNS)
        curves = zip(per_second(unique, seconds), per_second(replays, seconds), strict=True)
        yield export.lines(
            format_, _CURVE_COLUMNS, ((second, one / 1000, other / 1000) for second, (one, other) in enumerate(curves))
        )

    return body()


async def _learners(
    request: Request, principal: Principal, course_id: str, lesson_ids: tuple[str, ...], format_: Format
) -> AsyncIterator[bytes]:
    """Page by page: the right is asked for again with each, by row-level security."""
    yield export.head(format_, LEARNER_COLUMNS)
    for lesson_id in lesson_ids:
        after = ""
        while True:
            async with seeing(request, principal, course_id=course_id) as conn:
                rows = await store_export.learners(conn, lesson_id, after, _PAGE)
            if rows:
                yield export.lines(format_, LEARNER_COLUMNS, rows)
            if len(rows) < _PAGE:
                break
            after = str(rows[-1][LEARNER_COLUMNS.index("learner_id")])
