"""Files over HTTP. A file is named by its id; the object's key stays inside."""

from uuid import UUID

from fastapi import APIRouter, Request, Response

from servicekit.auth import CurrentPrincipal
from servicekit.http import COMMON_PROBLEMS, problem_responses
from upload_service.courses import pool_of
from upload_service.file_schemas import FileBody, FileUpload, FileView
from upload_service.files import Files
from upload_service.storage_connection import needed
from upload_service.upload_schemas import FilePartsView, PartAddresses, PartArrived, PartsBody

router = APIRouter(prefix="/api/files", tags=["files"], responses=COMMON_PROBLEMS)


def files_of(request: Request) -> Files:
    state = request.app.state
    return Files(pool_of(request), needed(state.storage), state.settings)


@router.post("", status_code=201, summary="A signed address to which the browser uploads a file")
async def create_file(request: Request, principal: CurrentPrincipal, body: FileBody) -> FileUpload:
    file, address = await files_of(request).begin(principal, body)
    return FileUpload.of(file, address)


@router.post(
    "/{file_id}/parts", summary="Addresses to which parts of a large file are sent", responses=problem_responses(409)
)
async def sign_file_parts(
    request: Request, principal: CurrentPrincipal, file_id: UUID, body: PartsBody
) -> PartAddresses:
    files = files_of(request)
    signed, expires_at = await files.addresses(await files.own(principal, file_id), body.numbers)
    return PartAddresses.of(signed, expires_at)


@router.get(
    "/{file_id}/parts",
    summary="Which parts of a large file have arrived, so that only the others are sent",
    responses=problem_responses(409),
)
async def list_file_parts(request: Request, principal: CurrentPrincipal, file_id: UUID) -> FilePartsView:
    files = files_of(request)
    file = await files.own(principal, file_id)
    cut, arrival = await files.arrived(file)
    return FilePartsView(
        file_id=file.id,
        state=file.state,
        size=cut.size,
        part_size=cut.part_size,
        count=cut.count,
        assembled=arrival.assembled,
        parts=[PartArrived.of(part) for part in arrival.parts],
    )


@router.post("/{file_id}/complete", summary="The file is uploaded: is it what it was said to be?")
async def complete_file(request: Request, principal: CurrentPrincipal, file_id: UUID) -> FileView:
    """Answers the state that follows, `refused` with the reason included; may be repeated."""
    files = files_of(request)
    file = await files.complete(await files.own(principal, file_id))
    return FileView.of(file, await files.address(file))


@router.get("/{file_id}", summary="A file, with a signed address that downloads it for a short time")
async def get_file(request: Request, principal: CurrentPrincipal, file_id: UUID) -> FileView:
    files = files_of(request)
    file = await files.own(principal, file_id)
    return FileView.of(file, await files.address(file))


@router.delete("/{file_id}", status_code=204, summary="Delete a file")
async def delete_file(request: Request, principal: CurrentPrincipal, file_id: UUID) -> Response:
    files = files_of(request)
    await files.delete(await files.own(principal, file_id))
    return Response(status_code=204)
