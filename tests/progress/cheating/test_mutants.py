"""Each guard is turned off once, and a promise is seen to break: the checks of the ledger can fail, and on what."""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

import asyncpg
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from contracts import Beat
from progress_service import fold, store
from progress_service.ranges import Range, Ranges, clip
from progress_service.state import Clock, Lesson, Session
from progress_service.timing import Terms
from servicekit.database import Connection, Pool, transaction
from tests.databases import Database, Postgres
from tests.progress import test_fold, test_fold_network, test_fold_properties, test_walls
from tests.progress.cheating import attacks, bare, honesty
from tests.progress.cheating.outcomes import outcomes, places
from tests.progress.cheating.reports import ACCREDITED, DEFAULT, POLICIES
from tests.progress.cheating.test_attacks import start_ms
from tests.progress.handling import handle
from tests.progress.making import watching
from tests.progress.test_fold_properties import any_requests


def broken_by_cheats() -> set[str]:
    """Attacks that cost less than they must, as `script policy`."""
    start, found = start_ms(), set()
    for policy in POLICIES:
        ledger = bare.ledger_of(attacks.reports(start, policy))
        standings = {place: bare.standing(ledger, *place) for place in places(start, policy)}
        for one in outcomes(start, policy, standings):
            if one.broken_promises():
                found.add(f"{one.attack.name} {policy.name}")
    return found


def losers() -> set[str]:
    """Honest learners who do not have what is theirs."""
    start = start_ms()
    ledger = bare.ledger_of(honesty.reports(start, DEFAULT))
    return {
        story.name
        for story in honesty.STORIES
        for place in story.places(start, DEFAULT)
        if story.lost(DEFAULT, bare.standing(ledger, *place))
    }


def quickly(test: Any, *strategies: st.SearchStrategy[Any]) -> Callable[[], None]:
    """The property of a test, tried until it fails once: nobody needs the smallest example of a mutant."""
    once = settings(max_examples=300, deadline=None, database=None, phases=[Phase.generate])
    tried: Callable[[], None] = once(given(*strategies)(test.hypothesis.inner_test))
    return tried


def test_with_every_guard_on_nothing_breaks() -> None:
    """Row H5: the ledger as it is keeps every promise; what the mutants break is theirs."""
    assert broken_by_cheats() == set()
    assert losers() == set()


def test_without_remembered_numbers_a_repeated_beat_shows(monkeypatch: pytest.MonkeyPatch) -> None:
    """Row D9: if no beat counts as seen, a duplicated request is judged again, and honest learners are told of cuts."""

    def never(session: Session, beat: Beat) -> bool:
        return False

    monkeypatch.setattr(fold, "seen", never)
    assert "duplicated_and_shuffled" in losers()
    with pytest.raises(AssertionError):
        test_fold.test_a_beat_counts_once_however_often_it_comes()
    with pytest.raises(AssertionError):
        quickly(
            test_fold_properties.test_a_request_delivered_again_changes_nothing, st.lists(any_requests, max_size=8)
        )()


def test_without_spent_time_videos_are_watched_in_parallel(monkeypatch: pytest.MonkeyPatch) -> None:
    """Row D5: if credit uses up no time, ten videos cost one, and beats forged at once cost nothing."""

    def free_of_charge(clock: Clock, time: Ranges) -> Clock:
        return clock

    monkeypatch.setattr(fold, "spend", free_of_charge)
    broken = broken_by_cheats()
    assert {"parallel_videos default", "parallel_videos accredited", "beats_at_once accredited"} <= broken
    with pytest.raises(AssertionError):
        test_fold.test_ten_videos_in_parallel_share_one_learners_time()
    nobody_gains = test_fold_properties.test_nobody_gains_more_than_the_time_that_passed_allows
    with pytest.raises(AssertionError):
        quickly(nobody_gains, st.lists(any_requests, max_size=12))()


def test_without_the_cap_a_wait_is_sold_as_one_live_beat(monkeypatch: pytest.MonkeyPatch) -> None:
    """Row D6: if a beat may pay with any length of time, an accredited course buys an idle wait."""
    judge = fold.judge

    def uncapped(beat: Beat, interval: Range, clock: Clock, covered: Ranges, terms: Terms) -> fold.Verdict:
        policy = terms.policy.model_copy(update={"beat_cap_s": 10**6})
        return judge(beat, interval, clock, covered, replace(terms, policy=policy))

    monkeypatch.setattr(fold, "judge", uncapped)
    assert f"idle_wait {ACCREDITED.name}" in broken_by_cheats()
    with pytest.raises(AssertionError):
        test_fold.test_an_idle_wait_earns_one_interval()


