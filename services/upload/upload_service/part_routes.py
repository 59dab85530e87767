"""A video that goes to S3 in parts: their addresses, what has arrived, and giving it up."""

from uuid import UUID

from fastapi import APIRouter, Request, Response

from servicekit.auth import CurrentPrincipal
from servicekit.http import COMMON_PROBLEMS, problem_responses
from upload_service.placing import fallback_of
from upload_service.upload_schemas import PartAddresses, PartArrived, PartsBody, PartsView

router = APIRouter(prefix="/api/uploads", tags=["videos"], responses=COMMON_PROBLEMS)


@router.post(
    "/{upload_id}/parts", summary="Addresses to which parts of a video are sent", responses=problem_responses(409)
)
async def sign_parts(request: Request, principal: CurrentPrincipal, upload_id: UUID, body: PartsBody) -> PartAddresses:
    signed, expires_at = await fallback_of(request).addresses(principal, upload_id, body.numbers)
    return PartAddresses.of(signed, expires_at)


@router.get(
    "/{upload_id}/parts",
    summary="Which parts of a video have arrived, so that only the others are sent",
    responses=problem_responses(409),
)
async def list_parts(request: Request, principal: CurrentPrincipal, upload_id: UUID) -> PartsView:
    found, arrival = await fallback_of(request).arrived(principal, upload_id)
    cut = found.object.cut
    return PartsView(
        upload_id=upload_id,
        lesson_id=found.record.lesson_id,
        status=found.record.upload.known.status,
        size=cut.size,
        part_size=cut.part_size,
        count=cut.count,
        assembled=arrival.assembled,
        parts=[PartArrived.of(part) for part in arrival.parts],
    )


@router.delete(
    "/{upload_id}",
    status_code=204,
    summary="Give up an upload that is on its way to S3",
    responses=problem_responses(409),
)
async def cancel_upload(request: Request, principal: CurrentPrincipal, upload_id: UUID) -> Response:
    await fallback_of(request).cancel(principal, upload_id)
    return Response(status_code=204)
