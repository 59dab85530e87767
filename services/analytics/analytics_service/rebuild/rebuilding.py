"""A rebuild from its first look to the moment at which both schemas change places. It can be ended at any point."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass
from functools import partial
from typing import Protocol
from uuid import UUID

import asyncpg
from pydantic import AliasChoices, Field

from analytics_service import consumers
from analytics_service.rebuild import store_schemas
from analytics_service.rebuild.replaying import Replay
from analytics_service.rebuild.store_schemas import BUILDING, REPLACED, Applied
from servicekit import database, kafka
from servicekit.database import Connection
from servicekit.errors import Conflict
from servicekit.forgotten import ErasureKey, Hashing
from servicekit.migrate import migrate
from servicekit.reading import TopicPartition, open_log
from servicekit.settings import CommonSettings
from servicekit.telemetry import get_logger
from servicekit.topic_ids import TopicIds, fetch_topic_id

_CLOSE = 5_000
"""After so short a way, what has come meanwhile is read while the worker waits."""
_LOCK_MS = 5_000
_LAST_MILE_S = 8
_ATTEMPTS = 30

log = get_logger(__name__)


class RebuildSettings(CommonSettings):
    """The worker's role applies the log; the owner's makes the tables and swaps them."""

    database_url: str = Field(validation_alias=AliasChoices("DATABASE_URL_ANALYTICS_WORKER", "database_url"))
    database_owner_url: str = Field(
        validation_alias=AliasChoices("DATABASE_OWNER_URL_ANALYTICS", "database_owner_url"),
        description="The role that migrates.",
    )
    erasure_key: ErasureKey = None
    app_role: str = Field(default="analytics_app", validation_alias=AliasChoices("ANALYTICS_APP_ROLE", "app_role"))


class Refused(Conflict):
    """Nothing was changed, for this reason."""

    slug, title = "rebuild-refused", "The tables are not rebuilt"


@dataclass(frozen=True, slots=True)
class Loss:
    """Records that are in the serving tables and not in the log any more: a rebuild has to do without them."""

    topic: str
    records: int
    why: str


class Shown(Protocol):
    """Where the rebuild says how it goes."""

    def say(self, text: str) -> None: ...
    def expect(self, left: int) -> None: ...
    def advance(self, records: int) -> None: ...


@dataclass(frozen=True, slots=True)
class Log:
    """The topics as they are in Kafka now."""

    ids: Mapping[str, UUID]
    beginnings: Mapping[TopicPartition, int]
    ends: Mapping[TopicPartition, int]

    def targets(self, applied: Iterable[Applied]) -> dict[TopicPartition, int]:
        """The offsets that the serving tables have reached, in the topics that there are."""
        found = {}
        for one in applied:
            if self.ids.get(one.topic) == one.topic_id:
                partition = TopicPartition(one.topic, one.partition)
                if partition not in self.beginnings:
                    raise Refused(f"{one.topic} has more partitions than a moment ago: run again")
                found[partition] = one.next_offset
        return found


def losses(log_now: Log, applied: Iterable[Applied], compacted: frozenset[str]) -> list[Loss]:
    """What cannot be rebuilt, by topic. Compaction loses nothing: what it leaves is what counts."""
    found: list[Loss] = []
    for one in sorted(applied, key=lambda one: (one.topic, one.partition)):
        partition = TopicPartition(one.topic, one.partition)
        if log_now.ids.get(one.topic) != one.topic_id:
            found.append(Loss(one.topic, one.next_offset, "the topic was made anew since, or is not consumed any more"))
        elif one.next_offset > log_now.ends.get(partition, 0):
            found.append(Loss(one.topic, one.next_offset - log_now.ends.get(partition, 0), "the log ends before"))
        elif one.topic not in compacted and (gone := min(one.next_offset, log_now.beginnings.get(partition, 0))):
            found.append(Loss(one.topic, gone, "older than the topic's retention"))
    totals: dict[tuple[str, str], int] = {}
    for loss in found:
        totals[loss.topic, loss.why] = totals.get((loss.topic, loss.why), 0) + loss.records
    return [Loss(topic, records, why) for (topic, why), records in totals.items()]


async def rebuild(settings: RebuildSettings, shown: Shown, *, accept_loss: bool = False) -> int:
    """Build the read models anew and put them in the place of the old; returns how many records were passed over.

    Raises Refused, and what an absent database or broker raises. The serving tables are as they were until the end.
    """
    async with AsyncExitStack() as stack:
        owner = await database.connect(
            settings.database_owner_url, application_name="seatime-analytics-rebuild", command_timeout=600
        )
        stack.push_async_callback(owner.close, timeout=5)
        if not await store_schemas.try_lock(owner):
            raise Refused("another rebuild is running")
        applied = await store_schemas.applied(owner)  # first: the log's end is never behind it
        await kafka.ensure_topics(settings, consumers.TOPICS)
        models = {settings.kafka_topic_prefix + model.topic.name: model for model in consumers.EFFECTS}
        reader = await stack.enter_async_context(open_log(settings, models))
        topic_ids = TopicIds(partial(fetch_topic_id, settings))
        seen = Log({name: await topic_ids.of(name) for name in models}, reader.beginnings, reader.ends)
        _refuse_losses(losses(seen, applied, _compacted(settings)), shown, accept_loss)
        stack.push_async_callback(_leave_nothing, owner)
        await store_schemas.drop(owner, REPLACED)
        await store_schemas.create(owner)
        await migrate(settings.database_owner_url, "analytics_service", app_role=settings.app_role, schema=BUILDING)
        if strangers := await store_schemas.strangers(owner):
            raise Refused(f"these are of no migration and would be lost: {', '.join(strangers)}")
        kept = await store_schemas.kept_tables(owner)
        pool = await database.create_pool(
            settings.database_url,
            application_name="seatime-analytics-rebuild",
            search_path=BUILDING,
            command_timeout=60,
        )
        stack.push_async_callback(pool.close)
        replay = Replay(pool, topic_ids, Hashing(settings.erasure_key), reader, models, shown.advance)
        await _catch_up_and_swap(owner, replay, seen, kept, shown)
        return replay.skipped


async def _catch_up_and_swap(owner: Connection, replay: Replay, seen: Log, kept: Sequence[str], shown: Shown) -> None:
    for attempt in range(_ATTEMPTS):
        while True:
            targets = _reachable(seen, await store_schemas.applied(owner))
            left = replay.left(targets)
            shown.expect(left)
            await replay.advance(targets)
            if left <= _CLOSE:
                break
        try:
            await _swap(owner, replay, seen, kept)
        except (TimeoutError, asyncpg.LockNotAvailableError, asyncpg.DeadlockDetectedError) as error:
            log.info("not swapped yet", attempt=attempt, error=repr(error))
            continue
        shown.say("The new tables serve.")
        return
    raise Refused("the tables are never free for long enough: try again when there is less to do")


async def _swap(owner: Connection, replay: Replay, seen: Log, kept: Sequence[str]) -> None:
    """In one transaction, in which nothing is written to the serving tables: the last records, then the names.

    The new tables are exactly as far as the old ones, and the worker goes on from the offsets that it finds there.
    """
    async with owner.transaction():
        await store_schemas.lock_serving(owner, timeout_ms=_LOCK_MS)
        targets = _reachable(seen, await store_schemas.applied(owner))
        async with asyncio.timeout(_LAST_MILE_S):
            await replay.advance(targets)
        if not await store_schemas.same_migrations(owner):
            raise Refused("the database was migrated meanwhile: run again")
        await store_schemas.take_over(owner, kept)
        await store_schemas.take_over_grants(owner)
        await store_schemas.change_places(owner)


def _reachable(seen: Log, applied: Iterable[Applied]) -> dict[TopicPartition, int]:
    """As far as the log goes, which is less than the tables have if a loss was accepted."""
    return {one: max(offset, seen.beginnings[one]) for one, offset in seen.targets(applied).items()}


async def _leave_nothing(owner: Connection) -> None:
    """Old or half-made tables; what stays because somebody still reads it, or the line is cut, the next run drops."""
    with suppress(*database.TRANSIENT):
        for schema in (BUILDING, REPLACED):
            await store_schemas.drop(owner, schema)


def _compacted(settings: RebuildSettings) -> frozenset[str]:
    return frozenset(
        settings.kafka_topic_prefix + topic.name for topic in consumers.TOPICS if topic.cleanup == "compact"
    )


def _refuse_losses(found: Sequence[Loss], shown: Shown, accept_loss: bool) -> None:
    for loss in found:
        shown.say(f"{loss.topic}: up to {loss.records:,} records cannot be rebuilt: {loss.why}")
    if found and not accept_loss:
        raise Refused("the tables hold what the log does not have any more: --accept-loss rebuilds without it")
