"""Evidence over HTTP: who gets whose, in pages, signed so that the command believes it."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from progress_service.app import create_app
from progress_service.evidence_command import run
from servicekit.database import Pool
from tests.databases import Database, Postgres
from tests.progress.calling import NOWHERE, bearer, client_of, settings_for
from tests.progress.handling import handle
from tests.progress.making import course_changed, lesson_changed, new_session, watching

URL = "/api/progress/courses/c1/evidence"


@pytest.fixture
async def api(database: Database) -> AsyncIterator[httpx.AsyncClient]:
    app = create_app(settings_for(database, NOWHERE))
    async with app.router.lifespan_context(app), client_of(app) as client:
        yield client


@pytest.fixture
async def completed(worker_pool: Pool) -> None:
    """Three learners who completed a course of one lesson; one of them also another course."""
    await handle(worker_pool, course_changed(), course_changed("c2", owner_id="otto"))
    await handle(worker_pool, lesson_changed(), lesson_changed("l2", course_id="c2"))
    for learner in ("ada", "bob", "cyd"):
        await handle(worker_pool, watching(95_000, learner_id=learner))
    other: dict[str, Any] = {"lesson_id": "l2", "course_id": "c2", "session_id": new_session()}
    await handle(worker_pool, watching(95_000, start=300_000, learner_id="bob", **other))


async def checked(api: httpx.AsyncClient, response: httpx.Response, folder: Path) -> list[str]:
    """The learners of a document that the command finds good with the published keys."""
    assert response.status_code == 200, response.text
    (folder / "evidence.json").write_bytes(response.content)
    published = await api.get("/.well-known/seatime-evidence-keys.json")
    (folder / "keys.json").write_bytes(published.content)
    code, lines = run(["verify", str(folder / "evidence.json"), "--key", str(folder / "keys.json")])
    assert code == 0, lines
    return [learner["learnerId"] for learner in response.json()["learners"]]


@pytest.mark.usefixtures("completed")
async def test_everybody_gets_what_they_may_see(api: httpx.AsyncClient, tmp_path: Path) -> None:
    """Row D21: a learner the own, owner and administrator anybody's or all; each document is good as it comes."""
    for caller, query, learners in (
        (bearer("ada"), {}, ["ada"]),
        (bearer("ada"), {"learner": "ada"}, ["ada"]),
        (bearer("olga"), {}, ["ada", "bob", "cyd"]),
        (bearer("olga"), {"learner": "bob"}, ["bob"]),
        (bearer("root", "admin"), {}, ["ada", "bob", "cyd"]),
        (bearer("root", "admin"), {"learner": "cyd"}, ["cyd"]),
        (bearer("eve"), {}, ["eve"]),
    ):
        response = await api.get(URL, params=query, headers=caller)
        assert await checked(api, response, tmp_path) == learners
    assert (await api.get(URL, params={"learner": "bob"}, headers=bearer("ada"))).status_code == 403
    assert (await api.get(URL, params={"learner": "bob"}, headers=bearer("otto", "instructor"))).status_code == 403
    assert (await api.get(URL)).status_code == 401
    assert (await api.get("/api/progress/courses/none/evidence", headers=bearer("ada"))).status_code == 404


@pytest.mark.usefixtures("completed")
async def test_an_owner_is_told_nothing_of_other_courses(api: httpx.AsyncClient, tmp_path: Path) -> None:
    """Row D21: of bob's other course the chain shows places and hashes, and not what they are of."""
    response = await api.get(URL, params={"learner": "bob"}, headers=bearer("olga"))
    assert await checked(api, response, tmp_path) == ["bob"]
    rows = response.json()["learners"][0]["rows"]
    assert [row.get("subjectId") for row in rows] == ["l1", "c1", None, None]
    assert '"c2"' not in response.text
    assert '"l2"' not in response.text


@pytest.mark.usefixtures("completed")
async def test_all_of_a_course_comes_in_pages(api: httpx.AsyncClient, tmp_path: Path) -> None:
    """Row D21: each page is a document of its own, and the last one says that it is the last."""
    seen: list[str] = []
    after: dict[str, str] = {}
    while True:
        response = await api.get(URL, params={"limit": 2, **after}, headers=bearer("olga"))
        seen += await checked(api, response, tmp_path)
        if response.json()["next"] is None:
            break
        after = {"after": response.json()["next"]}
    assert seen == ["ada", "bob", "cyd"]


@pytest.mark.usefixtures("completed")
async def test_what_is_changed_in_the_database_does_not_hold(
    api: httpx.AsyncClient, database: Database, postgres: Postgres, tmp_path: Path
) -> None:
    """Row D21: the service signs what it finds, and the chain tells that it was changed."""
    admin = urlsplit(postgres.admin_url)._replace(path=f"/{database.name}").geturl()
    postgres.sql("UPDATE completions SET verified_ms = 99 WHERE kind = 'lesson'", url=admin)
    response = await api.get(URL, headers=bearer("ada"))
    (tmp_path / "evidence.json").write_text(json.dumps(response.json()))
    code, lines = run(["verify", str(tmp_path / "evidence.json")])
    assert code == 1
    assert "row 1 (lesson l1): its contents do not give its hash: the row was changed" in lines[1]
