"""Lessons that play from S3, and the engine that moves them to the simulator."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

from mux_sim.testing import Simulator, make_clip
from servicekit.database import transaction
from tests.infra import S3
from tests.upload.conftest import Json, Service
from tests.upload.stored import storage_of, with_storage
from upload_service import store_transfers
from upload_service.cleaning import Cleaning
from upload_service.rollback import Rollback
from upload_service.settings import Settings
from upload_service.transferring import Transferring
from upload_service.transfers import Transfer, Wanted


async def moving(settings: Settings, mux: Simulator, s3: S3, **changes: Any) -> Settings:
    """Settings with S3, a signing key of the simulator, and short pauses."""
    key = await mux.create_signing_key()
    quick: dict[str, Any] = {
        "mux_signing_key": key["id"],
        "mux_private_key": key["private_key"],
        "mux_stream_base_url": mux.base_url,
        "mux_deadline_s": 5,
        "mux_bulk_patience_s": 1,
        "mux_breaker_rest_s": 1,
        "transfer_lease_s": 6,
        "transfer_poll_s": 0.2,
    }
    return Settings(**(with_storage(settings, s3).model_dump() | quick | changes))


def clip(folder: Path, *, seconds: float = 1, sound: bool = True, name: str = "clip.mp4") -> Path:
    return make_clip(folder / name, seconds=seconds, size="160x90", sound=sound)


async def lesson_in_s3(service: Service, video: Path, *, public: bool = False) -> str:
    """A lesson that plays `video` from S3; returns its id."""
    lesson_id = await service.make_lesson(public=public)
    files = {"video": (video.name, video.read_bytes(), "video/mp4")}
    await service.must("POST", f"/api/courses/lessons/{lesson_id}/upload-video", files=files)
    return lesson_id


async def plan(service: Service, *lesson_ids: str, grace_s: int = 3600) -> UUID:
    """A migration of the videos that these lessons play from S3."""
    rows = await service.rows(
        "SELECT id, lesson_id FROM uploads WHERE lesson_id = ANY($1::text[]) AND provider = 's3'", list(lesson_ids)
    )
    async with transaction(service.pool) as conn:
        migration = await store_transfers.create_migration(
            conn, created_by="admin-1", runner="command", batch=100, concurrency=8, grace_s=grace_s, plan={}
        )
        wanted = [Wanted(row["lesson_id"], row["id"]) for row in rows]
        assert await store_transfers.plan_transfers(conn, migration.id, wanted) == len(rows)
    return migration.id


def engine(service: Service) -> Transferring:
    mux = service.http._transport.app.state.mux  # type: ignore[attr-defined]
    return Transferring(service.pool, storage_of(service), mux, service.settings)


def rollback_of(service: Service) -> Rollback:
    return Rollback(service.pool, storage_of(service))


def cleaning(service: Service) -> Cleaning:
    return Cleaning(service.pool, engine(service).mux, service.settings)


async def transfers_of(service: Service, migration_id: UUID | None) -> list[Transfer]:
    async with transaction(service.pool) as conn:
        return await store_transfers.rows(conn, migration_id, None, 10_000)


async def run_until_settled(service: Service, migration_id: UUID | None, *, within_s: float = 60) -> list[Transfer]:
    """Rounds of the engine until nothing is on its way; the transfers as they ended."""
    moving = engine(service)
    async with asyncio.timeout(within_s):
        while True:
            if not await moving.run_due(migration_id=migration_id, concurrency=4):
                found = await transfers_of(service, migration_id)
                if not any(one.state in ("planned", "asked", "processing") for one in found):
                    return found
                await asyncio.sleep(0.05)


@asynccontextmanager
async def faulty(mux: Simulator, *faults: Json) -> AsyncIterator[None]:
    for fault in faults:
        await mux.fault(**fault)
    try:
        yield
    finally:
        await mux.clear_faults()


async def assets_of(mux: Simulator, copy_id: UUID) -> list[Json]:
    """What the simulator has under a transfer's id."""
    return [asset for asset in await mux.assets() if asset.get("meta", {}).get("external_id") == str(copy_id)]
