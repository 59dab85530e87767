from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import httpx
import pytest

from analytics_service import store_groups
from analytics_service.app import create_app
from analytics_service.settings import Settings
from servicekit.auth import issue_token
from servicekit.database import Pool
from tests.analytics import log
from tests.databases import Database

SECRET = "a secret of the tests that is long enough to sign with"


def who(user_id: str, *roles: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {issue_token(SECRET, user_id, *roles)}"}


OWNER, OTHER, ADMIN, LEARNER = who("owner", "instructor"), who("other", "instructor"), who("root", "admin"), who("u1")


@asynccontextmanager
async def calling(database: Database, *, smallest: int) -> AsyncIterator[httpx.AsyncClient]:
    """The API with groups of at least that many."""
    connection = await asyncpg.connect(database.worker_url)
    await store_groups.set_smallest_group(connection, smallest)
    await connection.close()
    app = create_app(Settings(database_url=database.app_url, auth_jwt_secret=SECRET))
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://analytics") as http,
    ):
        yield http


@pytest.fixture
async def client(analytics_database: Database) -> AsyncIterator[httpx.AsyncClient]:
    async with calling(analytics_database, smallest=1) as http:
        yield http


@pytest.fixture
async def watched(pool: Pool) -> None:
    """Course c1 of two lessons; u1 saw 30 s of l1 and 10 s of it again, u2 10 s; u1 completed it. l1 lasts 60 s."""
    await log.consume(
        pool,
        log.logged(
            [
                log.course(),
                log.lesson("l2", position=2, title="Second"),
                log.lesson("l1", position=1, title="First"),
                log.advanced(1, at_s=30, covered=((0, 30_000),)),
                log.advanced(2, at_s=40, covered=(), replayed=((5_500, 15_500),)),
                log.advanced(1, at_s=20, learner_id="u2", session=2),
                log.completion(at_s=50),
            ]
        ),
    )


@pytest.mark.usefixtures("watched")
async def test_the_owner_sees_a_lessons_numbers_and_curve(client: httpx.AsyncClient) -> None:
    """Every field of the report, in seconds, as the definitions say."""
    response = await client.get("/api/analytics/lessons/l1", headers=OWNER)
    assert response.status_code == 200
    body = response.json()
    retention = body.pop("retention")
    assert body.pop("dropOffs") == [
        {"position": 10, "lost": 1.0, "share": 0.5},
        {"position": 30, "lost": 1.0, "share": 0.5},
    ]
    assert body == {
        "suppressed": False,
        "smallestGroup": 1,
        "filter": None,
        "averageVerifiedTime": 15.0,
        "totalVerifiedTime": 30.0,
        "lessonId": "l1",
        "courseId": "c1",
        "title": "First",
        "duration": 60.0,
        "views": 2,
        "uniqueViewers": 2,
        "averageWatchTime": 25.0,
        "totalWatchTime": 50.0,
        "completions": 1,
        "completionRate": 0.5,
        "asOf": "2026-03-02T09:00:06Z",
    }
    assert retention["bucketSeconds"] == 1
    assert retention["unique"] == [2.0] * 10 + [1.0] * 20 + [0.0] * 30
    assert retention["replays"] == [0.0] * 5 + [0.5] + [1.0] * 9 + [0.5] + [0.0] * 44


@pytest.mark.usefixtures("watched")
async def test_the_course_report_lists_its_lessons_in_order_without_curves(client: httpx.AsyncClient) -> None:
    """The lessons' numbers equal those of their own reports; one that nobody watched has zeros."""
    course = (await client.get("/api/analytics/courses/c1", headers=OWNER)).json()
    lesson = (await client.get("/api/analytics/lessons/l1", headers=OWNER)).json()
    for name in ("retention", "dropOffs", "filter"):
        del lesson[name]
    assert (course["courseId"], course["title"]) == ("c1", "Course")
    assert (course["uniqueViewers"], course["views"], course["totalVerifiedTime"]) == (2, 2, 30.0)
    first, second = course["lessons"]
    assert first == lesson
    assert (second["lessonId"], second["views"], second["completionRate"], second["averageWatchTime"]) == (
        "l2",
        0,
        0,
        0,
    )


@pytest.mark.usefixtures("watched")
@pytest.mark.parametrize("path", ["lessons/l1", "courses/c1"])
@pytest.mark.parametrize(("headers", "status"), [({}, 401), (LEARNER, 403), (OTHER, 403), (OWNER, 200), (ADMIN, 200)])
async def test_only_the_courses_owner_and_admins_see_reports(
    client: httpx.AsyncClient, path: str, headers: dict[str, str], status: int
) -> None:
    """Strangers are asked who they are, learners and other instructors are refused, with a problem that names it."""
    response = await client.get(f"/api/analytics/{path}", headers=headers)
    assert response.status_code == status
    if status == 403:
        assert response.json()["type"] == "urn:seatime:problem:not-the-course-owner"


