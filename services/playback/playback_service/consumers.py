"""What others announce: courses, lessons, and enrollments that an LMS writes. Applied by version, so in any order."""

from collections.abc import Sequence

from contracts import AttemptStarted, CourseChanged, EnrollmentChanged, LessonChanged, ProgressAdvanced
from playback_service import store, store_attempts, store_enrollments, store_frontiers
from servicekit.consumer import Received
from servicekit.database import Pool, transaction


async def on_courses(pool: Pool, batch: Sequence[Received[CourseChanged]]) -> None:
    async with transaction(pool) as conn:
        await store.project_courses(conn, [received.event for received in batch])


async def on_lessons(pool: Pool, batch: Sequence[Received[LessonChanged]]) -> None:
    async with transaction(pool) as conn:
        await store.project_lessons(conn, [received.event for received in batch])


async def on_enrollments(pool: Pool, batch: Sequence[Received[EnrollmentChanged]]) -> None:
    """The service's own events come back here too, and change nothing: their version is stored already."""
    async with transaction(pool) as conn:
        await store_enrollments.apply(conn, [received.event for received in batch])


async def on_attempts(pool: Pool, batch: Sequence[Received[AttemptStarted]]) -> None:
    """Grants are for the attempt that a learner is in: from the next refresh on, this one."""
    async with transaction(pool) as conn:
        await store_attempts.apply(conn, [received.event for received in batch])


async def on_progress(pool: Pool, batch: Sequence[Received[ProgressAdvanced]]) -> None:
    """How far learners may seek, where their course has a lock on it; of all others nothing is kept."""
    async with transaction(pool) as conn:
        await store_frontiers.advance(conn, [received.event for received in batch])
