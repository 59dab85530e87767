"""Migrations over HTTP, for admins: planned or dry, run by the worker, watched, held, taken back, cleaned up."""

import asyncio
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Body, Depends, Query, Request, Response

from servicekit.auth import CurrentPrincipal, require_roles
from servicekit.database import transaction
from servicekit.errors import Conflict, Unavailable
from servicekit.http import COMMON_PROBLEMS, problem_responses
from upload_service import importing, store_migrations, store_transfers
from upload_service.courses import pool_of
from upload_service.migration_schemas import (
    MigrationBody,
    MigrationList,
    MigrationView,
    PlanView,
    RollbackBody,
    TransferList,
    TransferView,
)
from upload_service.preparing import Preparing
from upload_service.recording import Terms
from upload_service.rollback import Rollback
from upload_service.selection import Selection
from upload_service.settings import Settings
from upload_service.storage_connection import needed
from upload_service.store_transfers import Migration
from upload_service.transfers import OPEN, STATES, State

router = APIRouter(
    prefix="/api/migrations",
    tags=["migrations"],
    responses=COMMON_PROBLEMS,
    dependencies=[Depends(require_roles("admin"))],
)

_PAGE = 50
_DRY_RUN_S = 50

MigrationId = UUID


def preparing_of(request: Request) -> Preparing:
    state = request.app.state
    return Preparing(pool_of(request), needed(state.storage), state.settings)


@router.post(
    "",
    status_code=202,
    summary="Move videos from S3, or from addresses, to Mux; or, as a dry run, tell what would move and cost",
    responses={
        200: {"model": PlanView, "description": "A dry run's plan; nothing was changed"},
        **problem_responses(415, 502),
    },
)
async def create_migration(
    request: Request, response: Response, principal: CurrentPrincipal, body: MigrationBody
) -> MigrationView | PlanView:
    """The worker plans and runs it: ask for it by its `id`. Addresses are checked before this answers."""
    settings: Settings = request.app.state.settings
    preparing = preparing_of(request)
    videos = await importing.checked(
        [(video.lesson_id, video.url) for video in body.videos], request.app.state.import_rules
    )
    chosen = Selection(
        courses=tuple(body.courses), lessons=tuple(body.lessons), prefix=body.prefix, into=body.course, videos=videos
    )
    await preparing.check(chosen)
    if body.dry_run:
        response.status_code = 200
        return await _dry(preparing, chosen, body)
    terms = Terms(
        batch=body.batch or settings.migration_batch,
        concurrency=body.concurrency or settings.migration_concurrency,
        grace_s=settings.migration_grace_s if body.grace_seconds is None else body.grace_seconds,
    )
    made = await preparing.begin(
        chosen, terms, created_by=principal.user_id, runner="worker", views=body.views_per_month
    )
    response.headers["Location"] = f"/api/migrations/{made.id}"
    return MigrationView.of(made, dict.fromkeys(STATES, 0))


async def _dry(preparing: Preparing, chosen: Selection, body: MigrationBody) -> PlanView:
    try:
        async with asyncio.timeout(_DRY_RUN_S):
            found = await preparing.look(chosen, inspect=body.inspect)
    except TimeoutError:
        raise Unavailable(
            "this plan takes longer than a request may: narrow it, leave out inspect, or use seatime-migrate plan"
        ) from None
    return PlanView.whole(found, preparing.settings, views=body.views_per_month)


@router.get("", summary="Migrations, the newest first")
async def list_migrations(request: Request, before: UUID | None = None) -> MigrationList:
    async with transaction(pool_of(request), readonly=True) as conn:
        found = await store_transfers.migrations(conn, limit=_PAGE + 1, before=before)
        page = found[:_PAGE]
        views = [MigrationView.of(one, await store_transfers.counts(conn, one.id)) for one in page]
    return MigrationList(migrations=views, next=page[-1].id if len(found) > _PAGE else None)


@router.get("/{migration_id}", summary="How a migration stands: its plan in figures, and how many are in each state")
async def get_migration(request: Request, migration_id: MigrationId) -> MigrationView:
    return await _view(request, migration_id)


