"""What the progress tests make their cases from."""

from typing import Any
from uuid import UUID, uuid4

from contracts import AttemptStarted, Beat, CourseChanged, GrantPolicy, LessonChanged, QuizGraded, WatchProgress
from progress_service.ledger import moment

T0 = 1_790_000_000_000
"""The moment, in epoch ms, at which the tests' grants begin."""
SESSION = UUID("11111111-1111-4111-8111-111111111111")
HOUR = 3_600_000


def beat(seq: int, since: int | None, at: int, *segments: tuple[int, int], **more: Any) -> Beat:
    """A beat whose times are ms after T0 in the client's clock, and whose segments are ms of media."""
    more.setdefault("position_ms", segments[-1][1] if segments else 0)
    return Beat(seq=seq, since_ms=None if since is None else T0 + since, at_ms=T0 + at, segments=segments, **more)


def request(*beats: Beat, received: int | None = None, sent: int | None = None, **more: Any) -> WatchProgress:
    """A request received (ms after T0) when its last beat ended, unless told otherwise."""
    received_at = T0 + received if received is not None else max(b.at_ms for b in beats)
    values: dict[str, Any] = {
        "learner_id": "ada",
        "lesson_id": "l1",
        "course_id": "c1",
        "session_id": SESSION,
        "duration_ms": 100_000,
        "granted_at_ms": T0,
        "expires_at_ms": T0 + 4 * HOUR,
        "policy": GrantPolicy(),
        "received_at_ms": received_at,
        "sent_at_ms": received_at if sent is None else T0 + sent,
        "beats": beats,
    }
    return WatchProgress.model_validate(values | more)


def watching(media_ms: int, *, rate: float = 1.0, start: int = 0, **more: Any) -> WatchProgress:
    """A request that honestly reports `media_ms` from the beginning, in beats of ten seconds."""
    beats, position, now = list[Beat](), 0, start
    while position < media_ms:
        step = min(round(10_000 * rate), media_ms - position)
        beats.append(beat(len(beats), now, now + round(step / rate), (position, position + step), rate=rate))
        position, now = position + step, now + round(step / rate)
    return request(*beats, **more)


def lesson_changed(lesson_id: str = "l1", version: int = 1, **more: Any) -> LessonChanged:
    values: dict[str, Any] = {
        "lesson_id": lesson_id,
        "course_id": "c1",
        "version": version,
        "title": f"Lesson {lesson_id}",
        "processing_status": "ready",
        "video": {"provider": "mux", "duration_ms": 100_000},
        "changed_at": moment(T0 - HOUR),
    }
    return LessonChanged.model_validate(values | more)


def course_changed(course_id: str = "c1", version: int = 1, **more: Any) -> CourseChanged:
    values: dict[str, Any] = {
        "course_id": course_id,
        "version": version,
        "title": f"Course {course_id}",
        "owner_id": "olga",
        "changed_at": moment(T0 - HOUR),
    }
    return CourseChanged.model_validate(values | more)


def quiz_graded(passed: bool = True, at: int = 0, **more: Any) -> QuizGraded:
    values: dict[str, Any] = {
        "learner_id": "ada",
        "lesson_id": "l1",
        "course_id": "c1",
        "passed": passed,
        "graded_at": moment(T0 + at),
    }
    return QuizGraded.model_validate(values | more)


def attempt_started(attempt: int = 2, at: int = 0, **more: Any) -> AttemptStarted:
    values: dict[str, Any] = {
        "learner_id": "ada",
        "course_id": "c1",
        "attempt": attempt,
        "started_at": moment(T0 + at),
    }
    return AttemptStarted.model_validate(values | more)


def new_session() -> UUID:
    return uuid4()
