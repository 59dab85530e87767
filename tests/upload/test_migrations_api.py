"""`/api/migrations` for admins: dry runs, what the worker makes of it, holding, the way back, and whose addresses."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest
from aiohttp import web

from mux_sim.testing import Simulator, make_clip
from servicekit.addresses import Address, Rules
from tests.infra import S3
from tests.upload.conftest import ADMIN, LEARNER, OWNER, Json, Service
from tests.upload.schooling import MOVIE, key_of, migrating, new_mark, put_many, school, states, tables
from tests.upload.stored import storage_of
from upload_service.migrating import Migrating
from upload_service.settings import Settings

WORLD, INSIDE = "127.0.0.1", "127.0.0.66"


@pytest.fixture
async def settings(settings: Settings, s3: S3, mux: Simulator) -> Settings:
    return await migrating(settings, s3, mux)


@pytest.fixture
def mark() -> str:
    return new_mark()


@pytest.fixture(scope="session")
def clip(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return make_clip(tmp_path_factory.mktemp("clip") / "clip.mp4", seconds=1, size="160x120").read_bytes()


@pytest.fixture
def worker(service: Service) -> Migrating:
    """The worker's part, turned by hand."""
    return Migrating(service.pool, storage_of(service), service.http._transport.app.state.mux, service.settings)  # type: ignore[attr-defined]


