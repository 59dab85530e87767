"""The cheat bench as a test: what a completion costs whoever did not watch, on the running system and on the ledger."""

import time

import pytest

from progress_service.fold import TIMER_TOLERANCE
from tests.databases import Database
from tests.progress.cheating import attacks, bare
from tests.progress.cheating.outcomes import Outcome, outcomes, places
from tests.progress.cheating.reports import ACCREDITED, DEFAULT, MAX_RATE, POLICIES, Policy, in_time
from tests.progress.cheating.school import school


def start_ms() -> int:
    return int(time.time()) * 1000


def broken(found: list[Outcome]) -> list[str]:
    return [promise for one in found for promise in one.broken_promises()]


@pytest.mark.timeout(600)
async def test_every_attack_costs_real_time(database: Database, kafka_bootstrap: str, topic_prefix: str) -> None:
    """Rows D4, D5, D6, H5: eleven attacks under both policies against the running system; a completion costs its real
    time for every video of the learner, of live beats where the course is accredited, or does not come at all."""
    start = start_ms()
    async with school(database, kafka_bootstrap, topic_prefix, start_ms=start) as running:
        await running.play(in_time(*(attacks.reports(start, policy) for policy in POLICIES)))
        assert running.answers[401] > 0, "forged grants were sent"
        for policy in POLICIES:
            seen = await running.standings(places(start, policy))
            assert broken(outcomes(start, policy, seen)) == []
            ledger = bare.ledger_of(attacks.reports(start, policy))
            assert seen == {place: bare.standing(ledger, *place) for place in seen}, "the bare ledger is the same"


@pytest.mark.parametrize("policy", POLICIES, ids=lambda policy: policy.name)
def test_nobody_has_more_than_time_gave(policy: Policy) -> None:
    """Row D5: no cheat has more credit than the real time since the first grant allows, over all videos together."""
    sent = attacks.reports(start_ms(), policy)
    ledger = bare.ledger_of(sent)
    for learner in {report.ticket.learner for report in sent}:
        mine = [report for report in sent if report.ticket.learner == learner]
        passed = max(report.at_ms for report in mine) - min(report.ticket.granted_ms for report in mine)
        lessons = [lesson for (whose, _), lesson in ledger.lessons.items() if whose == learner]
        assert sum(lesson.spent_ms for lesson in lessons) <= passed
        assert sum(lesson.live_ms + lesson.late_ms for lesson in lessons) <= passed * MAX_RATE * TIMER_TOLERANCE


def test_waiting_is_told_as_late_and_an_accredited_course_does_not_take_it() -> None:
    """Row D6: by default a wait can be sold once, and shows as late; an accredited course does not buy it."""
    start = start_ms()
    (idle,) = [attack for attack in attacks.ATTACKS if attack.script is attacks.idle_wait]
    for policy in POLICIES:
        ledger = bare.ledger_of(attacks.reports(start, policy))
        longest = bare.standing(ledger, idle.cheats(start, policy)[-1].learner, "l0")
        assert (longest.late_s > 0, longest.completed_ms is not None) == (policy is DEFAULT, policy is DEFAULT)
        assert ("too_late" in longest.cuts) == (policy is ACCREDITED)
