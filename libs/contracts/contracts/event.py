"""What every event has in common: immutable, tolerant of unknown fields, and aware of its topic and key."""

from typing import Annotated, ClassVar, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from contracts.topic import Topic

Id = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.:-]{0,63}$", description="Identifier given by the LMS.")]
JSON_SAFE = 2**53 - 1  # the largest integer that every JSON reader keeps exact

Milliseconds = Annotated[int, Field(ge=0, le=JSON_SAFE, description="Milliseconds.")]
Version = Annotated[
    int, Field(ge=1, le=JSON_SAFE, description="Grows by one with every change of the subject; the highest wins.")
]
Range = Annotated[
    tuple[Milliseconds, Milliseconds], Field(description="Half-open media range [from, to) in milliseconds.")
]
Timestamp = AwareDatetime

Attempt = Annotated[
    int,
    Field(ge=1, le=2**31 - 1, description="Which assignment of the course it is: 1, and one more with each renewal."),
]

HiddenPages = Annotated[
    Literal["count", "pause", "apart"],
    Field(description="What playing in a hidden page is worth: the same, nothing, or the same but counted apart."),
]

__all__ = ["JSON_SAFE", "Attempt", "Event", "HiddenPages", "Id", "Milliseconds", "Range", "Timestamp", "Version"]


class Event(BaseModel):
    """A fact that happened. Its JSON is a Kafka record's value; CloudEvents attributes travel as headers.

    Consumers ignore unknown fields, so a field may be added with a default, and nothing else may change
    within a topic.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    topic: ClassVar[Topic]

    @property
    def topic_name(self) -> str:
        """The topic's name without a deployment's prefix."""
        return self.topic.name

    @property
    def event_type(self) -> str:
        """The CloudEvents `type`."""
        return self.topic.event_type

    @property
    def event_source(self) -> str:
        """The CloudEvents `source`: the service that owns the fact."""
        return f"/seatime/{self.topic.producer}"

    @property
    def key(self) -> str:
        """The record key: what must stay in order, and what compaction keeps the last of."""
        raise TypeError(f"{type(self).__name__} has no key")

    def to_json(self) -> bytes:
        """The record's value, UTF-8 JSON."""
        return self.model_dump_json().encode()
