"""Many videos move while Mux fails one call in twenty and the process that moves them is killed, three times over.

`MOVED_VIDEOS` says how many: some in the ordinary run, 1,200 when somebody asks for it.
"""

import asyncio
import json
import os
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import httpx
import pytest
from pydantic import SecretStr

from mux_sim.testing import Simulator, running_simulator
from servicekit.database import transaction
from tests.infra import S3
from tests.serving import serving
from tests.upload.conftest import OWNER, Service
from tests.upload.moving import clip, engine, moving, transfers_of
from tests.upload.stored import storage_of
from upload_service import changes, store, store_transfers
from upload_service.app import create_app
from upload_service.identifiers import new_upload_id
from upload_service.lifecycle import Knowledge, Upload
from upload_service.reconcile import Reconciler
from upload_service.settings import Settings
from upload_service.transfers import Wanted

VIDEOS = int(os.environ.get("MOVED_VIDEOS", "40"))
KILLS = 3
LIE_EVERY = 40  # such a share of the objects is no video: they have to fail, with the reason
FAULTS = (
    {"path": "/video/", "status": 500, "times": None, "fraction": 0.025},
    {"path": "/video/", "drop": "after", "times": None, "fraction": 0.026},
    {"path": "/hls/", "status": 503, "times": None, "fraction": 0.05},
)


@pytest.fixture
async def mux() -> AsyncIterator[Simulator]:
    async with running_simulator(reuse_transcodes=True, parallel_transcodes=2, page_limit=100) as simulator:
        yield simulator


@pytest.fixture
async def settings(settings: Settings, s3: S3, mux: Simulator) -> Settings:
    fast = {"mux_posts_per_s": 1000, "mux_calls_per_s": 1000, "mux_burst": 100, "mux_threads": 16}
    return await moving(settings, mux, s3, **fast, transfer_poll_s=1, reconcile_calls_per_s=5)


async def seeded(service: Service, tmp_path: Path) -> UUID:
    """A migration of so many lessons, each with an object of its own in S3."""
    videos = [clip(tmp_path, name=f"{n}.mp4", sound=n != 1).read_bytes() for n in range(3)]
    storage, free = storage_of(service), asyncio.Semaphore(8)

    async def put(http: httpx.AsyncClient, number: int) -> Upload:
        body = b"no video at all, whatever it is called" * 40 if number % LIE_EVERY == 7 else videos[number % 3]
        upload_id = new_upload_id()
        key = f"videos/{OWNER}/{upload_id}"
        async with free:
            address = await storage.presign_put(key, content_type="video/mp4", size=len(body), seconds=600)
            (await http.put(address.url, headers=dict(address.headers), content=body)).raise_for_status()
        return Upload(upload_id, "s3", known=Knowledge("ready"), s3_key=key, s3_url=storage.address(key))

    async with httpx.AsyncClient(timeout=60) as http:
        uploads = await asyncio.gather(*(put(http, number) for number in range(VIDEOS)))
    async with transaction(service.pool) as conn:
        await store.reserve_course(conn, "course", OWNER)
        course = await store.lock_course(conn, "course")
        assert course is not None
        await changes.save_course(conn, course, course)
        steps = []
        for number, upload in enumerate(uploads):
            await store.reserve_lesson(conn, f"lesson-{number}", "course")
            lesson = await store.lock_lesson(conn, f"lesson-{number}")
            assert lesson is not None
            steps.append((lesson, replace(lesson, title=f"Lesson {number}", uploads=(upload,))))
        await changes.save_lessons(conn, steps)
        migration = await store_transfers.create_migration(
            conn, created_by="admin-1", runner="command", batch=100, concurrency=12, grace_s=3600, plan={}
        )
        wanted = [Wanted(lesson.id, lesson.uploads[0].id) for _, lesson in steps]
        assert await store_transfers.plan_transfers(conn, migration.id, wanted) == VIDEOS
    return migration.id


@asynccontextmanager
async def process(service: Service, what: str, migration_id: UUID) -> AsyncIterator[asyncio.subprocess.Process]:
    running = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.upload.moving_process", what, str(migration_id), stdin=asyncio.subprocess.PIPE
    )
    told = {
        name: value.get_secret_value() if isinstance(value, SecretStr) else value
        for name, value in service.settings.model_dump().items()
    }
    assert running.stdin is not None
    running.stdin.write(json.dumps(told, default=vars).encode() + b"\n")
    try:
        yield running
    finally:
        if running.returncode is None:
            running.kill()
        await running.wait()


