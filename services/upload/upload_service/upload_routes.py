"""Where a file belongs, and the way by which a video goes to S3 itself."""

from datetime import datetime
from uuid import UUID

from fastapi import APIRouter, Request
from pydantic import Field

from servicekit.auth import CurrentPrincipal
from servicekit.database import transaction
from servicekit.errors import Forbidden, InvalidPayload
from servicekit.http import COMMON_PROBLEMS, problem_responses
from upload_service import access, fallback, placement, routes
from upload_service.courses import pool_of
from upload_service.errors import MuxUnauthorized, MuxUnavailable
from upload_service.fallback import Fallback
from upload_service.file_routes import files_of
from upload_service.file_schemas import ContentType, FileBody, Filename
from upload_service.form_file import boundary_of, first_file
from upload_service.lesson_videos import LessonVideos
from upload_service.lifecycle import Provider
from upload_service.schemas import IdOrNumber, LessonId, UploadUrlBody, UploadView, Wire
from upload_service.settings import Settings
from upload_service.storage_connection import NoStorage, needed

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


class UploadBody(Wire):
    """What is to be uploaded. A video needs the lesson that it is for; without a type the name decides."""

    filename: Filename
    content_type: ContentType | None = None
    size: int = Field(ge=1, le=2**43)
    lesson_id: IdOrNumber | None = None


class Placed(Wire):
    """Where to send it: a video in chunks to Mux (ask by `uploadId`), anything else to S3 (complete by `fileId`).

    While Mux is away a video goes to S3 in one piece: send it as `method` and `headers` say, complete it by `uploadId`.
    """

    provider: Provider
    upload_url: str
    method: str
    headers: dict[str, str]
    upload_id: UUID | None = None
    file_id: UUID | None = None
    expires_at: datetime | None = None


class VideoStored(Wire):
    success: bool
    video_url: str


@router.post("/uploads", status_code=201, summary="Where a file is to be uploaded: videos to Mux, anything else to S3")
async def place_upload(request: Request, principal: CurrentPrincipal, body: UploadBody) -> Placed:
    content_type = placement.declared_type(body.content_type or "", body.filename)
    if placement.place(content_type, body.filename) == "mux":
        return await _video(request, principal, body, content_type)
    file, address = await files_of(request).begin(
        principal,
        FileBody(filename=body.filename, content_type=content_type, size=body.size, lesson_id=body.lesson_id),
    )
    return Placed(
        provider="s3",
        upload_url=address.url,
        method=address.method,
        headers=dict(address.headers),
        file_id=file.id,
        expires_at=address.expires_at,
    )


async def _video(request: Request, principal: CurrentPrincipal, body: UploadBody, content_type: str) -> Placed:
    settings: Settings = request.app.state.settings
    if body.lesson_id is None:
        raise InvalidPayload("a video needs the lessonId that it is for")
    if (refusal := placement.refusal(settings.video_limits, principal.roles, "video/*", body.size)) is not None:
        raise Forbidden(refusal)
    try:
        made = await routes.create_upload_url(request, principal, UploadUrlBody(lesson_id=body.lesson_id))
    except MuxUnavailable as outage:
        storage = request.app.state.storage
        if isinstance(outage, MuxUnauthorized) or isinstance(storage, NoStorage) or body.size > fallback.MOST_BYTES:
            raise
        return await _video_to_s3(request, principal, body.lesson_id, content_type, body.size)
    return Placed(
        provider=made.provider, upload_url=made.upload_url, method="PUT", headers={}, upload_id=made.upload_id
    )


async def _video_to_s3(
    request: Request, principal: CurrentPrincipal, lesson_id: str, content_type: str, size: int
) -> Placed:
    upload, address = await _fallback(request).begin(principal, lesson_id, content_type=content_type, size=size)
    return Placed(
        provider="s3",
        upload_url=address.url,
        method=address.method,
        headers=dict(address.headers),
        upload_id=upload.id,
        expires_at=address.expires_at,
    )


def _fallback(request: Request) -> Fallback:
    state = request.app.state
    return Fallback(LessonVideos(pool_of(request), needed(state.storage), state.settings))


@router.post(
    "/uploads/{upload_id}/complete",
    summary="Say that a video that went to S3 because Mux was away has arrived",
    responses=problem_responses(409),
)
async def complete_upload(request: Request, principal: CurrentPrincipal, upload_id: UUID) -> UploadView:
    """Its first bytes are looked at: `ready`, or `failed` with the reason. Asking again answers the same."""
    return UploadView.of(await _fallback(request).complete(principal, upload_id))


@router.post(
    "/courses/lessons/{lesson_id}" + VIDEO_PATH,
    summary="A lesson's video straight into S3, as a form with a file",
    openapi_extra={"requestBody": _FORM},
    responses=problem_responses(415),
)
async def upload_video(request: Request, principal: CurrentPrincipal, lesson_id: LessonId) -> VideoStored:
    """Streamed: the file is never whole in memory or on disk. The lesson plays it as soon as this has answered."""
    state = request.app.state
    videos = LessonVideos(pool_of(request), needed(state.storage), state.settings)
    async with transaction(videos.pool, readonly=True) as conn:
        await access.own_lesson(conn, principal, lesson_id)
    boundary = boundary_of(request.headers.get("content-type"))
    address = await videos.take(principal, lesson_id, await first_file(request.stream(), boundary))
    return VideoStored(success=True, video_url=address)
