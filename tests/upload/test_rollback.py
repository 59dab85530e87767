"""The way back: inside the grace a lesson plays its original again, and the copy goes at Mux."""

from pathlib import Path
from uuid import uuid4

import pytest

from mux_sim.testing import Simulator
from servicekit.database import transaction
from tests.infra import S3
from tests.upload.conftest import Service
from tests.upload.moving import (
    cleaning,
    clip,
    engine,
    lesson_in_s3,
    moving,
    plan,
    rollback_of,
    run_until_settled,
    transfers_of,
)
from tests.upload.stored import storage_of
from upload_service import store_transfers
from upload_service.reconcile import Reconciler
from upload_service.settings import Settings
from upload_service.transfers import Transfer


@pytest.fixture
async def settings(settings: Settings, s3: S3, mux: Simulator) -> Settings:
    return await moving(settings, mux, s3)


async def moved(service: Service, lesson_id: str, **options: int) -> Transfer:
    (transfer,) = await run_until_settled(service, await plan(service, lesson_id, **options))
    assert transfer.state == "migrated"
    return transfer


async def test_a_lesson_plays_its_original_again(service: Service, tmp_path: Path) -> None:
    """Row B5: announced from S3, the asset gone at Mux afterwards, asked twice the same; and it may move again."""
    lesson_id = await lesson_in_s3(service, clip(tmp_path))
    transfer = await moved(service, lesson_id)
    told = len(await service.outbox(lesson_id))
    for _ in range(2):
        done = await rollback_of(service).one(transfer.id)
        assert done is not None
        assert done.refused is None
    lesson = await service.lesson(lesson_id)
    assert (lesson["processingStatus"], lesson["videoProvider"]) == ("ready", "s3")
    events = (await service.outbox(lesson_id))[told:]
    assert [(event["topic"], event.get("provider")) for event in events] == [
        ("lesson.changed", None),
        ("asset.ready", "s3"),
    ]
    await Reconciler(service.pool, engine(service).mux, service.settings).turn()
    assert await service.mux.assets() == []
    again = await moved(service, lesson_id)
    assert again.copy_id != transfer.copy_id
    assert (await service.lesson(lesson_id))["videoProvider"] == "mux"


async def test_a_whole_migration_goes_back(service: Service, tmp_path: Path) -> None:
    """Row B5: page by page, what was migrated; what was on its way is stopped, and nothing of it stays at Mux."""
    video = clip(tmp_path)
    lessons = [await lesson_in_s3(service, video) for _ in range(3)]
    migration_id = await plan(service, *lessons)
    moving = engine(service)
    await moving.run_due(migration_id=migration_id, concurrency=1, batch=1)
    async with transaction(service.pool) as conn:
        await store_transfers.set_migration_state(conn, migration_id, "rolling_back")
    ended = await run_until_settled(service, migration_id)
    assert {one.reason for one in ended} == {"the migration was rolled back"}
    assert await rollback_of(service).page(migration_id, after=None, limit=10, concurrency=2) == []
    await Reconciler(service.pool, moving.mux, service.settings).turn()
    assert await service.mux.assets() == []
    second = await plan(service, *lessons)
    await run_until_settled(service, second)
    back = await rollback_of(service).page(second, after=None, limit=10, concurrency=2)
    assert [one.refused for one in back] == [None] * 3
    assert {one.state for one in await transfers_of(service, second)} == {"rolled_back"}


async def test_without_its_original_or_its_grace_there_is_no_way_back(service: Service, tmp_path: Path) -> None:
    """Row B5: the lesson keeps what plays, and the reason is told."""
    video = clip(tmp_path)
    late = await moved(service, await lesson_in_s3(service, video), grace_s=0)
    assert (await rollback_of(service).one(late.id)).refused == "its grace is over"  # type: ignore[union-attr]
    lesson_id = await lesson_in_s3(service, video)
    lost = await moved(service, lesson_id)
    (source,) = await service.rows("SELECT s3_key FROM uploads WHERE id = $1", lost.source_id)
    await storage_of(service).delete(source["s3_key"])
    assert (await rollback_of(service).one(lost.id)).refused == "the original is not in S3"  # type: ignore[union-attr]
    assert (await service.lesson(lesson_id))["videoProvider"] == "mux"
    assert await rollback_of(service).one(uuid4()) is None


async def test_a_migration_s_originals_go_when_somebody_cleans_up(service: Service, tmp_path: Path) -> None:
    """Row B5: only those whose grace is over, and then there is no way back."""
    video = clip(tmp_path)
    early, late = [await lesson_in_s3(service, video) for _ in range(2)]
    kept, due = await moved(service, early), await moved(service, late, grace_s=0)
    assert await cleaning(service).run_due(migration_id=kept.migration_id, concurrency=2) == 0
    assert await cleaning(service).run_due(migration_id=due.migration_id, concurrency=2) == 1
    (cleaned,) = await transfers_of(service, due.migration_id)
    assert cleaned.state == "cleaned"
    discarded = await service.rows("SELECT id FROM uploads WHERE discarded")
    assert [row["id"] for row in discarded] == [due.source_id]
    assert (await rollback_of(service).one(due.id)).refused == "it is cleaned"  # type: ignore[union-attr]
    assert (await service.lesson(late))["videoProvider"] == "mux"
