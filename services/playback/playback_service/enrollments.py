"""Enrollments over HTTP: who has a right to a course. A change and its `enrollment.changed` are one transaction."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request, Response

from contracts import EnrollmentChanged
from playback_service import rows
from playback_service import store_enrollments as store
from playback_service.access import CourseId, allow_owner
from playback_service.errors import EnrollmentNotFound
from playback_service.models import (
    ID_PATTERN,
    BulkEnrollment,
    BulkResult,
    Enrollment,
    EnrollmentChange,
    EnrollmentRow,
    EnrollmentRows,
    Enrollments,
    RowReports,
)
from servicekit import outbox
from servicekit.database import Connection, Pool, acquire, transaction

LearnerId = Annotated[str, Path(pattern=ID_PATTERN, alias="userId")]


router = APIRouter(
    prefix="/api/courses/{courseId}/enrollments", tags=["enrollments"], dependencies=[Depends(allow_owner)]
)


@router.put("/{userId}", summary="Enroll a learner, or change an enrollment")
async def put_enrollment(
    request: Request, course_id: CourseId, learner_id: LearnerId, change: EnrollmentChange | None = None
) -> Enrollment:
    """Idempotent: the same state again changes nothing and announces nothing."""
    wanted = change or EnrollmentChange()
    async with transaction(_pool(request)) as conn:
        changed = await _change_and_announce(conn, course_id, [learner_id], wanted)
        stored = changed[0] if changed else await store.find(conn, course_id, learner_id)
    return Enrollment.model_validate(stored)


@router.delete("/{userId}", status_code=204, summary="Take a learner out of the course")
async def delete_enrollment(request: Request, course_id: CourseId, learner_id: LearnerId) -> Response:
    """What the learner was given ends by itself, and is not renewed. 404 if there never was such an enrollment."""
    async with transaction(_pool(request)) as conn:
        known = await store.find(conn, course_id, learner_id)
        if known is None:
            raise EnrollmentNotFound
        changed = await store.change(conn, course_id, [learner_id], status="removed", expires_at=None)
        await outbox.append(conn, [_event(enrollment) for enrollment in changed])
    return Response(status_code=204)


@router.get("", summary="The course's enrollments, by learner")
async def list_enrollments(
    request: Request,
    course_id: CourseId,
    after: Annotated[str, Query(pattern=r"^[A-Za-z0-9_.:-]{0,64}$", description="`next` of the page before.")] = "",
    limit: Annotated[int, Query(ge=1, le=1000)] = 200,
) -> Enrollments:
    """Removed ones are not listed."""
    async with acquire(_pool(request)) as conn:
        found = await store.page(conn, course_id, after=after, limit=limit)
    return Enrollments(
        enrollments=[Enrollment.model_validate(enrollment) for enrollment in found],
        next=found[-1].learner_id if len(found) == limit else None,
    )


@router.post("", summary="Enroll many learners at once")
async def enroll_many(request: Request, course_id: CourseId, wanted: BulkEnrollment) -> BulkResult:
    """All of them or, if anything fails, none."""
    learners = set(wanted.learner_ids)
    async with transaction(_pool(request)) as conn:
        changed = await _change_and_announce(conn, course_id, sorted(learners), wanted)
    return BulkResult(
        changed=[Enrollment.model_validate(enrollment) for enrollment in changed],
        unchanged=len(learners) - len(changed),
    )


@router.put("", summary="Give many learners their states, each judged by itself")
async def put_enrollments(request: Request, course_id: CourseId, wanted: EnrollmentRows) -> RowReports:
    """A row that makes no sense is refused with the reason, and keeps no other from being applied.

    All that make sense are one transaction with their events. Who is not in the list stays as they are.
    """
    reports = rows.read(wanted.enrollments)
    good = [
        (row.learner_id, row.status, row.expires_at, row.cohort) for row in reports if isinstance(row, EnrollmentRow)
    ]
    changed: list[store.StoredEnrollment] = []
    if good:
        async with transaction(_pool(request)) as conn:
            changed = await store.change_rows(conn, course_id, good)
            await outbox.append(conn, [_event(enrollment) for enrollment in changed])
    return rows.report(reports, {enrollment.learner_id: enrollment.version for enrollment in changed})


async def _change_and_announce(
    conn: Connection, course_id: str, learner_ids: list[str], wanted: EnrollmentChange
) -> list[store.StoredEnrollment]:
    changed = await store.change(
        conn, course_id, learner_ids, status=wanted.status, expires_at=wanted.expires_at, cohort=wanted.cohort
    )
    await outbox.append(conn, [_event(enrollment) for enrollment in changed])
    return changed


def _event(enrollment: store.StoredEnrollment) -> EnrollmentChanged:
    return EnrollmentChanged(
        learner_id=enrollment.learner_id,
        course_id=enrollment.course_id,
        version=enrollment.version,
        status=enrollment.status,
        expires_at=enrollment.expires_at,
        cohort=enrollment.cohort,
        changed_at=enrollment.changed_at,
    )


def _pool(request: Request) -> Pool:
    pool: Pool = request.app.state.pool
    return pool
