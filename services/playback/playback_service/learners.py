"""What is kept of a learner, over HTTP: all of it, for the learner or an administrator."""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Path, Request

from playback_service import store_erasure
from playback_service.models import ID_PATTERN, Export
from servicekit.auth import CurrentPrincipal
from servicekit.database import transaction
from servicekit.errors import Forbidden

router = APIRouter(prefix="/api/playback", tags=["learners"])


@router.get(
    "/learners/{learnerId}/export",
    summary="Everything that this service keeps of a learner: the caller, or for an administrator anybody",
)
async def export_learner(
    request: Request,
    learner_id: Annotated[str, Path(pattern=ID_PATTERN, alias="learnerId")],
    principal: CurrentPrincipal,
) -> Export:
    """Rights, grants, leases and limits, table by table and row by row as they are kept, of one moment."""
    if not principal.is_admin and principal.user_id != learner_id:
        raise Forbidden("only the learner or an administrator exports a learner's data")
    async with transaction(request.app.state.pool, readonly=True) as conn:
        tables = await store_erasure.everything(conn, learner_id)
    return Export(learner_id=learner_id, exported_at=datetime.now(UTC), tables=tables)
