"""The honest bench as a test: eight bad days, and nobody loses a second."""

import pytest

from tests.databases import Database
from tests.progress.cheating import bare, honesty
from tests.progress.cheating.reports import POLICIES, in_time
from tests.progress.cheating.school import school
from tests.progress.cheating.test_attacks import start_ms


@pytest.mark.timeout(600)
async def test_nobody_loses_a_second(database: Database, kafka_bootstrap: str, topic_prefix: str) -> None:
    """Rows D1, D7, D9, D10, D11: reload, crash, an hour offline, two tabs, 2× speed, phone and laptop, wrong clocks,
    requests twice and shuffled: the running system credits every second, and completes."""
    start = start_ms()
    async with school(database, kafka_bootstrap, topic_prefix, start_ms=start) as running:
        await running.play(in_time(*(honesty.reports(start, policy) for policy in POLICIES)))
        for policy in POLICIES:
            places = [place for story in honesty.STORIES for place in story.places(start, policy)]
            seen = await running.standings(places)
            assert [
                loss
                for story in honesty.STORIES
                for place in story.places(start, policy)
                for loss in story.lost(policy, seen[place])
            ] == []
            ledger = bare.ledger_of(honesty.reports(start, policy))
            assert seen == {place: bare.standing(ledger, *place) for place in seen}, "the bare ledger is the same"


def test_a_crash_goes_on_at_the_servers_position() -> None:
    """Row D1: the story of the crash plays on from where the server says that the learner was."""
    (story,) = [story for story in honesty.STORIES if story.script is honesty.crash]
    learner = story.learner(start_ms(), POLICIES[0])
    reports = story.script(learner)
    sessions = [report.ticket.session for report in reports]
    before = reports[: sessions.index(sessions[-1])]
    assert bare.standing(bare.ledger_of(before), learner.name, "l0").resume_s == 190
