"""From a player's report to the event that the ledger judges: in milliseconds, and with the grant's facts."""

from contracts import Beat, PlayerEvent, WatchProgress
from progress_service.clients import UNKNOWN, Client
from progress_service.grants import Grant
from progress_service.schemas import BeatIn, PlayerEventIn, ProgressIn
from servicekit.errors import Conflict

DURATION_TOLERANCE_S = 1.0


class GrantMismatch(Conflict):
    slug, title = "grant-mismatch", "The report is not about what was granted"


def to_event(report: ProgressIn, grant: Grant, client: Client = UNKNOWN, *, received_at_ms: int) -> WatchProgress:
    """The accepted request. GrantMismatch where the report names another lesson or another duration."""
    if report.lesson_id is not None and report.lesson_id != grant.les:
        raise GrantMismatch("the grant is for another lesson")
    if report.duration is not None and grant.dur and abs(report.duration - grant.dur / 1000) > DURATION_TOLERANCE_S:
        raise GrantMismatch("the grant is for a video of another duration")
    return WatchProgress(
        **grant.granted,
        received_at_ms=received_at_ms,
        sent_at_ms=report.sent_at,
        browser=client.browser,
        country=client.country,
        beats=tuple(_beat(beat) for beat in report.beats),
    )


def _beat(beat: BeatIn) -> Beat:
    return Beat(
        seq=beat.seq,
        since_ms=beat.since,
        at_ms=beat.at,
        position_ms=_ms(beat.position),
        rate=beat.rate,
        segments=tuple((_ms(start), _ms(end)) for start, end in beat.watched_segments),
        hidden=beat.hidden,
        events=tuple(_player_event(event) for event in beat.events),
        stalled_ms=_ms(beat.stalled),
        player=beat.player,
    )


def _player_event(event: PlayerEventIn) -> PlayerEvent:
    return PlayerEvent(
        type=event.type,
        at_ms=event.at,
        position_ms=_ms_or_none(event.position),
        from_ms=_ms_or_none(event.from_),
        to_ms=_ms_or_none(event.to),
        value=event.value if event.value is not None or event.rate is None else f"{event.rate:g}",
    )


def _ms(seconds: float) -> int:
    return round(seconds * 1000)


def _ms_or_none(seconds: float | None) -> int | None:
    return None if seconds is None else _ms(seconds)
