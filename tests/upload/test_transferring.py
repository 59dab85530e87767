"""Videos move from S3 to Mux one by one: asked for once, verified, flipped; whatever fails is tried again or told."""

import asyncio
from pathlib import Path
from uuid import UUID

import httpx
import pytest

from contracts import AssetReady, LessonChanged
from mux_sim.testing import Simulator
from servicekit.database import transaction
from tests.infra import S3
from tests.upload.conftest import Json, Service
from tests.upload.moving import (
    assets_of,
    clip,
    engine,
    faulty,
    lesson_in_s3,
    moving,
    plan,
    rollback_of,
    run_until_settled,
    transfers_of,
)
from tests.upload.stored import storage_of
from upload_service import changes, store, store_due, store_transfers
from upload_service.captioning import Captioning
from upload_service.reconcile import Reconciler
from upload_service.settings import Settings
from upload_service.transfers import Transfer


@pytest.fixture
async def settings(settings: Settings, s3: S3, mux: Simulator) -> Settings:
    return await moving(settings, mux, s3, transfer_looks=2)


async def one(service: Service, migration_id: UUID) -> Transfer:
    (found,) = await transfers_of(service, migration_id)
    return found


async def settled(service: Service, migration_id: UUID) -> Transfer:
    (found,) = await run_until_settled(service, migration_id)
    return found


async def test_a_video_moves_to_mux_and_its_lesson_plays_on(service: Service, tmp_path: Path) -> None:
    """Rows B1, B3: asked for by a presigned address, verified with proof, flipped, announced; the original stays."""
    lesson_id = await lesson_in_s3(service, clip(tmp_path))
    migration_id = await plan(service, lesson_id)
    told = len(await service.outbox(lesson_id))
    moved = await settled(service, migration_id)
    assert (moved.state, moved.reason) == ("migrated", None)
    (asset,) = await assets_of(service.mux, moved.copy_id)
    assert asset["passthrough"] == lesson_id
    proof = moved.verified
    assert proof is not None
    assert abs(proof["durationMs"]["copy"] - proof["durationMs"]["source"]) <= 1000
    assert proof["tracks"] == {"copy": {"video": 1, "audio": 1}, "source": {"video": 1, "audio": 1}}
    assert proof["firstSegment"]["type"] == "MPEG-TS"
    assert proof["unknown"] == []
    lesson = await service.lesson(lesson_id)
    assert (lesson["processingStatus"], lesson["videoProvider"]) == ("ready", "mux")
    events = (await service.outbox(lesson_id))[told:]
    assert [event["topic"] for event in events] == ["lesson.changed", "asset.ready"]
    video = LessonChanged.model_validate(events[0]).video
    assert video is not None
    assert (video.provider, video.asset_id) == ("mux", asset["id"])
    ready = AssetReady.model_validate(events[1])
    assert (ready.provider, ready.asset_id) == ("mux", asset["id"])
    (source,) = await service.rows("SELECT s3_key, discarded FROM uploads WHERE provider = 's3'")
    assert not source["discarded"]
    assert (await storage_of(service).head(source["s3_key"])).size > 0


async def test_a_public_course_s_copy_is_public(service: Service, tmp_path: Path) -> None:
    """The copy is made under the course's policy, and looked at without a token."""
    lesson_id = await lesson_in_s3(service, clip(tmp_path), public=True)
    assert (await settled(service, await plan(service, lesson_id))).state == "migrated"
    (asset,) = await service.mux.assets()
    assert [item["policy"] for item in asset["playback_ids"]] == ["public"]


