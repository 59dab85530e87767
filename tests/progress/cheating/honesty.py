"""Honest learners on bad days. What they watched is known to the millisecond, and not one of these may be missing."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from tests.progress.cheating.reports import (
    ACCREDITED,
    DURATION_S,
    STEP_MS,
    Policy,
    Report,
    Standing,
    Ticket,
    beat,
    in_time,
    session_of,
)

HOUR_MS = 3_600_000
MINUTE_MS = 60_000


@dataclass
class Player:
    """A player on a device whose clock is off by `skew_ms`: it beats every ten seconds, and when playing stops.

    With `jitter` its timers and the positions that it reads are a little off, as they are in browsers.
    """

    ticket: Ticket
    skew_ms: int = 0
    jitter: random.Random | None = None
    _seq: int = field(default=0, init=False)

    def play(self, now_ms: int, start_s: float, end_s: float, *, rate: float = 1.0) -> list[Report]:
        """Reports of playing from `start_s` to `end_s` of the video, beginning at `now_ms`, each sent at once."""
        reports, at_s = [], start_s
        while at_s < end_s:
            timer, read = (self.jitter.gauss(0, 30), self.jitter.gauss(0, 0.02)) if self.jitter else (0.0, 0.0)
            left_ms = (end_s - at_s) / rate * 1000
            took_ms = round(min(STEP_MS + timer, left_ms))
            reached = at_s + took_ms / 1000 * rate + read if took_ms < round(left_ms) else end_s
            reached = min(round(reached, 3), end_s)
            reports.append(self._report(now_ms, now_ms + took_ms, (at_s, reached), rate))
            now_ms, at_s = now_ms + took_ms, reached
        return reports

    def _report(self, since_ms: int, at_ms: int, played: tuple[float, float], rate: float) -> Report:
        events = [] if self._seq else [{"type": "play", "at": since_ms + self.skew_ms, "position": played[0]}]
        told = beat(self._seq, since_ms + self.skew_ms, at_ms + self.skew_ms, played, rate=rate, events=events)
        self._seq += 1
        return Report(at_ms, at_ms + self.skew_ms, self.ticket, (told,))


@dataclass(frozen=True)
class Learner:
    """Somebody who opens a lesson at `start_ms`."""

    name: str
    start_ms: int
    policy: Policy

    def open(self, where: str, lesson: int = 0, at_ms: int = 0, **more: object) -> Player:
        """A player in a tab or on a device of that name, `at_ms` after the start."""
        session, granted = session_of(self.name, lesson, where), (self.start_ms + at_ms) // 1000 * 1000
        return Player(Ticket(self.name, f"l{lesson}", session, granted, self.policy), **more)  # type: ignore[arg-type]


def _sent(reports: Sequence[Report], at_ms: int, skew_ms: int = 0) -> Report:
    """The beats of these reports in one request, sent later."""
    beats = tuple(one for report in reports for one in report.beats)
    return Report(at_ms, at_ms + skew_ms, reports[0].ticket, beats)


def reload_of_the_page(learner: Learner) -> list[Report]:
    now = learner.start_ms
    return [
        *learner.open("before").play(now, 0, 195),
        *learner.open("after", at_ms=198_000).play(now + 199_000, 195, DURATION_S),
    ]


def crash(learner: Learner) -> list[Report]:
    """What was played since the last beat is gone with the browser; the server's position is where it goes on."""
    now = learner.start_ms
    first = learner.open("before").play(now, 0, 200)[:-1]
    return [*first, *learner.open("after", at_ms=230_000).play(now + 231_000, 190, DURATION_S)]


def offline_for_an_hour(learner: Learner) -> list[Report]:
    player, now = learner.open("train"), learner.start_ms
    online, tunnel = player.play(now, 0, 200), player.play(now + 200_000, 200, DURATION_S)
    return [*online, _sent(tunnel, now + 200_000 + HOUR_MS)]


def two_tabs(learner: Learner) -> list[Report]:
    """Two lessons in two tabs, turn by turn, the other one paused."""
    tabs, now, reports = [learner.open("left", 0), learner.open("right", 1)], learner.start_ms, []
    for start in range(0, DURATION_S, 100):
        for tab in tabs:
            reports += tab.play(now, start, start + 100)
            now += 101_000
    return reports


