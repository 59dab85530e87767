"""The HTTP edge of a learner's own data: all of it, for the learner or an administrator."""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Path

from progress_service import store_export
from progress_service.routes import PathId, PoolOf
from progress_service.schemas import ExportOut
from progress_service.store_evidence import act_as
from servicekit.auth import CurrentPrincipal
from servicekit.database import transaction
from servicekit.errors import Forbidden

router = APIRouter(prefix="/api/progress", tags=["learners"])


@router.get(
    "/learners/{learnerId}/export",
    summary="Everything that this service keeps of a learner: the caller, or for an administrator anybody",
    description="One consistent moment of the database. Rows are as they are kept: times in epoch ms, media in ms.",
)
async def export_learner(
    learner_id: Annotated[PathId, Path(alias="learnerId")], principal: CurrentPrincipal, pool: PoolOf
) -> ExportOut:
    if not principal.is_admin and principal.user_id != learner_id:
        raise Forbidden("only the learner or an administrator exports a learner's data")
    async with transaction(pool, readonly=True) as conn:
        await store_export.one_moment(conn)
        await act_as(conn, learner_id)
        found = await store_export.everything(conn, learner_id)
    return ExportOut(learner_id=learner_id, exported_at=datetime.now(UTC), **found)
