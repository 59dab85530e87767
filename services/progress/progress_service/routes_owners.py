"""The HTTP edge for a course's owner and administrators: what rules do, before learners find out."""

from typing import Annotated

from fastapi import APIRouter, Path

from progress_service import answers, store_owners, store_views
from progress_service.preview import Affected, Change, LessonChange, Tally
from progress_service.ranges import normalise
from progress_service.routes import CourseNotFound, LessonNotFound, PathId, PoolOf
from progress_service.schemas import (
    AffectedOut,
    LessonProgressOut,
    LessonRulesIn,
    PreviewOut,
    RulesIn,
    WarningOut,
    WarningsOut,
)
from progress_service.store_evidence import act_as
from progress_service.store_owners import OwnedCourse
from progress_service.warnings import warnings
from servicekit.auth import CurrentPrincipal, Principal
from servicekit.database import Connection, transaction
from servicekit.errors import Forbidden

_PAGE = 500

router = APIRouter(prefix="/api/progress", tags=["owners"])


@router.post(
    "/courses/{courseId}/rules/preview",
    summary="Whom other rules would affect (owner, administrator); nothing is changed",
)
async def preview_rules(
    course_id: Annotated[PathId, Path(alias="courseId")], rules: RulesIn, principal: CurrentPrincipal, pool: PoolOf
) -> PreviewOut:
    async with transaction(pool, readonly=True) as conn:
        course = await as_owner(conn, course_id, principal)
        tally, after = Tally(course.rule, course.lessons, _change(rules)), ""
        while learners := await store_owners.learners_page(conn, course_id, after=after, limit=_PAGE):
            tally.add(learners.values())
            after = max(learners)
    lessons = {lesson_id: _out(affected) for lesson_id, affected in tally.lessons.items()}
    return PreviewOut(course_id=course_id, learners=_out(tally.learners), lessons=lessons)


@router.get("/courses/{courseId}/warnings", summary="Rules that cannot be met, in words (owner, administrator)")
async def course_warnings(
    course_id: Annotated[PathId, Path(alias="courseId")], principal: CurrentPrincipal, pool: PoolOf
) -> WarningsOut:
    async with transaction(pool, readonly=True) as conn:
        course = await as_owner(conn, course_id, principal)
        graded = await store_owners.graded_quizzes(conn, course_id, course.rule.final_assessment)
    found = warnings(course.rule, course.lessons, course.titles, graded)
    return WarningsOut(
        course_id=course_id,
        warnings=[
            WarningOut(code=one.code, message=one.message, lesson_id=one.lesson_id, dead_end=one.dead_end)
            for one in found
        ],
    )


@router.get(
    "/lessons/{lessonId}/learners/{learnerId}",
    summary="How far a learner is in a lesson, why it is not complete and what was refused (owner, administrator)",
    description="What the learner is told. Zero of everything for one who never watched.",
)
async def learner_progress(
    lesson_id: Annotated[PathId, Path(alias="lessonId")],
    learner_id: Annotated[PathId, Path(alias="learnerId")],
    principal: CurrentPrincipal,
    pool: PoolOf,
) -> LessonProgressOut:
    async with transaction(pool, readonly=True) as conn:
        owner = await store_views.lesson_owner(conn, lesson_id)
        if not principal.is_admin and (owner is None or owner[1] != principal.user_id):
            raise Forbidden("only the course's owner or an administrator sees how far others are")
        await act_as(conn, learner_id)
        view = await store_views.lesson(conn, learner_id, lesson_id) if owner is not None else None
    if view is None:
        raise LessonNotFound(lesson_id)
    return answers.lesson_progress(lesson_id, view)


async def as_owner(conn: Connection, course_id: str, principal: Principal) -> OwnedCourse:
    """The course; from here on the transaction reads as its owner, which an administrator may do."""
    course = await store_owners.owned_course(conn, course_id)
    if not principal.is_admin and (course is None or course.owner_id != principal.user_id):
        raise Forbidden("only the course's owner or an administrator may do that")
    if course is None:
        raise CourseNotFound(course_id)
    await act_as(conn, course.owner_id)
    return course


def _change(rules: RulesIn) -> Change:
    return Change(
        threshold=rules.completion_threshold,
        min_verified_ms=rules.min_verified * 1000 if rules.min_verified is not None else None,
        final_assessment=rules.final_assessment,
        lessons={lesson_id: _lesson_change(change) for lesson_id, change in rules.lessons.items()},
    )


def _lesson_change(change: LessonRulesIn) -> LessonChange:
    segments = change.required_segments
    return LessonChange(
        threshold=change.completion_threshold,
        required_segments=None
        if segments is None
        else normalise([(round(start * 1000), round(end * 1000)) for start, end in segments]),
        quiz_required=change.quiz_required,
        required=change.required,
    )


def _out(affected: Affected) -> AffectedOut:
    return AffectedOut(
        complete=affected.complete,
        kept=affected.kept,
        would_complete=affected.would_complete,
        incomplete=affected.incomplete,
    )
