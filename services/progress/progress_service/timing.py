"""When a beat was watched, in the server's clock, and which time may pay for it. Pure.

The client's clock is corrected by the smallest difference seen in its session: the request that was least delayed
shows the true one best. It still was delayed, by nobody knows how much, so beats look later than they were, and those
that were placed before a faster request came more so. Hence a beat is paid with the earliest unspent time at which it
may have been watched: what really was watched one after the other then always finds its time (decision 42).
"""

from dataclasses import dataclass
from typing import Literal

from contracts import Beat, GrantPolicy, WatchProgress
from progress_service.ranges import Range, Ranges, add, clip, close_smallest_gaps, contains, subtract, union
from progress_service.state import Clock, Session

JITTER_MS = 30_000
"""Requests of a session whose differences lie closer than this are taken to differ by network delay only."""
REACH_MS = 5_000
"""By as much earlier than it looks a beat may have been watched: what a session's fastest request may need on its way.
No longer than that, since a wait just before pays for a second player as well."""
HORIZON_MS = 7 * 24 * 3_600_000
"""How long spent time is remembered, and so the longest offline grace there can be."""
MAX_MEDIA_MS = 2**31 - 1
MAX_SPENT_RANGES = 200
MAX_SEQ_RANGES = 200


@dataclass(frozen=True, slots=True)
class Terms:
    """What a beat is judged against: the session's window, the grant's policy and duration, and its arrival.

    `former` says that the learner has begun another video of the lesson, or another attempt, since.
    """

    granted_at_ms: int
    expires_at_ms: int
    received_at_ms: int
    duration_ms: int
    skew_ms: int
    policy: GrantPolicy
    count_hidden: bool = True
    former: Literal["replaced", "former_attempt"] | None = None

    @property
    def grace_ms(self) -> int:
        return min(self.policy.offline_grace_s * 1000, HORIZON_MS)

    @property
    def media_end_ms(self) -> int:
        """Where the video ends; the provider may not have told yet, and time watched meanwhile is not lost."""
        return self.duration_ms or MAX_MEDIA_MS


def arrive(
    session: Session,
    request: WatchProgress,
    *,
    count_hidden: bool = True,
    former: Literal["replaced", "former_attempt"] | None = None,
) -> tuple[Session, Terms]:
    """The session after the arrival of a request, and its terms. A refreshed grant widens the session's window."""
    own, known = request.received_at_ms - request.sent_at_ms, session.skew_ms
    skew = known if known is not None and known <= own <= known + JITTER_MS else own
    granted, expires = request.granted_at_ms, request.expires_at_ms
    if session.granted_at_ms is not None:
        granted = min(granted, session.granted_at_ms)
    if session.expires_at_ms is not None:
        expires = max(expires, session.expires_at_ms)
    last = session.last_beat_ms
    if last is not None and known is not None and known - JITTER_MS <= skew < known:
        last = max(0, last + skew - known)  # the former beat was as much earlier as this request is faster
    terms = Terms(
        granted, expires, request.received_at_ms, request.duration_ms, skew, request.policy, count_hidden, former
    )
    return Session(session.seqs, skew, granted, expires, last), terms


def place(beat: Beat, session: Session, terms: Terms) -> Range:
    """The beat's interval: never in the future. Without `since` it reaches back to the session's previous beat."""
    at = max(0, min(beat.at_ms + terms.skew_ms, terms.received_at_ms))
    if beat.since_ms is not None and beat.since_ms <= beat.at_ms:
        return max(0, min(beat.since_ms + terms.skew_ms, at)), at
    since = max(0, at - terms.policy.beat_cap_s * 1000)
    if session.last_beat_ms is not None and session.last_beat_ms < at:
        since = max(since, session.last_beat_ms)
    return since, at


def fund(interval: Range, clock: Clock, terms: Terms) -> tuple[int, Ranges]:
    """What may pay for a beat: how much time at most, and out of which. Only the end of an interval counts, where the
    playing was, at most `beat_cap` of it and within the grant.

    It is paid with unspent time from the earliest moment at which it may have been watched until now, which is the
    latest arrival that the learner's clock knows: what is judged after its turn, from the spool or by a retry, still
    finds the time that others left who took theirs earlier.
    """
    since, at = interval
    since = max(since, at - terms.policy.beat_cap_s * 1000)
    first = max(terms.granted_at_ms, clock.pruned_before_ms)
    length = min(at, terms.expires_at_ms) - max(since, first)
    if length <= 0:
        return 0, ()
    end = min(clock.pruned_before_ms + HORIZON_MS, terms.expires_at_ms)
    return length, subtract(((max(since - REACH_MS, first), end),), clock.spent)


def seen(session: Session, beat: Beat) -> bool:
    """Whether that beat of the session was judged before."""
    return contains(session.seqs, beat.seq)


def remember(session: Session, beat: Beat, at_ms: int) -> Session:
    """The session with that beat judged. Where numbers are too scattered, beats in the smallest gaps count as seen."""
    last = at_ms if session.last_beat_ms is None else max(session.last_beat_ms, at_ms)
    seqs = close_smallest_gaps(add(session.seqs, (beat.seq, beat.seq + 1)), MAX_SEQ_RANGES)
    return Session(seqs, session.skew_ms, session.granted_at_ms, session.expires_at_ms, last)


def spend(clock: Clock, time: Ranges) -> Clock:
    """The clock with that time used up, and where it is too scattered the smallest gaps in it as well."""
    if not time:
        return clock
    return Clock(close_smallest_gaps(union(clock.spent, time), MAX_SPENT_RANGES), clock.pruned_before_ms)


def prune(clock: Clock, now_ms: int) -> Clock:
    """The clock without time that no beat can claim any more."""
    before = max(clock.pruned_before_ms, now_ms - HORIZON_MS)
    if clock.spent and clock.spent[0][0] < before:
        return Clock(clip(clock.spent, before, clock.spent[-1][1]), before)
    return Clock(clock.spent, before)