@router.get("/{migration_id}/transfers", summary="A migration's videos, one by one")
async def list_transfers(
    request: Request,
    migration_id: MigrationId,
    state: Annotated[State | None, Query(description="Only those in this state.")] = None,
    after: UUID | None = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> TransferList:
    await preparing_of(request).migration(migration_id)
    states = STATES if state is None else (state,)
    async with transaction(pool_of(request), readonly=True) as conn:
        found = await store_transfers.rows(conn, migration_id, after, limit + 1, states=states)
    page = found[:limit]
    return TransferList(
        transfers=[TransferView.of(one) for one in page], next=page[-1].id if len(found) > limit else None
    )


@router.post(
    "/{migration_id}/pause", summary="Begin nothing more until it is resumed", responses=problem_responses(409)
)
async def pause_migration(request: Request, migration_id: MigrationId) -> MigrationView:
    """What is at Mux already stays there, and is looked at after the resume."""
    return await _turn(request, migration_id, "running", "paused")


@router.post("/{migration_id}/resume", summary="Go on with a paused migration", responses=problem_responses(409))
async def resume_migration(request: Request, migration_id: MigrationId) -> MigrationView:
    return await _turn(request, migration_id, "paused", "running")


async def _turn(
    request: Request, migration_id: UUID, before: store_transfers.MigrationState, after: store_transfers.MigrationState
) -> MigrationView:
    async with transaction(pool_of(request)) as conn:
        migration = await store_migrations.lock(conn, migration_id)
        if migration.state not in (before, after):
            raise Conflict(f"the migration is {migration.state}")
        await store_transfers.set_migration_state(conn, migration_id, after)
    return await _view(request, migration_id)


@router.post(
    "/{migration_id}/rollback",
    status_code=202,
    summary="Back to S3, within the grace: one lesson at once, all by the worker",
    responses=problem_responses(409),
)
async def roll_back(
    request: Request, migration_id: MigrationId, body: Annotated[RollbackBody | None, Body()] = None
) -> MigrationView:
    """Lessons whose grace is over stay at Mux. What is not migrated yet is given up."""
    if body is not None and body.lesson_id is not None:
        await _lesson_back(request, migration_id, body.lesson_id)
        return await _view(request, migration_id)
    async with transaction(pool_of(request)) as conn:
        migration = await store_migrations.lock(conn, migration_id)
        counts = await store_transfers.counts(conn, migration_id)
        kept = await store_migrations.kept(conn, migration_id)
        if not kept.within and not any(counts[state] for state in OPEN) and migration.plan.get("planned"):
            raise Conflict("nothing can be brought back" + (": the grace is over" if kept.due else ""))
        await store_transfers.set_migration_state(conn, migration_id, "rolling_back")
        await store_migrations.mark(conn, migration_id, {"rollback": "worker", "planned": True})
    return await _view(request, migration_id)


async def _lesson_back(request: Request, migration_id: UUID, lesson_id: str) -> None:
    await preparing_of(request).migration(migration_id)
    async with transaction(pool_of(request), readonly=True) as conn:
        transfer_id = await store_migrations.migrated_of_lesson(conn, lesson_id, migration_id)
    if transfer_id is None:
        raise Conflict("the lesson was not migrated by this migration, or was rolled back")
    back = await Rollback(pool_of(request), request.app.state.storage).one(transfer_id)
    if back is None or back.refused is not None:
        raise Conflict(back.refused if back is not None else "the transfer is gone")


@router.post(
    "/{migration_id}/cleanup",
    status_code=202,
    summary="Delete the originals whose grace is over, each after another look at its copy",
    responses=problem_responses(409),
)
async def clean_up(request: Request, migration_id: MigrationId) -> MigrationView:
    async with transaction(pool_of(request)) as conn:
        await store_migrations.lock(conn, migration_id)
        kept = await store_migrations.kept(conn, migration_id)
        if not kept.due:
            until = f": the next grace ends at {kept.next_at.isoformat()}" if kept.next_at is not None else ""
            raise Conflict(f"no original may be deleted{until}")
        await store_migrations.mark(conn, migration_id, {"cleaning": True})
    return await _view(request, migration_id)


async def _view(request: Request, migration_id: UUID) -> MigrationView:
    migration: Migration = await preparing_of(request).migration(migration_id)
    async with transaction(pool_of(request), readonly=True) as conn:
        return MigrationView.of(migration, await store_transfers.counts(conn, migration_id))
