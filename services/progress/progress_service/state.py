"""What the ledger remembers: a session, a learner's clock, a learner's lesson. Values; times are the server's clock."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from progress_service.habits import NO_HABITS, Habits
from progress_service.ranges import Ranges, clip, total

FRONTIER_GAP_MS = 2_000


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
    """What a learner has to show in a lesson: covered media, credited media (live, late, hidden), and what was refused.

    All of it is of one `attempt` and one `revision` of the video, but for the time spent on former ones and, where only
    the video is another, the completion.
    """

    course_id: str = ""
    attempt: int = 1
    revision: int = 1
    covered: Ranges = ()
    live_ms: int = 0
    late_ms: int = 0
    hidden_ms: int = 0
    spent_ms: int = 0
    former_spent_ms: int = 0
    earlier_spent_ms: int = 0
    cuts: Mapping[str, int] = field(default_factory=dict)
    position_ms: int = 0
    position_at_ms: int = 0
    duration_ms: int = 0
    version: int = 0
    completed_at_ms: int | None = None
    habits: Habits = NO_HABITS

    def renewed(self, revision: int) -> "Lesson":
        """The lesson with another video: what was watched of the former one is void, and told as such."""
        void_ms = self.cuts.get("replaced", 0) + self.live_ms + self.late_ms + self.hidden_ms
        told = {"former_attempt": self.cuts.get("former_attempt", 0), "replaced": void_ms}
        return Lesson(
            course_id=self.course_id,
            attempt=self.attempt,
            revision=revision,
            former_spent_ms=self.former_spent_ms + self.spent_ms,
            earlier_spent_ms=self.earlier_spent_ms,
            cuts={code: amount for code, amount in told.items() if amount},
            version=self.version,
            completed_at_ms=self.completed_at_ms,
        )

    def attempted(self, attempt: int, revision: int) -> "Lesson":
        """The lesson in a further attempt: nothing is watched, nothing complete. What went before is told as such."""
        void_ms = self.live_ms + self.late_ms + self.hidden_ms
        void_ms += self.cuts.get("former_attempt", 0) + self.cuts.get("replaced", 0)
        return Lesson(
            course_id=self.course_id,
            attempt=attempt,
            revision=revision,
            earlier_spent_ms=self.earlier_spent_ms + self.former_spent_ms + self.spent_ms,
            cuts={"former_attempt": void_ms} if void_ms else {},
            version=self.version,
        )

    @property
    def frontier_ms(self) -> int:
        """How far the video was watched from its beginning, but for gaps of timers: where a seek may lead at most."""
        reached = 0
        for start, end in self.covered:
            if start > reached + FRONTIER_GAP_MS:
                break
            reached = end
        return reached

    @property
    def coverage(self) -> float:
        """Covered part of the video, 0 to 1."""
        if self.duration_ms <= 0:
            return 0.0
        return total(clip(self.covered, 0, self.duration_ms)) / self.duration_ms

    @property
    def coverage_ppm(self) -> int:
        """The same in millionths, rounded down."""
        if self.duration_ms <= 0:
            return 0
        return total(clip(self.covered, 0, self.duration_ms)) * 1_000_000 // self.duration_ms
