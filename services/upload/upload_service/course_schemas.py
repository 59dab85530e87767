"""Courses on the wire."""

from typing import Any, Literal

from pydantic import Field

from contracts import CourseRules
from contracts.event import HiddenPages
from upload_service.model import Course, Lesson
from upload_service.schemas import MAX_SECONDS, Id, LessonSummary, RulesBody, Title, Wire


class CourseRulesBody(RulesBody):
    """What the course demands for completion; what is absent is the platform's default."""

    completion_threshold: float | None = Field(default=None, gt=0, le=1)
    max_rate: float | None = Field(default=None, ge=1, le=16)
    offline_grace_s: int | None = Field(default=None, ge=120, le=MAX_SECONDS)
    min_verified_s: int | None = Field(default=None, ge=0, le=MAX_SECONDS)
    final_assessment: Id | None = None
    hidden_pages: HiddenPages | None = None
    seek_ahead: Literal["free", "locked"] | None = None

    def stored(self) -> dict[str, Any]:
        return CourseRules(**self.model_dump()).model_dump(mode="json", exclude_none=True)


class CourseBody(Wire):
    """The whole course: what is left out goes back to its default."""

    title: Title
    owner_id: Id | None = Field(default=None, description="Admins only; else the caller owns what the caller makes.")
    published: bool = True
    public: bool = Field(default=False, description="New videos can be played without a signed URL.")
    rules: CourseRulesBody = CourseRulesBody()


class CourseSummary(Wire):
    id: str
    title: str
    owner_id: str
    published: bool
    public: bool

    @classmethod
    def of(cls, course: Course) -> "CourseSummary":
        return cls(**_course(course))


class CourseView(CourseSummary):
    rules: CourseRulesBody
    version: int
    lessons: list[LessonSummary]

    @classmethod
    def with_lessons(cls, course: Course, lessons: list[Lesson]) -> "CourseView":
        return cls(
            **_course(course),
            rules=CourseRulesBody(**CourseRules.model_validate(course.rules).model_dump()),
            version=course.version,
            lessons=[LessonSummary.of(lesson) for lesson in lessons],
        )


class CourseList(Wire):
    """One page; `next` is the `after` of the following one, null on the last."""

    courses: list[CourseSummary]
    next: str | None


def _course(course: Course) -> dict[str, Any]:
    return {
        "id": course.id,
        "title": course.title,
        "owner_id": course.owner_id,
        "published": course.published,
        "public": course.public,
    }
