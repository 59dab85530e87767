"""Where a file belongs, and the way by which a video goes to S3 itself."""

from uuid import UUID

from fastapi import APIRouter, Request

from servicekit.auth import CurrentPrincipal
from servicekit.database import transaction
from servicekit.errors import InvalidPayload
from servicekit.http import COMMON_PROBLEMS, problem_responses
from upload_service import access, placement, placing
from upload_service.courses import pool_of
from upload_service.file_routes import files_of
from upload_service.file_schemas import FileBody
from upload_service.form_file import boundary_of, first_file
from upload_service.lesson_videos import LessonVideos
from upload_service.placing import fallback_of
from upload_service.schemas import LessonId, UploadView, Wish
from upload_service.storage_connection import needed
from upload_service.upload_schemas import Placed, UploadBody, VideoStored

router = APIRouter(prefix="/api", tags=["videos"], responses=COMMON_PROBLEMS)

VIDEO_PATH = "/upload-video"

_FORM = {
    "content": {
        "multipart/form-data": {
            "schema": {
                "type": "object",
                "required": ["video"],
                "properties": {"video": {"type": "string", "format": "binary"}},
            }
        }
    },
    "required": True,
}


@router.post("/uploads", status_code=201, summary="Where a file is to be uploaded: videos to Mux, anything else to S3")
async def place_upload(request: Request, principal: CurrentPrincipal, body: UploadBody) -> Placed:
    content_type = placement.declared_type(body.content_type or "", body.filename)
    if placement.place(content_type, body.filename) == "mux":
        return await _video(request, principal, body)
    file, where = await files_of(request).place(
        principal,
        FileBody(filename=body.filename, content_type=content_type, size=body.size, lesson_id=body.lesson_id),
    )
    return Placed.in_s3(where, file_id=file.id)


async def _video(request: Request, principal: CurrentPrincipal, body: UploadBody) -> Placed:
    if body.lesson_id is None:
        raise InvalidPayload("a video needs the lessonId that it is for")
    declared = placing.declared(body.filename, body.content_type, body.size)
    made = await placing.video(request, principal, body.lesson_id, declared, body.progress)
    if isinstance(made, Placed):
        return made
    return Placed(
        provider=made.provider, upload_url=made.upload_url, method="PUT", headers={}, upload_id=made.upload_id
    )


@router.post(
    "/uploads/{upload_id}/complete",
    summary="Say that a video that went to S3 because Mux was away has arrived",
    responses=problem_responses(409),
)
async def complete_upload(request: Request, principal: CurrentPrincipal, upload_id: UUID) -> UploadView:
    """Its first bytes are looked at: `ready`, or `failed` with the reason. Asking again answers the same."""
    return UploadView.of(await fallback_of(request).complete(principal, upload_id))


@router.post(
    "/courses/lessons/{lesson_id}" + VIDEO_PATH,
    summary="A lesson's video straight into S3, as a form with a file",
    openapi_extra={"requestBody": _FORM},
    responses=problem_responses(415),
)
async def upload_video(
    request: Request, principal: CurrentPrincipal, lesson_id: LessonId, progress: Wish = "auto"
) -> VideoStored:
    """Streamed: the file is never whole in memory or on disk. The lesson plays it as soon as this has answered."""
    state = request.app.state
    videos = LessonVideos(pool_of(request), needed(state.storage), state.settings)
    async with transaction(videos.pool, readonly=True) as conn:
        await access.own_lesson(conn, principal, lesson_id)
    boundary = boundary_of(request.headers.get("content-type"))
    address = await videos.take(principal, lesson_id, await first_file(request.stream(), boundary), progress=progress)
    return VideoStored(success=True, video_url=address)
