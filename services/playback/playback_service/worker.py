"""The worker process of the playback service: its projections, and the relay of its outbox."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial

from contracts import (
    AttemptStarted,
    CourseChanged,
    EnrollmentChanged,
    LearnerErased,
    LessonChanged,
    ProgressAdvanced,
    topics,
)
from playback_service import consumers, erasing
from playback_service.configured import Missing
from playback_service.parts import mux_restrictions_of, signs_for_mux
from playback_service.restricting import RestrictionSweep
from playback_service.settings import Settings
from servicekit import worker
from servicekit.consumer import BatchConsumer
from servicekit.database import Pool, create_pool, ping
from servicekit.forgotten import Hashing
from servicekit.operations.redriving import Redriver
from servicekit.outbox import OutboxRelay
from servicekit.process import repeat
from servicekit.producer import Producer
from servicekit.worker import Worker

SERVICE = "playback"
CONSUMED = (
    topics.COURSE_CHANGED,
    topics.LESSON_CHANGED,
    topics.ENROLLMENT_CHANGED,
    topics.ATTEMPT_STARTED,
    topics.PROGRESS_ADVANCED,
    topics.LEARNER_ERASED,
)
PRODUCED = (topics.ENROLLMENT_CHANGED, topics.PLAYBACK_GRANTED, topics.PLAYBACK_ERASED)


@asynccontextmanager
async def create_worker(settings: Settings) -> AsyncIterator[Worker]:
    """A running worker; it waits for its database and broker if they are not there yet."""
    pool = await create_pool(settings.database_url, application_name=f"{SERVICE}-worker", max_size=5)
    try:
        async with Producer(settings, service=SERVICE) as producer:
            hashing = Hashing(settings.erasure_key)
            relay = OutboxRelay(settings.database_url, producer, service=SERVICE)
            running = Worker(
                settings,
                service=SERVICE,
                producer=producer,
                topics=(*CONSUMED, *PRODUCED, *(topic.dead_letters for topic in CONSUMED)),
                consumers=[
                    BatchConsumer(
                        topics.COURSE_CHANGED,
                        CourseChanged.model_validate_json,
                        partial(consumers.on_courses, pool),
                        group=SERVICE,
                    ),
                    BatchConsumer(
                        topics.LESSON_CHANGED,
                        LessonChanged.model_validate_json,
                        partial(consumers.on_lessons, pool),
                        group=SERVICE,
                    ),
                    BatchConsumer(
                        topics.ENROLLMENT_CHANGED,
                        EnrollmentChanged.model_validate_json,
                        partial(consumers.on_enrollments, pool, hashing=hashing),
                        group=SERVICE,
                    ),
                    BatchConsumer(
                        topics.ATTEMPT_STARTED,
                        AttemptStarted.model_validate_json,
                        partial(consumers.on_attempts, pool, hashing=hashing),
                        group=SERVICE,
                    ),
                    BatchConsumer(
                        topics.PROGRESS_ADVANCED,
                        ProgressAdvanced.model_validate_json,
                        partial(consumers.on_progress, pool, hashing=hashing),
                        group=SERVICE,
                    ),
                    BatchConsumer(
                        topics.LEARNER_ERASED,
                        LearnerErased.model_validate_json,
                        partial(erasing.on_learners_erased, pool, hashing, relay.wake),
                        group=SERVICE,
                    ),
                ],
                loops={
                    "outbox": relay.run,
                    "redrive": Redriver(pool, settings, producer, service=SERVICE).run,
                    **_sweeps(settings, pool),
                },
                checks={"database": lambda: ping(pool)},
            )
            async with running:
                yield running
    finally:
        pool.terminate()


def _sweeps(settings: Settings, pool: Pool) -> dict[str, Callable[[], Awaitable[None]]]:
    """None without a token for Mux, or where nothing is signed for it: then there are no restrictions there."""
    mux = mux_restrictions_of(settings)
    if isinstance(mux, Missing) or not signs_for_mux(settings):
        return {}
    sweep = RestrictionSweep(pool, mux, keep_s=max(settings.restriction_keep_s, settings.playback_ttl_s))
    return {"restrictions": partial(repeat, "restrictions", sweep.turn, settings.restrictions_every_s)}


def main() -> None:
    worker.main(create_worker, Settings, SERVICE)


if __name__ == "__main__":
    main()
