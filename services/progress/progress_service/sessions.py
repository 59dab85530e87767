"""Whether a playback session is over, as the server sees it: players go away without a word. Pure.

Nothing has to run for a session to be closed, so a replay closes it at the same moment. A beat that comes after all,
from offline or after a long pause, counts as it would have, and the session is open again or ends later.
"""

from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from progress_service.fold import LIVE_WITHIN_MS

SILENT_AFTER_MS = LIVE_WITHIN_MS
"""As long as a beat may take to be live: a session that is silent for longer has nothing live to say any more."""


@dataclass(frozen=True, slots=True)
class Playback:
    """One session of a learner in a lesson; times in epoch ms of the server's clock. `beats` were judged.

    It is of one attempt at the course.
    """

    session_id: UUID
    granted_at_ms: int
    expires_at_ms: int
    last_beat_ms: int | None
    beats: int
    attempt: int = 1


@dataclass(frozen=True, slots=True)
class End:
    """When a session ended, and how: its player fell silent, or its grant ended while it still reported."""

    at_ms: int
    how: Literal["silent", "expired"]


def ended(session: Playback, now_ms: int) -> End | None:
    """The end of a session; None while it is open. One that never reported ended where it began."""
    last = session.granted_at_ms if session.last_beat_ms is None else session.last_beat_ms
    if last + SILENT_AFTER_MS >= session.expires_at_ms:
        return End(session.expires_at_ms, "expired") if now_ms >= session.expires_at_ms else None
    return End(last, "silent") if now_ms > last + SILENT_AFTER_MS else None
