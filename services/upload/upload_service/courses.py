"""Courses and lessons over HTTP: how the LMS tells us of them, and how authors see them."""

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from servicekit.auth import CurrentPrincipal, Principal
from servicekit.database import Connection, Pool, transaction
from servicekit.http import COMMON_PROBLEMS
from upload_service import access, store
from upload_service.changes import delete_lesson, replay_parked, save_course, save_lesson
from upload_service.course_schemas import CourseBody, CourseList, CourseSummary, CourseView
from upload_service.errors import CourseNotFound, LessonElsewhere, LessonNotFound
from upload_service.model import Course, Lesson
from upload_service.schemas import CourseId, LessonBody, LessonId, LessonView

router = APIRouter(prefix="/api/courses", tags=["courses"], responses=COMMON_PROBLEMS)

_PAGE = 100


def pool_of(request: Request) -> Pool:
    pool: Pool = request.app.state.pool
    return pool


@router.get("", summary="Courses: one's own for instructors, all for admins, published ones for learners")
async def list_courses(
    request: Request,
    principal: CurrentPrincipal,
    after: Annotated[str, Query(max_length=64, pattern=r"^[^\x00]*$")] = "",
) -> CourseList:
    instructor = "instructor" in principal.roles and not principal.is_admin
    async with transaction(pool_of(request), readonly=True) as conn:
        found = await store.courses(
            conn,
            owner_id=principal.user_id if instructor else None,
            published_only=not (instructor or principal.is_admin),
            after=after,
            limit=_PAGE + 1,
        )
    page = found[:_PAGE]
    return CourseList(
        courses=[CourseSummary.of(course) for course in page], next=page[-1].id if len(found) > _PAGE else None
    )


@router.get("/{course_id}", summary="A course with its lessons")
async def get_course(request: Request, principal: CurrentPrincipal, course_id: CourseId) -> CourseView:
    async with transaction(pool_of(request), readonly=True) as conn:
        course = await store.course(conn, course_id)
        if course is None or course.deleted or not access.may_see(principal, course):
            raise CourseNotFound()
        return CourseView.with_lessons(course, await store.lessons_of(conn, course_id))


@router.put(
    "/{course_id}",
    summary="Make a course, or replace what is known of it",
    responses={201: {"model": CourseView, "description": "Made"}},
)
async def put_course(
    request: Request, response: Response, principal: CurrentPrincipal, course_id: CourseId, body: CourseBody
) -> CourseView:
    access.require_author(principal)
    async with transaction(pool_of(request)) as conn:
        created = await store.reserve_course(conn, course_id, principal.user_id)
        before = await store.lock_course(conn, course_id)
        if before is None:
            raise CourseNotFound()
        access.require_change(principal, before.owner_id)
        course = await save_course(conn, before, _described(before, body, principal))
        lessons = await store.lessons_of(conn, course_id)
    response.status_code = 201 if created else 200
    return CourseView.with_lessons(course, lessons)


def _described(course: Course, body: CourseBody, principal: Principal) -> Course:
    if body.owner_id is not None and body.owner_id != course.owner_id:
        access.require_admin(principal)
    return replace(
        course,
        owner_id=body.owner_id or course.owner_id,
        title=body.title,
        published=body.published,
        public=body.public,
        rules=body.rules.stored(),
        deleted=False,
    )


@router.delete("/{course_id}", status_code=204, summary="Delete a course with its lessons and their videos")
async def delete_course(request: Request, principal: CurrentPrincipal, course_id: CourseId) -> None:
    async with transaction(pool_of(request)) as conn:
        course = await access.own_course(conn, principal, course_id, lock=True)
        for lesson in await store.lessons_of(conn, course_id, lock=True):
            await delete_lesson(conn, lesson)
        await save_course(conn, course, replace(course, deleted=True))


@router.put(
    "/{course_id}/lessons/{lesson_id}",
    summary="Make a lesson, or replace its description",
    responses={201: {"model": LessonView, "description": "Made"}},
)
async def put_lesson(
    *,
    request: Request,
    response: Response,
    principal: CurrentPrincipal,
    course_id: CourseId,
    lesson_id: LessonId,
    body: LessonBody,
) -> LessonView:
    async with transaction(pool_of(request)) as conn:
        await access.own_course(conn, principal, course_id)
        created = await store.reserve_lesson(conn, lesson_id, course_id)
        before = await _lock_lesson(conn, course_id, lesson_id)
        described = replace(
            before,
            title=body.title,
            position=body.position,
            required=body.required,
            rules=body.rules.stored(),
            deleted=False,
        )
        lesson = await save_lesson(conn, before, described)
        if created:
            await replay_parked(conn, lesson_id)
            lesson = await _lock_lesson(conn, course_id, lesson_id)
    response.status_code = 201 if created else 200
    return LessonView.of(lesson)


@router.delete("/{course_id}/lessons/{lesson_id}", status_code=204, summary="Delete a lesson and its video")
async def remove_lesson(
    request: Request, principal: CurrentPrincipal, course_id: CourseId, lesson_id: LessonId
) -> None:
    async with transaction(pool_of(request)) as conn:
        await access.own_course(conn, principal, course_id)
        lesson = await store.lock_lesson(conn, lesson_id)
        if lesson is None or lesson.deleted or lesson.course_id != course_id:
            raise LessonNotFound()
        await delete_lesson(conn, lesson)


async def _lock_lesson(conn: Connection, course_id: str, lesson_id: str) -> Lesson:
    lesson = await store.lock_lesson(conn, lesson_id)
    if lesson is None:
        raise LessonNotFound()
    if lesson.course_id != course_id:
        raise LessonElsewhere()
    return lesson
