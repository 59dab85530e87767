"""The ledger's promises over any history: what cheats can never gain, and what honest learners never lose."""

import os
import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from hypothesis import given, note, settings
from hypothesis import strategies as st

from contracts import Beat, GrantPolicy, LessonCompleted, WatchProgress
from progress_service.fold import TIMER_TOLERANCE
from progress_service.ledger import Ledger
from progress_service.ranges import clip, intersect, normalise, total
from progress_service.rules import LessonRule
from progress_service.state import Lesson
from tests.progress.making import HOUR, T0, request

DURATION = 120_000
THOROUGH = settings(max_examples=int(os.environ.get("HISTORIES", "250")), deadline=None, print_blob=True)
"""Each property tries that many histories; one that fails is printed with what makes it again."""

# ---- histories of anybody -------------------------------------------------------------------------------------------

millis = st.integers(-20_000, 200_000)
segments = st.lists(st.tuples(st.integers(0, 150_000), st.integers(0, 150_000)), max_size=4)
any_beats = st.builds(
    lambda seq, since, at, position, rate, parts, hidden: Beat(
        seq=seq, since_ms=since and T0 + since, at_ms=T0 + at, position_ms=position, rate=rate, segments=tuple(parts),
        hidden=hidden,
    ),
    st.integers(0, 30), st.none() | millis, millis, st.integers(0, 200_000),
    st.floats(0.01, 16, allow_nan=False), segments, st.booleans(),
)  # fmt: skip


def requests_in(attempts: st.SearchStrategy[int]) -> st.SearchStrategy[WatchProgress]:
    """Anything that a client may send, in any of these attempts."""
    return st.builds(
        lambda beats, lesson, session, received, sent, granted, attempt: request(
            *beats,
            lesson_id=f"l{lesson}",
            session_id=UUID(int=session * 10 + attempt),
            received=received,
            sent=sent,
            granted_at_ms=T0 + granted,
            expires_at_ms=T0 + granted + 60_000,
            duration_ms=DURATION,
            attempt=attempt,
        ),
        st.lists(any_beats, min_size=1, max_size=6),
        st.integers(0, 3),
        st.integers(0, 3),
        st.integers(0, 200_000),
        millis,
        st.integers(0, 50_000),
        attempts,
    )


any_requests = requests_in(st.just(1))
any_attempts = requests_in(st.integers(1, 3))


def credited(ledger: Ledger) -> int:
    return sum(lesson.live_ms + lesson.late_ms for lesson in ledger.lessons.values())


@THOROUGH
@given(st.lists(any_requests, max_size=12) | st.lists(any_attempts, max_size=12))
def test_nobody_gains_more_than_the_time_that_passed_allows(requests: list[WatchProgress]) -> None:
    """Over all lessons together, credited media ≤ max_rate × 1.02 × real time since the first grant; and what was
    spent, in former attempts too, is what the clock says."""
    ledger = Ledger()
    for one in requests:
        ledger.record(one)
    if requests:
        passed = max(one.received_at_ms for one in requests) - min(one.granted_at_ms for one in requests)
        assert credited(ledger) <= 2.0 * TIMER_TOLERANCE * max(0, passed)
        spent = sum(lesson.spent_ms + lesson.earlier_spent_ms for lesson in ledger.lessons.values())
        assert spent <= max(0, passed)
        assert spent == total(ledger.clocks["ada"].spent)


@THOROUGH
@given(st.lists(any_requests, max_size=12))
def test_nothing_is_credited_that_was_not_claimed_and_coverage_never_goes_back(requests: list[WatchProgress]) -> None:
    """Row D19: covered media only grows, was claimed, and exists; credit and cuts of a request add up to its claims at
    most; a completed lesson stays so, told once."""
    ledger = Ledger(rules={f"l{n}": LessonRule(f"l{n}", "c1", 1, 0.2, duration_ms=DURATION) for n in range(4)})
    told = list[str]()
    claims: dict[str, list[tuple[int, int]]] = {}
    for one in requests:
        key = ("ada", one.lesson_id)
        before = ledger.lessons.get(key, Lesson())
        told += [event.lesson_id for event in ledger.record(one) if isinstance(event, LessonCompleted)]
        after = ledger.lessons[key]
        assert before.completed_at_ms in (None, after.completed_at_ms)
        assert (one.lesson_id in told) == (after.completed_at_ms is not None)
        made = [segment for beat in one.beats for segment in beat.segments if segment[1] > segment[0]]
        claims.setdefault(one.lesson_id, []).extend(made)
        claimed = clip(normalise(claims[one.lesson_id]), 0, DURATION)
        assert intersect(before.covered, after.covered) == before.covered
        assert intersect(after.covered, claimed) == after.covered
        assert after.coverage >= before.coverage
        gained = after.live_ms + after.late_ms - before.live_ms - before.late_ms
        assert 0 <= gained + sum(after.cuts.values()) - sum(before.cuts.values()) <= total(made)
    assert len(told) == len(set(told))


