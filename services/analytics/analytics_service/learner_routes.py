"""What is kept of a learner: all of it, for the learner or an administrator."""

from datetime import UTC, datetime
from typing import Any

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel

from analytics_service import store_erasure
from analytics_service.routes import Id
from servicekit.auth import CurrentPrincipal
from servicekit.database import transaction
from servicekit.errors import Forbidden

router = APIRouter(prefix="/api/analytics", tags=["learners"])


class Export(BaseModel):
    """What is kept of a learner: rows as they are kept, by table."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, frozen=True)

    learner_id: str
    exported_at: datetime
    tables: dict[str, list[dict[str, Any]]]


@router.get(
    "/learners/{learner_id}/export",
    summary="Everything that this service keeps of a learner: the caller, or for an administrator anybody",
)
async def export_learner(request: Request, learner_id: Id, principal: CurrentPrincipal) -> Export:
    """Of one moment, read as the learner: no other row can slip in."""
    if not principal.is_admin and principal.user_id != learner_id:
        raise Forbidden("only the learner or an administrator exports a learner's data")
    async with transaction(request.app.state.pool, acting_as=learner_id, readonly=True) as conn:
        tables = await store_erasure.everything(conn, learner_id)
    return Export(learner_id=learner_id, exported_at=datetime.now(UTC), tables=tables)
