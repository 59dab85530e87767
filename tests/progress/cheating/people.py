"""People and scripts at a whole course: ten lessons of ten minutes, and all that the review queue is to tell apart.

What people do is given with the timers of a real browser; what scripts do, as somebody would write it who knows them.
"""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from progress_service.anomalies import Watching
from progress_service.habits import LENGTHS
from progress_service.ledger import Ledger
from tests.progress.cheating.bare import LESSONS
from tests.progress.cheating.reports import DEFAULT, DURATION_S, Report, Ticket, beat, session_of

CHROMIUM_MS = (
    10094, 10093, 10094, 10125, 10094, 10156, 10094, 10094, 10079, 10109, 10094, 10093, 10188, 10087, 10109, 10097,
    10090, 10110, 10082, 10095, 10093, 10124, 10218, 10177, 10105, 10187, 10084, 10091, 10111, 10092, 10134, 10182,
)  # fmt: skip
"""Lengths of beats by the reporter's rule (the first `timeupdate` ten seconds after the last beat), as measured in
Chromium 156 on a busy machine. In its quietest stretch more than half of them were the same to the millisecond."""


@dataclass
class Player:
    """Somebody's player of one lesson, from `at_ms` on: what it reports, and when."""

    learner: str
    lesson: int
    at_ms: int
    lengths: Callable[[], int]
    tab: str = ""
    at_s: float = 0.0
    _seq: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        session = session_of(self.learner, self.lesson, self.tab, self.at_ms)
        self._ticket = Ticket(self.learner, f"l{self.lesson}", session, self.at_ms // 1000 * 1000, DEFAULT)

    def play(self, until_s: float, *, rate: float = 1.0, **more: Any) -> Iterator[Report]:
        """Play on to that second of the video. The last beat ends when playing does."""
        while self.at_s < until_s:
            left_ms = (until_s - self.at_s) / rate * 1000
            took_ms = min(self.lengths(), round(left_ms))
            reached = until_s if took_ms >= round(left_ms) else self.at_s + took_ms / 1000 * rate
            yield self.report(took_ms, (self.at_s, reached), rate=rate, **more)
            self.at_s = reached

    def report(self, took_ms: int, played: tuple[float, float], **more: Any) -> Report:
        told = beat(self._seq, self.at_ms, self.at_ms + took_ms, played, **more)
        self._seq += 1
        self.at_ms += took_ms
        return Report(self.at_ms, self.at_ms, self._ticket, (told,))

    def touch(self, kind: str, *, for_ms: int = 0) -> Iterator[Report]:
        """Pause, seek or change the rate, and wait for a while."""
        event = {"type": kind, "at": self.at_ms, "position": self.at_s}
        yield self.report(0, (self.at_s, self.at_s), events=[event])
        self.at_ms += for_ms


def browser(seed: int, *, idle: bool = False) -> Callable[[], int]:
    """The timers of a real browser; on an idle machine more regular than we have seen."""
    chance = random.Random(seed)
    return lambda: 10_094 if idle and chance.random() < 0.75 else chance.choice(CHROMIUM_MS)


def one_after_the_other(
    name: str, start_ms: int, lengths: Callable[[], int], lesson: Callable[[Player, int], Iterator[Report]]
) -> Iterator[Report]:
    now = start_ms
    for number in range(len(LESSONS)):
        player = Player(name, number, now, lengths)
        yield from lesson(player, number)
        now = player.at_ms + 5_000


def with_pauses(name: str, start_ms: int) -> Iterator[Report]:
    def lesson(player: Player, number: int) -> Iterator[Report]:
        yield from player.play(180 + 37 * number % 300)
        yield from player.touch("pause", for_ms=40_000)
        yield from player.play(DURATION_S)

    return one_after_the_other(name, start_ms, browser(1), lesson)


def never_touched(name: str, start_ms: int) -> Iterator[Report]:
    """At normal speed, on an idle machine, a whole course in one go."""
    return one_after_the_other(name, start_ms, browser(2, idle=True), lambda player, _: player.play(DURATION_S))


def fast_with_pauses(name: str, start_ms: int) -> Iterator[Report]:
    """All of it at the maximum rate, and a pause in every other lesson."""

    def lesson(player: Player, number: int) -> Iterator[Report]:
        yield from player.play(240, rate=2.0)
        if number % 2:
            yield from player.touch("pause", for_ms=60_000)
        yield from player.play(DURATION_S, rate=2.0)

    return one_after_the_other(name, start_ms, browser(3, idle=True), lesson)


def changing_rates(name: str, start_ms: int) -> Iterator[Report]:
    def lesson(player: Player, number: int) -> Iterator[Report]:
        yield from player.play(300, rate=2.0)
        yield from player.touch("ratechange")
        yield from player.play(DURATION_S, rate=1.5)

    return one_after_the_other(name, start_ms, browser(4), lesson)


def in_the_background(name: str, start_ms: int) -> Iterator[Report]:
    """Like a podcast: the page is hidden, and its timers come once a second."""
    return one_after_the_other(
        name, start_ms, lambda: 11_000, lambda player, _: player.play(DURATION_S, hidden=True, rate=1.25)
    )


def searching(name: str, start_ms: int) -> Iterator[Report]:
    def lesson(player: Player, number: int) -> Iterator[Report]:
        for part in range(6):
            yield from player.play(DURATION_S * (part + 1) / 6)
            yield from player.touch("seek", for_ms=2_000)

    return one_after_the_other(name, start_ms, browser(5), lesson)


def forgotten_tab(name: str, start_ms: int) -> Iterator[Report]:
    """One lesson plays on, without sound, in a tab that was forgotten behind the next one."""
    forgotten = Player(name, 0, start_ms, browser(6), tab="forgotten")
    yield from forgotten.play(DURATION_S)
    now = start_ms + 60_000
    for number in range(1, len(LESSONS)):
        player = Player(name, number, now, browser(7))
        yield from player.play(300)
        yield from player.touch("pause", for_ms=10_000)
        yield from player.play(DURATION_S)
        now = player.at_ms + 5_000


@dataclass(frozen=True)
class Kind:
    """Somebody, in words, and what they send."""

    words: str
    script: Callable[[str, int], Iterator[Report]]

    def reports(self, start_ms: int) -> list[Report]:
        """In the order of their arrival."""
        return sorted(self.script(self.script.__name__, start_ms), key=lambda report: report.at_ms)


PEOPLE = (
    Kind("1×, a pause in each lesson", with_pauses),
    Kind("1×, nothing touched, idle machine", never_touched),
    Kind("2×, a pause in every other lesson", fast_with_pauses),
    Kind("2× and 1.5×, changing", changing_rates),
    Kind("1.25× in a hidden page", in_the_background),
    Kind("1×, searching about", searching),
    Kind("a lesson left running in another tab", forgotten_tab),
)


def watching(ledger: Ledger, learner_id: str) -> Watching:
    """What the queue's query sums up: a learner's lessons in the one course."""
    lessons = [lesson for (who, _), lesson in ledger.lessons.items() if who == learner_id]
    counted = [lesson.habits.lengths or (0,) * LENGTHS for lesson in lessons]
    return Watching(
        began_ms=min(lesson.habits.began_ms for lesson in lessons if lesson.habits.began_ms is not None),
        latest_ms=max(lesson.position_at_ms for lesson in lessons),
        spent_ms=sum(lesson.spent_ms for lesson in lessons),
        credited_ms=sum(lesson.live_ms + lesson.late_ms + lesson.hidden_ms for lesson in lessons),
        fast_ms=sum(lesson.habits.fast_ms for lesson in lessons),
        signs=sum(lesson.habits.signs for lesson in lessons),
        lengths=tuple(map(sum, zip(*counted, strict=True))),
        over_rate_ms=sum(lesson.cuts.get("over_rate", 0) for lesson in lessons),
        double_spent_ms=sum(lesson.cuts.get("double_spent", 0) for lesson in lessons),
    )


def shuffled(reports: list[Report], seed: int) -> list[Report]:
    """The same requests, some of them twice, in another order."""
    chance = random.Random(seed)
    mixed = [*reports, *(replace(report) for report in chance.sample(reports, len(reports) // 10))]
    chance.shuffle(mixed)
    return mixed