@pytest.mark.filterwarnings("ignore:Generating overly large repr")
def test_without_the_end_of_an_interval_a_wait_is_sold_in_many_live_beats(monkeypatch: pytest.MonkeyPatch) -> None:
    """Row D6: if a beat may be paid with all of the time that it names, an accredited course buys an idle wait from
    beats that each name it."""
    fund = fold.fund

    def of_all(interval: Range, clock: Clock, terms: Terms) -> tuple[int, Ranges]:
        uncapped = terms.policy.model_copy(update={"beat_cap_s": 10**6})
        return fund(interval, clock, replace(terms, policy=uncapped))

    monkeypatch.setattr(fold, "fund", of_all)
    assert f"idle_wait {ACCREDITED.name}" in broken_by_cheats()
    with pytest.raises(AssertionError):
        test_fold.test_a_wait_is_worth_one_interval_however_many_beats_name_it()
    with pytest.raises(AssertionError):
        quickly(test_fold_network.test_a_wait_is_not_sold_as_live, test_fold_network.greedy())()


def test_without_reaching_back_a_slow_request_takes_time_from_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows D7, D11: if a beat is paid only with the time in which it seems to have been watched, who plays at the
    maximum rate loses what the network needed."""
    fund = fold.fund

    def as_it_looks(interval: Range, clock: Clock, terms: Terms) -> tuple[int, Ranges]:
        length, free = fund(interval, clock, terms)
        return length, clip(free, *interval)

    monkeypatch.setattr(fold, "fund", as_it_looks)
    with pytest.raises(AssertionError):
        test_fold.test_a_slow_first_request_takes_nothing_from_the_next()
    honest = test_fold_network.test_a_slow_network_takes_nothing_from_who_plays_at_the_maximum_rate
    with pytest.raises(AssertionError):
        quickly(honest, test_fold_network.deliveries())()


def test_without_the_rate_a_claim_is_worth_what_it_says(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows D4, D7: if media may be any multiple of time, 16× speed is cheaper than it must be."""
    monkeypatch.setattr(fold, "TIMER_TOLERANCE", 8.0)
    assert {"sixteen_times default", "sixteen_times accredited"} <= broken_by_cheats()


async def _opposite(pool: Pool) -> None:
    """Two workers whose batches hold the same two learners, in opposite order."""
    both = [watching(10_000, learner_id=learner) for learner in ("ada", "bob")]
    again = [watching(10_000, learner_id=learner, start=60_000) for learner in ("bob", "ada")]
    await asyncio.gather(handle(pool, *both), handle(pool, *again))


async def test_without_the_order_of_keys_workers_stand_in_each_others_way(
    worker_pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Row D10: learners are locked in the order of their ids; locked as they come, two workers meet in a deadlock."""
    for _ in range(5):
        await _opposite(worker_pool)
    both_hold_one = asyncio.Barrier(2)

    async def as_they_come(conn: Connection, learners: Iterable[str]) -> dict[str, Clock]:
        clocks = dict[str, Clock]()
        for number, learner in enumerate(learners):
            if number == 1:
                await both_hold_one.wait()
            await conn.fetch("SELECT 1 FROM learner_clocks WHERE learner_id = $1 FOR UPDATE", learner)
            clocks[learner] = Clock()
        return clocks

    monkeypatch.setattr(store, "lock_clocks", as_they_come)
    with pytest.raises(asyncpg.DeadlockDetectedError):
        async with asyncio.timeout(20):
            await _opposite(worker_pool)


async def test_without_force_the_owner_reads_everybody(
    database: Database, postgres: Postgres, app_pool: Pool, worker_pool: Pool
) -> None:
    """Row G5: with row-level security enabled and not forced, the tables' owner passes the wall."""
    await test_walls.fill(worker_pool, app_pool)
    await test_walls.test_the_wall_stands_for_the_owner_too(database, postgres)
    postgres.sql("ALTER TABLE lesson_progress NO FORCE ROW LEVEL SECURITY", url=database.owner_url)
    with pytest.raises(AssertionError, match="lesson_progress"):
        await test_walls.test_the_wall_stands_for_the_owner_too(database, postgres)
    with pytest.raises(AssertionError):
        await test_walls.test_every_table_that_names_a_learner_has_the_wall(database, postgres)


@pytest.mark.parametrize(
    "hole",
    [
        "ALTER TABLE lesson_progress DISABLE ROW LEVEL SECURITY",
        "CREATE POLICY open_door ON lesson_progress FOR SELECT TO progress_app USING (true)",
    ],
)
async def test_without_the_wall_a_learner_reads_others(
    database: Database, postgres: Postgres, app_pool: Pool, worker_pool: Pool, hole: str
) -> None:
    """Row G5: a table whose wall is down, or has a second door, shows one learner's rows to another."""
    await test_walls.fill(worker_pool, app_pool)
    await test_walls.test_a_learner_sees_own_rows_only_and_nobody_sees_none(app_pool, worker_pool)
    postgres.sql(hole, url=database.owner_url)
    with pytest.raises(AssertionError):
        await test_walls.test_a_learner_sees_own_rows_only_and_nobody_sees_none(app_pool, worker_pool)
    async with transaction(app_pool, acting_as="ada") as conn:
        assert {row[0] for row in await conn.fetch("SELECT learner_id FROM lesson_progress")} == {"ada", "bob"}


def test_a_lesson_is_not_shared_between_mutants() -> None:
    """The guards are on again after each mutant: nothing that a test changed is left over."""
    assert fold.fold(Session(), Clock(), Lesson(), watching(10_000)).lesson.live_ms == 10_000
    assert fold.TIMER_TOLERANCE == 1.02
