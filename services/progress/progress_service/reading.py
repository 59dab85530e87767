"""Reports read the short way: straight from bytes to the bytes of the event, for what is well-formed beyond doubt.

Whatever this cannot read, odd or wrong, is left to the schema (`schemas.py`), which decides and finds the words.
What this reads, the schema would have read the same: a test compares them.
"""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

from progress_service.clients import UNKNOWN, Client
from progress_service.grants import Grant
from progress_service.ingest import DURATION_TOLERANCE_S
from progress_service.schemas import (
    MAX_BEATS,
    MAX_EVENTS,
    MAX_SECONDS,
    MAX_SEGMENTS,
    MAX_SEGMENTS_PER_BEAT,
)

_Seconds = Annotated[float, Meta(ge=0, le=MAX_SECONDS)]
_EpochMs = Annotated[int, Meta(ge=0, le=253_402_300_799_999)]
_Type = Literal["play", "pause", "progress", "complete", "seek", "ratechange", "qualitychange", "error"]


class _EventIn(Struct, gc=False):
    type: _Type
    at: _EpochMs
    position: _Seconds | None = None
    from_: _Seconds | None = msgspec.field(default=None, name="from")
    to: _Seconds | None = None
    rate: Annotated[float, Meta(ge=0, le=16)] | None = None
    value: Annotated[str, Meta(max_length=64)] | None = None


class _BeatIn(Struct, gc=False):
    seq: Annotated[int, Meta(ge=0, lt=2**31 - 1)]
    at: _EpochMs
    position: _Seconds
    since: _EpochMs | None = None
    rate: Annotated[float, Meta(gt=0, le=16)] = 1.0
    watched_segments: Annotated[list[tuple[_Seconds, _Seconds]], Meta(max_length=MAX_SEGMENTS_PER_BEAT)] = []
    hidden: bool = False
    events: Annotated[list[_EventIn], Meta(max_length=MAX_SEGMENTS_PER_BEAT)] = []
    stalled: _Seconds = 0.0
    player: Annotated[str, Meta(min_length=1, max_length=32)] | None = None


class Report(Struct):
    """A report that is well-formed. Positions in seconds, times in epoch ms, as in `schemas.ProgressIn`."""

    grant: Annotated[str, Meta(min_length=1)]
    sent_at: _EpochMs = msgspec.field(name="sentAt")
    beats: Annotated[list[_BeatIn], Meta(min_length=1, max_length=MAX_BEATS)]
    lesson_id: str | int | None = None
    duration: _Seconds | None = None


class _EventOut(Struct, gc=False, omit_defaults=True):
    type: str
    at_ms: int
    position_ms: int | None
    from_ms: int | None
    to_ms: int | None
    value: str | None


class _BeatOut(Struct, gc=False, omit_defaults=True):
    seq: int
    since_ms: int | None
    at_ms: int
    position_ms: int
    segments: list[tuple[int, int]]
    rate: float = 1.0
    hidden: bool = False
    events: list[_EventOut] = []
    stalled_ms: int = 0
    player: str | None = None


_decoder = msgspec.json.Decoder(Report)
_encode = msgspec.json.Encoder().encode


def read(body: bytes) -> Report | None:
    """The report in a body; None if the schema has to decide."""
    try:
        report = _decoder.decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return None
    beats = report.beats
    if sum([len(beat.watched_segments) for beat in beats]) > MAX_SEGMENTS:
        return None
    return report if sum([len(beat.events) for beat in beats]) <= MAX_EVENTS else None


def fits(report: Report, grant: Grant) -> bool:
    """Whether the report is about what was granted, beyond doubt."""
    if report.lesson_id is not None and str(report.lesson_id) != grant.les:
        return False
    return not (
        report.duration is not None and grant.dur and abs(report.duration - grant.dur / 1000) > DURATION_TOLERANCE_S
    )


def event_bytes(report: Report, grant: Grant, client: Client = UNKNOWN, *, received_at_ms: int) -> bytes:
    """The accepted request as the value of its record, equal to that of `ingest.to_event`."""
    beats = [
        _BeatOut(
            beat.seq,
            beat.since,
            beat.at,
            round(beat.position * 1000),
            [(round(start * 1000), round(end * 1000)) for start, end in beat.watched_segments],
            beat.rate,
            beat.hidden,
            [_event(event) for event in beat.events] if beat.events else [],
            round(beat.stalled * 1000),
            beat.player,
        )
        for beat in report.beats
    ]
    return b'{%b,"received_at_ms":%d,"sent_at_ms":%d%b,"beats":%b}' % (
        grant.facts,
        received_at_ms,
        report.sent_at,
        client.facts,
        _encode(beats),
    )


def _event(event: _EventIn) -> _EventOut:
    value = event.value if event.value is not None or event.rate is None else f"{event.rate:g}"
    return _EventOut(event.type, event.at, _ms(event.position), _ms(event.from_), _ms(event.to), value)


def _ms(seconds: float | None) -> int | None:
    return None if seconds is None else round(seconds * 1000)
