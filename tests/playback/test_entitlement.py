"""Feature C2: who may watch, decided by a pure rule."""

from datetime import UTC, datetime, timedelta

import pytest

from playback_service.entitlement import Course, Enrollment, Lesson, Standing, Video, right_to_watch
from playback_service.errors import LessonNotFound, NotEntitled

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
SOON, BEFORE = NOW + timedelta(hours=1), NOW - timedelta(seconds=1)
LESSON = Lesson("l1", "c1", "ready", deleted=False, video=Video("mux", "pb1", signed=True, duration_ms=1000))
GONE = Lesson("l1", "c1", "ready", deleted=True, video=None)
COURSE = Course("owner", published=True, public=False, deleted=False)
DRAFT = Course("owner", published=False, public=False, deleted=False)
OPEN = Course("owner", published=True, public=True, deleted=False)
OPEN_DRAFT = Course("owner", published=False, public=True, deleted=False)
DELETED = Course("owner", published=True, public=True, deleted=True)
ACTIVE = Enrollment("active")


def decide(standing: Standing, user: str = "ada", *, is_admin: bool = False, was_granted: bool = False) -> str:
    try:
        right = right_to_watch(standing, user_id=user, is_admin=is_admin, now=NOW, was_granted=was_granted)
    except NotEntitled as refusal:
        return f"403 {refusal.extensions['reason']}"
    except LessonNotFound:
        return "404"
    return f"{right.kind} {'counts' if right.counts else 'preview'}"


@pytest.mark.parametrize(
    ("course", "enrollment", "user", "expected"),
    [
        (COURSE, ACTIVE, "ada", "enrolled counts"),
        (COURSE, Enrollment("active", SOON), "ada", "enrolled counts"),
        (COURSE, Enrollment("active", NOW), "ada", "403 expired"),
        (COURSE, Enrollment("active", BEFORE), "ada", "403 expired"),
        (COURSE, Enrollment("suspended"), "ada", "403 suspended"),
        (COURSE, Enrollment("removed"), "ada", "403 not_entitled"),
        (COURSE, None, "ada", "403 not_entitled"),
        (DRAFT, ACTIVE, "ada", "403 unpublished"),
        (DRAFT, None, "owner", "owner preview"),
        (COURSE, None, "owner", "owner preview"),
        (COURSE, ACTIVE, "owner", "enrolled counts"),
        (COURSE, Enrollment("suspended"), "owner", "owner preview"),
        (OPEN, None, "ada", "public counts"),
        (OPEN, Enrollment("removed"), "ada", "public counts"),
        (OPEN, Enrollment("active", BEFORE), "ada", "public counts"),
        (OPEN, Enrollment("suspended"), "ada", "403 suspended"),
        (OPEN, None, "owner", "owner preview"),
        (OPEN_DRAFT, None, "ada", "403 not_entitled"),
        (DELETED, None, "ada", "403 not_entitled"),
        (DELETED, None, "owner", "403 not_entitled"),
        (DELETED, ACTIVE, "ada", "403 unpublished"),
        (None, ACTIVE, "ada", "403 not_entitled"),
        (None, None, "ada", "403 not_entitled"),
    ],
)
def test_authorisation_matrix(course: Course | None, enrollment: Enrollment | None, user: str, expected: str) -> None:
    """Enrolled and active and not expired and published, or public and published, or owner; nothing else."""
    assert decide(Standing(LESSON, course, enrollment), user) == expected


@pytest.mark.parametrize("course", [COURSE, DRAFT, OPEN, DELETED, None])
def test_admin_previews_every_lesson(course: Course | None) -> None:
    """An admin may watch whatever exists, without being credited for it."""
    assert decide(Standing(LESSON, course), is_admin=True) == "admin preview"
    assert decide(Standing(GONE, course), is_admin=True) == "404"
    assert decide(Standing(), is_admin=True) == "404"


def test_missing_lesson_is_told_to_those_with_a_right_only() -> None:
    """A deleted lesson is a 404 for its course's owner and learners, and the usual refusal for everybody else."""
    assert decide(Standing(GONE, COURSE, ACTIVE)) == "404"
    assert decide(Standing(GONE, COURSE), "owner") == "404"
    for standing in (Standing(), Standing(GONE, COURSE), Standing(GONE, OPEN), Standing(LESSON, COURSE)):
        assert decide(standing, "eve") == "403 not_entitled"


def test_who_proves_an_earlier_grant_learns_that_they_were_unenrolled() -> None:
    """The reason is for those who had been let in before; to others a removed learner is a stranger."""
    removed = Standing(LESSON, COURSE, Enrollment("removed"))
    assert decide(removed, was_granted=True) == "403 unenrolled"
    assert decide(removed, was_granted=False) == "403 not_entitled"


def test_right_ends_with_the_enrollment() -> None:
    """The end of the enrollment comes with the right, so that nothing issued outlives it."""
    standing = Standing(LESSON, COURSE, Enrollment("active", SOON))
    assert right_to_watch(standing, user_id="ada", is_admin=False, now=NOW).until == SOON
