"""Eleven ways to a certificate without watching, each as good as its idea allows: cheats know the rules."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from progress_service.fold import TIMER_TOLERANCE
from tests.progress.cheating.reports import (
    ACCREDITED,
    DEFAULT,
    DURATION_S,
    MAX_RATE,
    STEP_MS,
    THRESHOLD,
    Policy,
    Report,
    Ticket,
    beat,
    in_time,
    session_of,
)

FLOOR_S = THRESHOLD * DURATION_S / (MAX_RATE * TIMER_TOLERANCE)
"""Real seconds that a video's completion costs at least, for the most patient cheat: 2 % are for timers."""
PATIENCE = 0.7
"""How long a cheat goes on, in durations of all the videos."""
PER_STEP_S = STEP_MS / 1000 * MAX_RATE * TIMER_TOLERANCE
DAY_MS = 86_400_000


@dataclass(frozen=True)
class Cheat:
    """Somebody who begins at `start_ms`; `wait_s` is how long those wait who wait."""

    learner: str
    start_ms: int
    policy: Policy
    lessons: int = 1
    wait_s: float = 0.0

    def ticket(self, lesson: int = 0, session: object = 0, at_ms: int | None = None) -> Ticket:
        granted = self.start_ms if at_ms is None else at_ms
        return Ticket(self.learner, f"l{lesson}", session_of(self.learner, lesson, session), granted, self.policy)

    def steps(self, every_ms: int = STEP_MS) -> Iterator[tuple[int, int]]:
        """Number and moment of each attempt, from at once until patience ends."""
        for number in range(int(PATIENCE * self.lessons * DURATION_S * 1000 / every_ms) + 1):
            yield number, self.start_ms + number * every_ms


def _send(ticket: Ticket, at_ms: int, *beats: dict[str, Any], sent_ms: int | None = None) -> Report:
    return Report(at_ms, at_ms if sent_ms is None else sent_ms, ticket, beats)


def _rest(earned_s: float) -> tuple[float, float]:
    return min(earned_s, DURATION_S - 1), DURATION_S


def forged_completion(cheat: Cheat) -> Iterator[Report]:
    ticket = cheat.ticket()
    for number, now in cheat.steps():
        done = {"type": "complete", "at": now, "position": DURATION_S}
        yield _send(ticket, now, beat(number, now - STEP_MS, now, position=DURATION_S, events=[done]))


def jump_to_the_end(cheat: Cheat) -> Iterator[Report]:
    ticket = cheat.ticket()
    for number, now in cheat.steps():
        seek = {"type": "seek", "at": now, "from": 0, "to": DURATION_S - 1}
        yield _send(ticket, now, beat(number, now - STEP_MS, now, (DURATION_S - 1, DURATION_S), events=[seek]))


def one_claim(cheat: Cheat) -> Iterator[Report]:
    ticket = cheat.ticket()
    for number, now in cheat.steps():
        claim = _rest((number - 1) * PER_STEP_S) if number else (0, DURATION_S)
        yield _send(ticket, now, beat(number, now - STEP_MS, now, claim, rate=MAX_RATE))


def beats_at_once(cheat: Cheat) -> Iterator[Report]:
    ticket, many = cheat.ticket(), 60
    for number, now in cheat.steps():
        each = (DURATION_S - max(0, number - 1) * PER_STEP_S) / many
        begin = DURATION_S - many * each
        forged = [
            beat(number * many + i, now - STEP_MS, now, (begin + i * each, begin + (i + 1) * each), rate=MAX_RATE)
            for i in range(many)
            if each > 0.1
        ]
        backdated = [
            beat(10_000 + number * many + i, cheat.start_ms - (i + 1) * STEP_MS, cheat.start_ms - i * STEP_MS,
                 (i * 10, (i + 1) * 10), rate=MAX_RATE)
            for i in range(many)
        ]  # fmt: skip
        if forged:
            yield _send(ticket, now, *forged, *backdated)


