"""Which groups of viewers may be shown: unions of fixed blocks of at least k learners, and nothing else. Pure.

Adding and subtracting whatever is answered gives sums over whole blocks, so it never isolates fewer than k learners.
docs/metrics.md has the rule in words and where it comes from.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

Cohort = str | None
"""None: the learner is in no cohort."""
Arrivals = Mapping[Cohort, Mapping[int, int]]
"""By cohort and by day since 1970-01-01 (UTC): how many viewers had their first view then."""


class Period(NamedTuple):
    """Days that are shown together, both included, and at least how many learners they have."""

    first: int
    last: int
    learners: int


@dataclass(frozen=True, slots=True)
class Block:
    """Cohorts that can only be asked for together, and the periods in which their viewers came."""

    cohorts: frozenset[Cohort]
    periods: tuple[Period, ...]

    @property
    def learners(self) -> int:
        return sum(period.learners for period in self.periods)


@dataclass(frozen=True, slots=True)
class Choice:
    """Whom a filter may have: viewers of these cohorts (None: all) who came from `first` to `last` (None: whenever)."""

    cohorts: frozenset[Cohort] | None
    first: int | None
    last: int | None
    learners: int


def blocks(arrivals: Arrivals, smallest: int) -> tuple[Block, ...]:
    """The lesson's viewers in blocks, none if they are too few altogether."""
    sizes = {cohort: sum(days.values()) for cohort, days in arrivals.items() if days}
    if sum(sizes.values()) < smallest or not sizes:
        return ()
    alone = {cohort for cohort, size in sizes.items() if size >= smallest}
    rest = set(sizes) - alone
    if rest and sum(sizes[cohort] for cohort in rest) < smallest:
        joining = min(alone, key=lambda cohort: (sizes[cohort], cohort or ""))
        rest.add(joining)
        alone.remove(joining)
    groups = [frozenset({cohort}) for cohort in sorted(alone, key=lambda cohort: cohort or "")]
    if rest:
        groups.append(frozenset(rest))
    return tuple(Block(group, _periods(_together(arrivals, group), smallest)) for group in groups)


def _together(arrivals: Arrivals, cohorts: Iterable[Cohort]) -> Mapping[int, int]:
    days: dict[int, int] = defaultdict(int)
    for cohort in cohorts:
        for day, count in arrivals[cohort].items():
            days[day] += count
    return days


def _periods(days: Mapping[int, int], smallest: int) -> tuple[Period, ...]:
    return merged([Period(day, day, days[day]) for day in sorted(days)], smallest)


def merged(days: Sequence[Period], smallest: int) -> tuple[Period, ...]:
    """Neighbours put together from the first on until they have enough; what is left belongs to the last."""
    done: list[Period] = []
    open_: Period | None = None
    for day in days:
        open_ = day if open_ is None else Period(open_.first, day.last, open_.learners + day.learners)
        if open_.learners >= smallest:
            done.append(open_)
            open_ = None
    if open_ is not None and done:
        done[-1] = Period(done[-1].first, open_.last, done[-1].learners + open_.learners)
    return tuple(done)


def choose(
    known: Sequence[Block], cohort: str | None, first: int | None, last: int | None, *, any_cohort: bool
) -> Choice | None:
    """The choice that a filter gets: its dates widened until they cut no period. None where it must not be answered.

    Too few viewers altogether, and cohorts that are unknown or too small, cannot be told apart by it.
    """
    asked = [block for block in known if any_cohort or block.cohorts == {cohort}]
    if not asked:
        return None
    first, last = widened([period for block in asked for period in block.periods], first, last)
    learners = sum(
        period.learners
        for block in asked
        for period in block.periods
        if (first is None or first <= period.first) and (last is None or period.last <= last)
    )
    return Choice(None if any_cohort else frozenset({cohort}), first, last, learners)


def widened(periods: Sequence[Period], first: int | None, last: int | None) -> tuple[int | None, int | None]:
    """The days, moved apart until no period lies partly within."""
    while True:
        cut_first = [period.first for period in periods if first is not None and period.first < first <= period.last]
        cut_last = [period.last for period in periods if last is not None and period.first <= last < period.last]
        if not cut_first and not cut_last:
            return first, last
        first, last = min(cut_first, default=first), max(cut_last, default=last)


def busy_periods(days: Mapping[int, tuple[int, int]], smallest: int) -> tuple[Period, ...]:
    """Days put together until one of them has enough viewers, or enough came for the first time; the rest to the last.

    `days` has viewers and new viewers of each day. How many different learners a period has is not known from them,
    but that it has at least so many.
    """
    done: list[Period] = []
    first, most, new = None, 0, 0
    for day in sorted(days):
        viewers, arrived = days[day]
        first, most, new = (day if first is None else first), max(most, viewers), new + arrived
        if max(most, new) >= smallest:
            done.append(Period(first, day, max(most, new)))
            first, most, new = None, 0, 0
    if first is not None and done:
        done[-1] = Period(done[-1].first, max(days), max(done[-1].learners, most, new))
    return tuple(done)


def common_periods(groups: Iterable[Sequence[Period]]) -> tuple[Period, ...]:
    """The finest periods that cut none of any group: those that overlap are put together."""
    joined: list[Period] = []
    for period in sorted(period for group in groups for period in group):
        if joined and period.first <= joined[-1].last:
            last = joined[-1]
            joined[-1] = Period(last.first, max(last.last, period.last), max(last.learners, period.learners))
        else:
            joined.append(period)
    return tuple(joined)
