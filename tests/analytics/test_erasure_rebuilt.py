"""Read models that are made anew from the log, in which an erased learner still stands."""

from aiokafka import AIOKafkaProducer
from pydantic import SecretStr

from analytics_service.rebuild.rebuilding import RebuildSettings, rebuild
from analytics_service.settings import WorkerSettings
from contracts import topics
from servicekit.database import Pool
from tests.analytics import test_rebuild
from tests.analytics.test_erasure import erasure, school, sums
from tests.analytics.test_rebuild import Told
from tests.analytics.test_worker import has_consumed, publish, until, working
from tests.databases import Database, Postgres
from tests.naming import tables_that_name

KEY_OF_TESTS = SecretStr("what the tests hash the erased with, for good")
worker_settings, settings, producer = test_rebuild.worker_settings, test_rebuild.settings, test_rebuild.producer


async def test_a_rebuild_brings_no_erased_learner_back(
    pool: Pool,
    worker_settings: WorkerSettings,
    settings: RebuildSettings,
    producer: AIOKafkaProducer,
    analytics_database: Database,
    postgres: Postgres,
) -> None:
    """Row G7: the log still tells of the learner, the new tables do not; all others, and all sums, are as before."""
    configured = worker_settings.model_copy(update={"erasure_key": KEY_OF_TESTS})
    viewers = "SELECT sum(viewers)::int FROM lesson_totals WHERE lesson_id = 'l1'"
    others = "SELECT t::text FROM learner_lessons t WHERE learner_id = 'u2'"
    async with working(configured):
        await publish(producer, configured, school())
        for topic in (
            topics.PROGRESS_ADVANCED,
            topics.LESSON_COMPLETED,
            topics.ENROLLMENT_CHANGED,
            topics.WATCH_PROGRESS,
        ):
            await until(has_consumed(pool, configured, topic.name))
        await publish(producer, configured, [erasure()])
        await until(has_consumed(pool, configured, topics.LEARNER_ERASED.name))
        assert tables_that_name(postgres, analytics_database, "u1") == set()
        before, counted = await pool.fetch(others), await sums(pool)
        assert await pool.fetchval(viewers) == 2
        await rebuild(settings.model_copy(update={"erasure_key": KEY_OF_TESTS}), Told())
    assert tables_that_name(postgres, analytics_database, "u1") == set()
    assert await pool.fetch(others) == before
    assert await pool.fetchval(viewers) == 2
    assert await sums(pool) == counted
