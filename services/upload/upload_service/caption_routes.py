"""A lesson's captions over HTTP, for its author."""

from dataclasses import replace
from uuid import UUID

from fastapi import APIRouter, Request, Response

from servicekit.auth import CurrentPrincipal, Principal
from servicekit.http import COMMON_PROBLEMS, problem_responses
from upload_service.caption_schemas import CaptionEdit, CaptionList, CaptionText, CaptionView, NewCaption
from upload_service.courses import pool_of
from upload_service.lesson_captions import LessonCaptions, same_revision
from upload_service.schemas import LessonId
from upload_service.subtitles import Caption

router = APIRouter(
    prefix="/api/lessons/{lesson_id}/captions", tags=["captions"], responses=COMMON_PROBLEMS | problem_responses(409)
)


def _captions_of(request: Request, principal: Principal) -> LessonCaptions:
    return LessonCaptions(pool_of(request), principal)


@router.get("", summary="The captions of a lesson's video, and how each stands")
async def list_captions(request: Request, principal: CurrentPrincipal, lesson_id: LessonId) -> CaptionList:
    """Those that we keep, which have a `revision`, and those that came with the video."""
    kept, others = await _captions_of(request, principal).listed(lesson_id)
    views = [CaptionView.of(shown) for shown in kept] + [CaptionView.of_track(track) for track in others]
    return CaptionList(captions=views)


@router.post("", status_code=201, summary="Upload captions as WebVTT, or have them generated")
async def create_caption(
    request: Request, principal: CurrentPrincipal, lesson_id: LessonId, body: NewCaption
) -> CaptionText:
    """Kept at once, whatever Mux does; `status` says when learners have them. 422 names the line that is no WebVTT."""
    shown = await _captions_of(request, principal).add(
        lesson_id,
        language_code=body.language_code,
        name=body.name or body.language_code,
        closed_captions=body.closed_captions,
        vtt=body.vtt,
    )
    return CaptionText.of(shown)


@router.get("/{caption_id}", summary="Captions with their text")
async def get_caption(
    request: Request, principal: CurrentPrincipal, lesson_id: LessonId, caption_id: UUID
) -> CaptionText:
    return CaptionText.of(await _captions_of(request, principal).one(lesson_id, caption_id))


@router.put("/{caption_id}", summary="Edit captions")
async def edit_caption(
    request: Request, principal: CurrentPrincipal, lesson_id: LessonId, caption_id: UUID, body: CaptionEdit
) -> CaptionText:
    """Learners see the text before until the new one is ready. Generated ones are the author's from then on."""

    def change(before: Caption) -> Caption:
        same_revision(before, body.revision)
        return replace(
            before,
            vtt=body.vtt,
            language_code=body.language_code or before.language_code,
            name=body.name or before.name,
            closed_captions=before.closed_captions if body.closed_captions is None else body.closed_captions,
        )

    return CaptionText.of(await _captions_of(request, principal).edit(lesson_id, caption_id, change))


@router.delete("/{caption_id}", status_code=204, summary="Delete captions, at Mux too")
async def delete_caption(
    request: Request, principal: CurrentPrincipal, lesson_id: LessonId, caption_id: UUID
) -> Response:
    await _captions_of(request, principal).delete(lesson_id, caption_id)
    return Response(status_code=204)
