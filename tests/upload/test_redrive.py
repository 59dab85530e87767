"""Mux is off, an author uploads, learners watch; Mux is on again, and the video moves there by itself (A4)."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from contracts import AssetReady
from mux_sim.testing import Simulator
from servicekit.database import transaction
from tests.infra import S3
from tests.proxy import Proxy, proxy
from tests.upload.conftest import Json, Service
from tests.upload.moving import assets_of, clip, engine, faulty, lesson_in_s3, moving, transfers_of
from tests.upload.stored import storage_of
from tests.upload.test_flow import records
from upload_service import changes, store
from upload_service.clearing import Clearing
from upload_service.errors import ObjectNotFound
from upload_service.redrive import Redrive
from upload_service.settings import Settings
from upload_service.transfers import Transfer
from upload_service.worker import create_worker


@pytest.fixture
async def way(mux: Simulator) -> AsyncIterator[Proxy]:
    """The only way to the simulator; refusing, it is as good as switched off."""
    where = urlsplit(mux.base_url)
    async with proxy(where.hostname or "", where.port or 0) as between:
        yield between


@pytest.fixture
async def settings(
    settings: Settings, s3: S3, mux: Simulator, way: Proxy, kafka_bootstrap: str, topic_prefix: str
) -> Settings:
    return await moving(
        settings,
        mux,
        s3,
        mux_base_url=f"http://127.0.0.1:{way.port}",
        mux_connect_timeout_s=1,
        mux_attempts=1,
        redrive_every_s=0.2,
        clear_every_s=0.2,
        kafka_bootstrap_servers=kafka_bootstrap,
        kafka_topic_prefix=topic_prefix,
    )


async def uploaded(service: Service, video: Path) -> str:
    """A lesson whose video its author brought while Mux was away; returns the lesson's id."""
    lesson_id = await service.make_lesson()
    body = video.read_bytes()
    about = {"filename": "lecture.mp4", "contentType": "video/mp4", "size": len(body), "lessonId": lesson_id}
    placed = await service.must("POST", "/api/uploads", json=about)
    assert placed["provider"] == "s3"
    async with httpx.AsyncClient(timeout=60) as http:
        sent = await http.request(placed["method"], placed["uploadUrl"], headers=placed["headers"], content=body)
    assert sent.status_code == 200
    await service.must("POST", f"/api/uploads/{placed['uploadId']}/complete")
    return lesson_id


def redrive(service: Service, **changed: object) -> Redrive:
    parts = engine(service)
    return Redrive(service.pool, parts.storage, parts.mux, service.settings.model_copy(update=changed))


async def driven(service: Service, sweep: Redrive, state: str) -> Transfer:
    """Turns of the sweep until its only transfer is in `state`."""
    async with asyncio.timeout(60):
        while True:
            await sweep.turn()
            found = await transfers_of(service, None)
            if [one.state for one in found] == [state]:
                return found[0]
            await asyncio.sleep(0.1)


async def switch(way: Proxy, *, on: bool) -> None:
    way.refusing = not on
    way.cut()


async def test_mux_off_an_author_uploads_and_mux_on_the_video_is_there_within_a_minute(
    service: Service, way: Proxy, settings: Settings, tmp_path: Path
) -> None:
    """Row A4: from the author's request to Kafka's asset.ready from S3 and then from Mux, with nobody's help."""
    await switch(way, on=False)
    lesson_id = await uploaded(service, clip(tmp_path))
    lesson = await service.lesson(lesson_id)
    assert (lesson["processingStatus"], lesson["videoProvider"]) == ("ready", "s3")
    async with create_worker(settings) as worker:
        await asyncio.wait_for(worker.consuming.wait(), 60)
        (first,) = await records(settings, "asset.ready", until=lambda value: value["provider"] == "s3")
        async with asyncio.timeout(30):
            while not [one for one in await transfers_of(service, None) if one.attempts]:
                await asyncio.sleep(0.1)
        await switch(way, on=True)
        async with asyncio.timeout(60):
            events = await records(settings, "asset.ready", until=lambda value: value["provider"] == "mux")
    assert AssetReady.model_validate_json(first.value).provider == "s3"
    ready = AssetReady.model_validate_json(events[-1].value)
    assert (ready.lesson_id, ready.provider) == (lesson_id, "mux")
    (moved,) = await transfers_of(service, None)
    (asset,) = await assets_of(service.mux, moved.copy_id)
    assert ready.asset_id == asset["id"]
    lesson = await service.lesson(lesson_id)
    assert (lesson["processingStatus"], lesson["videoProvider"]) == ("ready", "mux")


async def test_the_original_goes_when_its_grace_is_over(service: Service, way: Proxy, tmp_path: Path) -> None:
    """Row B5: within the grace it stays; after it, and one more look at the copy, it goes, and the lesson plays on."""
    await switch(way, on=False)
    lesson_id = await uploaded(service, clip(tmp_path))
    await switch(way, on=True)
    await driven(service, redrive(service), "migrated")
    (source,) = await service.rows("SELECT s3_key FROM uploads WHERE provider = 's3'")
    clearing = Clearing(service.pool, storage_of(service), service.settings)
    for _ in range(3):
        await redrive(service).turn()
        await clearing.turn()
    assert (await storage_of(service).head(source["s3_key"])).size > 0
    await service.rows("UPDATE transfers SET keep_until = now(), due_at = now()")
    told = len(await service.outbox(lesson_id))
    await driven(service, redrive(service), "cleaned")
    await clearing.turn()
    with pytest.raises(ObjectNotFound):
        await storage_of(service).head(source["s3_key"])
    assert (await service.lesson(lesson_id))["videoProvider"] == "mux"
    after = (await service.outbox(lesson_id))[told:]
    assert [(event["topic"], event["provider"]) for event in after] == [("asset.deleted", "s3")]


@pytest.mark.parametrize("fault", [{"path": "/hls/", "status": 404}, {"path": "/video/v1/assets/", "status": 503}])
async def test_no_original_goes_without_proof(service: Service, way: Proxy, tmp_path: Path, fault: Json) -> None:
    """Row B5: the grace is over, and the copy does not play or Mux does not say: the original is kept, and why."""
    await switch(way, on=False)
    await uploaded(service, clip(tmp_path))
    await switch(way, on=True)
    await driven(service, redrive(service), "migrated")
    await service.rows("UPDATE transfers SET keep_until = now(), due_at = now()")
    async with faulty(service.mux, fault | {"times": None}):
        await redrive(service).turn()
    (kept,) = await transfers_of(service, None)
    assert kept.state == "migrated"
    assert (kept.reason or "").startswith("kept: ")
    assert await service.rows("SELECT FROM uploads WHERE provider = 's3' AND discarded") == []


async def test_what_came_by_the_form_waits_for_a_migration(service: Service, tmp_path: Path) -> None:
    """The legacy form means S3: such a video is not sent to Mux behind its author's back."""
    await lesson_in_s3(service, clip(tmp_path))
    await redrive(service).turn()
    assert await transfers_of(service, None) == []


async def test_a_replaced_video_is_not_driven_after(service: Service, way: Proxy, tmp_path: Path) -> None:
    """The lesson was deleted while Mux was still away: nothing is asked for when it is back."""
    await switch(way, on=False)
    lesson_id = await uploaded(service, clip(tmp_path))
    await redrive(service).turn()
    async with transaction(service.pool) as conn:
        lesson = await store.lock_lesson(conn, lesson_id)
        assert lesson is not None
        await changes.delete_lesson(conn, replace(lesson))
    await switch(way, on=True)
    await driven(service, redrive(service), "superseded")
    assert await service.mux.assets() == []