@THOROUGH
@given(st.lists(any_attempts, max_size=12))
def test_each_attempt_is_completed_once_by_what_was_watched_in_it(requests: list[WatchProgress]) -> None:
    """Row D20: attempts only rise, a former one never adds to the coverage, and is never completed after all; what was
    completed stays told, and each attempt is told once."""
    ledger = Ledger(rules={f"l{n}": LessonRule(f"l{n}", "c1", 1, 0.2, duration_ms=DURATION) for n in range(4)})
    told = list[tuple[str, int]]()
    claims: dict[tuple[str, int], list[tuple[int, int]]] = {}
    for one in requests:
        key = ("ada", one.lesson_id)
        before = ledger.lessons.get(key, Lesson())
        new = [(e.lesson_id, e.attempt) for e in ledger.record(one) if isinstance(e, LessonCompleted)]
        after = ledger.lessons[key]
        told += new
        assert after.attempt == max(before.attempt, one.attempt)
        claims.setdefault((one.lesson_id, one.attempt), []).extend(s for beat in one.beats for s in beat.segments)
        if one.attempt < before.attempt:
            assert (after.covered, after.completed_at_ms, new) == (before.covered, before.completed_at_ms, [])
            assert after.live_ms + after.late_ms == before.live_ms + before.late_ms
        if after.attempt == before.attempt:
            assert before.completed_at_ms in (None, after.completed_at_ms)
            assert intersect(before.covered, after.covered) == before.covered
        claimed = clip(normalise(claims.get((one.lesson_id, after.attempt), [])), 0, DURATION)
        assert intersect(after.covered, claimed) == after.covered
        assert ((one.lesson_id, after.attempt) in told) == (after.completed_at_ms is not None)
    assert len(told) == len(set(told))


@THOROUGH
@given(st.lists(any_attempts, max_size=8))
def test_a_request_delivered_again_changes_nothing(requests: list[WatchProgress]) -> None:
    """Whatever a request holds, its redelivery leaves the ledger as it is and announces nothing."""
    ledger = Ledger()
    for one in requests:
        ledger.record(one)
        before = (dict(ledger.clocks), dict(ledger.sessions), dict(ledger.lessons))
        assert ledger.record(one) == []
        assert (ledger.clocks, ledger.sessions, ledger.lessons) == before


# ---- histories of honest learners -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Tab:
    """A player somewhere: its lesson, and how far its clock is off."""

    number: int
    lesson_id: str
    skew: int


@dataclass(frozen=True)
class Played:
    """A beat of a tab with the true time at which it ended; `beat` speaks the tab's clock."""

    tab: Tab
    ended: int
    beat: Beat
    attempt: int = 1


@st.composite
def honest_histories(draw: st.DrawFn) -> list[Played]:
    """One person, several tabs and devices, playing in at most one at a time, seeking, pausing, at any allowed rate."""
    tabs = [
        Tab(number, f"l{draw(st.integers(0, 2))}", draw(st.sampled_from([0, 40, -3 * HOUR, 3 * HOUR, 86_399])))
        for number in range(draw(st.integers(1, 3)))
    ]
    now, history = 0, list[Played]()
    last_beat, position, seqs = dict[Tab, int](), dict[Tab, int](), dict[Tab, int]()
    for _ in range(draw(st.integers(1, 12))):
        tab = draw(st.sampled_from(tabs))
        now += draw(st.sampled_from([0, 0, 1, 700, 30_000]))
        rate = draw(st.sampled_from([0.5, 1.0, 1.25, 1.5, 2.0]))
        at = draw(st.integers(0, DURATION)) if draw(st.booleans()) else position.get(tab, 0)
        since_previous = draw(st.booleans())
        left = draw(st.integers(30, 35_000))
        while left > 0 and at < DURATION:
            step = min(left, 10_000, int((DURATION - at) / rate))
            media = int(step * rate)
            if media <= 0:
                break
            since = last_beat.get(tab, now) if since_previous else now
            history.append(
                Played(tab, now + step, Beat(
                    seq=seqs.get(tab, 0), since_ms=T0 + since + tab.skew, at_ms=T0 + now + step + tab.skew,
                    position_ms=at + media, rate=rate, segments=((at, at + media),),
                ))
            )  # fmt: skip
            now, at, left = now + step, at + media, left - step
            last_beat[tab], position[tab], seqs[tab] = now, at, seqs.get(tab, 0) + 1
    return history


@st.composite
def honest_attempts(draw: st.DrawFn) -> list[Played]:
    """The same, by somebody who has to go through the course again, twice at most, at any moments."""
    history = draw(honest_histories())
    starts = sorted(draw(st.lists(st.integers(0, len(history)), max_size=2)))
    return [replace(played, attempt=1 + sum(start <= n for start in starts)) for n, played in enumerate(history)]


def send(tab: Tab, beats: Sequence[Beat], received: int, attempt: int = 1) -> WatchProgress:
    return request(
        *beats, session_id=UUID(int=tab.number * 10 + attempt), attempt=attempt, lesson_id=tab.lesson_id,
        duration_ms=DURATION, received=received, sent=received + tab.skew, policy=GrantPolicy(),
    )  # fmt: skip


