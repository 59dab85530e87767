"""Looking for what could move from S3 to Mux: in the tables, in the bucket, at addresses. Changes nothing.

Who asks the tables holds no connection while S3 is asked, and S3 is asked about a few objects at a time.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar
from uuid import UUID

from servicekit.database import Pool, transaction
from servicekit.errors import BadRequest, ServiceError
from upload_service import durations, plan, sniffing, store_plan, whose
from upload_service.errors import CourseNotFound, ObjectNotFound
from upload_service.plan import Left, Plan, Video
from upload_service.selection import Assigned, Selection, lesson_id_of
from upload_service.storage import Storage
from upload_service.stored import Listed
from upload_service.whose import Known

A = TypeVar("A")
B = TypeVar("B")

Progress = Callable[[int, int], None]
"""Told how many were looked at, and of how many so far."""

_PAGE = 500
_AT_ONCE = 16


def unwatched(done: int, known: int) -> None:
    """Progress that nobody looks at."""


@dataclass(frozen=True, slots=True)
class Planner:
    """`inspect` reads the first bytes and the durations of objects; without it only their sizes are looked up.

    What `migration_id` moves already belongs to its plan, which is being made once more after an interruption.
    """

    pool: Pool
    storage: Storage
    bucket: str
    inspect: bool = True
    migration_id: UUID | None = None
    progress: Progress = unwatched

    async def plan(self, selection: Selection) -> Plan:
        """Raises CourseNotFound, BadRequest, and what Storage and the database raise when they are away."""
        await self.check(selection)
        found: list[Video | Left] = []
        async for page in self._pages(selection):
            looked = await _at_once(self._look, page)
            found += looked
            self.progress(len(found), len(found))
        unique = whose.once_each(found)
        return Plan([one for one in unique if isinstance(one, Video)], [one for one in unique if isinstance(one, Left)])

    async def check(self, selection: Selection) -> None:
        """Whether it can be meant. Raises CourseNotFound or BadRequest."""
        named = {*selection.courses, *([selection.into] if selection.into else [])}
        async with transaction(self.pool, readonly=True) as conn:
            missing = named - await store_plan.known_courses(conn, sorted(named))
        if missing:
            raise CourseNotFound(f"no such course: {', '.join(sorted(missing)[:5])}")
        if selection.into is not None and selection.prefix is None:
            raise BadRequest("a course gets lessons for the objects under a prefix: name the prefix too")

    async def _pages(self, selection: Selection) -> AsyncIterator[list[Video | Left]]:
        if selection.of_lessons:
            async for lessons in self._lessons(selection):
                yield lessons
        if selection.prefix is not None or selection.assigned:
            async for objects in self._objects(selection):
                yield await self._whose(objects, selection)
        for addresses in plan.batches(selection.videos.items(), _PAGE):
            yield await self._addressed(addresses)

    async def _lessons(self, selection: Selection) -> AsyncIterator[list[Video | Left]]:
        found: set[str] = set()
        after = ""
        while True:
            async with transaction(self.pool, readonly=True) as conn:
                page = await store_plan.lessons_on_s3(
                    conn,
                    courses=selection.courses,
                    lessons=selection.lessons,
                    after=after,
                    limit=_PAGE,
                    planning=self.migration_id,
                )
            if not page:
                break
            found.update(one.lesson_id for one in page)
            yield [whose.of_lesson(one) for one in page]
            after = page[-1].lesson_id
        for missing in plan.batches((one for one in selection.lessons if one not in found), _PAGE):
            async with transaction(self.pool, readonly=True) as conn:
                known = await store_plan.targets(conn, missing)
            yield [Left(one, whose.NOT_FROM_S3 if one in known else whose.NO_LESSON, one) for one in missing]

    async def _objects(self, selection: Selection) -> AsyncIterator[list[Listed]]:
        listed: set[str] = set()
        page: list[Listed] = []
        if selection.prefix is not None:
            async for one in self.storage.listing(selection.prefix):
                page.append(one)
                listed.update({one.key} & selection.assigned.keys())
                if len(page) == _PAGE:
                    yield page
                    page = []
        if page:
            yield page
        for keys in plan.batches((key for key in selection.assigned if key not in listed), _PAGE):
            yield await _at_once(self._head, keys)

    async def _head(self, key: str) -> Listed:
        try:
            return Listed(key, (await self.storage.head(key)).size)
        except ObjectNotFound:
            return Listed(key, -1)

    async def _whose(self, objects: Sequence[Listed], selection: Selection) -> list[Video | Left]:
        keys = [one.key for one in objects]
        assigned = [selection.assigned[key].lesson_id for key in keys if key in selection.assigned]
        made = [lesson_id_of(self.bucket, key) for key in keys] if selection.into else []
        async with transaction(self.pool, readonly=True) as conn:
            held = await store_plan.held(conn, keys, self.migration_id)
            files = await store_plan.files(conn, keys)
            targets = await store_plan.targets(conn, assigned, self.migration_id)
            used = await store_plan.used_lesson_ids(conn, made)

        known = Known(held, files, targets, used)
        return [whose.of_object(one, selection, known, self.bucket) for one in objects]

    async def _addressed(self, videos: Sequence[tuple[str, str]]) -> list[Video | Left]:
        async with transaction(self.pool, readonly=True) as conn:
            targets = await store_plan.targets(conn, [lesson_id for lesson_id, _ in videos], self.migration_id)
        return [whose.of_target(Assigned(lesson_id), targets.get(lesson_id), url=url) for lesson_id, url in videos]

    async def _look(self, one: Video | Left) -> Video | Left:
        """The same with its size and, if asked, its duration; or why it cannot move."""
        if isinstance(one, Left) or one.key is None:
            return one
        try:
            size = one.size if one.size is not None else (await self.storage.head(one.key)).size
            sized = replace(one, size=size)
            return await self._inspected(sized, one.key, size) if self.inspect else sized
        except ObjectNotFound:
            return Left(one.key, whose.NO_OBJECT, one.lesson_id)

    async def _inspected(self, video: Video, key: str, size: int) -> Video | Left:
        if video.source_id is not None and video.duration_ms is not None:
            return video
        head = await self.storage.read(key, length=sniffing.HEAD_BYTES)
        if sniffing.video_type(head) is None:
            return Left(key, whose.NO_VIDEO, None if video.makes_lesson else video.lesson_id)

        async def read(start: int, length: int) -> bytes:
            if start + length <= len(head):
                return head[start : start + length]
            return await self.storage.read(key, start=start, length=length)

        return replace(video, duration_ms=video.duration_ms or await durations.duration_ms(read, size))


async def _at_once(work: Callable[[A], Awaitable[B]], items: Iterable[A]) -> list[B]:
    """The outcomes in the order of the items, a few at a time; the first failure ends it."""
    free = asyncio.Semaphore(_AT_ONCE)

    async def one(item: A) -> B:
        async with free:
            return await work(item)

    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(one(item)) for item in items]
    except* ServiceError as failures:
        failed = failures
    else:
        return [task.result() for task in tasks]
    raise _first(failed)


def _first(failures: BaseExceptionGroup[ServiceError]) -> ServiceError:
    first = failures.exceptions[0]
    return _first(first) if isinstance(first, BaseExceptionGroup) else first
