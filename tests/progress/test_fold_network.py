"""Honest learners who have no second to spare, behind any network, and cheats who try to live off what that needs."""

import os
from dataclasses import dataclass
from uuid import UUID

from hypothesis import given, note, settings
from hypothesis import strategies as st

from contracts import Beat, GrantPolicy, WatchProgress
from progress_service.fold import LIVE_WITHIN_MS, TIMER_TOLERANCE
from progress_service.ledger import Ledger
from progress_service.ranges import normalise, total
from progress_service.timing import JITTER_MS, REACH_MS
from tests.progress.making import HOUR, T0, beat, request

THOROUGH = settings(max_examples=int(os.environ.get("HISTORIES", "250")), deadline=None, print_blob=True)
MAX_RATE, DURATION = 2.0, 10_000_000
LIVE_PAYS_MS = LIVE_WITHIN_MS + GrantPolicy().beat_cap_s * 1000 + REACH_MS
"""How long before its arrival the time may be that pays for a live beat: lateness, one interval, a slow network."""

# ---- honest learners ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Played:
    """A beat of a session; `start` and `end` are true time, `segment` what was played in it."""

    session: int
    start: int
    end: int
    segment: tuple[int, int]
    rate: float


@dataclass(frozen=True)
class Evening:
    """One person who watches without a pause worth mentioning, in one player after the other and back again. By
    session: its lesson, how far its clock is off, and when it was opened, which may be long before it plays."""

    played: tuple[Played, ...]
    lesson: tuple[int, ...]
    skew: tuple[int, ...]
    granted: tuple[int, ...]

    def request(self, beats: list[Played], number: dict[Played, int], sent: int, received: int) -> WatchProgress:
        session = beats[0].session
        skew = self.skew[session]
        return request(
            *(
                Beat(
                    seq=number[b], since_ms=T0 + b.start + skew, at_ms=T0 + b.end + skew, rate=b.rate,
                    position_ms=b.segment[1], segments=(b.segment,),
                )
                for b in beats
            ),
            session_id=UUID(int=session),
            lesson_id=f"l{self.lesson[session]}",
            granted_at_ms=(T0 + self.granted[session]) // 1000 * 1000,
            expires_at_ms=T0 + 24 * HOUR,
            duration_ms=DURATION,
            sent=sent + skew,
            received=received,
        )  # fmt: skip


@st.composite
def evenings(draw: st.DrawFn) -> Evening:
    sessions = draw(st.integers(1, 4))
    skew = [draw(st.sampled_from([0, 40, -3 * HOUR, 3 * HOUR, 86_399])) for _ in range(sessions)]
    now, position, first, played = 0, [0] * sessions, [-1] * sessions, list[Played]()
    for _ in range(draw(st.integers(1, 6))):
        session = draw(st.integers(0, sessions - 1))
        now += draw(st.sampled_from([0, 0, 0, 1, 700]))
        rate = draw(st.sampled_from([2.0, 2.0, 2.0, 1.5, 1.0]))
        for took in draw(st.lists(st.integers(1, 45_000) | st.just(10_000), min_size=1, max_size=6)):
            at, reached = position[session], position[session] + round(took * rate)
            played.append(Played(session, now, now + took, (at, reached), rate))
            first[session] = now if first[session] < 0 else first[session]
            now, position[session] = now + took, reached
    early = [draw(st.sampled_from([0, 0, 1_500, HOUR])) for _ in range(sessions)]
    return Evening(
        tuple(played),
        tuple(draw(st.integers(0, 2)) for _ in range(sessions)),
        tuple(skew),
        tuple(began - before for began, before in zip(first, early, strict=True)),
    )


@st.composite
def deliveries(draw: st.DrawFn) -> tuple[Evening, list[WatchProgress]]:
    """Each beat at once, or in a batch when the network is back; some requests twice, some sent anew for want of an
    answer. Of a session the first to leave needs up to five seconds on its way, and each other up to half a minute; or
    the log is in any order, and all need up to five."""
    evening, in_order = draw(evenings()), draw(st.booleans())
    sent = list[WatchProgress]()
    for session in range(len(evening.lesson)):
        mine = [one for one in evening.played if one.session == session]
        number = {one: n for n, one in enumerate(mine)}
        leaving = list[tuple[int, list[Played]]]()
        while mine:
            size = draw(st.sampled_from([1, 1, 1, 2, 5]))
            batch, mine = mine[:size], mine[size:]
            late = draw(st.sampled_from([0, 0, 0, 3, 60_000, 5 * HOUR]))
            leaving.append((max(one.end for one in batch) + late, batch))
        slowest = REACH_MS
        for leaves, batch in sorted(leaving, key=lambda one: one[0]):
            for again in range(draw(st.sampled_from([1, 1, 1, 2]))):
                tried = leaves + again * 31_000
                took = draw(st.sampled_from([0, 20, 400, 500, slowest]) | st.integers(0, slowest))
                sent.append(evening.request(batch, number, tried, tried + took))
                if draw(st.integers(0, 5)) == 0:
                    twice = min(slowest, took + draw(st.integers(0, 500)))
                    sent.append(evening.request(batch, number, tried, tried + twice))
                slowest = JITTER_MS if in_order else REACH_MS
    if in_order:
        return evening, sorted(sent, key=lambda one: one.received_at_ms)
    return evening, draw(st.permutations(sent))


