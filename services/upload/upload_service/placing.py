"""Where a lesson's video is sent: to Mux, or to S3 while Mux is away."""

from dataclasses import dataclass

from fastapi import Request

from servicekit.auth import Principal
from servicekit.database import transaction
from servicekit.errors import Forbidden
from upload_service import access, changes, placement, store
from upload_service.courses import pool_of
from upload_service.errors import LessonNotFound, MuxUnauthorized, MuxUnavailable
from upload_service.fallback import Fallback
from upload_service.identifiers import new_upload_id
from upload_service.lesson_videos import LessonVideos
from upload_service.lifecycle import ProgressWish, Upload
from upload_service.mux import MuxService
from upload_service.schemas import UploadUrl
from upload_service.settings import Settings
from upload_service.storage_connection import NoStorage, needed
from upload_service.upload_schemas import Placed


@dataclass(frozen=True, slots=True)
class Declared:
    """What its author says of a video. `size` in bytes."""

    content_type: str
    size: int


def declared(filename: str, content_type: str | None, size: int) -> Declared | None:
    """A video, or None where neither the type nor the name says that it is one."""
    told = placement.declared_type(content_type or "", filename)
    return Declared(told, size) if placement.place(told, filename) == "mux" else None


async def video(
    request: Request,
    principal: Principal,
    lesson_id: str,
    declared: Declared | None,
    progress: ProgressWish = "auto",
) -> UploadUrl | Placed:
    """Mux's address, or, while Mux is away, S3's for a video of which enough is known.

    Raises Forbidden, LessonNotFound, NotTheOwner, and what MuxService raises.
    """
    settings: Settings = request.app.state.settings
    if declared is not None:
        refusal = placement.refusal(settings.video_limits, principal.roles, "video/*", declared.size)
        if refusal is not None:
            raise Forbidden(refusal)
    try:
        return await _to_mux(request, principal, lesson_id, progress)
    except MuxUnavailable as outage:
        hidden = declared is None or isinstance(request.app.state.storage, NoStorage)
        if hidden or isinstance(outage, MuxUnauthorized):
            raise
        assert declared is not None
        return await _to_s3(request, principal, lesson_id, declared, progress)


def fallback_of(request: Request) -> Fallback:
    state = request.app.state
    return Fallback(LessonVideos(pool_of(request), needed(state.storage), state.settings))


async def _to_mux(request: Request, principal: Principal, lesson_id: str, progress: ProgressWish) -> UploadUrl:
    settings: Settings = request.app.state.settings
    mux: MuxService = request.app.state.mux
    async with transaction(pool_of(request), readonly=True) as conn:
        lesson, course = await access.own_lesson(conn, principal, lesson_id)
    upload_id = new_upload_id()
    made = await mux.create_upload(
        cors_origin=settings.upload_origin,
        policy=course.policy,
        lesson_id=lesson.id,
        external_id=str(upload_id),
        title=lesson.title,
        creator_id=course.owner_id,
        timeout_s=settings.mux_upload_timeout_s,
    )
    async with transaction(pool_of(request)) as conn:
        locked = await store.lock_lesson(conn, lesson.id)
        if locked is None or locked.deleted:
            raise LessonNotFound()
        upload = Upload(upload_id, policy=course.policy, mux_upload_id=made.id, progress=progress)
        await changes.add_upload(conn, locked, upload)
    return UploadUrl(upload_url=made.url, upload_id=upload_id, provider="mux")


async def _to_s3(
    request: Request, principal: Principal, lesson_id: str, declared: Declared, progress: ProgressWish
) -> Placed:
    upload, where = await fallback_of(request).begin(
        principal, lesson_id, content_type=declared.content_type, size=declared.size, progress=progress
    )
    return Placed.in_s3(where, upload_id=upload.id)
