"""What the ledger remembers: a session, a learner's clock, a learner's lesson. Values; times are the server's clock."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from progress_service.ranges import Ranges, clip, total


@dataclass(frozen=True, slots=True)
class Session:
    """One playback session of a learner. Times in epoch ms, `seqs` the beats already judged."""

    seqs: Ranges = ()
    skew_ms: int | None = None
    granted_at_ms: int | None = None
    expires_at_ms: int | None = None
    last_beat_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Clock:
    """The real time (epoch ms) that a learner's credit has used up, in all lessons, since `pruned_before_ms`."""

    spent: Ranges = ()
    pruned_before_ms: int = 0


@dataclass(frozen=True, slots=True)
class Lesson:
    """What a learner has to show in a lesson: covered media, credited media live and late, and what was refused."""

    course_id: str = ""
    covered: Ranges = ()
    live_ms: int = 0
    late_ms: int = 0
    spent_ms: int = 0
    cuts: Mapping[str, int] = field(default_factory=dict)
    position_ms: int = 0
    position_at_ms: int = 0
    duration_ms: int = 0
    version: int = 0
    completed_at_ms: int | None = None

    @property
    def coverage(self) -> float:
        """Covered part of the video, 0 to 1."""
        if self.duration_ms <= 0:
            return 0.0
        return total(clip(self.covered, 0, self.duration_ms)) / self.duration_ms