def idle_wait(cheat: Cheat) -> Iterator[Report]:
    """At the end one request in beats as small as if somebody had watched, another of one beat for all of it, and one
    of many beats that each name all of it."""
    ticket, now = cheat.ticket(), cheat.start_ms + round(cheat.wait_s * 1000)
    beats = []
    for seq, since in enumerate(range(cheat.start_ms, now, STEP_MS)):
        claim = _rest((since - cheat.start_ms) / 1000 * MAX_RATE * TIMER_TOLERANCE)
        beats.append(beat(seq, since, min(now, since + STEP_MS), claim, rate=MAX_RATE))
    begun, each = min(cheat.start_ms, now - STEP_MS), 90
    whole = beat(0, begun, now, (0, DURATION_S), rate=MAX_RATE)
    parts = [beat(n, begun, now, (n * each, (n + 1) * each), rate=MAX_RATE) for n in range(DURATION_S // each)]
    if beats:
        yield _send(ticket, now, *beats)
    yield _send(cheat.ticket(session="one beat"), now, whole)
    yield _send(cheat.ticket(session="many beats"), now, *parts)


def parallel_videos(cheat: Cheat) -> Iterator[Report]:
    """Ten players that claim the same half minutes: one what it has not been credited yet, the others their chance."""
    every_ms = 3 * STEP_MS
    for number, now in cheat.steps(every_ms):
        earned = max(0, number - 1) * 3 * PER_STEP_S
        for lesson in range(cheat.lessons):
            mine = earned - lesson * (DURATION_S * THRESHOLD + PER_STEP_S)
            if mine < DURATION_S:
                begin = mine if mine > 0 else earned % DURATION_S
                claim = beat(number, now - every_ms, now, (begin, DURATION_S), rate=MAX_RATE)
                yield _send(cheat.ticket(lesson), now, claim)


def sixteen_times(cheat: Cheat) -> Iterator[Report]:
    ticket = cheat.ticket()
    for number, now in cheat.steps():
        begin = _rest(max(0, number - 1) * PER_STEP_S)[0]
        yield _send(ticket, now, beat(number, now - STEP_MS, now, (begin, begin + STEP_MS / 1000 * 16), rate=16))


def two_sessions(cheat: Cheat) -> Iterator[Report]:
    """Two players of one video; each claims the ten seconds of real time that the other claims half of."""
    tickets = [cheat.ticket(session=name) for name in ("a", "b")]
    earned = 0.0
    for number, now in cheat.steps():
        for which, at in enumerate((now, now + STEP_MS // 2)):
            begin = _rest(earned)[0]
            yield _send(tickets[which], at, beat(number, at - STEP_MS, at, (begin, begin + PER_STEP_S), rate=MAX_RATE))
            earned += PER_STEP_S / 2 if number else 0


def yesterday_again(cheat: Cheat) -> Iterator[Report]:
    """Yesterday's honest requests of another lesson: all at once under their own grant, then paced under a new one."""
    old, new, then = cheat.ticket(9, at_ms=cheat.start_ms - DAY_MS), cheat.ticket(), cheat.start_ms - DAY_MS
    media = STEP_MS / 1000 * MAX_RATE
    played = [
        _send(old, then + (i + 1) * STEP_MS,
              beat(i, then + i * STEP_MS, then + (i + 1) * STEP_MS, (i * media, (i + 1) * media), rate=MAX_RATE))
        for i in range(int(DURATION_S / media))
    ]  # fmt: skip
    yield from played
    for report in played:
        yield replace(report, at_ms=cheat.start_ms)
        yield replace(report, at_ms=cheat.start_ms, ticket=cheat.ticket(session="at once"))
    for (_, now), report in zip(cheat.steps(), [played[0], *played], strict=False):
        yield replace(report, at_ms=now, ticket=new if now > cheat.start_ms else old)


def clock_set_forward(cheat: Cheat) -> Iterator[Report]:
    """First the whole video in a future that the clock claims to be now, then ever further ahead."""
    ticket, ahead = cheat.ticket(), DURATION_S * 1000
    future = [
        beat(90_000 + i, cheat.start_ms + i * STEP_MS, cheat.start_ms + (i + 1) * STEP_MS,
             (i * 10, (i + 1) * 10), rate=MAX_RATE)
        for i in range(DURATION_S // 10)
    ]  # fmt: skip
    yield _send(ticket, cheat.start_ms, *future, sent_ms=cheat.start_ms + ahead)
    yield _send(cheat.ticket(session="truthful"), cheat.start_ms, *future, sent_ms=cheat.start_ms)
    for number, now in cheat.steps():
        claimed = now + ahead * (number + 1)
        claim = beat(number, claimed - STEP_MS, claimed, _rest(max(0, number - 1) * PER_STEP_S), rate=MAX_RATE)
        yield _send(ticket, now, claim, sent_ms=claimed)


def anothers_grant(cheat: Cheat) -> Iterator[Report]:
    """What a friend's grant earns is the friend's; a grant made out by oneself is no grant."""
    theirs = replace(cheat.ticket(), learner=f"friend-of-{cheat.learner}")
    forged = replace(cheat.ticket(), forged=True)
    for number, now in cheat.steps():
        claim = beat(number, now - STEP_MS, now, _rest(max(0, number - 1) * PER_STEP_S), rate=MAX_RATE)
        yield _send(theirs, now, claim)
        yield _send(forged, now, claim)


@dataclass(frozen=True)
class Attack:
    """`pays` names the policies under which patience gets there at last; elsewhere the attack never completes."""

    words: str
    script: Callable[[Cheat], Iterator[Report]]
    pays: frozenset[str] = frozenset()
    lessons: int = 1
    waits_s: tuple[float, ...] = (0.0,)

    @property
    def name(self) -> str:
        return self.script.__name__

    def cheats(self, start_ms: int, policy: Policy) -> list[Cheat]:
        """One for each wait that is tried."""
        return [
            Cheat(f"{self.name}-{policy.name}-{number}", start_ms, policy, self.lessons, wait)
            for number, wait in enumerate(self.waits_s)
        ]


_BOTH = frozenset({DEFAULT.name, ACCREDITED.name})
_WAITS = (0.0, 45.0, 110.0, 200.0, FLOOR_S - 1, FLOOR_S + 1, 300.0, DURATION_S, 2.0 * DURATION_S)

ATTACKS = (
    Attack("one forged completion", forged_completion),
    Attack("position jump to the end", jump_to_the_end),
    Attack("one claim of the whole video", one_claim, _BOTH),
    Attack("forged beats at once", beats_at_once, _BOTH),
    Attack("idle wait, then one claim", idle_wait, frozenset({DEFAULT.name}), waits_s=_WAITS),
    Attack("ten videos in parallel", parallel_videos, _BOTH, lessons=10),
    Attack("16× rate", sixteen_times, _BOTH),
    Attack("two sessions interleaved", two_sessions, _BOTH),
    Attack("replayed beats of yesterday", yesterday_again, _BOTH),
    Attack("clock set forward", clock_set_forward, _BOTH),
    Attack("another learner's grant", anothers_grant),
)


def reports(start_ms: int, policy: Policy) -> list[Report]:
    """Every attack of one policy, side by side."""
    return in_time(*(attack.script(cheat) for attack in ATTACKS for cheat in attack.cheats(start_ms, policy)))
