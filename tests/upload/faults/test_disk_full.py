"""No room left: PostgreSQL's disk or the process's own. Refused with 503, told by readiness, nothing lost afterwards.

A table's empty file is put in place by a link to /dev/full: the kernel answers every write with ENOSPC, PostgreSQL
says "No space left on device" (53100), and no rights to mount anything are needed.
"""

import hashlib
import os
import resource
import shutil
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import psutil
import pytest

from devstack.postgres import PostgresServer
from tests.databases import Database, Postgres
from tests.infra import PASSWORD
from tests.polling import within
from tests.servicekit import kit
from tests.upload.conftest import asset_event
from tests.upload.faults.world import MP4, Process, World, make_lesson, must, mux_upload

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="/dev/full is Linux's")


@pytest.fixture(scope="module")
def server() -> Iterator[PostgresServer]:
    """A PostgreSQL of these tests' own, whose files they may touch."""
    folder = Path(tempfile.mkdtemp(prefix="seatime-tests-"))
    folder.chmod(0o755)
    running = PostgresServer(folder / "postgres", password=PASSWORD, durable=False)
    running.start()
    running.wait_ready()
    yield running
    running.stop()
    shutil.rmtree(folder)


@pytest.fixture
def database(server: PostgresServer) -> Iterator[Database]:
    postgres = Postgres(server.admin_url)
    made = postgres.create("upload")
    yield made
    postgres.drop(made)


@asynccontextmanager
async def full(world: World, server: PostgresServer, table: str) -> AsyncIterator[None]:
    """While the block lasts there is no room for `table`, which is empty."""
    await world.rows(f'TRUNCATE "{table}" CASCADE')
    (row,) = await world.rows("SELECT pg_relation_filepath($1::regclass::oid) AS path", table)
    path = Path(server.data_dir) / row["path"]
    assert path.stat().st_size == 0
    path.unlink()
    path.symlink_to("/dev/full")
    yield
    path.unlink()
    path.touch()
    os.chown(path, path.parent.stat().st_uid, path.parent.stat().st_gid)
    await world.rows(f'TRUNCATE "{table}" CASCADE')  # a new file for every connection, and no row was in the old one


async def readiness(process: Process) -> tuple[int, str]:
    answer = await process.http.get("/health/ready")
    return answer.status_code, answer.json()["checks"]["database"]


@pytest.mark.parametrize("table", ["mux_events", "outbox"])
async def test_webhooks_wait_for_room_in_the_database(world: World, server: PostgresServer, table: str) -> None:
    """A6, A8: each is refused with 503 and Retry-After, readiness turns red, and redelivered each is applied once."""
    async with world.process(storage=False) as process:
        lessons = [await make_lesson(process.http) for _ in range(5)]
        uploads = [await mux_upload(process.http, lesson_id) for lesson_id in lessons]
        events = [asset_event("ready", f"asset-{number}", upload) for number, upload in enumerate(uploads)]
        async with full(world, server, table):
            for event in events:
                with within(2):
                    answer = await world.webhook(process.http, event)
                assert answer.status_code == 503, answer.text
                assert answer.json()["type"] == "urn:seatime:problem:database-full"
                assert int(answer.headers["retry-after"]) >= 10
            assert await readiness(process) == (503, "no room left on its disk")
            assert (await must(process.http, "GET", f"/api/lessons/{lessons[0]}"))["processingStatus"] == "pending"
        for event in events * 2:
            assert (await world.webhook(process.http, event)).status_code == 200
        for lesson_id in lessons:
            assert (await must(process.http, "GET", f"/api/lessons/{lesson_id}"))["processingStatus"] == "ready"
        told = await world.rows("SELECT key FROM outbox WHERE topic = 'asset.ready'")
        assert sorted(row["key"] for row in told) == sorted(lessons)
        states = await world.rows("SELECT state FROM mux_events")
        assert [row["state"] for row in states] == ["applied"] * len(events)

        async def recovered() -> bool:
            return (await readiness(process))[0] == 200

        await kit.until(recovered)


async def test_an_author_waits_for_room_in_the_database(world: World, server: PostgresServer) -> None:
    """A1: asking for a place is refused with 503; Mux's orphan changes nothing; asked again, there is one upload."""
    async with world.process(storage=False) as process:
        lesson_id = await make_lesson(process.http)
        async with full(world, server, "uploads"):
            answer = await process.http.post("/api/videos/mux/upload-url", json={"lessonId": lesson_id})
            assert (answer.status_code, answer.json()["type"]) == (503, "urn:seatime:problem:database-full")
            assert await world.rows("SELECT FROM uploads") == []
        upload = await mux_upload(process.http, lesson_id)
        assert [row["mux_upload_id"] for row in await world.rows("SELECT mux_upload_id FROM uploads")] == [upload]


async def test_a_process_without_room_for_itself_takes_videos(world: World, tmp_path: Path) -> None:
    """A3: the process cannot write one byte to any file, and a form of many parts in S3 passes through it.

    A limit of the kernel on the size of files (RLIMIT_FSIZE = 0) stands for a full disk: whoever spools would fail.
    """
    video = MP4 + os.urandom(20 << 20)
    nowhere = tmp_path / "gone"
    async with world.process(settings={"TMPDIR": str(nowhere)}) as process:
        psutil.Process(process.pid).rlimit(psutil.RLIMIT_FSIZE, (0, 0))
        lesson_id = await make_lesson(process.http)
        answer = await process.http.post(
            f"/api/courses/lessons/{lesson_id}/upload-video", files={"video": ("a.mp4", video, "video/mp4")}
        )
        assert answer.status_code == 200, answer.text
        placed = await must(
            process.http,
            "POST",
            "/api/uploads",
            json={"filename": "n.pdf", "contentType": "application/pdf", "size": 9},
        )
        assert placed["provider"] == "s3"
    (row,) = await world.rows("SELECT s3_key FROM uploads WHERE lesson_id = $1", lesson_id)
    assert await world.objects.find(row["s3_key"]) == hashlib.sha256(video).hexdigest()
    assert not nowhere.exists()


def test_the_limit_stops_whoever_writes(tmp_path: Path) -> None:
    """The stand-in for a full disk does what it stands for."""
    code = f"open({str(tmp_path / 'x')!r}, 'wb', buffering=0).write(b'1')"
    limited = lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))  # noqa: E731
    done = subprocess.run(
        [sys.executable, "-c", code], preexec_fn=limited, capture_output=True, timeout=20, check=False
    )
    assert b"File too large" in done.stderr
