"""Whose video an object of the bucket is, and why it stays where it is when it is nobody's that could move. Pure."""

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass

from upload_service.plan import Left, Video
from upload_service.selection import Assigned, Selection, lesson_id_of, title_of
from upload_service.store_plan import Held, OnS3, Target
from upload_service.stored import Listed

ON_ITS_WAY = "it is on its way to Mux already"
NOT_FROM_S3 = "the lesson does not play from S3"
NO_LESSON = "there is no such lesson"
HAS_VIDEO = "the lesson has a video already"
NOBODYS = "it belongs to no lesson: say whose it is by a list, or name a course that gets a lesson for it"
OTHER_VIDEO = "its lesson plays another video"
LESSON_GONE = "its lesson, or the video in it, was deleted"
A_FILE = "it is a file, not a lesson's video"
EMPTY = "it is empty"
NO_OBJECT = "there is no such object"
NO_VIDEO = "its first bytes are not those of a video"
TWICE = "another object is for the same lesson"


@dataclass(frozen=True, slots=True)
class Known:
    """What the tables say of a page of objects: uploads and files by key, lessons by id, and ids that are taken."""

    held: Mapping[str, Held]
    files: Set[str]
    targets: Mapping[str, Target]
    used: Set[str]


def of_object(one: Listed, selection: Selection, known: Known, bucket: str) -> Video | Left:
    """The lesson's whose upload it is, else the one that it is assigned to, else a new one where a course takes it."""
    if one.size <= 0:
        return Left(one.key, EMPTY if one.size == 0 else NO_OBJECT)
    if one.key in known.held:
        return _of_held(known.held[one.key], one)
    if one.key in known.files:
        return Left(one.key, A_FILE)
    if one.key in selection.assigned:
        to = selection.assigned[one.key]
        return of_target(to, known.targets.get(to.lesson_id), key=one.key, size=one.size)
    return _of_nobody(one, selection.into, known, lesson_id_of(bucket, one.key))


def _of_nobody(one: Listed, into: str | None, known: Known, lesson_id: str) -> Video | Left:
    if into is None:
        return Left(one.key, NOBODYS)
    if lesson_id in known.used:
        return Left(one.key, LESSON_GONE, lesson_id)
    return Video(lesson_id, into, title_of(one.key), key=one.key, size=one.size, makes_lesson=True)


def of_lesson(one: OnS3) -> Video | Left:
    if one.moving:
        return Left(one.key, ON_ITS_WAY, one.lesson_id)
    return Video(one.lesson_id, one.course_id, one.title, one.source_id, one.key, duration_ms=one.duration_ms)


def _of_held(held: Held, one: Listed) -> Video | Left:
    if held.gone:
        return Left(one.key, LESSON_GONE, held.lesson_id)
    if held.moving:
        return Left(one.key, ON_ITS_WAY, held.lesson_id)
    if not held.played:
        return Left(one.key, OTHER_VIDEO, held.lesson_id)
    return Video(held.lesson_id, held.course_id, held.title, held.source_id, one.key, None, one.size, held.duration_ms)


def of_target(
    to: Assigned, target: Target | None, *, key: str | None = None, url: str | None = None, size: int | None = None
) -> Video | Left:
    if target is None or target.taken:
        return Left(key or url or "", NO_LESSON if target is None else HAS_VIDEO, to.lesson_id)
    return Video(target.lesson_id, target.course_id, to.title or target.title, key=key, url=url, size=size)


def once_each(found: Iterable[Video | Left]) -> list[Video | Left]:
    """A lesson moves once, by whichever of its sources came first; a source that was met again is not told twice."""
    lessons: dict[str, str] = {}
    kept: list[Video | Left] = []
    for one in found:
        if isinstance(one, Left) or one.lesson_id not in lessons:
            kept.append(one)
            if isinstance(one, Video):
                lessons[one.lesson_id] = one.source
        elif lessons[one.lesson_id] != one.source:
            kept.append(Left(one.source, TWICE, one.lesson_id))
    return kept