async def turned(worker: Migrating, done: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(60):
        while not await done():
            await worker.turn()
            await asyncio.sleep(0.05)


async def ask(service: Service, method: str, path: str = "", **options: Any) -> Json:
    return await service.must(method, f"/api/migrations{path}", user=ADMIN, **options)


async def finished(service: Service, worker: Migrating, migration_id: str) -> Json:
    found: Json = {}

    async def done() -> bool:
        found.update(await ask(service, "GET", f"/{migration_id}"))
        return bool(found["finished"])

    await turned(worker, done)
    return found


async def test_a_dry_run_answers_the_plan_and_changes_nothing(service: Service, mark: str) -> None:
    """Row B6: sizes, minutes and cost in the answer; the tables are as they were."""
    lessons = await school(service, 3, mark=mark)
    before = await tables(service)
    response = await service.ask("POST", "/api/migrations", user=ADMIN, json={"dryRun": True, "viewsPerMonth": 100})
    assert response.status_code == 200
    told = response.json()
    assert [video["lessonId"] for video in told["videos"]] == lessons
    assert (told["count"], told["bytes"], told["minutes"]["total"]) == (3, 3 * len(MOVIE), 4.5)
    assert told["cost"]["deliveryMonthly"] == 0.45
    assert await tables(service) == before


async def test_the_worker_moves_what_was_asked_for(
    service: Service, worker: Migrating, mux: Simulator, clip: bytes, mark: str
) -> None:
    """Rows B1, B2: 202 with the job; the worker plans and runs it; counts and pages of transfers tell how it stands."""
    lessons = await school(service, 4, mark=mark, body=clip)
    response = await service.ask("POST", "/api/migrations", user=ADMIN, json={"batch": 2, "graceSeconds": 3600})
    assert response.status_code == 202
    job = response.json()
    assert response.headers["location"] == f"/api/migrations/{job['id']}"
    assert (job["planned"], job["finished"], job["batch"], job["createdBy"]) == (False, False, 2, ADMIN)
    done = await finished(service, worker, job["id"])
    assert done["counts"]["migrated"] == 4
    assert done["summary"]["count"] == 4
    assert sorted(asset["passthrough"] for asset in await mux.assets()) == lessons
    page = await ask(service, "GET", f"/{job['id']}/transfers?state=migrated&limit=3")
    rest = await ask(service, "GET", f"/{job['id']}/transfers?after={page['next']}")
    found = page["transfers"] + rest["transfers"]
    assert sorted(transfer["lessonId"] for transfer in found) == lessons
    assert rest["next"] is None
    assert all(transfer["verified"] and transfer["keepUntil"] for transfer in found)
    assert (await ask(service, "GET", f"/{job['id']}/transfers?state=failed"))["transfers"] == []
    listed = await ask(service, "GET")
    assert [one["id"] for one in listed["migrations"]] == [job["id"]]


async def test_a_paused_migration_waits(service: Service, worker: Migrating, clip: bytes, mark: str) -> None:
    """Row B2: nothing begins while it is paused; after the resume it goes on."""
    await school(service, 2, mark=mark, body=clip)
    job = await ask(service, "POST", json={})
    assert (await ask(service, "POST", f"/{job['id']}/pause"))["state"] == "paused"
    await worker.turn()
    assert await states(service) == {}
    await ask(service, "POST", f"/{job['id']}/resume")
    await worker._plan(storage_of(service))
    await ask(service, "POST", f"/{job['id']}/pause")
    await worker.turn()
    assert await states(service) == {"planned": 2}
    assert (await ask(service, "POST", f"/{job['id']}/resume"))["state"] == "running"
    assert (await finished(service, worker, job["id"]))["counts"]["migrated"] == 2


async def test_the_way_back_and_the_end(service: Service, worker: Migrating, clip: bytes, mark: str) -> None:
    """Row B5: one lesson at once, the rest by the worker, within the grace; no cleanup before it is over."""
    lessons = await school(service, 3, mark=mark, body=clip)
    job = await ask(service, "POST", json={"graceSeconds": 3600})
    await finished(service, worker, job["id"])
    path = f"/api/migrations/{job['id']}"
    early = await service.ask("POST", f"{path}/cleanup", user=ADMIN)
    assert (early.status_code, early.json()["type"]) == (409, "urn:seatime:problem:conflict")

    await service.must("POST", f"{path}/rollback", user=ADMIN, json={"lessonId": lessons[0]})
    assert (await service.lesson(lessons[0]))["videoProvider"] == "s3"
    again = await service.ask("POST", f"{path}/rollback", user=ADMIN, json={"lessonId": lessons[0]})
    assert again.status_code == 409

    await service.rows(
        "UPDATE transfers SET keep_until = now() - interval '1 s', due_at = now() WHERE lesson_id = $1", lessons[1]
    )
    assert (await service.must("POST", f"{path}/rollback", user=ADMIN))["state"] == "rolling_back"

    async def back() -> bool:
        return bool((await ask(service, "GET", f"/{job['id']}"))["state"] == "paused")

    await turned(worker, back)
    assert await states(service) == {"rolled_back": 2, "migrated": 1}
    assert (await service.lesson(lessons[2]))["videoProvider"] == "s3"
    assert (await service.lesson(lessons[1]))["videoProvider"] == "mux"

    await service.must("POST", f"{path}/cleanup", user=ADMIN)

    async def cleaned() -> bool:
        return (await states(service)).get("cleaned") == 1

    await turned(worker, cleaned)
    (row,) = await service.rows("SELECT discarded FROM uploads WHERE s3_key = $1", key_of(lessons[1], mark))
    assert row["discarded"]


async def test_a_migration_that_is_taken_back_before_it_ran_never_runs(
    service: Service, worker: Migrating, mux: Simulator, mark: str
) -> None:
    """Row B5: what was planned and not begun is given up; Mux is never asked."""
    await school(service, 2, mark=mark)
    job = await ask(service, "POST", json={})
    await worker._plan(storage_of(service))
    await ask(service, "POST", f"/{job['id']}/rollback")

    async def back() -> bool:
        return bool((await ask(service, "GET", f"/{job['id']}"))["state"] == "paused")

    await turned(worker, back)
    assert await states(service) == {"superseded": 2}
    assert await mux.assets() == []


@pytest.mark.parametrize("user", [OWNER, LEARNER])
async def test_only_admins(service: Service, user: str) -> None:
    """Nobody else sees, begins or changes a migration."""
    some = uuid4()
    for method, path in [
        ("POST", ""),
        ("GET", ""),
        ("GET", f"/{some}"),
        ("GET", f"/{some}/transfers"),
        ("POST", f"/{some}/pause"),
        ("POST", f"/{some}/resume"),
        ("POST", f"/{some}/rollback"),
        ("POST", f"/{some}/cleanup"),
    ]:
        response = await service.ask(method, f"/api/migrations{path}", user=user, json={"dryRun": True})
        assert response.status_code == 403, (method, path)
        assert (await service.ask(method, f"/api/migrations{path}", user=ADMIN, json={})).status_code != 403
    assert await service.rows("SELECT FROM transfers") == []


async def test_what_is_not_there(service: Service) -> None:
    """An unknown migration, course or lesson is a 404 or named in the plan."""
    missing = await service.ask("GET", f"/api/migrations/{uuid4()}", user=ADMIN)
    assert missing.json()["type"] == "urn:seatime:problem:migration-not-found"
    course = await service.ask("POST", "/api/migrations", user=ADMIN, json={"courses": ["nowhere"]})
    assert course.json()["type"] == "urn:seatime:problem:course-not-found"
    alone = await service.ask("POST", "/api/migrations", user=ADMIN, json={"course": "nowhere", "dryRun": True})
    assert alone.status_code == 404


@dataclass
class Net:
    """A server of a stranger and one inside, at the same port of two addresses; `hits` are the inside's."""

    port: int
    hits: list[str]

    def url(self, path: str, host: str = WORLD) -> str:
        return f"http://{host}:{self.port}{path}"


@pytest.fixture
async def net(service: Service, clip: bytes) -> AsyncIterator[Net]:
    hits: list[str] = []

    async def answer(request: web.Request) -> web.Response:
        assert request.transport is not None
        if request.transport.get_extra_info("sockname")[0] == INSIDE:
            hits.append(request.path)
        if request.path == "/to":
            return web.Response(status=302, headers={"Location": request.query["at"]})
        if request.path == "/page.mp4":
            return web.Response(body=b"<html>not a video</html>")
        return web.Response(body=clip, content_type="video/mp4")

    application = web.Application()
    application.router.add_get("/{path:.*}", answer)
    runner = web.AppRunner(application)
    await runner.setup()
    first = web.TCPSite(runner, WORLD, 0)
    await first.start()
    port = runner.addresses[0][1]
    await web.TCPSite(runner, INSIDE, port).start()

    def world(address: Address) -> bool:
        return str(address) == WORLD

    app = service.http._transport.app  # type: ignore[attr-defined]
    app.state.import_rules = Rules(ports=(port,), is_public=world)
    yield Net(port, hits)
    await runner.cleanup()


async def test_a_video_comes_from_an_address(
    service: Service, worker: Migrating, mux: Simulator, net: Net, mark: str
) -> None:
    """Row B1: what is behind the redirects is what Mux is sent to; the lesson plays it from Mux."""
    lesson_id = await service.make_lesson()
    busy = (await school(service, 1, mark=mark))[0]
    there = net.url("/final.mp4?signature=secret")
    videos = [
        {"lessonId": lesson_id, "url": net.url(f"/to?at={there}")},
        {"lessonId": busy, "url": net.url("/other.mp4")},
    ]
    plan = await ask(service, "POST", json={"dryRun": True, "videos": videos})
    assert [video["source"] for video in plan["videos"]] == [net.url("/final.mp4")]
    assert [(one["lessonId"], one["reason"]) for one in plan["left"]] == [(busy, "the lesson has a video already")]
    job = await ask(service, "POST", json={"videos": videos})
    await worker._plan(storage_of(service))
    await service.rows("""UPDATE migrations SET plan = plan || '{"planned": false}'""")  # as if it died just before
    done = await finished(service, worker, job["id"])
    assert (done["counts"]["migrated"], sum(done["counts"].values())) == (1, 1)
    assert (await service.lesson(lesson_id))["videoProvider"] == "mux"
    (asset,) = await mux.assets()
    info = await mux.api("GET", f"/video/v1/assets/{asset['id']}/input-info")
    assert info["data"][0]["settings"]["url"] == there
    (transfer,) = (await ask(service, "GET", f"/{job['id']}/transfers"))["transfers"]
    assert transfer["sourceUrl"] == net.url("/final.mp4")


@pytest.mark.parametrize(
    "url",
    [
        "http://{inside}:{port}/a.mp4",
        "http://127.0.0.2:{port}/a.mp4",
        "http://[::1]:{port}/a.mp4",
        "http://169.254.169.254/latest/meta-data",
        "http://10.0.0.1/a.mp4",
        "http://localhost:{port}/a.mp4",
        "http://{world}:{port}/to?at=http://{inside}:{port}/a.mp4",
        "http://{world}:{port}/to?at=http://{world}:{port}/to?at=http://{inside}:{port}/a.mp4",
        "http://{world}:{port}/to?at=file:///etc/passwd",
        "http://{world}:22/a.mp4",
        "http://user:password@{world}:{port}/a.mp4",
        "ftp://{world}/a.mp4",
        "file:///etc/passwd",
        "http://2130706433:{port}/a.mp4",
        "http://0x7f.1:{port}/a.mp4",
    ],
)
@pytest.mark.parametrize("dry", [True, False])
async def test_an_address_that_leads_inside_is_refused(service: Service, net: Net, url: str, dry: bool) -> None:
    """Loopback, private, redirects to them, other schemes and ports: refused before anything inside is asked."""
    lesson_id = await service.make_lesson()
    written = url.format(inside=INSIDE, world=WORLD, port=net.port)
    body = {"dryRun": dry, "videos": [{"lessonId": lesson_id, "url": written}]}
    response = await service.ask("POST", "/api/migrations", user=ADMIN, json=body)
    assert response.status_code == 400, response.text
    assert response.json()["type"] == "urn:seatime:problem:address-refused"
    assert response.json()["lessonId"] == lesson_id
    assert net.hits == []
    assert await service.rows("SELECT FROM migrations") == []


async def test_by_default_nothing_of_this_machine_is_public(service: Service) -> None:
    """Without a test's rules, loopback is refused whatever the port."""
    lesson_id = await service.make_lesson()
    for url in ("http://127.0.0.1/a.mp4", "https://127.0.0.1:443/a.mp4", "http://127.0.0.1:8080/a.mp4"):
        body = {"videos": [{"lessonId": lesson_id, "url": url}]}
        response = await service.ask("POST", "/api/migrations", user=ADMIN, json=body)
        assert response.json()["type"] == "urn:seatime:problem:address-refused"


async def test_what_is_no_video_is_not_imported(service: Service, net: Net) -> None:
    """A page behind a video's name is refused with 415, a lesson that is named twice with 400."""
    lesson_id = await service.make_lesson()
    page = {"videos": [{"lessonId": lesson_id, "url": net.url("/page.mp4")}]}
    response = await service.ask("POST", "/api/migrations", user=ADMIN, json=page)
    assert (response.status_code, response.json()["type"]) == (415, "urn:seatime:problem:not-a-video")
    twice = {"videos": [{"lessonId": lesson_id, "url": net.url(path)} for path in ("/a.mp4", "/b.mp4")]}
    assert (await service.ask("POST", "/api/migrations", user=ADMIN, json=twice)).status_code == 400


async def test_objects_get_lessons_by_the_api_too(service: Service, worker: Migrating, clip: bytes, mark: str) -> None:
    """Row B1: a prefix and a course; after an interruption in the middle of planning nothing is there twice."""
    await service.must("PUT", "/api/courses/course-new", json={"title": "Course"})
    await put_many(service, [f"{mark}{number}.mp4" for number in range(3)], clip)
    job = await ask(service, "POST", json={"prefix": mark, "course": "course-new"})
    await worker._plan(storage_of(service))
    await service.rows("""UPDATE migrations SET plan = plan || '{"planned": false}'""")
    done = await finished(service, worker, job["id"])
    assert done["counts"]["migrated"] == 3
    assert done["summary"]["count"] == 3
    assert len((await service.must("GET", "/api/courses/course-new"))["lessons"]) == 3
