"""How the people of a class watch: straight through, skipping, once more, or not to the end. Seeded, and pure."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random

Span = tuple[float, float]

SEED = 20
LATEST_S = 3.0
"""People come in one after the other; the last one so late."""
MOVE_S = 0.5
"""What a seek, and the way to the next lesson, take of the time there is."""
RATES = (1.0, 1.25, 1.5, 1.75, 2.0)
BLOCKS = 12
"""One of so many has a content blocker."""
COHORTS = ("spring", "autumn")


@dataclass(frozen=True)
class Visit:
    """One viewing of one lesson: what is played of it, one after the other, in seconds of the video."""

    lesson: int
    rate: float
    spans: tuple[Span, ...]

    @property
    def media_s(self) -> float:
        return sum(end - start for start, end in self.spans)


@dataclass(frozen=True)
class Plan:
    """What one learner does: comes in after so many seconds, and then one visit after the other."""

    cohort: str
    enters_s: float
    player: str
    rendition: str
    waits_s: float
    """How long the first picture of the first visit is waited for once it plays: a slow line."""
    visits: tuple[Visit, ...]
    blocks_beacons: bool = False
    """Something in the browser keeps from Mux what it is told: it counts fewer views than there were."""

    def media_s(self, lesson: int) -> float:
        return sum(visit.media_s for visit in self.visits if visit.lesson == lesson)


Habit = Callable[[float, Random], tuple[Span, ...]]


def straight(length: float, _: Random) -> tuple[Span, ...]:
    return ((0.0, length),)


def skips(length: float, random: Random) -> tuple[Span, ...]:
    """The introduction, then what is taken for the point, about two thirds in."""
    leaves = _near(0.15, length, random)
    return (0.0, leaves), (min(length - 1, max(leaves + 1, _near(0.66, length, random))), length)


def repeats(length: float, random: Random) -> tuple[Span, ...]:
    """Up to the hard part, back to where it began, and on to the end."""
    return (0.0, _near(0.6, length, random)), (_near(0.4, length, random), length)


def quits(length: float, random: Random) -> tuple[Span, ...]:
    """Most of those who leave do it at the same dull place."""
    return ((0.0, _near(random.choice((0.33, 0.33, 0.33, 0.8)), length, random)),)


HABITS: tuple[Habit, ...] = (straight, quits, straight, skips, straight, repeats, quits, skips, repeats)


def plans(lengths: Sequence[float], size: int, *, longest_s: float, seed: int = SEED) -> tuple[Plan, ...]:
    """What `size` people do with lessons of these lengths (s), nobody for longer than `longest_s` of real time."""
    random = Random(seed)
    return tuple(_plan(number, lengths, random, longest_s) for number in range(size))


def _plan(number: int, lengths: Sequence[float], random: Random, longest_s: float) -> Plan:
    enters = random.uniform(0.0, min(LATEST_S, longest_s / 10))
    waits = random.choice((0.0, 0.0, 0.0, 0.4, 0.8))
    left, visits = longest_s - enters - waits, list[Visit]()
    for lesson, length in enumerate(lengths):
        rate, habit = random.choice(RATES), HABITS[(number + lesson) % len(HABITS)]
        spans = within(habit(length, random), rate, left)
        if spans:
            visits.append(Visit(lesson, rate, spans))
            left -= visits[-1].media_s / rate + MOVE_S * len(spans)
    rendition = random.choice(("1080p", "720p", "720p", "480p"))
    player = "video" if number % 3 == 0 else "mux-player"
    return Plan(COHORTS[number % 2], enters, player, rendition, waits, tuple(visits), number % BLOCKS == 5)


def within(spans: Sequence[Span], rate: float, real_s: float) -> tuple[Span, ...]:
    """As much of it as can be played in that time at that rate; pieces of less than a second are left out."""
    kept = list[Span]()
    for start, end in spans:
        played = min(end - start, (real_s - MOVE_S) * rate)
        if played < 1.0:
            break
        kept.append((start, start + played))
        real_s -= played / rate + MOVE_S
    return tuple(kept)


def _near(share: float, length: float, random: Random) -> float:
    """A whole second close to that place, the same for many."""
    return min(length, max(1.0, float(round(share * length) + random.choice((-1, 0, 0, 0, 1)))))
