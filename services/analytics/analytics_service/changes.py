"""What a batch of events changes in the tables, computed from the rows it meets. Pure: rows in, rows out."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import NamedTuple

from analytics_service import days, tallies
from analytics_service.days import DayTotals
from analytics_service.retention import Steps, add_steps
from analytics_service.rollup import LearnerLesson, Totals, Watching, gained, news, watched
from analytics_service.tallies import Amount, Entry, Tally


class Key(NamedTuple):
    """A learner in a lesson; sorted, it is the order in which rows are locked."""

    lesson_id: str
    learner_id: str


class Shard(NamedTuple):
    lesson_id: str
    number: int


class Curve(NamedTuple):
    """A shard of a video's retention."""

    lesson_id: str
    revision: int
    shard: int


class DayKey(NamedTuple):
    lesson_id: str
    day: int
    shard: int


@dataclass(frozen=True, slots=True)
class Credit:
    """A watching, whose it is, and where and when it stood in the log."""

    key: Key
    shard: int
    recorded_at: datetime
    watched_at: datetime
    watching: Watching


@dataclass(frozen=True, slots=True)
class Completion:
    key: Key
    shard: int
    recorded_at: datetime
    completed_at: datetime


@dataclass(slots=True)
class Changes:
    """Rows to write: `learners` replace what is stored, all that counts lessons is added to it."""

    learners: dict[Key, LearnerLesson] = field(default_factory=dict)
    last_watched_at: dict[Key, datetime] = field(default_factory=dict)
    totals: dict[Shard, Totals] = field(default_factory=lambda: defaultdict(Totals))
    as_of: dict[Shard, datetime] = field(default_factory=dict)
    days: dict[DayKey, DayTotals] = field(default_factory=lambda: defaultdict(DayTotals))
    cells: dict[Curve, dict[int, Steps]] = field(default_factory=lambda: defaultdict(dict))
    tallies: dict[Entry, Amount] = field(default_factory=lambda: defaultdict(Amount))

    def _count(self, shard: Shard, before: LearnerLesson, after: LearnerLesson, recorded_at: datetime) -> None:
        self.totals[shard] += gained(before, after)
        self.as_of[shard] = max(self.as_of.get(shard, recorded_at), recorded_at)
        for day, change in days.changed(before, after).items():
            self.days[DayKey(shard.lesson_id, day, shard.number)] += change

    def _credit(self, before: LearnerLesson, credits: Sequence[Credit]) -> None:
        key, after = credits[0].key, before
        for credit in credits:
            after, steps = watched(after, credit.watching)
            if credit.watching.credited_ms:
                self._add(credit, steps)
        self.learners[key] = after
        times = [credit.watched_at for credit in credits if credit.watching.credited_ms]
        if times:
            self.last_watched_at[key] = max(times)
        latest = max(credits, key=lambda credit: credit.recorded_at)
        self._count(Shard(key.lesson_id, latest.shard), before, after, latest.recorded_at)

    def _add(self, credit: Credit, steps: Mapping[int, Steps]) -> None:
        """What one watching adds by itself, and to the curves."""
        watching, key = credit.watching, credit.key
        day, totals = days.watched_on(watching)
        self.days[DayKey(key.lesson_id, day, credit.shard)] += totals
        speed = tallies.speed(watching.credited_ms, watching.spent_ms)
        tally = Tally(key.lesson_id, watching.revision, "speed", speed)
        self.tallies[Entry(tally, credit.shard, key.learner_id)] += Amount(times=1, ms=watching.credited_ms)
        add_steps(self.cells[Curve(key.lesson_id, watching.revision, credit.shard)], steps)


def credited(learners: Mapping[Key, LearnerLesson], credits: Iterable[Credit]) -> Changes:
    """What these credits change. Those that are in the learners' numbers already are passed over."""
    by_key: dict[Key, dict[int, Credit]] = defaultdict(dict)
    for credit in credits:
        by_key[credit.key].setdefault(credit.watching.version, credit)
    changes = Changes()
    for key, versions in by_key.items():
        before = learners[key]
        fresh = [versions[w.version] for w in news(before, [credit.watching for credit in versions.values()])]
        if fresh:
            changes._credit(before, fresh)
    return changes


def completed(learners: Mapping[Key, LearnerLesson], completions: Iterable[Completion]) -> Changes:
    """What these completions change. A learner completes a lesson once, whatever the attempt: the first tells when."""
    changes = Changes()
    for completion in completions:
        key = completion.key
        before = changes.learners.get(key, learners[key])
        if before.completed_at is None or completion.completed_at < before.completed_at:
            after = changes.learners[key] = replace(before, completed_at=completion.completed_at)
            changes._count(Shard(key.lesson_id, completion.shard), before, after, completion.recorded_at)
    return changes