def double_speed(learner: Learner) -> list[Report]:
    return learner.open("sofa", jitter=random.Random(2)).play(learner.start_ms, 0, DURATION_S, rate=2.0)


def phone_then_laptop(learner: Learner) -> list[Report]:
    """The phone's last reports arrive when the laptop plays already, and their clocks agree in nothing."""
    now, phone_skew = learner.start_ms, -7 * MINUTE_MS
    phone = learner.open("phone", skew_ms=phone_skew).play(now, 0, 300)
    laptop = learner.open("laptop", at_ms=302_000, skew_ms=4 * MINUTE_MS).play(now + 303_000, 300, DURATION_S)
    return [*phone[:-3], _sent(phone[-3:], now + 360_000, phone_skew), *laptop]


def clock_three_hours_off(learner: Learner) -> list[Report]:
    now = learner.start_ms
    return [
        *learner.open("fast", skew_ms=3 * HOUR_MS).play(now, 0, 300, rate=1.25),
        *learner.open("slow", at_ms=250_000, skew_ms=-3 * HOUR_MS).play(now + 260_000, 300, DURATION_S, rate=1.25),
    ]


def duplicated_and_shuffled(learner: Learner) -> list[Report]:
    """A tenth of the requests come twice, and all of them in another order than they were sent in."""
    rng = random.Random(10)
    sent = learner.open("train", jitter=rng).play(learner.start_ms, 0, DURATION_S, rate=1.5)
    sent += [replace(report) for report in rng.sample(sent, len(sent) // 10)]
    return [_later(report, rng.randrange(90_000)) for report in sent]


def _later(report: Report, delay_ms: int) -> Report:
    return replace(report, at_ms=report.at_ms + delay_ms, sent_ms=report.sent_ms + delay_ms)


@dataclass(frozen=True)
class Story:
    """`late` where an accredited course, which counts live beats only, may refuse a part of it and say so."""

    words: str
    script: Callable[[Learner], list[Report]]
    lessons: int = 1
    late: bool = False

    @property
    def name(self) -> str:
        return self.script.__name__

    def learner(self, start_ms: int, policy: Policy) -> Learner:
        return Learner(f"{self.name}-{policy.name}", start_ms, policy)

    def places(self, start_ms: int, policy: Policy) -> list[tuple[str, str]]:
        return [(self.learner(start_ms, policy).name, f"l{lesson}") for lesson in range(self.lessons)]

    def lost(self, policy: Policy, standing: Standing) -> list[str]:
        """In words, what the learner lost in a lesson; empty if nothing."""
        name = f"{self.words} ({policy.name})"
        if self.late and policy is ACCREDITED:
            told = set(standing.cuts) == {"too_late"} and standing.completed_ms is None
            return [] if told else [f"{name}: beats of an hour ago counted, or their reason is missing: {standing}"]
        credit = round(standing.live_s + standing.late_s, 3)
        if standing.coverage == 1.0 and credit == DURATION_S and not standing.cuts and standing.completed_ms:
            return []
        return [f"{name}: {credit} s of {DURATION_S}, coverage {standing.coverage:.5f}, cuts {standing.cuts}"]


STORIES = (
    Story("reload", reload_of_the_page),
    Story("crash", crash),
    Story("offline for an hour", offline_for_an_hour, late=True),
    Story("two tabs", two_tabs, lessons=2),
    Story("2× speed", double_speed),
    Story("phone, then laptop", phone_then_laptop),
    Story("clock 3 h off", clock_three_hours_off),
    Story("10 % duplicated, all shuffled", duplicated_and_shuffled),
)


def reports(start_ms: int, policy: Policy, *, transit_ms: tuple[int, int] = (20, 150)) -> list[Report]:
    """Every story of one policy, side by side; each request takes its time on the way."""
    way = random.Random(7)
    sent = [report for story in STORIES for report in story.script(story.learner(start_ms, policy))]
    return in_time([replace(report, at_ms=report.at_ms + way.randint(*transit_ms)) for report in sent])
