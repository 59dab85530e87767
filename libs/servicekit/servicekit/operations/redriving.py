"""The worker's part of a redrive: it sends what was asked for, letter by letter, and notes each when Kafka has it.

Whoever dies between sending and noting sends again: consumers are idempotent, and the record is the same in all that
they go by (id, key, time). What can never be sent is noted as failed, with the reason.
"""

from aiokafka import ConsumerRecord, TopicPartition
from aiokafka.errors import MessageSizeTooLargeError

from servicekit import kafka, telemetry
from servicekit.database import Pool, transaction
from servicekit.errors import BrokerUnavailable
from servicekit.operations import letters, store
from servicekit.operations.store import Noted
from servicekit.process import repeat
from servicekit.producer import Producer
from servicekit.reading import LogReader, open_log
from servicekit.settings import CommonSettings

_AT_ONCE = 200
_EVERY_S = 1.0

log = telemetry.get_logger(__name__)


class Gone(Exception):
    """The record can't be sent any more; the message says why."""


class Redriver:
    """Does what is asked for in the audit of one service's database. Any number of workers may run one."""

    def __init__(self, pool: Pool, settings: CommonSettings, producer: Producer, *, service: str) -> None:
        self._pool, self._settings, self._producer, self._service = pool, settings, producer, service
        self._prefix = settings.kafka_topic_prefix

    async def run(self) -> None:
        await repeat("redrive", self.turn, _EVERY_S)

    async def turn(self) -> int:
        """Returns how many letters were dealt with. Raises BrokerUnavailable; what is left comes at the next turn."""
        async with transaction(self._pool, readonly=True) as conn:
            asked = await store.to_do(conn, _AT_ONCE)
        if not asked:
            return 0
        names = {self._name(redrive) for redrive in asked}
        topics = await kafka.existing(self._settings, [*names, *(name + letters.SUFFIX for name in names)])
        async with open_log(self._settings, topics) as opened:
            return sum([await self._one(opened, redrive) for redrive in asked])

    def _name(self, redrive: Noted) -> str:
        return self._prefix + redrive.topic

    async def _one(self, opened: LogReader, redrive: Noted) -> bool:
        async with transaction(self._pool) as conn:
            if not await store.take(conn, redrive):
                return False
            try:
                await self._send(opened, redrive)
            except Gone as error:
                await store.note(conn, "failed", self._actor, str(error), [redrive.place])
                log.warning(
                    "a dead letter cannot be redriven", topic=redrive.topic, offset=redrive.position, why=str(error)
                )
            else:
                await store.note(conn, "redriven", self._actor, None, [redrive.place])
                log.info("a dead letter was redriven", topic=redrive.topic, offset=redrive.position, by=redrive.actor)
        return True

    @property
    def _actor(self) -> str:
        return f"{self._service}-worker"

    async def _send(self, opened: LogReader, redrive: Noted) -> None:
        partition = TopicPartition(self._name(redrive) + letters.SUFFIX, redrive.partition)
        found = await _at(opened, partition, redrive.position)
        if found is None or letters.Letter.of(found, self._prefix).buried_at != redrive.buried_at:
            raise Gone("the letter is no longer in the log")
        record = letters.again(
            found,
            await self._whole(opened, found, redrive),
            redrive=f"{self._service}/{redrive.id}",
            prefix=self._prefix,
        )
        try:
            await self._producer.send_raw(
                self._name(redrive),
                key=record.key,
                value=record.value,
                headers=record.headers,
                timestamp_ms=record.written_at_ms,
            )
        except BrokerUnavailable as error:
            if isinstance(error.__cause__, MessageSizeTooLargeError):
                raise Gone("the broker does not accept a record of this size") from error
            raise

    async def _whole(self, opened: LogReader, found: "ConsumerRecord[bytes, bytes]", redrive: Noted) -> bytes | None:
        """The value; of a letter that was cut when it was buried, from where it came from."""
        letter = letters.Letter.of(found, self._prefix)
        if not letter.cut:
            value: bytes | None = found.value
            return value
        if letter.origin_partition is not None and letter.origin_offset is not None:
            origin = TopicPartition(self._name(redrive), letter.origin_partition)
            original = await _at(opened, origin, letter.origin_offset)
            if original is not None:
                whole: bytes | None = original.value
                return whole
        raise Gone("only the beginning was kept, and the original is no longer in the log")


async def _at(opened: LogReader, partition: TopicPartition, offset: int) -> "ConsumerRecord[bytes, bytes] | None":
    """The record of that offset, if it is still there."""
    if not opened.beginnings.get(partition, 0) <= offset < opened.ends.get(partition, 0):
        return None
    opened.seek(partition, offset)
    (record, *_) = (await opened.read([partition], most=1))[partition]
    return record if record.offset == offset else None
