"""Row E12: small groups are in no answer, and no two answers differ by a small group."""

from collections import Counter
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics_service.disclosure import (
    Arrivals,
    Choice,
    Cohort,
    Period,
    blocks,
    busy_periods,
    choose,
    common_periods,
    widened,
)

COHORTS: tuple[Cohort, ...] = (None, "a", "b", "c")
DAYS = range(8)
viewers = st.lists(st.tuples(st.sampled_from(COHORTS), st.sampled_from(DAYS)), max_size=40)
"""Each of them in a cohort, and first seen on a day."""


def arrivals(people: list[tuple[Cohort, int]]) -> Arrivals:
    found: dict[Cohort, dict[int, int]] = {}
    for (cohort, day), count in Counter(people).items():
        found.setdefault(cohort, {})[day] = count
    return found


def members(people: list[tuple[Cohort, int]], choice: Choice) -> frozenset[int]:
    """Who is chosen, as the query does it."""
    return frozenset(
        number
        for number, (cohort, day) in enumerate(people)
        if (choice.cohorts is None or cohort in choice.cohorts)
        and (choice.first is None or choice.first <= day)
        and (choice.last is None or day <= choice.last)
    )


def answers(people: list[tuple[Cohort, int]], k: int) -> list[frozenset[int]]:
    """Whom the answers are about that anybody can get: every cohort, every range of days."""
    known = blocks(arrivals(people), k)
    bounds: list[int | None] = [None, *DAYS]
    asked = [
        choose(known, cohort, first, last, any_cohort=any_cohort)
        for cohort, any_cohort in (*((cohort, False) for cohort in COHORTS if cohort), (None, True))
        for first in bounds
        for last in bounds
        if first is None or last is None or first <= last
    ]
    found = [members(people, choice) for choice in asked if choice is not None]
    assert all(choice.learners == len(members(people, choice)) for choice in asked if choice is not None)
    return sorted(set(found), key=sorted)


@settings(max_examples=150, deadline=None)
@given(viewers, st.sampled_from([2, 3, 5]))
def test_no_answer_and_no_difference_of_two_is_about_a_small_group(people: list[tuple[Cohort, int]], k: int) -> None:
    """Row E12: the attack of asking twice: what only one of two filters has, or both have, is 0 or k people."""
    got = answers(people, k)
    assert all(not group or len(group) >= k for group in got)
    for one, other in combinations(got, 2):
        for rest in (one - other, other - one, one & other, one ^ other):
            assert not rest or len(rest) >= k


@settings(max_examples=60, deadline=None)
@given(viewers, st.sampled_from([3, 5]))
def test_all_answers_together_isolate_nobody(people: list[tuple[Cohort, int]], k: int) -> None:
    """Row E12: whoever is in the same answers as others cannot be told from them, and these are at least k."""
    got = answers(people, k)
    alike = Counter(tuple(number in group for group in got) for number in range(len(people)))
    if got:
        assert min(alike.values()) >= k


def test_the_plain_threshold_would_fall_to_two_questions() -> None:
    """Row E12: fifty learners and all but one of them are both large, and the difference is one person."""
    people: list[tuple[Cohort, int]] = [("a", 0)] * 49 + [("a", 1)]
    known = blocks(arrivals(people), 5)
    assert choose(known, None, 0, 0, any_cohort=True) == Choice(None, 0, 1, 50)
    assert choose(known, None, 1, 1, any_cohort=True) == Choice(None, 0, 1, 50)


def test_small_cohorts_hide_behind_each_other_and_then_behind_the_smallest_large_one() -> None:
    """Row E12: the difference of everybody and all that can be asked for is no small group either."""
    sizes = {"a": 20, "b": 6, "c": 2, None: 1}
    known = blocks({cohort: {0: size} for cohort, size in sizes.items()}, 5)
    assert [(block.cohorts, block.learners) for block in known] == [({"a"}, 20), ({"b", "c", None}, 9)]
    assert choose(known, "b", None, None, any_cohort=False) is None
    assert choose(known, "a", None, None, any_cohort=False) == Choice(frozenset({"a"}), None, None, 20)
    enough = blocks({cohort: {0: size} for cohort, size in {**sizes, "c": 4}.items()}, 5)
    assert [block.cohorts for block in enough] == [{"a"}, {"b"}, {"c", None}]


@pytest.mark.parametrize("people", [0, 1, 4])
def test_too_few_altogether_are_not_shown(people: int) -> None:
    """Row E12: also without any filter."""
    assert blocks({"a": {0: people}} if people else {}, 5) == ()


def test_dates_are_widened_until_they_cut_no_period() -> None:
    """One period may reach into the next asked for, and so on."""
    periods = [Period(1, 4, 5), Period(3, 9, 5), Period(12, 12, 5)]
    assert widened(periods, 4, 4) == (1, 9)
    assert widened(periods, 10, 11) == (10, 11)
    assert widened(periods, None, 12) == (None, 12)


def test_days_are_put_together_until_one_is_large_or_enough_came() -> None:
    """Row E12: who comes on five days in a row is one learner, and not five."""
    alone = {day: (1, int(day == 0)) for day in range(5)}
    assert busy_periods(alone, 5) == ()
    newcomers = dict.fromkeys(range(7), (1, 1))
    assert busy_periods(newcomers, 5) == (Period(0, 6, 5),)
    busy = {0: (2, 2), 1: (6, 0), 2: (5, 0), 4: (1, 0)}
    assert busy_periods(busy, 5) == (Period(0, 1, 6), Period(2, 4, 5))


def test_a_courses_days_are_cut_where_those_of_all_its_lessons_are() -> None:
    """Row E12: a course's day less one lesson's would else be another lesson's small day."""
    one, other = (Period(0, 0, 5), Period(1, 1, 5), Period(4, 4, 9)), (Period(0, 3, 6),)
    assert common_periods([one, other]) == (Period(0, 3, 6), Period(4, 4, 9))
