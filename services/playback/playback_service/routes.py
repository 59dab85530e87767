"""Playback over HTTP. The answer is made here for both ways to it: the framework's, and the short one (`lane.py`)."""

import time
from collections.abc import Mapping
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Path, Query, Request, Response
from starlette.datastructures import State

from playback_service.address import client_address
from playback_service.models import ID_PATTERN, MAX_GRANT, Playback
from playback_service.playback import Asked, Granted
from servicekit.auth import CurrentPrincipal, Principal
from servicekit.lane import JsonBytes

PATH = "/api/videos/{lessonId}/playback"
_FIXED_HEADERS = {"Cache-Control": "no-store"}

router = APIRouter(tags=["playback"])


@router.get(PATH, summary="Signed playback of a lesson, for those who may watch it", response_model=Playback)
async def playback(
    request: Request,
    principal: CurrentPrincipal,
    lesson_id: Annotated[str, Path(pattern=ID_PATTERN, alias="lessonId")],
    refresh: Annotated[
        str | None, Query(max_length=MAX_GRANT, description="The watch grant of the session that goes on.")
    ] = None,
    take_over: Annotated[
        bool,
        Query(
            alias="takeOver",
            description="Where the course allows so many playbacks at once: end the oldest one instead of refusing.",
        ),
    ] = False,
) -> Response:
    """401 for strangers. Whoever has no right gets the same 403 for a lesson that exists and one that does not; 404 is
    for admins, the course's owner and its learners. Then 409 with `processingStatus`, then 403 where the course
    restricts from where its videos are played (`playback-restricted`) or on how many devices (`lease-held`;
    `lease-taken` to the player whose place another has taken), then 429 with `Retry-After`.
    """
    body, headers = await answer(
        request.app.state,
        principal,
        lesson_id,
        refresh,
        peer=request.client.host if request.client else None,
        forwarded_for=", ".join(request.headers.getlist("x-forwarded-for")) or None,
        take_over=take_over,
        referrer=request.headers.get("referer") or request.headers.get("origin"),
        user_agent=request.headers.get("user-agent"),
    )
    return JsonBytes(body, 200, headers)


async def answer(
    state: State,
    principal: Principal,
    lesson_id: str,
    refresh: str | None,
    *,
    peer: str | None,
    forwarded_for: str | None,
    take_over: bool = False,
    referrer: str | None = None,
    user_agent: str | None = None,
) -> tuple[bytes, Mapping[str, str]]:
    """Body and further headers of a playback that is granted. Raises what `Granting.grant` does."""
    asked = Asked(
        principal=principal,
        lesson_id=lesson_id,
        refresh=refresh,
        address=client_address(peer, forwarded_for, state.trusted_proxies),
        now=time.time(),
        take_over=take_over,
        referrer=referrer,
        user_agent=user_agent,
    )
    granted: Granted = await state.granting.grant(asked)
    return orjson.dumps(_body(granted), option=orjson.OPT_UTC_Z), {**_FIXED_HEADERS, **granted.headers}


def _body(granted: Granted) -> dict[str, Any]:
    """In the form of `Playback`."""
    video, addresses, tokens = granted.video, granted.addresses, granted.addresses.tokens
    return {
        "provider": video.provider,
        "playbackId": video.location if video.provider == "mux" else None,
        "videoUrl": addresses.video_url,
        "signedUrl": addresses.signed_url,
        "tokens": tokens
        and {
            "playback": tokens.playback,
            "thumbnail": tokens.thumbnail,
            "storyboard": tokens.storyboard,
            "gif": tokens.gif,
            **({"drm": tokens.drm} if tokens.drm is not None else {}),
        },
        "poster": addresses.poster,
        "storyboard": addresses.storyboard,
        "captions": [
            {"languageCode": caption.language_code, "name": caption.name, "url": caption.url}
            for caption in addresses.captions
        ],
        "duration": video.duration_ms / 1000 if video.duration_ms is not None else None,
        "expiresAt": granted.expires_at,
        "refreshAfter": granted.refresh_after_s,
        "watchGrant": granted.watch_grant,
        "sessionId": granted.session.session_id,
        "watermark": granted.watermark,
        "leaseUntil": granted.lease_until,
        "seekLock": _seek_lock(granted),
    }


def _seek_lock(granted: Granted) -> dict[str, Any] | None:
    if granted.seek_limit_ms is None:
        return None
    session = granted.session
    return {
        "frontier": granted.seek_limit_ms / 1000,
        "videoRevision": session.revision,
        "attempt": session.attempt,
    }
