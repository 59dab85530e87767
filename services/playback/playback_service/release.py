"""Giving a lease back: a player that goes away says so, by beacon, with nothing but its watch grant."""

import time
from typing import Annotated

from fastapi import APIRouter, Path, Request, Response
from pydantic import ValidationError

from playback_service import store_leases
from playback_service.configured import needed
from playback_service.lease import release
from playback_service.models import ID_PATTERN, Release
from servicekit.database import transaction
from servicekit.http import invalid_payload

router = APIRouter(tags=["playback"])


@router.post(
    "/api/videos/{lessonId}/playback/release",
    status_code=204,
    summary="The player has gone: its place among the learner's devices is free",
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {
                media_type: {"schema": Release.model_json_schema()} for media_type in ("application/json", "text/plain")
            },
        }
    },
)
async def release_lease(
    request: Request, lesson_id: Annotated[str, Path(pattern=ID_PATTERN, alias="lessonId")]
) -> Response:
    """The watch grant is the right to do this, so no bearer token is needed. JSON, also where it comes as text/plain.

    204 whether or not there was such a lease; 403 for what is no grant of this lesson. A refresh afterwards asks for a
    place anew.
    """
    state = request.app.state
    try:
        grant = Release.model_validate_json(await request.body()).watch_grant
    except ValidationError as error:
        raise invalid_payload(error.errors(include_url=False, include_context=False)) from None
    learner_id, session = needed(state.issuer).bearer_of(grant, lesson_id=lesson_id, now=time.time())
    async with transaction(state.pool) as conn:
        held = await store_leases.lock(conn, [learner_id])
        left = release(held[learner_id], session.session_id)
        if len(left) != len(held[learner_id]):
            await store_leases.save(conn, {learner_id: left})
    return Response(status_code=204)
