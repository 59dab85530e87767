"""Row C3: how many reports a learner may send, and how the player is told to wait."""

from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from progress_service.app import create_app
from progress_service.limits import ReportLimit, TooManyReports
from tests.databases import Database
from tests.progress.calling import NOWHERE, client_of, settings_for
from tests.progress.granting import grant
from tests.progress.test_api import body

MINUTE_MS = 60_000


def allowed(limit: ReportLimit, learner: str, now_ms: float) -> bool:
    try:
        limit.take(learner, now_ms=now_ms)
    except TooManyReports:
        return False
    return True


@pytest.fixture
async def api(database: Database) -> AsyncIterator[Callable[..., Any]]:
    """`await api(grant=…)`: a report to an API that takes three a minute; without Kafka they go into the spool."""
    settings = settings_for(database, NOWHERE).model_copy(update={"progress_rate_limit": 3})
    app = create_app(settings)
    async with app.router.lifespan_context(app), client_of(app) as client:

        async def report(**more: Any) -> httpx.Response:
            return await client.post("/api/progress", json=body(**more))

        yield report


async def test_a_learner_who_reports_too_often_is_told_to_wait(api: Callable[..., Any]) -> None:
    """Row C3: after the limit a 429 with Retry-After, whatever the session and whichever way the report is read; other
    learners are not concerned, and what is no genuine report costs nobody anything."""
    for _ in range(5):
        assert (await api(token="x.y.z")).status_code == 401
    own = [await api(token=grant(sub="ada", sid=f"00000000-0000-4000-8000-00000000000{n}")) for n in range(4)]
    assert [answer.status_code for answer in own] == [202, 202, 202, 429]
    refused = own[3]
    assert refused.json()["type"] == "urn:seatime:problem:too-many-requests"
    assert 18 <= int(refused.headers["retry-after"]) <= 20
    assert refused.headers["ratelimit-policy"] == '"reports";q=3;w=60'
    assert (await api(token=grant(sub="ada"), unknown=1)).status_code == 429
    assert (await api(token=grant(sub="bob"))).status_code == 202


@given(st.lists(st.floats(0, 5_000), min_size=1, max_size=200), st.integers(1, 20))
def test_never_more_than_the_limit_and_its_refill(pauses: list[float], most: int) -> None:
    """Row C3: over any stretch of time at most the limit and what comes back in that time; after the wait that was
    asked for, a report is taken."""
    limit, now, taken = ReportLimit(most, 60), 0.0, list[float]()
    for pause in pauses:
        now += pause
        try:
            limit.take("ada", now_ms=now)
        except TooManyReports as refusal:
            wait_ms = int(refusal.headers["Retry-After"]) * 1000
            assert 0 < wait_ms <= MINUTE_MS
            now += wait_ms
            limit.take("ada", now_ms=now)
        taken.append(now)
    for number, start in enumerate(taken):
        within = [moment for moment in taken[number:] if moment - start <= MINUTE_MS]
        assert len(within) <= 2 * most + 1


def test_a_clock_that_was_set_back_locks_nobody_out() -> None:
    """Row C3: at worst the bucket is empty, and fills as ever."""
    limit = ReportLimit(2, 60)
    for _ in range(2):
        assert allowed(limit, "ada", 10 * MINUTE_MS)
    assert not allowed(limit, "ada", 0)
    assert allowed(limit, "ada", MINUTE_MS / 2)


def test_what_is_remembered_is_bounded() -> None:
    """Row C3: made-up learners cannot fill the memory, nor push out one who keeps reporting."""
    limit = ReportLimit(50, 60, remember=100)
    for number in range(40):
        assert allowed(limit, "ada", 0)
        for other in range(20):
            assert allowed(limit, f"other-{number}-{other}", 0)
    assert len(limit._full_at) == 100
    assert [allowed(limit, "ada", 0) for _ in range(11)] == [True] * 10 + [False]
