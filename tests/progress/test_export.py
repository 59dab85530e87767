"""Everything of one learner, for the learner."""

from collections.abc import AsyncIterator

import httpx
import pytest

from progress_service.app import create_app
from servicekit.database import Pool
from tests.databases import Database, Postgres
from tests.progress.calling import NOWHERE, bearer, client_of, settings_for
from tests.progress.handling import decided, handle
from tests.progress.making import attempt_started, course_changed, lesson_changed, quiz_graded, watching

TOLD = {
    "lesson_progress": "lessons",
    "course_progress": "courses",
    "quiz_results": "quizzes",
    "attempts": "attempts",
    "review_decisions": "reviews",
    "watch_sessions": "sessions",
    "learner_clocks": "clock",
    "completions": "evidence",
}


@pytest.fixture
async def api(database: Database) -> AsyncIterator[httpx.AsyncClient]:
    app = create_app(settings_for(database, NOWHERE))
    async with app.router.lifespan_context(app), client_of(app) as client:
        yield client


@pytest.fixture
async def filled(worker_pool: Pool, app_pool: Pool) -> None:
    """Two learners who have something in every table."""
    await handle(worker_pool, course_changed())
    await handle(worker_pool, lesson_changed())
    for learner in ("ada", "bob"):
        await handle(worker_pool, watching(95_000, learner_id=learner))
        await handle(worker_pool, quiz_graded(learner_id=learner))
        await handle(worker_pool, attempt_started(learner_id=learner))
        await decided(app_pool, learner)


@pytest.mark.usefixtures("filled")
async def test_a_learner_takes_everything_along(api: httpx.AsyncClient, worker_pool: Pool) -> None:
    """Row G6: as many rows of each table as there are of that learner, whole, and none of anybody else."""
    response = await api.get("/api/progress/learners/ada/export", headers=bearer("ada"))
    assert response.status_code == 200, response.text
    told = response.json()
    for table, name in TOLD.items():
        kept = await worker_pool.fetch(f"SELECT to_jsonb(t) AS row FROM {table} t WHERE learner_id = 'ada'")
        rows = [told[name]] if name == "clock" else told[name]
        assert len(rows) == len(kept) > 0, table
        if name != "evidence":
            assert rows == [row["row"] for row in kept], table
    assert "bob" not in response.text
    assert [row["subjectId"] for row in told["evidence"]] == ["l1", "c1"]


async def test_the_export_knows_every_table_of_learners(database: Database, postgres: Postgres) -> None:
    """Row G6: a table with learner data that somebody adds without exporting it is found here."""
    with_learner = postgres.sql(
        "SELECT table_name FROM information_schema.columns "
        "WHERE column_name = 'learner_id' AND table_schema = 'public'",
        url=database.owner_url,
    )
    assert set(with_learner.split()) - {"erasure_requests"} == set(TOLD), "a request to erase is what follows"


@pytest.mark.usefixtures("filled")
async def test_an_export_is_for_the_learner_and_administrators(api: httpx.AsyncClient) -> None:
    """Row G6: not for other learners, and not for owners of courses, who would see other courses in it."""
    for headers, status in (
        (bearer("ada"), 200),
        (bearer("root", "admin"), 200),
        (bearer("bob"), 403),
        (bearer("olga", "instructor"), 403),
        ({}, 401),
    ):
        response = await api.get("/api/progress/learners/ada/export", headers=headers)
        assert response.status_code == status
    nobody = (await api.get("/api/progress/learners/nobody/export", headers=bearer("nobody"))).json()
    assert (nobody["lessons"], nobody["clock"], nobody["evidence"]) == ([], None, [])
