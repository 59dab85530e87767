"""Playback over HTTP."""

import time
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response

from playback_service.address import client_address
from playback_service.deadline import within
from playback_service.models import ID_PATTERN, Playback, PlaybackTokens
from playback_service.playback import Asked, Granted, grant_playback
from servicekit.auth import CurrentPrincipal

router = APIRouter(prefix="/api/videos", tags=["playback"])


@router.get("/{lessonId}/playback", summary="Signed playback of a lesson, for those who may watch it")
async def playback(
    request: Request,
    response: Response,
    principal: CurrentPrincipal,
    lesson_id: Annotated[str, Path(pattern=ID_PATTERN, alias="lessonId")],
    refresh: Annotated[
        str | None, Query(max_length=4096, description="The watch grant of the session that goes on.")
    ] = None,
) -> Playback:
    """401 for strangers. Whoever has no right gets the same 403 for a lesson that exists and one that does not; 404 is
    for admins, the course's owner and its learners. Then 409 with `processingStatus`, then 429 with `Retry-After`.
    """
    state = request.app.state
    asked = Asked(
        principal=principal,
        lesson_id=lesson_id,
        refresh=refresh,
        address=client_address(
            request.client.host if request.client else None,
            request.headers.get("x-forwarded-for"),
            state.trusted_proxies,
        ),
        now=time.time(),
    )
    granted = await within(state.settings.playback_budget_s, grant_playback(state.means, asked))
    response.headers.update(granted.headers)
    response.headers["Cache-Control"] = "no-store"
    return _answer(granted)


def _answer(granted: Granted) -> Playback:
    video, addresses, tokens = granted.video, granted.addresses, granted.addresses.tokens
    return Playback(
        provider=video.provider,
        playback_id=video.location if video.provider == "mux" else None,
        video_url=addresses.video_url,
        signed_url=addresses.signed_url,
        tokens=tokens
        and PlaybackTokens(playback=tokens.playback, thumbnail=tokens.thumbnail, storyboard=tokens.storyboard),
        poster=addresses.poster,
        storyboard=addresses.storyboard,
        duration=video.duration_ms / 1000 if video.duration_ms is not None else None,
        expires_at=granted.grant.expires_at,
        refresh_after=granted.refresh_after_s,
        watch_grant=granted.watch_grant,
        session_id=granted.grant.session_id,
    )
