"""Scripts at a whole course, as somebody would write them who knows how the ledger counts."""

import random
from collections.abc import Iterator

from tests.progress.cheating.bare import LESSONS
from tests.progress.cheating.honesty import Learner, double_speed
from tests.progress.cheating.people import Kind, Player, browser, one_after_the_other
from tests.progress.cheating.reports import DEFAULT, DURATION_S, STEP_MS, Report, Ticket, session_of


def _exact() -> int:
    return STEP_MS


def constant_double_speed(name: str, start_ms: int) -> Iterator[Report]:
    """Every ten seconds to the millisecond, at the maximum rate, lesson after lesson."""
    return one_after_the_other(name, start_ms, _exact, lambda player, _: player.play(DURATION_S, rate=2.0))


def jittered_trace(name: str, start_ms: int) -> Iterator[Report]:
    """The trace of somebody who listened at 2× once, sent for every lesson with other jitter each time."""
    trace, chance, now = double_speed(Learner(name, start_ms, DEFAULT)), random.Random(8), start_ms
    for number in range(len(LESSONS)):
        ticket = Ticket(name, f"l{number}", session_of(name, number, start_ms), now // 1000 * 1000, DEFAULT)
        for recorded in trace:
            (told,) = recorded.beats
            took = told["at"] - told["since"] + round(chance.gauss(0, 150))
            now += took
            yield Report(now, now, ticket, ({**told, "since": now - took, "at": now, "events": []},))


def ten_tabs(name: str, start_ms: int) -> Iterator[Report]:
    """Ten lessons at once, each claimed as watched at normal speed, again and again until all are complete."""
    for turn in range(len(LESSONS)):
        players = [
            Player(name, number, start_ms + turn * DURATION_S * 1000, _exact, tab=f"{turn}") for number in range(10)
        ]
        order = [*players[turn:], *players[:turn]]
        for step in zip(*(player.play(DURATION_S) for player in order), strict=True):
            yield from step


def three_tabs_with_jitter(name: str, start_ms: int) -> Iterator[Report]:
    """Three lessons at once at 2×, with timers like a browser's."""
    for turn in range(len(LESSONS)):
        at_ms = start_ms + turn * DURATION_S * 500
        players = [
            Player(name, (turn + other) % len(LESSONS), at_ms, browser(turn * 3 + other), tab=f"{turn}")
            for other in range(3)
        ]
        for player in players:
            yield from player.play(DURATION_S, rate=2.0)


def sixteen_times(name: str, start_ms: int) -> Iterator[Report]:
    """Each beat claims 160 seconds of video for ten of real time, and what is left of them is credited."""

    def lesson(player: Player, number: int) -> Iterator[Report]:
        while player.at_s < DURATION_S:
            yield player.report(STEP_MS, (player.at_s, player.at_s + 160), rate=16)
            player.at_s += STEP_MS / 1000 * 2

    return one_after_the_other(name, start_ms, _exact, lesson)


def patient_script(name: str, start_ms: int) -> Iterator[Report]:
    """Normal speed and a browser's jitter: it takes as long as watching, and is not told from `never_touched`."""
    return one_after_the_other(name, start_ms, browser(9), lambda player, _: player.play(DURATION_S))


SCRIPTS = (
    Kind("constant 2×, a beat every 10,000 ms", constant_double_speed),
    Kind("a 2× trace replayed with jitter", jittered_trace),
    Kind("ten tabs in parallel", ten_tabs),
    Kind("three tabs at 2× with jitter", three_tabs_with_jitter),
    Kind("claims of 16×", sixteen_times),
)
UNSEEN = (Kind("1×, nothing touched, with jitter", patient_script),)
"""Scripts that take the real time of the video and look like a person who leans back."""