def in_order(history: list[Played]) -> list[WatchProgress]:
    return [send(played.tab, [played.beat], played.ended, played.attempt) for played in history]


def shuffled(history: list[Played], rng: random.Random) -> list[WatchProgress]:
    """The same beats in batches of any size, some twice, hours later, in any order."""
    requests = []
    for tab, attempt in {(played.tab, played.attempt) for played in history}:
        mine = [played for played in history if (played.tab, played.attempt) == (tab, attempt)]
        waiting = mine + rng.choices(mine, k=len(mine) // 3)
        rng.shuffle(waiting)
        while waiting:
            size = rng.randint(1, 5)
            batch, waiting = waiting[:size], waiting[size:]
            delay = rng.choice([0, 50, 90_000, 5 * HOUR])
            requests.append(send(tab, [p.beat for p in batch], max(p.ended for p in batch) + delay, attempt))
    rng.shuffle(requests)
    return requests


@THOROUGH
@given(honest_histories(), st.randoms(use_true_random=False))
def test_an_honest_history_gets_full_credit_whatever_the_network_does(
    history: list[Played], rng: random.Random
) -> None:
    """Duplicated, batched, delayed and reordered, an honest history ends in the same state, credited to the last ms."""
    straight, crooked = Ledger(), Ledger()
    for one in in_order(history):
        straight.record(one)
    delivered = shuffled(history, rng)
    for one in delivered:
        crooked.record(one)
    note(repr(delivered))
    assert {k: c.spent for k, c in crooked.clocks.items()} == {k: c.spent for k, c in straight.clocks.items()}
    assert {k: s.seqs for k, s in crooked.sessions.items()} == {k: s.seqs for k, s in straight.sessions.items()}
    for key, lesson in straight.lessons.items():
        other = crooked.lessons[key]
        assert (other.covered, other.spent_ms, other.cuts) == (lesson.covered, lesson.spent_ms, {})
        assert lesson.cuts == {}
        assert (other.position_ms, other.position_at_ms) == (lesson.position_ms, lesson.position_at_ms)
        claims = [s for played in history if played.tab.lesson_id == key[1] for s in played.beat.segments]
        assert other.live_ms + other.late_ms == lesson.live_ms == total(claims)
        assert lesson.covered == normalise(claims)


@THOROUGH
@given(honest_attempts(), st.randoms(use_true_random=False))
def test_attempts_that_arrive_in_any_order_end_in_the_same_state(history: list[Played], rng: random.Random) -> None:
    """Row D20: interleaved, duplicated, batched and late: the latest attempt has what was watched in it, to the last
    ms, and all of the former ones is time spent that no longer counts."""
    straight, crooked = Ledger(), Ledger()
    for one in in_order(history):
        straight.record(one)
    delivered = shuffled(history, rng)
    for one in delivered:
        crooked.record(one)
    note(repr(delivered))
    assert {k: c.spent for k, c in crooked.clocks.items()} == {k: c.spent for k, c in straight.clocks.items()}
    for key, lesson in straight.lessons.items():
        played = [one for one in history if one.tab.lesson_id == key[1]]
        latest = max(one.attempt for one in played)
        claims = [s for one in played if one.attempt == latest for s in one.beat.segments]
        former = total([s for one in played if one.attempt < latest for s in one.beat.segments])
        for state in (lesson, crooked.lessons[key]):
            assert (state.attempt, state.covered) == (latest, normalise(claims))
            assert state.live_ms + state.late_ms == total(claims)
            assert dict(state.cuts) == ({"former_attempt": former} if former else {})
        other = crooked.lessons[key]
        assert (other.spent_ms, other.earlier_spent_ms) == (lesson.spent_ms, lesson.earlier_spent_ms)
        assert (other.position_ms, other.position_at_ms) == (lesson.position_ms, lesson.position_at_ms)
    spent = sum(lesson.spent_ms + lesson.earlier_spent_ms for lesson in crooked.lessons.values())
    assert spent == sum(total(clock.spent) for clock in crooked.clocks.values())


@THOROUGH
@given(st.lists(any_attempts, max_size=10), st.integers(1, 5))
def test_the_outcome_does_not_depend_on_how_the_log_was_cut_into_batches(
    requests: list[WatchProgress], size: int
) -> None:
    """Folding the log in batches, each starting from what the last one left, gives what folding it at once gives."""
    whole, pieces = Ledger(), Ledger()
    events = [event for one in requests for event in whole.record(one)]
    again = []
    for start in range(0, len(requests), size):
        pieces = Ledger(dict(pieces.clocks), dict(pieces.sessions), dict(pieces.lessons))
        again += [event for one in requests[start : start + size] for event in pieces.record(one)]
    assert (pieces.clocks, pieces.sessions, pieces.lessons, again) == (
        whole.clocks, whole.sessions, whole.lessons, events,
    )  # fmt: skip
