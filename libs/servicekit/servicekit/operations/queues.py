"""How the queues of a service stand: its outbox, its consumers' lag, and what else of its own waits."""

from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass

from servicekit import kafka
from servicekit.database import Connection
from servicekit.reading import log_ends
from servicekit.settings import CommonSettings

_PATIENCE_S = 8


@dataclass(frozen=True, slots=True)
class Waiting:
    """Something of the service's own that waits: `oldest_s` is the age (s) of the oldest, 0 where nothing does."""

    name: str
    count: int
    oldest_s: float


Waits = Callable[[Connection], Awaitable[Sequence[Waiting]]]


@dataclass(frozen=True, slots=True)
class Consuming:
    """One topic's consumer: `lag` is how many records it has not committed, `members` how many processes consume."""

    topic: str
    lag: int
    members: int


async def consuming(settings: CommonSettings, *, service: str, topics: Collection[str]) -> list[Consuming]:
    """Of each topic (without prefix) that the service ever consumed. Raises BrokerUnavailable."""
    prefix = settings.kafka_topic_prefix
    there = await kafka.existing(settings, [prefix + topic for topic in topics])
    groups = await kafka.groups(settings, [_group(prefix, service, name) for name in there], timeout=_PATIENCE_S)
    taken = {
        name: group for name in there if (group := groups[_group(prefix, service, name)]).members or group.committed
    }
    if not taken:
        return []
    ends = await log_ends(settings, taken, timeout=_PATIENCE_S)
    lags = dict.fromkeys(taken, 0)
    for partition, end in ends.items():
        done = taken[partition.topic].committed.get((partition.topic, partition.partition), 0)
        lags[partition.topic] += max(0, end - done)
    return [Consuming(name.removeprefix(prefix), lag, taken[name].members) for name, lag in lags.items()]


def _group(prefix: str, service: str, topic: str) -> str:
    return f"{prefix}{service}.{topic.removeprefix(prefix)}"
