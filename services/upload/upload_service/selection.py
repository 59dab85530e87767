"""Which videos a migration is to move, as a person says it: by course, by lesson, by prefix, by a list. Pure."""

import csv
import hashlib
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any

from servicekit.errors import BadRequest

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:-]{0,63}")
_LONGEST_TITLE = 512


@dataclass(frozen=True, slots=True)
class Assigned:
    """The lesson that an object is the video of."""

    lesson_id: str
    title: str | None = None


@dataclass(frozen=True, slots=True)
class Selection:
    """Nothing chosen means every lesson that plays from S3.

    `prefix` names objects, `assigned` says (by key) whose they are, and `into` the course that gets a lesson for each
    object that is nobody's. `videos` are addresses by lesson, checked before they came here.
    """

    courses: tuple[str, ...] = ()
    lessons: tuple[str, ...] = ()
    prefix: str | None = None
    assigned: Mapping[str, Assigned] = field(default_factory=dict)
    into: str | None = None
    videos: Mapping[str, str] = field(default_factory=dict)

    @property
    def of_lessons(self) -> bool:
        """Whether lessons are chosen: by name, or all because nothing else is."""
        by_object = self.prefix is not None or bool(self.assigned) or bool(self.videos)
        return bool(self.courses or self.lessons) or not by_object

    def stored(self) -> dict[str, Any]:
        """As JSON, the same for the same selection."""
        return {
            "courses": sorted(self.courses),
            "lessons": sorted(self.lessons),
            "prefix": self.prefix,
            "assigned": {key: [to.lesson_id, to.title] for key, to in sorted(self.assigned.items())},
            "into": self.into,
            "videos": dict(sorted(self.videos.items())),
        }

    @classmethod
    def read(cls, stored: Mapping[str, Any]) -> "Selection":
        return cls(
            courses=tuple(stored["courses"]),
            lessons=tuple(stored["lessons"]),
            prefix=stored["prefix"],
            assigned={key: Assigned(*to) for key, to in stored["assigned"].items()},
            into=stored["into"],
            videos=stored["videos"],
        )

    def told(self) -> str:
        """In words."""
        parts = [
            f"courses {', '.join(self.courses)}" if self.courses else "",
            f"lessons {', '.join(self.lessons[:5])}{' …' if len(self.lessons) > 5 else ''}" if self.lessons else "",
            f"objects under {self.prefix or '(the whole bucket)'}" if self.prefix is not None else "",
            f"{len(self.assigned)} objects by list" if self.assigned else "",
            f"{len(self.videos)} addresses" if self.videos else "",
        ]
        return "; ".join(part for part in parts if part) or "every lesson that plays from S3"


def read_assignments(text: str) -> dict[str, Assigned]:
    """`key,lessonId[,title]` a line, with or without that heading. Raises BadRequest that names the line."""
    found: dict[str, Assigned] = {}
    rows = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""))
    try:
        for row in rows:
            if not row or (rows.line_num == 1 and [cell.strip().lower() for cell in row[:2]] == ["key", "lessonid"]):
                continue
            key, assigned = _assignment(row, rows.line_num)
            if key in found:
                raise BadRequest(f"line {rows.line_num}: {key} is there twice")
            found[key] = assigned
    except csv.Error as error:
        raise BadRequest(f"line {rows.line_num}: {error}") from error
    return found


def _assignment(row: list[str], line: int) -> tuple[str, Assigned]:
    if len(row) not in (2, 3) or not row[0]:
        raise BadRequest(f"line {line}: expected key,lessonId or key,lessonId,title")
    lesson_id, title = row[1].strip(), row[2].strip() if len(row) == 3 else ""
    if not is_id(lesson_id):
        raise BadRequest(f"line {line}: {lesson_id!r} cannot be a lesson's id")
    return row[0], Assigned(lesson_id, title[:_LONGEST_TITLE] or None)


def is_id(text: str) -> bool:
    """Whether it could be the id of a course or a lesson."""
    return _ID.fullmatch(text) is not None


def lesson_id_of(bucket: str, key: str) -> str:
    """The id of the lesson that is made for an object: the same whenever it is asked for."""
    return f"s3-{hashlib.sha256(f'{bucket}/{key}'.encode()).hexdigest()[:24]}"


def title_of(key: str) -> str:
    """A lesson's title from an object's name: without folders and ending, its words apart."""
    words = " ".join(re.sub(r"[_\s\x00]+", " ", PurePosixPath(key).stem).split())
    return (words or key.strip("/").replace("\x00", " "))[:_LONGEST_TITLE] or "Video"
