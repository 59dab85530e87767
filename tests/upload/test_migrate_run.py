"""`seatime-migrate run`, `status`, `rollback`, `cleanup` as their user runs them: processes over the Mux simulator."""

import asyncio
import os
import pty
import signal
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from mux_sim.testing import Simulator, make_clip
from tests.infra import S3
from tests.upload.conftest import ADMIN, Service
from tests.upload.schooling import (
    MOVIE,
    command,
    environment,
    key_of,
    migrate,
    migrating,
    new_mark,
    put,
    put_many,
    school,
    states,
    tables,
)
from tests.upload.stored import storage_of
from upload_service.selection import Selection
from upload_service.settings import Settings


@pytest.fixture
async def settings(settings: Settings, s3: S3, mux: Simulator) -> Settings:
    return await migrating(settings, s3, mux, migration_batch=4)


@pytest.fixture
def mark() -> str:
    return new_mark()


@pytest.fixture(scope="session")
def clip(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return make_clip(tmp_path_factory.mktemp("clip") / "clip.mp4", seconds=1, size="160x120").read_bytes()


@asynccontextmanager
async def begun(settings: Settings, *arguments: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """The command in the background; whatever is left of it at the end is killed."""
    process = await asyncio.create_subprocess_exec(
        *command(*arguments),
        env=environment(settings),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def until(service: Service, wanted: str, count: int = 1) -> None:
    """Until so many transfers are in that state."""
    async with asyncio.timeout(60):
        while (await states(service)).get(wanted, 0) < count:
            await asyncio.sleep(0.05)


async def providers(service: Service, lessons: list[str]) -> set[str]:
    return {(await service.lesson(lesson_id))["videoProvider"] for lesson_id in lessons}


async def assets_by_lesson(mux: Simulator) -> list[str]:
    return sorted(asset["passthrough"] for asset in await mux.assets())


async def test_a_school_moves_and_comes_back(service: Service, mux: Simulator, clip: bytes, mark: str) -> None:
    """Rows B1, B2, B5: everything is moved once, told as JSON, and a rollback brings it back."""
    lessons = await school(service, 5, mark=mark, body=clip)
    ended = await migrate(service.settings, "run", "--json", "--yes")
    assert (ended.code, ended.err) == (0, "")
    told = ended.json
    assert (told["counts"]["migrated"], told["finished"], told["stopped"]) == (5, True, None)
    assert await providers(service, lessons) == {"mux"}
    assert await assets_by_lesson(mux) == lessons

    stands = (await migrate(service.settings, "status", told["id"], "--json")).json
    assert stands["counts"]["migrated"] == 5
    assert stands["originals"] == {"withinGrace": 5, "graceOver": 0, "graceOverBytes": 0}

    one = await migrate(service.settings, "rollback", "--lesson", lessons[0], "--yes", "--json")
    assert (one.code, one.json["rolledBack"]) == (0, [lessons[0]])
    rest = await migrate(service.settings, "rollback", "--migration", told["id"], "--yes", "--json")
    assert sorted(rest.json["rolledBack"]) == lessons[1:]
    assert await providers(service, lessons) == {"s3"}
    again = await migrate(service.settings, "rollback", "--all", "--yes")
    assert again.code == 4
    assert "nothing can be brought back" in again.err


async def test_an_interrupted_run_finishes_what_is_on_its_way(service: Service, clip: bytes, mark: str) -> None:
    """Row B2: after one SIGINT nothing new begins, what was begun is migrated, and the next run does the rest."""
    lessons = await school(service, 8, mark=mark, body=clip)
    async with begun(service.settings, "run", "--yes", "--batch", "2", "--concurrency", "2") as process:
        await until(service, "processing")
        process.send_signal(signal.SIGINT)
        out, err = await asyncio.wait_for(process.communicate(), 60)
    assert process.returncode == 130, err
    assert b"run again to go on" in err
    assert b"Traceback" not in err
    left = await states(service)
    assert left.keys() <= {"planned", "migrated"}
    assert left["migrated"] >= 1
    assert left["planned"] >= 1
    assert b"not begun" in out
    ended = await migrate(service.settings, "run", "--yes", "--json")
    assert ended.json["counts"]["migrated"] == 8
    assert len(await service.rows("SELECT FROM migrations")) == 1
    assert await providers(service, lessons) == {"mux"}


async def test_a_second_interrupt_stops_at_once(service: Service, mux: Simulator, clip: bytes, mark: str) -> None:
    """Row B2: two SIGINTs end it with work in flight; the next run goes on and makes nothing twice."""
    lessons = await school(service, 4, mark=mark, body=clip)
    fault = await mux.fault(method="GET", path="/video/v1/assets/", delay=30, times=50)
    async with begun(service.settings, "run", "--yes") as process:
        await until(service, "processing", 2)
        process.send_signal(signal.SIGINT)
        assert process.stdout is not None
        async with asyncio.timeout(20):
            while b"interrupted:" not in (line := await process.stdout.readline()):
                assert line, "it ended too early"
        process.send_signal(signal.SIGINT)
        _, err = await asyncio.wait_for(process.communicate(), 60)
    assert process.returncode == 130
    assert b"stopped at once" in err
    assert fault
    await mux.clear_faults()
    await _leases_end(service)
    ended = await migrate(service.settings, "run", "--yes", "--json")
    assert ended.json["counts"]["migrated"] == 4
    assert await assets_by_lesson(mux) == lessons


async def test_a_killed_run_goes_on(service: Service, mux: Simulator, clip: bytes, mark: str) -> None:
    """Row B2: kill -9 in the middle, twice, and run again: all are migrated, none is at Mux twice."""
    lessons = await school(service, 6, mark=mark, body=clip)
    for reached in (1, 3):
        async with begun(service.settings, "run", "--yes", "--batch", "2") as process:
            await until(service, "migrated", reached)
            os.kill(process.pid, signal.SIGKILL)
            await process.wait()
        await _leases_end(service)
    ended = await migrate(service.settings, "run", "--yes", "--json")
    assert ended.json["counts"]["migrated"] == 6
    assert await assets_by_lesson(mux) == lessons


async def _leases_end(service: Service) -> None:
    """What a dead process held is free, as it is by itself after a while."""
    await service.rows("UPDATE transfers SET due_at = now() WHERE state IN ('planned', 'asked', 'processing')")


async def test_objects_become_lessons(service: Service, clip: bytes, mark: str, tmp_path: Path) -> None:
    """Row B1: objects under a prefix are moved into a course as new lessons, and stay where they were."""
    await service.must("PUT", "/api/courses/course-new", json={"title": "Course"})
    keys = [f"{mark}{name}.mp4" for name in ("01 Intro", "02_Middle", "03 End")]
    await put_many(service, keys, clip)
    await put(service, f"{mark}readme.txt", b"no video", "text/plain")
    arguments = ("run", "--json", "--yes", "--prefix", mark, "--course", "course-new")
    ended = await migrate(service.settings, *arguments)
    assert ended.json["counts"]["migrated"] == 3
    course = await service.must("GET", "/api/courses/course-new")
    told = [(one["title"], one["videoProvider"], one["processingStatus"]) for one in course["lessons"]]
    assert told == [("01 Intro", "mux", "ready"), ("02 Middle", "mux", "ready"), ("03 End", "mux", "ready")]
    for key in keys:
        assert (await storage_of(service).head(key)).size == len(clip)
    again = await migrate(service.settings, *arguments)
    assert (again.code, again.json["id"]) == (0, None)


async def test_what_fails_is_named_and_plays_on(service: Service, clip: bytes, mark: str) -> None:
    """A video that Mux cannot process fails with Mux's reason, exit code 1, and its lesson plays from S3 as before."""
    good = await school(service, 1, mark=mark, body=clip)
    bad = await school(service, 1, course_id="course-bad", mark=mark, body=MOVIE)
    ended = await migrate(service.settings, "run", "--yes")
    assert ended.code == 1
    assert "Failed, by reason" in ended.out
    assert await providers(service, good) == {"mux"}
    assert await providers(service, bad) == {"s3"}
    stands = await migrate(service.settings, "status", "--json")
    migration_id = stands.json["migrations"][0]["id"]
    named = await migrate(service.settings, "status", migration_id, "--failed")
    assert bad[0] in named.out


async def test_originals_go_only_after_grace(service: Service, clip: bytes, mark: str) -> None:
    """Row B5: within the grace a cleanup is refused, after it a rollback is; the original goes after the sweep."""
    (lesson_id,) = await school(service, 1, mark=mark, body=clip)
    assert (await migrate(service.settings, "run", "--yes", "--grace", "1h")).code == 0
    early = await migrate(service.settings, "cleanup", "--all", "--yes")
    assert early.code == 4
    assert "the grace of 1 lasts until" in early.err
    await service.rows("UPDATE transfers SET keep_until = now() - interval '1 s', due_at = now()")
    late = await migrate(service.settings, "rollback", "--all", "--yes")
    assert late.code == 4
    assert "the grace of 1 is over" in late.err
    unasked = await migrate(service.settings, "cleanup", "--all")
    assert unasked.code == 4
    assert key_of(lesson_id, mark) in unasked.out
    assert "say --yes" in unasked.err
    assert await states(service) == {"migrated": 1}
    done = await migrate(service.settings, "cleanup", "--all", "--yes", "--json")
    assert (done.code, done.json) == (0, {"cleaned": 1, "kept": []})
    (row,) = await service.rows("SELECT discarded FROM uploads WHERE s3_key = $1", key_of(lesson_id, mark))
    assert row["discarded"]
    assert await providers(service, [lesson_id]) == {"mux"}


async def test_nothing_changes_without_a_yes(service: Service, mark: str) -> None:
    """Where nobody can be asked, a run without --yes changes nothing."""
    await school(service, 1, mark=mark)
    before = await tables(service)
    ended = await migrate(service.settings, "run")
    assert (ended.code, "say --yes" in ended.err) == (4, True)
    assert await tables(service) == before


async def test_another_selection_does_not_mix_with_an_unfinished_migration(
    service: Service, clip: bytes, mark: str
) -> None:
    """Row B2: one that was interrupted before it was planned is gone on with, without a selection; others wait."""
    lessons = await school(service, 2, mark=mark, body=clip)
    chosen = Selection(lessons=(lessons[0],)).stored()
    await service.rows(
        "INSERT INTO migrations (id, created_by, runner, batch, concurrency, grace_s, plan) "
        "VALUES (gen_random_uuid(), 'command:x', 'command', 1, 1, 1, $1)",
        {"planned": False, "selection": chosen, "limit": None, "views": 1},
    )
    other = await migrate(service.settings, "run", "--yes", "--lessons", lessons[1])
    assert other.code == 4
    assert "is not finished" in other.err
    ended = await migrate(service.settings, "run", "--yes", "--json")
    assert (ended.code, ended.json["counts"]["migrated"]) == (0, 1)
    assert len(await service.rows("SELECT FROM migrations")) == 1
    assert (await service.lesson(lessons[1]))["videoProvider"] == "s3"


async def test_a_pause_from_elsewhere_stops_a_run(service: Service, clip: bytes, mark: str) -> None:
    """Row B2: an admin pauses the command's migration by the API; it ends and says so, and the next run goes on."""
    await school(service, 4, mark=mark, body=clip)
    async with begun(service.settings, "run", "--yes", "--batch", "1") as process:
        await until(service, "migrated", 1)
        (job,) = (await service.must("GET", "/api/migrations", user=ADMIN))["migrations"]
        await service.must("POST", f"/api/migrations/{job['id']}/pause", user=ADMIN)
        _, err = await asyncio.wait_for(process.communicate(), 60)
    assert process.returncode == 4
    assert b"the migration was paused" in err
    ended = await migrate(service.settings, "run", "--yes", "--json")
    assert ended.json["counts"]["migrated"] == 4


async def test_a_person_at_a_terminal_is_asked(service: Service, mark: str) -> None:
    """At a terminal the plan is shown and a question asked; anything but yes changes nothing."""
    await school(service, 1, mark=mark)
    before = await tables(service)
    ours, theirs = pty.openpty()
    process = await asyncio.create_subprocess_exec(
        *command("run"), env=environment(service.settings), stdin=theirs, stdout=theirs, stderr=theirs
    )
    os.close(theirs)
    seen = b""
    try:
        async with asyncio.timeout(60):
            while b"[y/N]" not in seen:
                seen += await asyncio.to_thread(os.read, ours, 4096)
            os.write(ours, b"n\n")
            await process.wait()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
        os.close(ours)
    assert process.returncode == 4
    assert b"Move 1 video to Mux?" in seen
    assert await tables(service) == before


@pytest.mark.parametrize(
    ("changed", "code", "words"),
    [
        ({"mux_base_url": "http://127.0.0.1:9"}, 3, "Mux is not available"),
        ({"mux_token_secret": "wrong"}, 3, "Mux does not accept MUX_TOKEN_ID and MUX_TOKEN_SECRET"),
        ({"mux_private_key": ""}, 2, "MUX_PRIVATE_KEY is not set"),
        ({"s3_secret_access_key": "wrong"}, 3, "S3 does not accept"),
    ],
)
async def test_nothing_begins_while_something_is_away(
    service: Service, mark: str, changed: dict[str, str], code: int, words: str
) -> None:
    """Without Mux, its keys or S3 a run ends before it began, with one line that says what is missing."""
    await school(service, 1, mark=mark)
    before = await tables(service)
    ended = await migrate(service.settings, "run", "--yes", **changed)
    assert (ended.code, ended.out) == (code, "")
    assert words in ended.err
    assert len(ended.err.strip().splitlines()) == 1
    assert await tables(service) == before


async def test_an_outage_in_the_middle_is_outlasted(service: Service, mux: Simulator, clip: bytes, mark: str) -> None:
    """Row B2: while Mux fails in the middle of a run it waits and says so; when Mux is back it goes on to the end."""
    await school(service, 3, mark=mark, body=clip)
    async with begun(service.settings, "run", "--yes", "--batch", "1") as process:
        await until(service, "migrated", 1)
        await mux.fault(path="/video/v1/assets", status=503, times=None)
        assert process.stdout is not None
        async with asyncio.timeout(60):
            while b"put off: Mux " not in (line := await process.stdout.readline()):
                assert line, "it ended too early"
        await mux.clear_faults()
        await asyncio.wait_for(process.communicate(), 120)
    assert process.returncode == 0
    assert await states(service) == {"migrated": 3}
