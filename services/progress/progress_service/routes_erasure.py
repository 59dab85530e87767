"""The HTTP edge of erasing a learner: administrators ask for it, and show its receipt to whoever wants to see it."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import JSONResponse

from progress_service import store_erasure
from progress_service.erasure_receipt import is_complete, receipt
from progress_service.routes import PathId, PoolOf
from progress_service.schemas import ReceiptOut
from progress_service.store_evidence import act_as
from servicekit.auth import CurrentPrincipal, Principal
from servicekit.database import Connection, transaction
from servicekit.errors import Forbidden, NotFound

router = APIRouter(prefix="/api/progress", tags=["learners"])


class ErasureNotFound(NotFound):
    slug, title = "erasure-not-found", "There is no such erasure"


@router.delete(
    "/learners/{learnerId}",
    status_code=202,
    summary="Erase a learner, in all services (administrators)",
    description="Durable with the 202, done soon after; the receipt tells how far it is. Said again, it is the same "
    "erasure, unless the learner has come back since and something was kept: then it is a new one.",
    response_model=ReceiptOut,
)
async def erase_learner(
    learner_id: Annotated[PathId, Path(alias="learnerId")],
    principal: CurrentPrincipal,
    pool: PoolOf,
    request: Request,
    *,
    again: Annotated[
        bool,
        Query(description="A new erasure also where nothing is kept here: of one who has only been enrolled again."),
    ] = False,
) -> JSONResponse:
    _must_be_admin(principal)
    subject_hash = request.app.state.hashing.of(learner_id)
    async with transaction(pool) as conn:
        await act_as(conn, learner_id)
        erasure_id = await store_erasure.latest(conn, subject_hash)
        if erasure_id is None or await _over(conn, erasure_id, learner_id, again=again):
            erasure_id = await store_erasure.request(conn, learner_id, subject_hash)
            erasure_id = erasure_id or await store_erasure.latest(conn, subject_hash)
        document = await _receipt(conn, erasure_id)
    return _signed(request, document, 202)


@router.get(
    "/erasures/{erasureId}",
    summary="The signed receipt of an erasure, complete or not yet (administrators)",
    description="For `seatime-evidence verify`. It names nobody: the learner is a keyed hash.",
    response_model=ReceiptOut,
)
async def erasure_receipt(
    erasure_id: Annotated[UUID, Path(alias="erasureId")], principal: CurrentPrincipal, pool: PoolOf, request: Request
) -> JSONResponse:
    _must_be_admin(principal)
    async with transaction(pool, readonly=True) as conn:
        document = await _receipt(conn, erasure_id)
    return _signed(request, document, 200)


async def _over(conn: Connection, erasure_id: UUID, learner_id: str, *, again: bool) -> bool:
    """Whether another erasure has something to do: never before the last one is complete."""
    return is_complete(await _receipt(conn, erasure_id)) and (again or await store_erasure.known(conn, learner_id))


async def _receipt(conn: Connection, erasure_id: UUID | None) -> dict[str, Any]:
    found = await store_erasure.erasure(conn, erasure_id) if erasure_id is not None else None
    if found is None:
        raise ErasureNotFound(str(erasure_id))
    return receipt(
        found.erasure_id,
        found.subject_hash,
        requested_at=found.requested_at,
        own=found.own,
        unnamed=found.unnamed,
        confirmed=found.confirmed,
    )


def _signed(request: Request, document: dict[str, Any], status: int) -> JSONResponse:
    return JSONResponse(request.app.state.signer.sign(document), status, headers={"Cache-Control": "no-store"})


def _must_be_admin(principal: Principal) -> None:
    """Not the learner: whoever can erase the own time spent could spend it a second time."""
    if not principal.is_admin:
        raise Forbidden("only an administrator erases a learner")
