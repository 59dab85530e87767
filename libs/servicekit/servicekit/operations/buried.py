"""Dead letters as they lie in Kafka, with what was decided about each."""

import asyncio
from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from aiokafka import TopicPartition

from servicekit import kafka
from servicekit.database import Pool, transaction
from servicekit.errors import BrokerUnavailable
from servicekit.operations import store
from servicekit.operations.letters import SUFFIX, Letter, State, state_of
from servicekit.operations.store import Noted
from servicekit.reading import LogReader, open_log
from servicekit.settings import CommonSettings

_PATIENCE_S = 12
MOST = 1000
"""Letters of one topic that one question looks at."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A letter with what was noted about it, the oldest first."""

    letter: Letter
    noted: Sequence[Noted]

    @property
    def state(self) -> State:
        return state_of(one.action for one in self.noted)


@dataclass(frozen=True, slots=True)
class Page:
    """Letters, the newest first. `more`: of these topics there are older ones than were looked at."""

    letters: Sequence[Judged]
    more: frozenset[str]


class Graveyard:
    """The dead letters of one service: those that its consumers of `topics` (without prefix) have buried."""

    def __init__(self, settings: CommonSettings, *, service: str, topics: Collection[str]) -> None:
        self._settings, self._service, self.topics = settings, service, frozenset(topics)
        self._prefix = settings.kafka_topic_prefix

    async def newest(self, pool: Pool, *, limit: int, topic: str | None = None, before: int | None = None) -> Page:
        """Among the newest `limit` letters of each topic, those of this service. Raises BrokerUnavailable.

        `before` is a letter's offset, for reading on in one topic.
        """
        found: list[Letter] = []
        more: set[str] = set()
        async with self._opened(self.topics if topic is None else {topic}) as opened:
            if opened is None:
                return Page((), frozenset())
            for partition, whole in opened.ends.items():
                end = whole if before is None else min(whole, before)
                found += await self._letters(opened, partition, end - limit, end)
                if end - limit > opened.beginnings[partition]:
                    more.add(partition.topic.removeprefix(self._prefix).removesuffix(SUFFIX))
        found.sort(key=lambda letter: (letter.buried_at, letter.offset), reverse=True)
        return Page(await self._judged(pool, found), frozenset(more))

    async def between(self, pool: Pool, topic: str, first: int, last: int) -> Sequence[Judged]:
        """The letters of this service from one offset to another, both included. Raises BrokerUnavailable."""
        found: list[Letter] = []
        async with self._opened({topic}) as opened:
            if opened is None:
                return ()
            for partition in opened.ends:
                found += await self._letters(opened, partition, first, last + 1)
        return await self._judged(pool, found)

    async def _judged(self, pool: Pool, found: Collection[Letter]) -> list[Judged]:
        if not found:
            return []
        async with transaction(pool, readonly=True) as conn:
            noted = await store.noted(conn, {letter.topic for letter in found})
        return [Judged(letter, noted.get(letter.place, ())) for letter in found]

    async def _letters(self, opened: LogReader, partition: TopicPartition, first: int, end: int) -> list[Letter]:
        records = await opened.between(partition, first, end)
        letters = [Letter.of(record, self._prefix) for record in records]
        return [letter for letter in letters if letter.is_of(self._service)]

    @asynccontextmanager
    async def _opened(self, topics: Collection[str]) -> AsyncIterator[LogReader | None]:
        """None where nothing was ever buried: a worker that never ran has made no topics."""
        try:
            async with asyncio.timeout(_PATIENCE_S):
                wanted = [f"{self._prefix}{topic}{SUFFIX}" for topic in self.topics.intersection(topics)]
                there = await kafka.existing(self._settings, wanted) if wanted else []
                if not there:
                    yield None
                    return
                async with open_log(self._settings, there) as opened:
                    yield opened
        except TimeoutError as error:
            raise BrokerUnavailable(f"no dead letters within {_PATIENCE_S} s") from error
