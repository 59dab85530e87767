"""What players report, and how it is answered."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from contracts.learning import ClientName, EpochMs, PlayerEventType
from progress_service.schemas.shape import LenientId, Seconds, Shape

MAX_BEATS = 500
MAX_SEGMENTS_PER_BEAT = 200
MAX_SEGMENTS = 5_000
MAX_EVENTS = 2_000


class PlayerEventIn(Shape):
    """Something that happened in the player: seeks have `from` and `to`, `rate` or `value` is what became new."""

    type: PlayerEventType
    at: EpochMs
    position: Seconds | None = None
    from_: Seconds | None = Field(default=None, alias="from")
    to: Seconds | None = None
    rate: float | None = Field(default=None, ge=0, le=16, allow_inf_nan=False)
    value: Annotated[str | None, Field(max_length=64)] = None


class BeatIn(Shape):
    """What was played in the interval `since`…`at` of the client's clock (epoch ms)."""

    seq: int = Field(ge=0, lt=2**31 - 1)
    since: EpochMs | None = None
    at: EpochMs
    position: Seconds
    rate: float = Field(default=1.0, gt=0, le=16, allow_inf_nan=False)
    watched_segments: list[tuple[Seconds, Seconds]] = Field(
        default=[], alias="watched_segments", max_length=MAX_SEGMENTS_PER_BEAT
    )
    hidden: bool = False
    events: list[PlayerEventIn] = Field(default=[], max_length=MAX_SEGMENTS_PER_BEAT)
    stalled: Seconds = Field(
        default=0, description="Seconds of real time in which it waited for data while it should have played."
    )
    player: ClientName | None = Field(
        default=None,
        description="Which player it is, as in `mux-player` or `video`; others than known ones count as one.",
    )


class ProgressIn(Shape):
    """A player's report. `lesson_id` and `duration` may be left out; if given they must be the grant's."""

    grant: str = Field(min_length=1, description="The watch grant that came with the playback.")
    sent_at: EpochMs = Field(description="The client's clock when it sent this (epoch ms).")
    beats: Annotated[list[BeatIn], Field(min_length=1, max_length=MAX_BEATS)]
    lesson_id: Annotated[LenientId | None, Field(alias="lesson_id")] = None
    duration: Seconds | None = None

    @model_validator(mode="after")
    def _bounded(self) -> Self:
        if sum(len(beat.watched_segments) for beat in self.beats) > MAX_SEGMENTS:
            raise ValueError(f"at most {MAX_SEGMENTS} segments in a request")
        if sum(len(beat.events) for beat in self.beats) > MAX_EVENTS:
            raise ValueError(f"at most {MAX_EVENTS} events in a request")
        return self


class Accepted(Shape):
    """What was accepted: it is durable, and will be judged."""

    accepted: int
    last_seq: int
