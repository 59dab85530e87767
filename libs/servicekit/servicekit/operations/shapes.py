"""The operator's routes on the wire, in camelCase."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from pydantic.alias_generators import to_camel

from servicekit.operations.buried import MOST, Judged, Page
from servicekit.operations.letters import State
from servicekit.operations.queues import Consuming, Waiting
from servicekit.operations.store import Action, Noted, OutboxState

_MOST_OFFSET = 2**62
Topic = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9.-]{0,99}$")]
Offset = Annotated[int, Field(ge=0, le=_MOST_OFFSET)]


class _Wire(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, frozen=True)


class NotedView(_Wire):
    """A row of the audit. `redriven` and `failed` are what the worker did about a `redrive`."""

    id: int
    topic: str
    offset: int
    action: Action
    by: str
    note: str | None
    at: datetime

    @classmethod
    def of(cls, noted: Noted) -> "NotedView":
        return cls(
            id=noted.id,
            topic=noted.topic,
            offset=noted.position,
            action=noted.action,
            by=noted.actor,
            note=noted.note,
            at=noted.noted_at,
        )


class LetterView(_Wire):
    """A record that could not be used. `offset` is the letter's own, `origin…` say where the record came from."""

    topic: str = Field(description="Where the record died; the letter is in `<topic>.dlq`.")
    partition: int
    offset: int
    buried_at: datetime
    reason: str = Field(description="`unparsable`, or `failed`: it could be read and not applied.")
    error: str = Field(description="What was raised, cut and without secrets.")
    origin_partition: int | None
    origin_offset: int | None
    event_id: str | None = Field(description="CloudEvents id.")
    key: str | None
    size: int = Field(description="Bytes of the value, as far as it was kept.")
    preview: str = Field(description="How the value begins, without secrets.")
    cut: bool = Field(description="Too large to be kept whole: a redrive takes it from where it came from.")
    redriven_before: bool = Field(description="It is a redriven record that died again.")
    state: State
    noted: list[NotedView]

    @classmethod
    def of(cls, judged: Judged) -> "LetterView":
        letter = judged.letter
        told: dict[str, Any] = {
            name: getattr(letter, name) for name in cls.model_fields if name not in ("state", "noted")
        }
        return cls(**told, state=judged.state, noted=[NotedView.of(one) for one in judged.noted])


class LettersView(_Wire):
    letters: list[LetterView] = Field(description="The newest first.")
    more: list[str] = Field(description="Topics with older letters than these: ask with `topic` and `before`.")

    @classmethod
    def of(cls, page: Page) -> "LettersView":
        return cls(letters=[LetterView.of(judged) for judged in page.letters], more=sorted(page.more))


class RangeBody(_Wire):
    """Letters of a topic from one offset to another, both included; without `last` it is the first alone."""

    topic: Topic
    first: Offset
    last: Offset | None = None
    note: Annotated[str, StringConstraints(max_length=500, pattern=r"^[^\x00]*$")] | None = Field(
        default=None, description="Why, for whoever reads the audit."
    )

    @property
    def end(self) -> int:
        return self.first if self.last is None else self.last

    @property
    def fits(self) -> bool:
        return 0 <= self.end - self.first < MOST


class DecidedView(_Wire):
    noted: int = Field(description="Letters of which it was noted now.")
    unchanged: int = Field(description="Letters of the range that were decided on already.")


class AuditView(_Wire):
    entries: list[NotedView] = Field(description="The newest first.")
    next: int | None = Field(description="Goes into `before` to read on; null at the end.")


class OutboxView(_Wire):
    waiting: int
    parked: int = Field(description="Rows that the broker can never accept.")
    oldest_seconds: float

    @classmethod
    def of(cls, state: OutboxState) -> "OutboxView":
        return cls(waiting=state.waiting, parked=state.parked, oldest_seconds=state.oldest_s)


class WaitingView(_Wire):
    name: str
    count: int
    oldest_seconds: float

    @classmethod
    def of(cls, waiting: Waiting) -> "WaitingView":
        return cls(name=waiting.name, count=waiting.count, oldest_seconds=waiting.oldest_s)


class ConsumerView(_Wire):
    topic: str
    lag: int = Field(description="Records that are not committed.")
    members: int = Field(description="Processes that consume it now.")
    dead_letters: int = Field(description="Of these nobody has decided anything.")

    @classmethod
    def of(cls, one: Consuming, dead_letters: Mapping[str, int]) -> "ConsumerView":
        return cls(topic=one.topic, lag=one.lag, members=one.members, dead_letters=dead_letters.get(one.topic, 0))


class HealthView(_Wire):
    """What is null could not be asked; `checks` say why."""

    service: str
    ready: bool
    checks: dict[str, str] = Field(description="Dependencies: `ok`, `degraded: …`, or what stands in the way.")
    since: dict[str, datetime] = Field(description="When the process that answers first found each of these not `ok`.")
    outbox: OutboxView | None
    waiting: list[WaitingView] | None = Field(description="What else waits in the service's tables.")
    consumers: list[ConsumerView] | None

    @classmethod
    def of_queues(
        cls,
        service: str,
        readiness: tuple[bool, Mapping[str, Any]],
        tables: tuple[OutboxState, Sequence[Waiting]] | None,
        consumers: tuple[Sequence[Consuming], Mapping[str, int]] | None,
    ) -> "HealthView":
        ready, report = readiness
        return cls(
            service=service,
            ready=ready,
            checks=dict(report["checks"]),
            since=report.get("since", {}),
            outbox=OutboxView.of(tables[0]) if tables is not None else None,
            waiting=[WaitingView.of(one) for one in tables[1]] if tables is not None else None,
            consumers=[ConsumerView.of(one, consumers[1]) for one in consumers[0]] if consumers is not None else None,
        )
