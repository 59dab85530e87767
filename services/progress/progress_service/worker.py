"""The progress worker's process: it folds what the API accepted, projects rules, and relays what it decided."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from functools import partial
from typing import TypeVar

from contracts import (
    AnalyticsErased,
    AttemptStarted,
    CourseChanged,
    Event,
    LessonChanged,
    PlaybackErased,
    QuizGraded,
    WatchProgress,
    topics,
)
from progress_service import consumers, erasing
from progress_service.consumers import Wake
from progress_service.records import reader
from progress_service.settings import WorkerSettings
from progress_service.sweep import sweep
from servicekit import database, worker
from servicekit.consumer import BatchConsumer, Received
from servicekit.database import Pool
from servicekit.forgotten import Hashing
from servicekit.operations.redriving import Redriver
from servicekit.outbox import OutboxRelay
from servicekit.producer import Producer
from servicekit.worker import Worker

SERVICE = "progress"
CONSUMED = (
    topics.WATCH_PROGRESS,
    topics.LESSON_CHANGED,
    topics.COURSE_CHANGED,
    topics.QUIZ_GRADED,
    topics.ATTEMPT_STARTED,
    topics.PLAYBACK_ERASED,
    topics.ANALYTICS_ERASED,
)
PRODUCED = (topics.PROGRESS_ADVANCED, topics.LESSON_COMPLETED, topics.COURSE_COMPLETED, topics.LEARNER_ERASED)

E = TypeVar("E", bound=Event)
Handler = Callable[[Pool, Wake, Sequence[Received[E]]], Awaitable[None]]


@asynccontextmanager
async def create_worker(settings: WorkerSettings) -> AsyncIterator[Worker]:
    """The running worker over these settings. It starts without its database and without Kafka."""
    pool = await database.create_pool(settings.database_url, application_name=f"{SERVICE}-worker", max_size=6)
    try:
        async with Producer(settings, service=SERVICE) as producer:
            hashing = Hashing(settings.erasure_key)
            relay = OutboxRelay(settings.database_url, producer, service=SERVICE)

            def consumer(
                model: type[E], handle: Handler[E], read: Callable[[bytes], E] | None = None
            ) -> BatchConsumer[E]:
                parse = read or model.model_validate_json
                return BatchConsumer(model.topic, parse, partial(handle, pool, relay.wake), group=SERVICE)

            async with Worker(
                settings,
                service=SERVICE,
                producer=producer,
                topics=[*CONSUMED, *(topic.dead_letters for topic in CONSUMED), *PRODUCED],
                consumers=[
                    consumer(
                        WatchProgress, partial(consumers.on_watch_progress, hashing=hashing), reader(WatchProgress)
                    ),
                    consumer(LessonChanged, consumers.on_lesson_changed),
                    consumer(CourseChanged, consumers.on_course_changed),
                    consumer(QuizGraded, partial(consumers.on_quiz_graded, hashing=hashing)),
                    consumer(AttemptStarted, partial(consumers.on_attempt_started, hashing=hashing)),
                    consumer(PlaybackErased, erasing.on_playback_erased),
                    consumer(AnalyticsErased, erasing.on_analytics_erased),
                ],
                loops={
                    "outbox": relay.run,
                    "redrive": Redriver(pool, settings, producer, service=SERVICE).run,
                    "sweep": partial(sweep, pool),
                    "erasing": partial(erasing.erase, pool, hashing, relay.wake),
                },
                checks={"database": partial(database.ping, pool)},
            ) as running:
                yield running
    finally:
        await pool.close()


def main() -> None:
    """Work until told to stop."""
    worker.main(create_worker, WorkerSettings, SERVICE)


if __name__ == "__main__":
    main()
