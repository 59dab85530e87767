"""A thousand learners who watch, from a seed: straight on, skipping, going back, giving up, in two tabs, and again."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID

from contracts import Beat, CourseChanged, EnrollmentChanged, Event, LessonChanged, PlayerEvent, Video, WatchProgress

START = datetime(2026, 3, 2, tzinfo=UTC)
DAY_MS, MINUTE_MS, BEAT_MS = 86_400_000, 60_000, 10_000
COHORTS = ("spring", "spring", "spring", "autumn", "autumn", None)
TINY = 3
"""Learners of a cohort that is too small to be shown."""
PLAYERS = ("mux-player", "mux-player", "mux-player", "video", "somebody's own", None)
BROWSERS = ("chrome", "chrome", "chrome", "safari", "firefox", "other", None)
COUNTRIES = ("PT", "PT", "PT", "DE", "NZ", None)
LATE_LESSON = "l19"
"""Almost nobody gets there."""


def start_ms() -> int:
    return int(START.timestamp() * 1000)


@dataclass(frozen=True)
class Crowd:
    """Lessons by id with their length (ms), what the LMS says, and what players send, in the order of its arrival."""

    durations: dict[str, int]
    said: Sequence[Event]
    sent: Sequence[WatchProgress]


@dataclass
class Tab:
    """A player with one lesson, under one grant; `now` is the real time (ms)."""

    rng: random.Random
    learner: str
    lesson: str
    duration: int
    now: int
    position: int = 0
    attempt: int = 1
    began: int = 0
    seq: int = 0
    beats: list[Beat] = field(default_factory=list)
    events: list[PlayerEvent] = field(default_factory=list)
    requests: list[WatchProgress] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.began = self.now
        self.session = UUID(int=self.rng.getrandbits(128), version=4)
        self.player, self.browser = self.rng.choice(PLAYERS), self.rng.choice(BROWSERS)
        self.country = self.rng.choice(COUNTRIES)

    def play(self, media_ms: int, rate: float = 1.0) -> None:
        """Play on for that much media, or to the end."""
        end = min(self.duration, self.position + media_ms)
        self._happens("play")
        while self.position < end:
            step = min(round(BEAT_MS * rate), end - self.position)
            took = round(step / rate)
            segment = (self.position, self.position + step)
            if self.rng.random() < 0.05:
                self._happens("qualitychange", value=self.rng.choice(["360p", "720p", "1080p"]))
            if self.rng.random() < 0.01:
                self._happens("error", value=self.rng.choice(["network", "decode"]))
            stalled_ms = self.rng.choice([0] * 30 + [700, 2_500])
            self.now += stalled_ms
            self.seq += 1
            self.beats.append(
                Beat(
                    seq=self.seq,
                    since_ms=self.now,
                    at_ms=self.now + took,
                    position_ms=segment[1],
                    rate=rate,
                    segments=(segment,),
                    events=tuple(self.events),
                    stalled_ms=stalled_ms,
                    player=self.player,
                )
            )
            self.events = []
            self.position, self.now = segment[1], self.now + took
            if len(self.beats) == 6:
                self.send()

    def seek(self, to_ms: int) -> None:
        to_ms = max(0, min(to_ms, self.duration - 1))
        self._happens("seek", from_ms=self.position, to_ms=to_ms)
        self.position = to_ms

    def pause(self, ms: int) -> None:
        self.send()
        self.now += ms

    def send(self) -> None:
        """Report what was played; now and then the answer is lost, and the same is sent again."""
        if not self.beats:
            return
        request = WatchProgress(
            learner_id=self.learner,
            lesson_id=self.lesson,
            course_id=course_of(self.lesson),
            session_id=self.session,
            duration_ms=self.duration,
            attempt=self.attempt,
            granted_at_ms=self.began,
            expires_at_ms=self.began + DAY_MS,
            received_at_ms=self.now,
            sent_at_ms=self.now,
            browser=self.browser,
            country=self.country,
            beats=tuple(self.beats),
        )
        self.requests += [request] * self.rng.choice([1] * 19 + [2])
        self.beats = []

    def _happens(self, kind: str, **more: object) -> None:
        self.events.append(PlayerEvent.model_validate({"type": kind, "at_ms": self.now, **more}))


def course_of(lesson: str) -> str:
    return "c1" if int(lesson[1:]) < 10 else "c2"


def crowd(seed: int, *, learners: int = 1_000, lessons: int = 20) -> Crowd:
    rng = random.Random(seed)
    durations = {f"l{n}": rng.randrange(90_000, 300_000) for n in range(lessons)}
    names = [f"learner{n:04}" for n in range(learners)]
    sent: list[WatchProgress] = []
    for number, name in enumerate(names):
        for lesson in _chosen(rng, number, list(durations)):
            began = start_ms() + rng.randrange(20) * DAY_MS + rng.randrange(DAY_MS)
            sent += _watching(rng, name, lesson, durations[lesson], began)
    sent.sort(key=lambda request: request.received_at_ms)
    said: list[Event] = [
        CourseChanged(course_id=course, version=1, title=course, owner_id="owner", changed_at=START)
        for course in ("c1", "c2")
    ]
    said += [
        LessonChanged(
            lesson_id=lesson,
            course_id=course_of(lesson),
            version=1,
            title=lesson,
            position=number,
            processing_status="ready",
            video=Video(provider="mux", playback_id="p", duration_ms=duration),
            changed_at=START,
        )
        for number, (lesson, duration) in enumerate(durations.items())
    ]
    return Crowd(durations, [*said, *_enrolled(rng, names)], sent)


def _enrolled(rng: random.Random, names: Sequence[str]) -> Iterator[EnrollmentChanged]:
    for number, name in enumerate(names):
        cohort = "tiny" if number < TINY else rng.choice(COHORTS)
        for course in ("c1", "c2"):
            yield EnrollmentChanged(
                learner_id=name,
                course_id=course,
                version=1,
                status="active",
                cohort=cohort,
                changed_at=START - timedelta(days=1),
            )


def _chosen(rng: random.Random, number: int, lessons: list[str]) -> list[str]:
    """One to three lessons; the last one is for three learners only."""
    others = [lesson for lesson in lessons if lesson != LATE_LESSON]
    return rng.sample(others, rng.choice([1, 1, 2, 3])) + ([LATE_LESSON] if number < TINY else [])


def _watching(rng: random.Random, learner: str, lesson: str, duration: int, began: int) -> list[WatchProgress]:
    tab = Tab(rng, learner, lesson, duration, began)
    tabs = [tab]
    kind = rng.choice(["straight", "straight", "skipper", "rewatcher", "quitter", "two tabs"])
    if kind == "straight":
        tab.play(duration, rng.choice([1.0, 1.0, 1.25, 1.5, 2.0]))
    elif kind == "skipper":
        while tab.position < duration - 20_000:
            tab.play(rng.randrange(5_000, 25_000))
            tab.seek(tab.position + rng.randrange(500, 60_000))
        tab.play(rng.randrange(1, 20_000))
    elif kind == "rewatcher":
        tab.play(duration)
        tab.seek(rng.randrange(duration))
        tab.play(rng.randrange(30_000))
        tab.send()
        later = tab.now + rng.choice([10 * MINUTE_MS, 45 * MINUTE_MS, DAY_MS])
        tabs.append(again := Tab(rng, learner, lesson, duration, later, attempt=rng.choice([1, 1, 2])))
        again.play(rng.randrange(20_000, duration))
    elif kind == "quitter":
        tab.play(rng.choice([400, rng.randrange(1_000, duration // 2)]))
    else:
        tab.play(duration // 2)
        tabs.append(second := Tab(rng, learner, lesson, duration, began + rng.randrange(20_000)))
        second.position = rng.randrange(duration // 3)
        second.play(duration // 2)
        tab.pause(rng.choice([0, 20 * MINUTE_MS]))
        tab.play(duration)
    for one in tabs:
        one.send()
    return [request for one in tabs for request in one.requests]