async def test_a_lesson_whose_course_is_not_known_yet_is_for_admins_only(client: httpx.AsyncClient, pool: Pool) -> None:
    """Without an owner nobody can be the owner."""
    await log.consume(pool, log.logged([log.lesson()]))
    assert (await client.get("/api/analytics/lessons/l1", headers=OWNER)).status_code == 403
    assert (await client.get("/api/analytics/lessons/l1", headers=ADMIN)).status_code == 200


@pytest.mark.usefixtures("watched")
async def test_a_learner_sees_the_own_map_and_nobody_elses(client: httpx.AsyncClient) -> None:
    """The map is the caller's, whoever that is; without watching it is empty."""
    mine = (await client.get("/api/analytics/lessons/l1/me", headers=LEARNER)).json()
    assert mine == {
        "lessonId": "l1",
        "courseId": "c1",
        "title": "First",
        "duration": 60.0,
        "views": 1,
        "watchTime": 40.0,
        "covered": [[0.0, 30.0]],
        "lastWatchedAt": "2026-03-02T09:00:40Z",
        "completedAt": "2026-03-02T09:00:50Z",
    }
    empty = (await client.get("/api/analytics/lessons/l1/me", headers=OWNER)).json()
    assert (empty["views"], empty["covered"], empty["watchTime"], empty["completedAt"]) == (0, [], 0.0, None)


@pytest.mark.usefixtures("watched")
@pytest.mark.parametrize("path", ["lessons/l1", "courses/c1", "lessons/l1/me"])
async def test_an_unchanged_report_is_not_sent_again(client: httpx.AsyncClient, pool: Pool, path: str) -> None:
    """A caller who has the report gets a 304 until a number changes; no shared cache may keep it."""
    headers = ADMIN if path != "lessons/l1/me" else LEARNER
    first = await client.get(f"/api/analytics/{path}", headers=headers)
    assert first.headers["cache-control"] == "private, max-age=5"
    assert first.headers["vary"] == "Authorization"
    etag = first.headers["etag"]
    for known in (etag, f"W/{etag}", f'"other", {etag}', "*"):
        again = await client.get(f"/api/analytics/{path}", headers={**headers, "If-None-Match": known})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", etag)

    await log.consume(pool, log.at_other_offsets(log.logged([log.advanced(3, at_s=60, covered=((30_000, 31_000),))])))
    changed = await client.get(f"/api/analytics/{path}", headers={**headers, "If-None-Match": etag})
    assert changed.status_code == 200
    assert changed.headers["etag"] != etag


@pytest.mark.parametrize("path", ["lessons/none", "courses/none", "lessons/none/me"])
async def test_what_is_not_known_is_not_found(client: httpx.AsyncClient, path: str) -> None:
    """An unknown id is a 404 problem, also for admins."""
    response = await client.get(f"/api/analytics/{path}", headers=ADMIN)
    assert response.status_code == 404
    assert response.json()["type"] in ("urn:seatime:problem:lesson-not-found", "urn:seatime:problem:course-not-found")


@pytest.mark.parametrize("bad", ["%00", "a%20b", "-x", "x" * 65, "%ED%A0%80"])
async def test_an_id_that_cannot_be_one_is_refused(client: httpx.AsyncClient, bad: str) -> None:
    """Bad ids are the caller's mistake and reach no query."""
    for path in ("lessons/{}", "courses/{}", "lessons/{}/me"):
        response = await client.get("/api/analytics/" + path.format(bad), headers=ADMIN)
        assert response.status_code == 422


async def test_one_query_answers_each_endpoint(client: httpx.AsyncClient, pool: Pool, watched: None) -> None:
    """However many lessons, shards and cells: one, beside how large groups have to be."""
    app = client._transport.app  # type: ignore[attr-defined]
    seen: list[Any] = []
    async with app.state.pool.acquire() as conn:
        raw = conn._con  # the listener has to stay with the connection that the pool hands out next
        raw.add_query_logger(seen.append)
    details = ("days", "interactions", "cohorts", "learners", "learners/u1", "me")
    for path in ("lessons/l1", "courses/c1", "courses/c1/days", *(f"lessons/l1/{name}" for name in details)):
        seen.clear()
        assert (await client.get(f"/api/analytics/{path}", headers=OWNER)).status_code == 200
        queries = [query.query for query in seen if "FROM" in query.query and "pg_" not in query.query]
        assert len([query for query in queries if query != "SELECT learners FROM shown_from"]) == 1
    raw.remove_query_logger(seen.append)


async def test_a_database_that_is_down_is_said_within_seconds() -> None:
    """The API starts without its database and answers 503 with Retry-After."""
    app = create_app(Settings(database_url="postgresql://nobody@127.0.0.1:9/none", auth_jwt_secret=SECRET))
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://analytics") as http,
    ):
        response = await http.get("/api/analytics/lessons/l1", headers=ADMIN)
        assert response.status_code == 503
        assert "retry-after" in response.headers
        assert (await http.get("/health/live")).status_code == 200
        assert (await http.get("/health/ready")).status_code == 503
