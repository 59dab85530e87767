"""A lesson's captions over HTTP, for its author."""

from fastapi import APIRouter, Request

from servicekit.auth import CurrentPrincipal
from servicekit.database import transaction
from servicekit.http import COMMON_PROBLEMS
from upload_service import access, store_captions
from upload_service.captions import Track, TrackStatus
from upload_service.courses import pool_of
from upload_service.schemas import LessonId, LessonView, Wire

router = APIRouter(prefix="/api", tags=["lessons"], responses=COMMON_PROBLEMS)


class CaptionView(Wire):
    """`source` is Mux's: uploaded, embedded, generated_vod … `error` says why there are none."""

    id: str
    language_code: str | None
    name: str | None
    source: str | None
    status: TrackStatus
    error: str | None

    @classmethod
    def of(cls, track: Track) -> "CaptionView":
        return cls(
            id=track.id,
            language_code=track.language_code,
            name=track.name,
            source=track.source,
            status=track.status,
            error=track.error,
        )


class CaptionList(Wire):
    captions: list[CaptionView]


@router.get("/lessons/{lesson_id}/captions", summary="The captions of a lesson's video, and how each stands")
async def list_captions(request: Request, principal: CurrentPrincipal, lesson_id: LessonId) -> CaptionList:
    async with transaction(pool_of(request), readonly=True) as conn:
        lesson, _ = await access.own_lesson(conn, principal, lesson_id)
        asset_id = LessonView.of(lesson).mux_asset_id
        tracks = await store_captions.tracks_of(conn, asset_id) if asset_id is not None else []
    return CaptionList(captions=[CaptionView.of(track) for track in tracks])
