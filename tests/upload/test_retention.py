"""Retention: what was kept for long enough goes, at Mux and in S3 too, and what is somebody's stays."""

from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID

import pytest

from mux_sim.testing import make_clip
from tests.infra import S3
from tests.upload.conftest import ADMIN, Json, Service, asset_event, upload_event
from tests.upload.stored import storage_of, with_storage
from upload_service.clearing import Clearing
from upload_service.errors import ObjectNotFound
from upload_service.identifiers import new_upload_id
from upload_service.multipart import upload_stream
from upload_service.mux import MuxService
from upload_service.orphans import Orphans
from upload_service.reconcile import Reconciler
from upload_service.retention import EXPIRED, Retention
from upload_service.settings import Settings


@pytest.fixture
def settings(settings: Settings, s3: S3) -> Settings:
    return with_storage(settings, s3).model_copy(update={"orphan_keep_s": 86_400.0})


@pytest.fixture
async def mux_service(service: Service) -> AsyncIterator[MuxService]:
    mux = MuxService(service.settings)
    yield mux
    mux.close()


@pytest.fixture(scope="session")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_clip(tmp_path_factory.mktemp("retention-clips") / "clip.mp4", seconds=1, size="320x180")


def retention(service: Service, mux: MuxService, **changed: object) -> Retention:
    settings = service.settings.model_copy(update=changed)
    return Retention(service.pool, settings, Orphans(service.pool, storage_of(service), mux, settings))


def counted(kind: str) -> float:
    value: float = EXPIRED.labels(kind)._value.get()
    return value


async def replaced(service: Service, *, wish: str = "auto", seconds: float = 30.5) -> str:
    """A lesson whose first video (30.5 s) was replaced; returns its id."""
    lesson_id = await service.make_lesson()
    first = await service.upload_url(lesson_id)
    await service.delivered(asset_event("ready", f"old-{lesson_id}", first["muxUploadId"]))
    body = {"lessonId": lesson_id, "progress": wish}
    made = await service.must("POST", "/api/videos/mux/upload-url", json=body)
    second = await service.must("GET", f"/api/uploads/{made['uploadId']}")
    await service.delivered(asset_event("ready", f"new-{lesson_id}", second["muxUploadId"], duration=seconds))
    return lesson_id


async def statuses(service: Service, lesson_id: str) -> Json:
    rows = await service.rows("SELECT mux_asset_id, status, discarded FROM uploads WHERE lesson_id = $1", lesson_id)
    return {row["mux_asset_id"]: (row["status"], row["discarded"]) for row in rows}


@pytest.mark.parametrize(
    ("wish", "seconds", "progress", "revision"),
    [("auto", 31.5, "carry", 1), ("auto", 31.6, "void", 2), ("carry", 90, "carry", 1), ("void", 30.5, "void", 2)],
)
async def test_a_replacement_is_announced_with_what_becomes_of_progress(
    service: Service, wish: str, seconds: float, progress: str, revision: int
) -> None:
    """Row A14: by length or by the author's word; the lesson's state carries the revision and since when."""
    lesson_id = await replaced(service, wish=wish, seconds=seconds)
    changed, ready = (await service.outbox(lesson_id))[-2:]
    assert (changed["topic"], changed["video_revision"]) == ("lesson.changed", revision)
    assert (changed["revised_at"] is not None) == (revision > 1)
    assert (ready["topic"], ready["progress"], ready["video_revision"]) == ("asset.ready", progress, revision)
    former = {"provider": "mux", "asset_id": f"old-{lesson_id}", "duration_ms": 30_500, "revision": 1}
    assert ready["replaced"] == former
    lesson = await service.lesson(lesson_id)
    assert (lesson["videoRevision"], lesson["revisedAt"] is not None) == (revision, revision > 1)


async def test_a_wish_that_is_none_is_refused(service: Service) -> None:
    """Row A14: nothing else than auto, carry and void."""
    lesson_id = await service.make_lesson()
    body = {"lessonId": lesson_id, "progress": "maybe"}
    assert (await service.ask("POST", "/api/videos/mux/upload-url", json=body)).status_code == 422