async def until_done(service: Service, what: str, migration_id: UUID, done: str, within_s: float) -> int:
    """Run the process to its end, but kill it three times on the way. Returns how often it was killed."""
    killed = 0
    async with asyncio.timeout(within_s):
        while True:
            async with process(service, what, migration_id) as running:
                while running.returncode is None:
                    reached = await counted(service, migration_id, done)
                    if killed < KILLS and reached >= (killed + 1) * VIDEOS // (KILLS + 2):
                        running.kill()
                        killed += 1
                        break
                    await asyncio.wait([asyncio.create_task(running.wait())], timeout=0.05)
                else:
                    assert running.returncode == 0
                    return killed


async def counted(service: Service, migration_id: UUID, state: str) -> int:
    found = await service.rows(
        "SELECT count(*) AS n FROM transfers WHERE migration_id = $1 AND state = $2", migration_id, state
    )
    n: int = found[0]["n"]
    return n


async def made(mux: Simulator) -> Counter[str]:
    """How often an asset was made at the simulator, ever, by external_id."""
    events = await mux.events("video.asset.created")
    return Counter(event["data"]["meta"]["external_id"] for event in events)


@pytest.mark.timeout(600 + VIDEOS * 2)
async def test_a_migration_that_is_killed_loses_and_doubles_nothing(service: Service, tmp_path: Path) -> None:
    """Rows B1, B2, B5: migrated or failed with the reason, each once; and the same on the way back."""
    migration_id = await seeded(service, tmp_path)
    lies = len([number for number in range(VIDEOS) if number % LIE_EVERY == 7])
    within_s = 200 + VIDEOS
    for fault in FAULTS:
        await service.mux.fault(**fault)
    api = serving(create_app(service.settings))
    base_url = await asyncio.to_thread(api.__enter__)
    try:
        await service.mux.set_webhook(f"{base_url}/api/videos/mux/webhook")
        began = time.monotonic()
        assert await until_done(service, "move", migration_id, "migrated", within_s) == KILLS
        moved_s = time.monotonic() - began
        moved = await transfers_of(service, migration_id)
        assert len(moved) == VIDEOS
        assert Counter(one.state for one in moved) == {"migrated": VIDEOS - lies, "failed": lies}
        assert {one.reason for one in moved if one.state == "failed"} == {"The input file is not a valid video file."}
        assert all(one.verified is not None for one in moved if one.state == "migrated")
        assert await made(service.mux) == Counter({str(one.copy_id): 1 for one in moved})
        playing = await service.rows("SELECT video_provider, count(*) AS n FROM lessons GROUP BY 1")
        assert {row["video_provider"]: row["n"] for row in playing} == {"mux": VIDEOS - lies, "s3": lies}
        hits = [fault["hits"] for fault in await service.mux.faults()]
        assert any(hits), hits  # each of them comes by chance

        began = time.monotonic()
        assert await until_done(service, "back", migration_id, "rolled_back", within_s) == KILLS
        back_s = time.monotonic() - began
        back = await transfers_of(service, migration_id)
        assert Counter(one.state for one in back) == {"rolled_back": VIDEOS - lies, "failed": lies}
        playing = await service.rows("SELECT video_provider, processing_status, count(*) FROM lessons GROUP BY 1, 2")
        assert [tuple(row) for row in playing] == [("s3", "ready", VIDEOS)]
        announced = await service.rows(
            "SELECT key, count(*) AS n FROM outbox WHERE topic = 'asset.ready' GROUP BY key HAVING count(*) <> 3"
        )
        assert len(announced) == lies  # from S3, from Mux, from S3 again; a lie only the first
        await service.mux.clear_faults()
        sweep = Reconciler(service.pool, engine(service).mux, service.settings)
        if VIDEOS <= 100:
            await service.rows("UPDATE uploads SET checked_at = NULL WHERE discarded")
            async with asyncio.timeout(within_s):
                while await service.mux.assets():
                    await sweep.turn()
    finally:
        await asyncio.to_thread(api.__exit__, None, None, None)
    print(f"{VIDEOS} videos: moved in {moved_s:.0f} s, back in {back_s:.0f} s, faults {hits}")
