"""What others announce: courses, lessons, and enrollments that an LMS writes. Applied by version, so in any order."""

from collections.abc import Sequence
from typing import TypeVar

from contracts import AttemptStarted, CourseChanged, EnrollmentChanged, Event, LessonChanged, ProgressAdvanced
from playback_service import erasing, store, store_attempts, store_enrollments, store_frontiers
from servicekit import forgotten
from servicekit.consumer import Received
from servicekit.database import Connection, Pool, transaction
from servicekit.forgotten import UNCONFIGURED, Hashing

E = TypeVar("E", bound=Event)


async def on_courses(pool: Pool, batch: Sequence[Received[CourseChanged]]) -> None:
    async with transaction(pool) as conn:
        await store.project_courses(conn, [received.event for received in batch])


async def on_lessons(pool: Pool, batch: Sequence[Received[LessonChanged]]) -> None:
    async with transaction(pool) as conn:
        await store.project_lessons(conn, [received.event for received in batch])


async def on_enrollments(
    pool: Pool, batch: Sequence[Received[EnrollmentChanged]], *, hashing: Hashing = UNCONFIGURED
) -> None:
    """The service's own events come back here too, and change nothing: their version is stored already."""
    async with transaction(pool) as conn:
        await store_enrollments.apply(conn, await _of_the_known(conn, hashing, batch))


async def on_attempts(
    pool: Pool, batch: Sequence[Received[AttemptStarted]], *, hashing: Hashing = UNCONFIGURED
) -> None:
    """Grants are for the attempt that a learner is in: from the next refresh on, this one."""
    async with transaction(pool) as conn:
        await store_attempts.apply(conn, await _of_the_known(conn, hashing, batch))


async def on_progress(
    pool: Pool, batch: Sequence[Received[ProgressAdvanced]], *, hashing: Hashing = UNCONFIGURED
) -> None:
    """How far learners may seek, where their course has a lock on it; of all others nothing is kept."""
    async with transaction(pool) as conn:
        await store_frontiers.advance(conn, await _of_the_known(conn, hashing, batch))


async def _of_the_known(conn: Connection, hashing: Hashing, batch: Sequence[Received[E]]) -> list[E]:
    """The events without those of erased learners from before; nobody is erased until the transaction ends."""
    await forgotten.hold(conn)
    return await forgotten.left(conn, hashing, [received.event for received in batch], erasing.about)