async def test_a_replaced_asset_goes_after_its_grace_and_is_announced_when_it_is_gone(
    service: Service, mux_service: MuxService, clip: Path
) -> None:
    """Row A13: kept for the grace; then deleted at Mux; asset.deleted comes when Mux has deleted it, not before."""
    lesson_id = await service.make_lesson()
    assets = []
    for _ in range(2):
        made = await service.upload_url(lesson_id)
        await service.mux.upload_file(made["uploadUrl"], clip)
        told = await service.mux.wait_for_event("video.upload.asset_created", made["muxUploadId"])
        assets.append(told["data"]["asset_id"])
        await service.mux.wait_for_asset(assets[-1])
    reconciler = Reconciler(service.pool, mux_service, service.settings)
    await reconciler.turn()
    old, new = assets
    assert (await service.lesson(lesson_id))["muxAssetId"] == new
    before = counted("replaced_video")
    await retention(service, mux_service, replaced_keep_s=3600).turn()
    assert await statuses(service, lesson_id) == {old: ("ready", False), new: ("ready", False)}
    await retention(service, mux_service, replaced_keep_s=0).turn()
    assert counted("replaced_video") == before + 1
    assert "asset.deleted" not in await service.topics(lesson_id)
    await reconciler.turn()
    assert await statuses(service, lesson_id) == {old: ("deleted", True), new: ("ready", False)}
    assert [asset["id"] for asset in await service.mux.assets()] == [new]
    (gone,) = [event for event in await service.outbox(lesson_id) if event["topic"] == "asset.deleted"]
    assert gone["asset_id"] == old
    assert (await service.lesson(lesson_id))["processingStatus"] == "ready"
    assert (await retention(service, mux_service, replaced_keep_s=0).turn())["replaced_video"] == 0


@pytest.mark.parametrize(
    ("state", "keep", "kept"),
    [
        ("processing", "now()", True),
        ("migrated", "now() + interval '1 day'", True),
        ("migrated", "now() - interval '1 s'", False),
        ("failed", "NULL", False),
    ],
)
async def test_what_a_transfer_may_go_back_to_is_kept(
    service: Service, mux_service: MuxService, state: str, keep: str, kept: bool
) -> None:
    """Row A13: the source of a transfer that is under way or may be rolled back outlives its replacement's grace."""
    lesson_id = await replaced(service)
    await service.pool.execute(
        f"""
        INSERT INTO transfers (id, lesson_id, source_id, copy_id, state, keep_until)
        SELECT gen_random_uuid(), lesson_id, id, gen_random_uuid(), $2, {keep}
        FROM uploads WHERE mux_asset_id = $1
        """,
        f"old-{lesson_id}",
        state,
    )
    await retention(service, mux_service, replaced_keep_s=0).turn()
    assert (await statuses(service, lesson_id))[f"old-{lesson_id}"] == ("ready", not kept)


async def test_the_bodies_of_old_webhooks_go(service: Service, mux_service: MuxService) -> None:
    """Row A13: after their time, parked ones aside; a repetition of an emptied one is still known."""
    lesson_id = await service.make_lesson()
    made = await service.upload_url(lesson_id)
    event = asset_event("ready", "a", made["muxUploadId"])
    await service.delivered(event)
    await service.delivered(asset_event("ready", "stranger", "unknown"))
    assert (await retention(service, mux_service).turn())["webhook_payload"] == 0
    await service.pool.execute("UPDATE mux_events SET received_at = now() - interval '31 days'")
    assert (await retention(service, mux_service).turn())["webhook_payload"] == 1
    rows = await service.rows("SELECT state, payload IS NULL AS emptied FROM mux_events ORDER BY state")
    assert [(row["state"], row["emptied"]) for row in rows] == [("applied", True), ("parked", False)]
    told = len(await service.outbox(lesson_id))
    await service.delivered(event)
    assert len(await service.outbox(lesson_id)) == told


async def test_old_failures_go_when_they_were_followed_by_another_attempt(
    service: Service, mux_service: MuxService
) -> None:
    """Row A13: the reason that an author still sees stays; what came before it goes, first as wanted, then as a row."""
    lesson_id = await service.make_lesson()
    for _ in range(2):
        made = await service.upload_url(lesson_id)
        await service.delivered(upload_event("errored", made["muxUploadId"]))
    await service.pool.execute("UPDATE uploads SET updated_at = now() - interval '31 days'")
    assert (await retention(service, mux_service).turn())["failed_attempt"] == 1
    await service.pool.execute("UPDATE uploads SET updated_at = now() - interval '91 days'")
    assert (await retention(service, mux_service).turn())["deleted_attempt"] == 1
    (left,) = await service.rows("SELECT mux_upload_id FROM uploads WHERE lesson_id = $1", lesson_id)
    assert left["mux_upload_id"] == made["muxUploadId"]
    assert (await service.lesson(lesson_id))["processingStatus"] == "error"


