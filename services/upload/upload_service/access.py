"""Who may do what with a course: its owner and admins change it, others see what is published."""

import re

from servicekit.auth import Principal
from servicekit.database import Connection
from servicekit.errors import Forbidden
from upload_service import store
from upload_service.errors import CourseNotFound, LessonNotFound, NotTheOwner
from upload_service.model import Course, Lesson

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:-]{0,63}")


def may_change(principal: Principal, owner_id: str) -> bool:
    return principal.is_admin or principal.user_id == owner_id


def require_change(principal: Principal, owner_id: str) -> None:
    """Raises NotTheOwner unless the caller owns the course or is an admin."""
    if not may_change(principal, owner_id):
        raise NotTheOwner()


def may_see(principal: Principal, course: Course) -> bool:
    return course.published or may_change(principal, course.owner_id)


def require_author(principal: Principal) -> None:
    """Raises Forbidden unless the caller is one who may create courses, under an id that can own one."""
    if not (principal.is_admin or "instructor" in principal.roles):
        raise Forbidden("only instructors and admins create courses")
    if not _ID.fullmatch(principal.user_id):
        raise Forbidden("this user id cannot own a course")


async def own_lesson(conn: Connection, principal: Principal, lesson_id: str) -> tuple[Lesson, Course]:
    """A lesson that the caller may change, with its course. Raises LessonNotFound or NotTheOwner."""
    lesson = await store.lesson(conn, lesson_id)
    course = await store.course(conn, lesson.course_id) if lesson is not None else None
    if lesson is None or lesson.deleted or course is None or course.deleted:
        raise LessonNotFound()
    require_change(principal, course.owner_id)
    return lesson, course


async def own_course(conn: Connection, principal: Principal, course_id: str, *, lock: bool = False) -> Course:
    """A course that the caller may change, held or locked. Raises CourseNotFound or NotTheOwner."""
    course = await (store.lock_course if lock else store.hold_course)(conn, course_id)
    if course is None or course.deleted:
        raise CourseNotFound()
    require_change(principal, course.owner_id)
    return course


def require_admin(principal: Principal) -> None:
    """Raises Forbidden unless the caller is an admin."""
    if not principal.is_admin:
        raise Forbidden("only an admin gives a course to somebody else")
