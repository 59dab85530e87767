"""What is counted of how somebody watches: signs of a person, lengths of beats, time at the maximum rate."""

import pytest

from contracts import Beat, GrantPolicy, WatchProgress
from contracts.learning import PlayerEventType
from progress_service.fold import fold
from progress_service.habits import LENGTHS, NO_HABITS, Habits
from progress_service.state import Clock, Lesson, Session
from tests.progress.making import T0, beat, new_session, request, watching


def habits_of(*requests: WatchProgress) -> Habits:
    """The habits in the lesson after these requests."""
    sessions, clock, lesson = dict[object, Session](), Clock(), Lesson()
    for one in requests:
        folded = fold(sessions.get(one.session_id, Session()), clock, lesson, one)
        sessions[one.session_id], clock, lesson = folded.session, folded.clock, folded.lesson
    return lesson.habits


def happened(kind: PlayerEventType, *, hidden: bool = False) -> Beat:
    events = [{"type": kind, "at_ms": T0 + 5_000}] * 2
    return beat(0, 0, 10_000, (0, 10_000), events=events, hidden=hidden)


def counted(*lengths_ms: int) -> tuple[int, ...]:
    found = [0] * LENGTHS
    for length in lengths_ms:
        found[length % LENGTHS] += 1
    return tuple(found)


@pytest.mark.parametrize(
    ("told", "signs"),
    [
        (happened("pause"), 1),
        (happened("seek"), 1),
        (happened("ratechange"), 1),
        (happened("play", hidden=True), 1),
        (happened("play"), 0),
        (happened("progress"), 0),
        (happened("complete"), 0),
        (happened("qualitychange"), 0),
        (happened("error"), 0),
    ],
)
def test_only_what_a_person_does_is_a_sign(told: Beat, signs: int) -> None:
    """Row D28: pause, seek, change of rate, hidden page, each beat once; other beats are counted by length."""
    found = habits_of(request(told))
    assert found.signs == signs
    assert found.lengths == (() if signs else counted(10_000))


def test_lengths_are_those_of_whole_beats() -> None:
    """Row D28: the last short beat of a video and one that does not tell its beginning say nothing of the timer."""
    beats = [beat(0, 0, 10_094, (0, 10_000)), beat(1, 10_094, 20_219, (10_000, 20_000)),
             beat(2, 20_219, 25_218, (20_000, 24_000)), beat(3, None, 40_000, (24_000, 30_000))]  # fmt: skip
    assert habits_of(request(*beats)).lengths == counted(10_094, 10_125)


@pytest.mark.parametrize(
    ("rate", "max_rate", "fast_s"),
    [(2.0, 2.0, 50), (1.91, 2.0, 52.356), (1.8, 2.0, 0), (1.5, 1.5, 66.667), (1.25, 1.25, 0), (1.0, 1.0, 0)],
)
def test_the_maximum_rate_is_that_of_the_course(rate: float, max_rate: float, fast_s: float) -> None:
    """Row D28: within 5 % of it counts; where a course allows less than 1.5, nothing does."""
    found = habits_of(watching(100_000, rate=rate, policy=GrantPolicy(max_rate=max_rate)))
    assert found.fast_ms / 1000 == pytest.approx(fast_s, abs=0.1)


def test_a_rate_that_is_not_told_is_seen() -> None:
    """Row D28: what counts is media for real time, whatever the beat says of its rate."""
    beats = [beat(n, n * 10_000, (n + 1) * 10_000, (n * 20_000, (n + 1) * 20_000), rate=1.0) for n in range(5)]
    assert habits_of(request(*beats)).fast_ms == 50_000


def test_a_beat_counts_once() -> None:
    """Row D28: as in the ledger, by session and number."""
    once = watching(50_000, rate=2.0)
    assert habits_of(once, once) == habits_of(once)
    assert sum(habits_of(once).lengths) == 3


def test_the_beginning_is_that_of_the_first_grant() -> None:
    """Row D28: in whatever order the sessions report."""
    first = watching(20_000, granted_at_ms=T0 - 500_000)
    second = watching(20_000, start=60_000, session_id=new_session())
    assert habits_of(first, second).began_ms == habits_of(second, first).began_ms == T0 - 500_000
    assert NO_HABITS.began_ms is None


@pytest.mark.parametrize("anew", [{"video_revision": 2}, {"attempt": 2}])
def test_another_video_or_attempt_begins_anew(anew: dict[str, int]) -> None:
    """Row D28: figures are of what counts now; what comes late from before is not among them."""
    before = watching(100_000, rate=2.0)
    after = watching(30_000, start=100_000, session_id=new_session(), **anew)
    late = watching(10_000, start=200_000, session_id=new_session(), rate=2.0)
    assert habits_of(before).fast_ms == 50_000
    found = habits_of(before, after, late)
    assert (found.fast_ms, sum(found.lengths)) == (0, 3)