@pytest.mark.parametrize(
    "fault",
    [
        {"path": "/video/v1/assets", "method": "POST", "status": 500, "times": 2},
        {"path": "/video/v1/assets", "method": "POST", "drop": "before"},
        {"path": "/video/v1/assets", "method": "POST", "drop": "after"},
        {"path": "/video/v1/assets", "method": "GET", "status": 503, "times": 6},
        {"path": "/video/v1/assets", "method": "POST", "status": 429, "retry_after": 1},
    ],
    ids=lambda fault: f"{fault['method']}-{fault.get('status') or fault['drop']}",
)
async def test_an_outage_delays_and_doubles_nothing(service: Service, tmp_path: Path, fault: Json) -> None:
    """Refused, cut off before or after it took effect: the video arrives, and Mux has it once."""
    migration_id = await plan(service, await lesson_in_s3(service, clip(tmp_path)))
    async with faulty(service.mux, fault):
        moved = await settled(service, migration_id)
        assert (await service.mux.faults())[0]["hits"] > 0
    assert moved.state == "migrated"
    assert len(await assets_of(service.mux, moved.copy_id)) == 1


async def test_webhooks_alone_bring_the_answer_that_was_lost(service: Service, tmp_path: Path) -> None:
    """The POST's answer is lost and listing fails too; the asset's webhook names the copy, and that is enough."""
    lesson_id = await lesson_in_s3(service, clip(tmp_path))
    migration_id = await plan(service, lesson_id)
    lost = {"path": "/video/v1/assets", "method": "POST", "drop": "after"}
    async with faulty(service.mux, lost):
        await engine(service).run_due(migration_id=migration_id, concurrency=1)
    asked = await one(service, migration_id)
    assert asked.state == "asked"
    (asset,) = await assets_of(service.mux, asked.copy_id)
    event = await service.mux.wait_for_event("video.asset.ready", asset["id"])
    await service.delivered({name: value for name, value in event.items() if name != "deliveries"})
    unlisted = {"path": "/video/v1/assets?", "method": "GET", "status": 500, "times": None}
    async with faulty(service.mux, unlisted):
        assert (await settled(service, migration_id)).state == "migrated"
    assert len(await assets_of(service.mux, asked.copy_id)) == 1


async def test_an_errored_asset_fails_with_mux_s_message(service: Service, tmp_path: Path) -> None:
    """The lesson plays from S3 as before, and the asset is deleted at Mux by the sweep."""
    lesson_id = await lesson_in_s3(service, clip(tmp_path))
    migration_id = await plan(service, lesson_id)
    await service.mux.fail_transcodes(message="The codec is unheard of.")
    failed = await settled(service, migration_id)
    assert (failed.state, failed.reason) == ("failed", "The codec is unheard of.")
    assert (await service.lesson(lesson_id))["videoProvider"] == "s3"
    await Reconciler(service.pool, engine(service).mux, service.settings).turn()
    assert await service.mux.assets() == []


async def test_a_copy_that_differs_is_not_taken(service: Service, tmp_path: Path) -> None:
    """Row B3: the object was exchanged for a longer one behind our back; what is in S3 when it counts decides."""
    lesson_id = await lesson_in_s3(service, clip(tmp_path, seconds=1))
    migration_id = await plan(service, lesson_id)
    moving = engine(service)
    while (await one(service, migration_id)).state != "processing":
        await moving.run_due(migration_id=migration_id, concurrency=1)
    (source,) = await service.rows("SELECT s3_key FROM uploads WHERE provider = 's3'")
    longer = clip(tmp_path, seconds=4, name="longer.mp4").read_bytes()
    storage = storage_of(service)
    await storage.delete(source["s3_key"])
    address = await storage.presign_put(source["s3_key"], content_type="video/mp4", size=len(longer), seconds=60)
    async with httpx.AsyncClient(timeout=60) as http:
        (await http.put(address.url, headers=dict(address.headers), content=longer)).raise_for_status()
    failed = await settled(service, migration_id)
    assert failed.state == "failed"
    assert failed.reason is not None
    assert failed.reason.startswith("the source plays 4")
    assert (await service.lesson(lesson_id))["videoProvider"] == "s3"


