"""What players send and when it arrives, as data: the same scripts run against the whole system and the bare ledger."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from contracts import WatchProgress
from progress_service.grants import Grant
from progress_service.ingest import to_event
from progress_service.schemas import ProgressIn
from tests.progress import granting

DURATION_S = 600
THRESHOLD = 0.9
MAX_RATE = 2.0
STEP_MS = 10_000
GRANT_S = 4 * 3600


@dataclass(frozen=True)
class Policy:
    """A course's counting rules as grants carry them."""

    name: str
    grace_s: int


DEFAULT = Policy("default", 86_400)
ACCREDITED = Policy("accredited", 120)
POLICIES = (DEFAULT, ACCREDITED)


@dataclass(frozen=True)
class Ticket:
    """A watch grant before it is signed; `forged` is signed by somebody who is not the playback service."""

    learner: str
    lesson: str
    session: UUID
    granted_ms: int
    policy: Policy
    forged: bool = False

    def claims(self) -> dict[str, Any]:
        policy = {"rate": MAX_RATE, "grace": self.policy.grace_s, "cap": 45}
        return granting.claims(
            sub=self.learner,
            les=self.lesson,
            sid=str(self.session),
            dur=DURATION_S * 1000,
            iat=self.granted_ms // 1000,
            exp=self.granted_ms // 1000 + GRANT_S,
            pol=policy,
        )


@dataclass(frozen=True)
class Report:
    """A request: when the server receives it, when its sender claims to have sent it (both epoch ms), and its beats."""

    at_ms: int
    sent_ms: int
    ticket: Ticket
    beats: tuple[dict[str, Any], ...]

    def body(self, token: str) -> dict[str, Any]:
        return {"grant": token, "sentAt": self.sent_ms, "beats": list(self.beats)}

    def event(self) -> WatchProgress | None:
        """What the API makes of it; None where it refuses the grant."""
        grant = Grant.model_validate(self.ticket.claims())
        if self.ticket.forged or self.at_ms > grant.usable_until_ms():
            return None
        return to_event(ProgressIn.model_validate(self.body("token")), grant, received_at_ms=self.at_ms)


def beat(
    seq: int, since_ms: float, at_ms: float, *played: tuple[float, float], rate: float = 1.0, **more: Any
) -> dict[str, Any]:
    """A beat of the API; `played` are seconds of the video."""
    segments = [[round(start, 3), round(end, 3)] for start, end in played]
    values = {
        "seq": seq,
        "since": round(since_ms),
        "at": round(at_ms),
        "position": segments[-1][1] if segments else 0,
        "rate": rate,
        "watched_segments": segments,
    }
    return values | more


def session_of(*names: object) -> UUID:
    """A session of that name; the same name is the same session."""
    return uuid5(NAMESPACE_URL, "/".join(map(str, names)))


@dataclass(frozen=True)
class Standing:
    """Where a learner stands in a lesson: seconds of media, and the moment of completion (epoch ms)."""

    coverage: float
    live_s: float
    late_s: float
    completed_ms: int | None
    cuts: dict[str, float]
    resume_s: float


def in_time(*scripts: Iterable[Report]) -> list[Report]:
    """All reports in the order of their arrival; those of one script that arrive together keep their order."""
    return sorted((report for script in scripts for report in script), key=lambda report: report.at_ms)
