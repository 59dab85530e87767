"""The HTTP edge of playback sessions: where a learner watched a lesson, and which of them are over."""

import time
from typing import Annotated

from fastapi import APIRouter, Path, Query

from contracts.event import Id
from progress_service import store_sessions, store_views
from progress_service.ledger import moment
from progress_service.routes import LessonNotFound, PathId, PoolOf
from progress_service.schemas import SessionOut, SessionsOut
from progress_service.sessions import Playback, ended
from progress_service.store_evidence import act_as
from servicekit.auth import CurrentPrincipal
from servicekit.database import transaction
from servicekit.errors import Forbidden

_MOST = 200

router = APIRouter(prefix="/api/progress", tags=["progress"])


@router.get(
    "/lessons/{lessonId}/sessions",
    summary="The playback sessions of a lesson: the caller's, or for owner and administrator a learner's",
)
async def lesson_sessions(
    lesson_id: Annotated[PathId, Path(alias="lessonId")],
    principal: CurrentPrincipal,
    pool: PoolOf,
    learner: Annotated[Id | None, Query(description="Whose; the caller's if left out.")] = None,
) -> SessionsOut:
    whose = learner or principal.user_id
    async with transaction(pool, readonly=True) as conn:
        owner = await store_views.lesson_owner(conn, lesson_id)
        if whose != principal.user_id and not principal.is_admin and (owner is None or owner[1] != principal.user_id):
            raise Forbidden("only the course's owner or an administrator sees the sessions of others")
        if owner is None:
            raise LessonNotFound(lesson_id)
        await act_as(conn, whose)
        found = await store_sessions.playbacks(conn, whose, lesson_id, limit=_MOST)
    now_ms = time.time_ns() // 1_000_000
    return SessionsOut(lesson_id=lesson_id, learner_id=whose, sessions=[_out(one, now_ms) for one in found])


def _out(session: Playback, now_ms: int) -> SessionOut:
    end = ended(session, now_ms)
    return SessionOut(
        session_id=str(session.session_id),
        attempt=session.attempt,
        began_at=moment(session.granted_at_ms),
        last_beat_at=moment(session.last_beat_ms) if session.last_beat_ms is not None else None,
        beats=session.beats,
        closed=end is not None,
        closed_at=moment(end.at_ms) if end is not None else None,
        closed_because=end.how if end is not None else None,
    )