def of_last_week() -> UUID:
    return UUID(int=new_upload_id().int - (8 * 86_400_000 << 80))


async def test_objects_without_a_row_are_told_and_deleted_only_if_asked(
    service: Service, mux_service: MuxService
) -> None:
    """Row A13: old ones under our prefixes; young ones, what has a row, and what is not named by us stays."""
    storage = storage_of(service)

    async def stored(key: str) -> str:
        async def body() -> AsyncIterator[bytes]:
            yield b"x"

        await upload_stream(storage, key, body(), content_type="video/mp4")
        return key

    lesson_id = await service.make_lesson()
    orphan = await stored(f"videos/owner-1/{of_last_week()}")
    young = await stored(f"videos/owner-1/{new_upload_id()}")
    foreign = await stored("videos/owner-1/holiday.mp4")
    ours = of_last_week()
    known = await stored(f"videos/owner-1/{ours}")
    await service.pool.execute(
        "INSERT INTO uploads (id, lesson_id, provider, s3_key) VALUES ($1, $2, 's3', $3)", ours, lesson_id, known
    )
    assert (await retention(service, mux_service).turn())["orphaned_object"] >= 1
    assert (await storage.head(orphan)).size == 1
    assert (await retention(service, mux_service, retention_delete_orphans=True).turn())["orphaned_object"] >= 1
    with pytest.raises(ObjectNotFound):
        await storage.head(orphan)
    for kept in (young, foreign, known):
        assert (await storage.head(kept)).size == 1
        await storage.delete(kept)


async def test_assets_without_a_row_are_told_and_deleted_only_if_asked(
    service: Service, mux_service: MuxService, clip: Path
) -> None:
    """Row A13: those that carry an id of ours; somebody else's assets in the account are not touched."""
    lesson_id = await service.make_lesson()
    foreign = await service.mux.ready_asset(clip)
    named = {"meta": {"external_id": str(of_last_week())}, "passthrough": lesson_id}
    orphan = await service.mux.ready_asset(clip, **named)
    assert (await retention(service, mux_service).turn())["orphaned_asset"] == 1
    assert {asset["id"] for asset in await service.mux.assets()} == {foreign["id"], orphan["id"]}
    assert (await retention(service, mux_service, retention_delete_orphans=True).turn())["orphaned_asset"] == 1
    assert [asset["id"] for asset in await service.mux.assets()] == [foreign["id"]]


async def test_a_kind_that_fails_does_not_hold_up_the_others(service: Service, mux_service: MuxService) -> None:
    """Row A13: while Mux is away, what does not need it is done all the same."""
    lesson_id = await replaced(service)
    await service.mux.fault(status=503)
    done = await retention(service, mux_service, replaced_keep_s=0, mux_attempts=1).turn()
    await service.mux.clear_faults()
    assert (done["replaced_video"], done["orphaned_asset"]) == (1, 0)
    assert (await statuses(service, lesson_id))[f"old-{lesson_id}"] == ("ready", True)


async def test_a_deleted_lesson_s_asset_is_announced_as_gone_when_it_is(
    service: Service, mux_service: MuxService, clip: Path
) -> None:
    """Row A13: the lesson is gone at once, its asset when Mux has deleted it; an S3 object likewise (`Clearing`)."""
    lesson_id = await service.make_lesson()
    made = await service.upload_url(lesson_id)
    await service.mux.upload_file(made["uploadUrl"], clip)
    asset_id = (await service.mux.wait_for_event("video.upload.asset_created", made["muxUploadId"]))["data"]["asset_id"]
    await service.mux.wait_for_asset(asset_id)
    reconciler = Reconciler(service.pool, mux_service, service.settings)
    await reconciler.turn()
    course_id = (await service.lesson(lesson_id))["courseId"]
    await service.must("DELETE", f"/api/courses/{course_id}/lessons/{lesson_id}", ADMIN)
    assert "asset.deleted" not in await service.topics(lesson_id)
    await reconciler.turn()
    assert (await service.topics(lesson_id))[-1] == "asset.deleted"
    assert await service.mux.assets() == []
    await Clearing(service.pool, storage_of(service), service.settings).turn()
