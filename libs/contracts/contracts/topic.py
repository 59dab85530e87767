"""A topic as data: who writes it, who reads it, what orders it, how long it stays."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

DAY_MS = 24 * 60 * 60 * 1000

Service = Literal["upload", "playback", "progress", "analytics"]


@dataclass(frozen=True, slots=True)
class Topic:
    """One Kafka topic.

    `key` names what the record key holds, `consumers` the services that subscribe, `outside` who else may
    read or write it. `config` is what the broker is asked for at creation.
    """

    name: str
    key: str
    producer: Service
    consumers: tuple[Service, ...]
    cleanup: Literal["compact", "delete"]
    retention_days: int | None = None
    partitions: int = 12
    outside: tuple[str, ...] = ()
    description: str = ""
    extra_config: Mapping[str, str] = field(default_factory=dict, hash=False)

    @property
    def event_type(self) -> str:
        return f"seatime.{self.name}.v1"

    @property
    def config(self) -> dict[str, str]:
        """Broker settings of this topic, as Kafka names them."""
        settings = {"cleanup.policy": self.cleanup, **self.extra_config}
        if self.retention_days is not None:
            settings["retention.ms"] = str(self.retention_days * DAY_MS)
        return settings

    @property
    def dead_letters(self) -> "Topic":
        """Where a consumer puts what it cannot parse; same key, original bytes, origin in the headers."""
        return Topic(
            name=f"{self.name}.dlq",
            key=self.key,
            producer=self.consumers[0] if self.consumers else self.producer,
            consumers=(),
            cleanup="delete",
            retention_days=30,
            partitions=1,
            outside=("operator",),
            description=f"Records of {self.name} that could not be parsed or applied.",
        )