async def test_nothing_flips_without_proof(service: Service, tmp_path: Path) -> None:
    """Row B3: while the stream host refuses, the lesson stays with S3; refused for good, the transfer says so."""
    lesson_id = await lesson_in_s3(service, clip(tmp_path))
    migration_id = await plan(service, lesson_id)
    async with faulty(service.mux, {"path": "/hls/", "status": 403, "times": None}):
        failed = await settled(service, migration_id)
    assert (failed.state, failed.reason) == ("failed", "rendition.m3u8: answered 403")
    assert (await service.lesson(lesson_id))["videoProvider"] == "s3"


async def test_a_missing_original_fails_at_once(service: Service, tmp_path: Path) -> None:
    """Mux is not asked for what is not there."""
    lesson_id = await lesson_in_s3(service, clip(tmp_path))
    (source,) = await service.rows("SELECT s3_key FROM uploads WHERE provider = 's3'")
    await storage_of(service).delete(source["s3_key"])
    failed = await settled(service, await plan(service, lesson_id))
    assert (failed.state, failed.reason) == ("failed", "the original is not in S3")
    assert await service.mux.assets() == []


async def test_a_newer_video_supersedes_the_transfer(service: Service, tmp_path: Path) -> None:
    """The author brings another video while Mux works: that one plays, and the copy is not kept."""
    lesson_id = await lesson_in_s3(service, clip(tmp_path))
    migration_id = await plan(service, lesson_id)
    moving = engine(service)
    while (await one(service, migration_id)).state != "processing":
        await moving.run_due(migration_id=migration_id, concurrency=1)
    newer = clip(tmp_path, name="newer.mp4").read_bytes()
    files = {"video": ("newer.mp4", newer, "video/mp4")}
    await service.must("POST", f"/api/courses/lessons/{lesson_id}/upload-video", files=files)
    ended = await settled(service, migration_id)
    assert ended.state == "superseded"
    assert (await service.lesson(lesson_id))["videoProvider"] == "s3"
    (copy,) = await service.rows("SELECT discarded FROM uploads WHERE id = $1", ended.copy_id)
    assert copy["discarded"]


async def test_a_deleted_lesson_supersedes_the_transfer(service: Service, tmp_path: Path) -> None:
    """Also before Mux was asked: then it never is."""
    lesson_id = await lesson_in_s3(service, clip(tmp_path))
    migration_id = await plan(service, lesson_id)
    async with transaction(service.pool) as conn:
        lesson = await store.lock_lesson(conn, lesson_id)
        assert lesson is not None
        await changes.delete_lesson(conn, lesson)
    assert (await settled(service, migration_id)).reason == "the lesson was deleted"
    assert await service.mux.assets() == []


async def test_a_paused_migration_rests_and_a_batch_is_a_bound(service: Service, tmp_path: Path) -> None:
    """Row B2: while it is paused nobody takes anything up; running, no more than a batch is at Mux at once."""
    video = clip(tmp_path)
    lessons = [await lesson_in_s3(service, video) for _ in range(3)]
    migration_id = await plan(service, *lessons)
    moving = engine(service)
    async with transaction(service.pool) as conn:
        await store_transfers.set_migration_state(conn, migration_id, "paused")
    assert await moving.run_due(migration_id=migration_id, concurrency=4) == 0
    async with transaction(service.pool) as conn:
        await store_transfers.set_migration_state(conn, migration_id, "running")
    assert await moving.run_due(migration_id=migration_id, concurrency=4, batch=2) == 2
    assert len(await service.mux.assets()) == 2
    assert {one.state for one in await run_until_settled(service, migration_id)} == {"migrated"}


