"""The HTTP edge: reports in, progress out. A report is answered when Kafka has it; reading goes as the learner."""

from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Request, Response
from pydantic import ValidationError

from contracts import QuizGraded
from contracts.event import Id
from progress_service import answers, reading, store_views
from progress_service.ingest import to_event
from progress_service.intake import Report
from progress_service.schemas import (
    Accepted,
    CourseProgressOut,
    LessonProgressOut,
    ProgressIn,
    QuizAccepted,
    QuizIn,
    request_body,
)
from servicekit.auth import CurrentPrincipal
from servicekit.database import Pool, transaction
from servicekit.errors import Forbidden, NotFound, UnsupportedMediaType
from servicekit.http import invalid_payload
from servicekit.lane import JsonBytes, body_of
from servicekit.outbox import message_of
from servicekit.producer import Producer

_JSON_TYPES = ("", "application/json", "text/plain")

router = APIRouter(prefix="/api/progress", tags=["progress"])
PathId = Annotated[Id, Path()]


class LessonNotFound(NotFound):
    slug, title = "lesson-not-found", "There is no such lesson"


class CourseNotFound(NotFound):
    slug, title = "course-not-found", "There is no such course"


def _pool(request: Request) -> Any:
    return request.app.state.pool


def _producer(request: Request) -> Any:
    return request.app.state.producer


PoolOf = Annotated[Pool, Depends(_pool)]
ProducerOf = Annotated[Producer, Depends(_producer)]


@router.post(
    "",
    status_code=202,
    response_model=Accepted,
    summary="Report watching",
    description="Claims of a player, under a watch grant, which is the right to report: no bearer token is needed. "
    "The body is JSON, also where it comes as text/plain. 202 means durable; the same beat may be sent again.",
    openapi_extra={"requestBody": request_body(ProgressIn)},
)
async def report_progress(request: Request) -> Response:
    """sendBeacon may only say text/plain, so the body is read as it came."""
    content_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if content_type not in _JSON_TYPES:
        raise UnsupportedMediaType("send JSON, as application/json or text/plain")
    state, body = request.app.state, await body_of(request)
    now_ms, client = state.clock(), state.clients.of(request.headers)
    if (report := reading.read(body)) is not None:
        grant = state.grant_verifier.verify(report.grant, now_ms=now_ms)
        if reading.fits(report, grant):
            state.report_limit.take(grant.sub, now_ms=now_ms)
            value = reading.event_bytes(report, grant, client, received_at_ms=now_ms)
            await state.intake.accept(Report.of(grant.sub, value))
            return _accepted([beat.seq for beat in report.beats])
    said = _by_the_schema(body)
    grant = state.grant_verifier.verify(said.grant, now_ms=now_ms)
    state.report_limit.take(grant.sub, now_ms=now_ms)
    event = to_event(said, grant, client, received_at_ms=now_ms)
    await state.intake.accept(Report.of(grant.sub, event.to_json()))
    return _accepted([beat.seq for beat in said.beats])


def _by_the_schema(body: bytes) -> ProgressIn:
    try:
        return ProgressIn.model_validate_json(body)
    except ValidationError as error:
        raise invalid_payload(error.errors(include_url=False, include_context=False)) from None


def _accepted(seqs: list[int]) -> Response:
    return JsonBytes(b'{"accepted":%d,"lastSeq":%d}' % (len(seqs), max(seqs)), 202)


@router.get("/lessons/{lessonId}", summary="How far the caller is in a lesson, and why it is not complete")
async def lesson_progress(
    lesson_id: Annotated[PathId, Path(alias="lessonId")], principal: CurrentPrincipal, pool: PoolOf
) -> LessonProgressOut:
    async with transaction(pool, acting_as=principal.user_id, readonly=True) as conn:
        view = await store_views.lesson(conn, principal.user_id, lesson_id)
    if view is None:
        raise LessonNotFound(lesson_id)
    return answers.lesson_progress(lesson_id, view)


@router.get("/courses/{courseId}", summary="How far the caller is in a course, and why it is not complete")
async def course_progress(
    course_id: Annotated[PathId, Path(alias="courseId")], principal: CurrentPrincipal, pool: PoolOf
) -> CourseProgressOut:
    async with transaction(pool, acting_as=principal.user_id, readonly=True) as conn:
        view = await store_views.course(conn, principal.user_id, course_id)
    if view is None:
        raise CourseNotFound(course_id)
    return answers.course_progress(course_id, view)


@router.put("/lessons/{lessonId}/quiz", status_code=202, summary="Tell a learner's quiz result (LMS, course owner)")
async def grade_quiz(
    lesson_id: Annotated[PathId, Path(alias="lessonId")],
    result: QuizIn,
    principal: CurrentPrincipal,
    pool: PoolOf,
    producer: ProducerOf,
) -> QuizAccepted:
    async with transaction(pool, acting_as=principal.user_id, readonly=True) as conn:
        owner = await store_views.lesson_owner(conn, lesson_id)
    if not principal.is_admin and (owner is None or owner[1] != principal.user_id):
        raise Forbidden("only the course's owner or an administrator grades a quiz")
    if owner is None:
        raise LessonNotFound(lesson_id)
    graded = QuizGraded(
        learner_id=result.learner_id,
        lesson_id=lesson_id,
        course_id=owner[0],
        passed=result.passed,
        score=result.score,
        attempt=result.attempt,
        graded_at=datetime.now(UTC),
    )
    await producer.send(message_of(graded), timeout=2)
    return QuizAccepted(accepted=True)
