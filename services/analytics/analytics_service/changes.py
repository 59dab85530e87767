"""What a batch of events changes in the tables, computed from the rows it meets. Pure: rows in, rows out."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import NamedTuple

from analytics_service.retention import Cell, cells_of
from analytics_service.rollup import Layer, LearnerLesson, Totals, Watching, contribution, news, watched
from analytics_service.spans import Spans, union


class Key(NamedTuple):
    """A learner in a lesson; sorted, it is the order in which rows are locked."""

    lesson_id: str
    learner_id: str


class Shard(NamedTuple):
    lesson_id: str
    number: int


class CellKey(NamedTuple):
    lesson_id: str
    revision: int
    layer: int
    shard: int
    second: int


@dataclass(frozen=True, slots=True)
class Credit:
    """A watching, whose it is, and where and when it stood in the log."""

    key: Key
    shard: int
    recorded_at: datetime
    watched_at: datetime
    watching: Watching
    revision: int = 1


@dataclass(frozen=True, slots=True)
class Completion:
    key: Key
    shard: int
    recorded_at: datetime
    completed_at: datetime


@dataclass(slots=True)
class Changes:
    """Rows to write: `learners` and their neighbours replace or extend what is stored, totals and cells are added.

    `covered` is of one revision of the video: a newer one replaces what is stored, an older one is left out of it.
    """

    learners: dict[Key, LearnerLesson] = field(default_factory=dict)
    covered: dict[Key, tuple[int, Spans]] = field(default_factory=dict)
    last_watched_at: dict[Key, datetime] = field(default_factory=dict)
    completed_at: dict[Key, datetime] = field(default_factory=dict)
    totals: dict[Shard, Totals] = field(default_factory=lambda: defaultdict(Totals))
    as_of: dict[Shard, datetime] = field(default_factory=dict)
    cells: dict[CellKey, Cell] = field(default_factory=lambda: defaultdict(Cell))

    def _count(self, shard: Shard, before: LearnerLesson, after: LearnerLesson, recorded_at: datetime) -> None:
        self.totals[shard] += contribution(after) - contribution(before)
        self.as_of[shard] = max(self.as_of.get(shard, recorded_at), recorded_at)

    def _credit(self, before: LearnerLesson, credits: Sequence[Credit]) -> None:
        key = credits[0].key
        self.learners[key] = watched(before, [credit.watching for credit in credits])
        newest = max(credit.revision for credit in credits)
        maps = (credit.watching.covered for credit in credits if credit.revision == newest)
        self.covered[key] = (newest, union(*maps))
        times = [credit.watched_at for credit in credits if credit.watching.credited_ms]
        if times:
            self.last_watched_at[key] = max(times)
        latest = max(credits, key=lambda credit: credit.recorded_at)
        self._count(Shard(key.lesson_id, latest.shard), before, self.learners[key], latest.recorded_at)
        for credit in credits:
            for layer, ranges in (
                (Layer.UNIQUE, credit.watching.covered),
                (Layer.REPLAYS, credit.watching.replayed),
            ):
                for second, cell in cells_of(ranges).items():
                    self.cells[CellKey(key.lesson_id, credit.revision, layer, credit.shard, second)] += cell


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
    """What these completions change. A learner completes a lesson once: the first tells when."""
    changes = Changes()
    for completion in completions:
        key = completion.key
        before = changes.learners.get(key, learners[key])
        if not before.completed:
            changes.completed_at[key] = completion.completed_at
            after = changes.learners[key] = replace(before, completed=True)
            changes._count(Shard(key.lesson_id, completion.shard), before, after, completion.recorded_at)
    return changes
