"""What a course says of hidden pages and of seeking ahead."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from contracts import CourseRules, GrantPolicy
from progress_service.app import create_app
from progress_service.fold import Advance, fold
from progress_service.grants import Grant
from progress_service.state import Clock, Lesson, Session
from servicekit.database import Pool
from tests.databases import Database
from tests.progress.calling import NOWHERE, bearer, client_of, settings_for
from tests.progress.granting import claims
from tests.progress.handling import announced, handle
from tests.progress.making import beat, course_changed, lesson_changed, new_session, request, watching


@pytest.fixture
async def api(database: Database) -> AsyncIterator[httpx.AsyncClient]:
    app = create_app(settings_for(database, NOWHERE))
    async with app.router.lifespan_context(app), client_of(app) as client:
        yield client


def half_hidden(policy: str) -> Any:
    """Ten seconds in sight, then ten in a hidden page."""
    return request(
        beat(0, 0, 10_000, (0, 10_000)),
        beat(1, 10_000, 20_000, (10_000, 20_000), hidden=True),
        policy=GrantPolicy(hidden_pages=policy),
    )


@pytest.mark.parametrize(
    ("policy", "live", "hidden", "covered", "cuts"),
    [
        ("count", 20_000, 0, 20_000, {}),
        ("pause", 10_000, 0, 10_000, {"hidden": 10_000}),
        ("apart", 10_000, 10_000, 20_000, {}),
    ],
)
def test_a_course_says_what_a_hidden_page_is_worth(
    policy: str, live: int, hidden: int, covered: int, cuts: dict[str, int]
) -> None:
    """Row D23: as much as a visible one, nothing, or the same but told apart from live and late seconds."""
    folded = fold(Session(), Clock(), Lesson(), half_hidden(policy))
    lesson, advance = folded.lesson, folded.advance
    assert (lesson.live_ms, lesson.late_ms, lesson.hidden_ms, dict(lesson.cuts)) == (live, 0, hidden, cuts)
    assert lesson.covered == ((0, covered),)
    assert isinstance(advance, Advance)
    assert (advance.live_ms, advance.hidden_ms, advance.spent_ms) == (live, hidden, covered)


def test_the_policy_comes_with_the_grant() -> None:
    """Row D23: it is the course's as it stood when playback was granted, so that a replay judges alike."""
    assert Grant.model_validate(claims()).policy.hidden_pages == "count"
    told = Grant.model_validate(claims(pol={"rate": 2.0, "grace": 120, "cap": 45, "hidden": "apart"}))
    assert told.granted["policy"].hidden_pages == "apart"
    assert b'"hidden_pages":"apart"' in told.facts


async def test_seconds_of_hidden_pages_are_kept_and_told(api: httpx.AsyncClient, worker_pool: Pool) -> None:
    """Row D23: in the row, in the event, and in what the learner reads."""
    await handle(worker_pool, lesson_changed())
    await handle(worker_pool, half_hidden("apart"))
    told = (await api.get("/api/progress/lessons/l1", headers=bearer("ada"))).json()
    assert (told["watched"], told["coverage"]) == ({"live": 10, "late": 0, "hidden": 10}, 0.2)
    (event,) = await announced(worker_pool, "progress.advanced")
    assert (event["live_ms"], event["hidden_ms"]) == (10_000, 10_000)


@pytest.mark.parametrize(
    ("covered", "frontier"),
    [
        ((), 0),
        (((0, 10_000),), 10_000),
        (((2_000, 10_000), (12_000, 20_000), (22_001, 90_000)), 20_000),
        (((2_001, 10_000),), 0),
    ],
)
def test_the_frontier_is_where_the_beginning_was_watched_to(covered: Any, frontier: int) -> None:
    """Row D25: gaps of up to two seconds are those of timers; what lies behind a larger one is not reached."""
    assert Lesson(covered=covered).frontier_ms == frontier


async def test_a_learner_reads_how_far_a_seek_may_lead(api: httpx.AsyncClient, worker_pool: Pool) -> None:
    """Row D25: the frontier always; whether it binds says the course, and a complete lesson is free."""
    await handle(worker_pool, course_changed())
    await handle(worker_pool, lesson_changed())
    await handle(worker_pool, watching(30_000))

    async def told() -> tuple[float, bool]:
        answer = (await api.get("/api/progress/lessons/l1", headers=bearer("ada"))).json()
        return answer["frontier"], answer["seekLocked"]

    assert await told() == (30, False)
    await handle(worker_pool, course_changed(version=2, rules=CourseRules(seek_ahead="locked")))
    assert await told() == (30, True)
    rest = [beat(n, n * 10_000, (n + 1) * 10_000, (n * 10_000, (n + 1) * 10_000)) for n in range(3, 10)]
    await handle(worker_pool, request(*rest))
    assert await told() == (100, False)


async def test_the_frontier_is_of_one_video(api: httpx.AsyncClient, worker_pool: Pool) -> None:
    """Row D25: the answer says of which; with another video it begins again, and a late report of the former one says
    nothing of it."""
    await handle(worker_pool, lesson_changed())
    await handle(worker_pool, watching(30_000))
    await handle(worker_pool, lesson_changed(version=2, video_revision=2))
    answer = (await api.get("/api/progress/lessons/l1", headers=bearer("ada"))).json()
    assert (answer["frontier"], answer["videoRevision"], answer["attempt"]) == (0, 2, 1)
    await handle(worker_pool, watching(5_000, start=40_000, video_revision=2, session_id=new_session()))
    await handle(worker_pool, request(beat(9, 30_000, 40_000, (30_000, 40_000))))
    told = [event["frontier_ms"] for event in await announced(worker_pool, "progress.advanced")]
    assert told == [30_000, 5_000, None]