@THOROUGH
@given(deliveries())
def test_a_slow_network_takes_nothing_from_who_plays_at_the_maximum_rate(
    delivered: tuple[Evening, list[WatchProgress]],
) -> None:
    """Rows D7, D11: every second is credited, to the millisecond and without a cut, whatever each request needed on its
    way, and in whatever order the log has them."""
    evening, requests = delivered
    note(repr(requests))
    ledger = Ledger()
    for one in requests:
        ledger.record(one)
    for (_, lesson_id), lesson in ledger.lessons.items():
        segments = [one.segment for one in evening.played if f"l{evening.lesson[one.session]}" == lesson_id]
        assert lesson.cuts == {}
        assert lesson.live_ms + lesson.late_ms == total(segments)
        assert lesson.covered == normalise(segments)
    spent = sum(lesson.spent_ms for lesson in ledger.lessons.values())
    assert spent == total(ledger.clocks["ada"].spent) <= sum(one.end - one.start for one in evening.played)


# ---- cheats ---------------------------------------------------------------------------------------------------------


@st.composite
def greedy(draw: st.DrawFn) -> list[WatchProgress]:
    """Somebody who claims all that there is after each wait, in any number of sessions, beats, and shifts of the clock:
    forth, back, by as much as a network could delay, and by more."""
    now, sent, seq = 0, list[WatchProgress](), 0
    lessons = draw(st.integers(1, 3))
    shifts = st.sampled_from([0, 0, 500, JITTER_MS, -JITTER_MS, JITTER_MS + 1, -HOUR, HOUR]) | st.integers(
        -60_000, 60_000
    )
    for _ in range(draw(st.integers(1, 5))):
        now += draw(st.sampled_from([0, 1_000, 10_000, 60_000, HOUR]))
        for _ in range(draw(st.integers(1, 6))):
            skew, lesson = draw(shifts), draw(st.integers(0, lessons - 1))
            beats, length = list[Beat](), draw(st.sampled_from([1_000, 10_000, 45_000, HOUR]))
            for _ in range(draw(st.integers(1, 12))):
                end = now - draw(st.sampled_from([0, 0, 0, 10_000, LIVE_WITHIN_MS, HOUR, -HOUR]))
                beats.append(
                    beat(
                        seq, end + skew - length, end + skew, (0, 10 * 45_000), rate=draw(st.sampled_from([2.0, 16.0]))
                    )
                )
                seq += 1
            arrived = now + draw(st.sampled_from([0, 0, 500, JITTER_MS]))
            sent.append(
                request(
                    *beats,
                    lesson_id=f"l{lesson}",
                    session_id=UUID(int=10 * draw(st.integers(0, 5)) + lesson),
                    duration_ms=DURATION,
                    sent=now + skew,
                    received=arrived,
                )
            )
    return sorted(sent, key=lambda one: one.received_at_ms)


@THOROUGH
@given(greedy())
def test_what_the_network_needs_buys_nobody_any_time(requests: list[WatchProgress]) -> None:
    """Row D5: credit over all sessions and lessons is at most real time since the first grant × max_rate × 1.02, with
    no allowance for the network beside; and it is spent time, each millisecond of it once."""
    ledger = Ledger()
    for one in requests:
        ledger.record(one)
        passed = one.received_at_ms - T0
        credit = sum(lesson.live_ms + lesson.late_ms for lesson in ledger.lessons.values())
        spent = sum(lesson.spent_ms for lesson in ledger.lessons.values())
        assert spent == total(ledger.clocks["ada"].spent) <= passed
        assert credit <= spent * MAX_RATE * TIMER_TOLERANCE


@THOROUGH
@given(greedy())
def test_a_wait_is_not_sold_as_live(requests: list[WatchProgress]) -> None:
    """Row D6: live credit is paid with the last minutes before each arrival, never with an idle hour, however many
    beats of however many sessions name it."""
    ledger = Ledger()
    for one in requests:
        ledger.record(one)
    near = normalise((max(T0, one.received_at_ms - LIVE_PAYS_MS), one.received_at_ms) for one in requests)
    live = sum(lesson.live_ms for lesson in ledger.lessons.values())
    assert live <= total(near) * MAX_RATE * TIMER_TOLERANCE
