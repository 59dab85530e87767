"""The log from its beginning to where the serving tables are, and no further: what lies beyond is the worker's."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from analytics_service import consumers
from contracts import Event, LearnerErased
from servicekit.consumer import PASSING
from servicekit.database import Pool
from servicekit.forgotten import Hashing
from servicekit.reading import ConsumerRecord, LogReader, TopicPartition
from servicekit.received import Received
from servicekit.telemetry import get_logger
from servicekit.topic_ids import TopicIds

_BATCH = 2_000
_TRIES = 8

log = get_logger(__name__)


@dataclass
class Replay:
    """Applies records with the worker's own effects. `told` hears how many records have been read since it last did."""

    pool: Pool
    topic_ids: TopicIds
    hashing: Hashing
    reader: LogReader
    models: Mapping[str, type[Event]]
    told: Callable[[int], None]
    skipped: int = 0
    _positions: dict[TopicPartition, int] = field(init=False)

    def __post_init__(self) -> None:
        self._positions = dict(self.reader.beginnings)

    def left(self, targets: Mapping[TopicPartition, int]) -> int:
        """Offsets between here and there."""
        return sum(max(0, target - self._positions[partition]) for partition, target in targets.items())

    async def advance(self, targets: Mapping[TopicPartition, int]) -> None:
        """Apply all records before these offsets and none from there on.

        Who was erased is read last: sums keep what was counted before, and rows go when they are all there. Raises
        BrokerUnavailable if nothing comes any more, and what an effect raises that may pass, after some tries.
        """
        last = {one for one in targets if self.models[one.topic] is LearnerErased}
        for turn in (targets.keys() - last, last):
            await self._advance({one: targets[one] for one in turn})

    async def _advance(self, targets: Mapping[TopicPartition, int]) -> None:
        while behind := [one for one, target in targets.items() if self._positions[one] < target]:
            batches = await self.reader.read(behind, most=_BATCH)
            by_topic: dict[str, list[ConsumerRecord[Any, Any]]] = {}
            for partition, records in batches.items():
                wanted = [record for record in records if record.offset < targets[partition]]
                by_topic.setdefault(partition.topic, []).extend(wanted)
            await asyncio.gather(*(self._apply_records(topic, records) for topic, records in by_topic.items()))
            for partition, records in batches.items():
                self._move(partition, min(records[-1].offset + 1, targets[partition]), records[-1].offset + 1)

    def _move(self, partition: TopicPartition, position: int, read: int) -> None:
        self.told(position - self._positions[partition])
        self._positions[partition] = position
        if read > position:
            self.reader.seek(partition, position)

    async def _apply_records(self, topic: str, records: Sequence[ConsumerRecord[Any, Any]]) -> None:
        model = self.models[topic]
        batch: list[Received[Event]] = []
        for record in records:
            if record.value is None:
                continue
            try:
                batch.append(Received.of(record, model.model_validate_json(record.value)))
            except ValueError:
                self.skipped += 1  # the worker has buried it
        if batch:
            await self._apply(consumers.EFFECTS[model], batch)

    async def _apply(self, effects: Sequence[consumers.Effect[Any]], batch: Sequence[Received[Event]]) -> None:
        """As the worker does it: what may pass is tried again, what cannot be applied is found by halving."""
        try:
            await self._try(effects, batch)
        except PASSING:
            raise
        except Exception as error:
            if len(batch) == 1:
                log.warning("passed over", topic=batch[0].topic, offset=batch[0].offset, error=repr(error))
                self.skipped += 1
                return
            middle = len(batch) // 2
            await self._apply(effects, batch[:middle])
            await self._apply(effects, batch[middle:])

    async def _try(self, effects: Sequence[consumers.Effect[Any]], batch: Sequence[Received[Event]]) -> None:
        for attempt in range(_TRIES):
            try:
                return await consumers.apply_once(self.pool, self.topic_ids, effects, batch, hashing=self.hashing)
            except PASSING as error:
                if attempt == _TRIES - 1:
                    raise
                log.warning("will retry", topic=batch[0].topic, error=repr(error))
            await asyncio.sleep(0.1 * 2**attempt)
        return None
