"""A log to count: events as the others would write them, with the places in Kafka where they would stand."""

import random
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

from aiokafka import ConsumerRecord

from analytics_service import consumers
from contracts import CourseChanged, Event, LessonChanged, LessonCompleted, ProgressAdvanced, Video
from servicekit.consumer import Received
from servicekit.database import Pool
from servicekit.forgotten import UNCONFIGURED, Hashing
from servicekit.topic_ids import TopicIds

E = TypeVar("E", bound=Event)
Log = list[Received[Any]]

START = datetime(2026, 3, 2, 9, tzinfo=UTC)
TOPIC_ID = UUID("6f1c1f0e-6b1d-4a55-9b59-0a3f7b9f1d01")
OTHER_TOPIC_ID = UUID("6f1c1f0e-6b1d-4a55-9b59-0a3f7b9f1d02")
LESSON_MS = {"l1": 60_000, "l2": 93_400, "l3": 754_321}


def course(course_id: str = "c1", **changes: Any) -> CourseChanged:
    known = {"version": 1, "title": "Course", "owner_id": "owner", "changed_at": START}
    return CourseChanged.model_validate({"course_id": course_id, **known, **changes})


def lesson(lesson_id: str = "l1", **changes: Any) -> LessonChanged:
    video = Video(provider="mux", playback_id="p", duration_ms=LESSON_MS.get(lesson_id, 60_000))
    known = {"course_id": "c1", "version": 1, "title": "Lesson", "processing_status": "ready", "changed_at": START}
    return LessonChanged.model_validate({"lesson_id": lesson_id, **known, "video": video, **changes})


def advanced(version: int = 1, *, at_s: float = 0, session: int = 1, **changes: Any) -> ProgressAdvanced:
    """Ten seconds credited to learner u1 in lesson l1, watched until `at_s` after START."""
    known = {
        "learner_id": "u1",
        "lesson_id": "l1",
        "course_id": "c1",
        "session_id": UUID(int=session),
        "covered": ((0, 10_000),),
        "live_ms": 10_000,
        "spent_ms": 10_000,
        "coverage": 0.1,
        "watched_at": START + timedelta(seconds=at_s),
    }
    return ProgressAdvanced.model_validate({**known, "version": version, **changes})


def completion(learner_id: str = "u1", lesson_id: str = "l1", *, at_s: float = 0) -> LessonCompleted:
    return LessonCompleted(
        learner_id=learner_id,
        lesson_id=lesson_id,
        course_id="c1",
        coverage=0.95,
        verified_ms=1_000,
        completed_at=START + timedelta(seconds=at_s),
    )


def logged(events: Sequence[E], *, first_offset: int = 0) -> list[Received[E]]:
    """The events as consumed, in the partition of their key, each offset one after the other."""
    ends: dict[tuple[str, int], int] = {}
    found = []
    for number, event in enumerate(events):
        partition = zlib.crc32(event.key.encode()) % 12
        offset = ends.get((event.topic_name, partition), first_offset)
        ends[event.topic_name, partition] = offset + 1
        found.append(_received(event, partition, offset, START + timedelta(seconds=number)))
    return found


def at_other_offsets(log: Sequence[Received[E]], *, by: int = 100_000) -> list[Received[E]]:
    """The same events written to the log a second time, in this order."""
    ends: dict[tuple[str, int], int] = {}
    found = []
    for received in log:
        offset = ends.get((received.topic, received.partition), by)
        ends[received.topic, received.partition] = offset + 1
        found.append(replace(received, offset=offset, timestamp=received.timestamp + timedelta(hours=1)))
    return found


def _received(event: E, partition: int, offset: int, timestamp: datetime) -> Received[E]:
    value, ms = event.to_json(), int(timestamp.timestamp() * 1000)
    record = ConsumerRecord(
        event.topic_name, partition, offset, ms, 0, event.key.encode(), value, None, len(event.key), len(value), ()
    )
    return Received(
        event, f"{partition}-{offset}", event.topic_name, partition, offset, event.key, timestamp, None, record
    )


def known_topics(topic_id: UUID = TOPIC_ID) -> TopicIds:
    async def fetch(topic: str) -> UUID:
        return topic_id

    return TopicIds(fetch)


async def consume(
    pool: Pool, log: Sequence[Received[Any]], *, topic_ids: TopicIds | None = None, hashing: Hashing = UNCONFIGURED
) -> None:
    """Apply the log in its order, each run of one topic as a batch."""
    ids = topic_ids or known_topics()
    for batch in runs(log):
        await consumers.handler(pool, ids, type(batch[0].event), hashing)(batch)


def runs(log: Sequence[Received[Any]]) -> Iterator[Log]:
    batch: Log = []
    for received in log:
        if batch and batch[0].topic != received.topic:
            yield batch
            batch = []
        batch.append(received)
    if batch:
        yield batch


def in_pieces(log: Sequence[Received[Any]], rng: random.Random) -> Iterator[Log]:
    """Cut at random places."""
    rest = list(log)
    while rest:
        size = rng.choice([1, 2, 5, 20, 60])
        yield rest[:size]
        rest = rest[size:]


def random_watching(seed: int, *, learners: int = 25, events: int = 400) -> list[ProgressAdvanced | LessonCompleted]:
    """What some learners might do: sessions, reloads, second tabs, skips, replays, offline beats, cuts, completions."""
    rng = random.Random(seed)
    versions: dict[tuple[str, str], int] = {}
    sessions: dict[tuple[str, str], list[int]] = {}
    done: set[tuple[str, str]] = set()
    now, found = 0.0, list[ProgressAdvanced | LessonCompleted]()
    while len(found) < events:
        now += rng.choice([1, 10, 10, 60, 600, 1_500])
        learner, lesson_id = f"u{rng.randrange(learners)}", rng.choice(sorted(LESSON_MS))
        key = (learner, lesson_id)
        mine = sessions.setdefault(key, [])
        if not mine or rng.random() < 0.2:
            mine.append(rng.getrandbits(96))
        credit = _ranges(rng, LESSON_MS[lesson_id])
        replayed = _ranges(rng, LESSON_MS[lesson_id]) if rng.random() < 0.3 else ()
        versions[key] = versions.get(key, 0) + 1
        late_s = rng.choice([0, 0, 0, 0, 300, 4_000, 80_000])
        found.append(
            advanced(
                versions[key],
                at_s=now - late_s,
                session=rng.choice(mine),
                learner_id=learner,
                lesson_id=lesson_id,
                covered=credit,
                replayed=replayed,
                spent_ms=rng.randrange(45_000),
            )
        )
        if key not in done and rng.random() < 0.05:
            done.add(key)
            found.append(completion(learner, lesson_id, at_s=now))
    return found


def _ranges(rng: random.Random, duration_ms: int) -> tuple[tuple[int, int], ...]:
    kind = rng.random()
    if kind < 0.1:
        return ()
    cuts = sorted(rng.sample(range(duration_ms + 1), 2 * rng.choice([1, 1, 1, 2, 4])))
    if kind < 0.2:
        return ((cuts[0], min(cuts[0] + rng.randrange(1, 900), duration_ms)),) if cuts[0] < duration_ms else ()
    return tuple(zip(cuts[::2], cuts[1::2], strict=True))
