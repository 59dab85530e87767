"""Files over HTTP. A file is named by its id; the object's key stays inside."""

from uuid import UUID

from fastapi import APIRouter, Request, Response

from servicekit.auth import CurrentPrincipal
from servicekit.http import COMMON_PROBLEMS
from upload_service.courses import pool_of
from upload_service.file_schemas import FileBody, FileUpload, FileView
from upload_service.files import Files
from upload_service.storage_connection import needed

router = APIRouter(prefix="/api/files", tags=["files"], responses=COMMON_PROBLEMS)


def files_of(request: Request) -> Files:
    state = request.app.state
    return Files(pool_of(request), needed(state.storage), state.settings)


@router.post("", status_code=201, summary="A signed address to which the browser uploads a file")
async def create_file(request: Request, principal: CurrentPrincipal, body: FileBody) -> FileUpload:
    file, address = await files_of(request).begin(principal, body)
    return FileUpload.of(file, address)


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