async def test_what_was_claimed_is_nobody_else_s_until_its_lease_ends(service: Service, tmp_path: Path) -> None:
    """Two claims at once share nothing, and what its holder never put down is taken up again."""
    video = clip(tmp_path)
    migration_id = await plan(service, *[await lesson_in_s3(service, video) for _ in range(2)])
    claimed: list[list[Transfer]] = []
    for lease_s in (0.5, 0.5):
        async with transaction(service.pool) as conn:
            claimed.append(await store_due.claim(conn, migration_id, lease_s=lease_s, limit=5, batch=None))
    assert [len(rows) for rows in claimed] == [2, 0]
    assert {one.state for one in await run_until_settled(service, migration_id)} == {"migrated"}


async def test_a_source_moves_once(service: Service, tmp_path: Path) -> None:
    """Row B2: a second plan leaves out what is on its way or there already, and takes what failed."""
    lesson_id = await lesson_in_s3(service, clip(tmp_path))
    await service.mux.fail_transcodes()
    first = await plan(service, lesson_id)
    with pytest.raises(AssertionError):
        await plan(service, lesson_id)
    assert (await settled(service, first)).state == "failed"
    assert (await settled(service, await plan(service, lesson_id))).state == "migrated"
    with pytest.raises(AssertionError):
        await plan(service, lesson_id)


async def test_captions_and_progress_stay_with_the_lesson(service: Service, tmp_path: Path) -> None:
    """Row B7: the copy gets the captions; there and back the video's revision is the same, so no progress is lost."""
    lesson_id = await lesson_in_s3(service, clip(tmp_path))
    text = "WEBVTT\n\n00:00.000 --> 00:00.900\nGood morning.\n"
    body = {"languageCode": "en", "name": "English", "vtt": text}
    await service.must("POST", f"/api/lessons/{lesson_id}/captions", json=body)
    moved = await settled(service, await plan(service, lesson_id))
    parts = engine(service)
    captioning = Captioning(service.pool, parts.storage, parts.mux, service.settings)
    async with asyncio.timeout(30):
        while True:
            await captioning.turn()
            (asset,) = await assets_of(service.mux, moved.copy_id)
            texts = [track for track in asset["tracks"] if track["type"] == "text" and track["status"] == "ready"]
            if texts:
                break
            await asyncio.sleep(0.1)
    assert [track["language_code"] for track in texts] == ["en"]
    assert (await rollback_of(service).one(moved.id)).refused is None  # type: ignore[union-attr]
    events = [event for event in await service.outbox(lesson_id) if event["topic"] == "asset.ready"]
    assert [event["provider"] for event in events] == ["s3", "mux", "s3"]
    assert {event["video_revision"] for event in events} == {1}
    assert [event["replaced"] for event in events] == [None] * 3
    listed = await service.must("GET", f"/api/lessons/{lesson_id}/captions")
    assert [caption["languageCode"] for caption in listed["captions"]] == ["en"]


async def test_what_the_source_does_not_tell_is_named(service: Service, tmp_path: Path) -> None:
    """Row B3: a Matroska file has no header that we read: the proof says so, and the other checks still stood."""
    lesson_id = await lesson_in_s3(service, clip(tmp_path, name="clip.mkv"))
    moved = await settled(service, await plan(service, lesson_id))
    assert moved.state == "migrated"
    assert moved.verified is not None
    assert moved.verified["unknown"] == ["duration", "tracks"]
    assert moved.verified["firstSegment"]["bytes"] > 0


async def test_without_a_signing_key_nothing_flips(service: Service, tmp_path: Path) -> None:
    """Row B3: nobody can look at a signed copy without it; the transfer waits, and says for what."""
    migration_id = await plan(service, await lesson_in_s3(service, clip(tmp_path)))
    keyless = engine(service)
    keyless.settings = service.settings.model_copy(update={"mux_signing_key": None})
    async with asyncio.timeout(60):
        while (waiting := await one(service, migration_id)).attempts == 0:
            await keyless.run_due(migration_id=migration_id, concurrency=1)
            await asyncio.sleep(0.05)
    assert waiting.state == "processing"
    assert (waiting.reason or "").startswith("MUX_SIGNING_KEY")
    assert (await settled(service, migration_id)).state == "migrated"
