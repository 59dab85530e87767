"""The HTTP edge of attempts: learners who have to go through a course again. Row and event are one transaction."""

from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter, Path, Request, Response

from contracts import AttemptStarted
from progress_service import store_attempts
from progress_service.ledger import epoch_ms, moment
from progress_service.routes import CourseNotFound, PathId, PoolOf
from progress_service.routes_owners import as_owner
from progress_service.schemas import (
    MAX_LEARNERS,
    AttemptIn,
    AttemptOut,
    AttemptsIn,
    AttemptsOut,
    AttemptsStartedOut,
    AttemptStartedOut,
)
from progress_service.store_attempts import Begun, Outcome
from progress_service.store_evidence import act_as, course_head
from servicekit import outbox
from servicekit.auth import CurrentPrincipal
from servicekit.database import Connection, transaction
from servicekit.errors import Conflict, Forbidden

router = APIRouter(prefix="/api/progress", tags=["attempts"])

CourseId = Annotated[PathId, Path(alias="courseId")]
LearnerId = Annotated[PathId, Path(alias="learnerId")]


class AttemptOutOfTurn(Conflict):
    """`current` is the attempt that the learner is in: the next one can be begun, and that one be told again."""

    slug, title = "attempt-out-of-turn", "That attempt is not the next one"


@router.post(
    "/courses/{courseId}/learners/{learnerId}/attempts",
    status_code=201,
    summary="Have a learner go through the course again (owner, administrator)",
    description="Begins the next attempt. With its number in the body it may be sent again: 200, and the same answer.",
    responses={200: {"model": AttemptStartedOut, "description": "That attempt had begun before."}},
)
async def start_attempt(
    course_id: CourseId,
    learner_id: LearnerId,
    principal: CurrentPrincipal,
    pool: PoolOf,
    *,
    request: Request,
    response: Response,
    wanted: AttemptIn | None = None,
) -> AttemptStartedOut:
    wanted = wanted or AttemptIn()
    async with transaction(pool) as conn:
        await as_owner(conn, course_id, principal)
        await store_attempts.starting(conn, course_id)
        present = (await store_attempts.present(conn, course_id, [learner_id]))[learner_id]
        number = wanted.attempt or present.attempt + 1
        if number == present.attempt:
            response.status_code = 200
            return _started(learner_id, present)
        if number != present.attempt + 1:
            raise AttemptOutOfTurn(f"the learner is in attempt {present.attempt}", current=present.attempt)
        begun = Begun(number, request.app.state.clock(), wanted.reason)
        await _begin(conn, course_id, {learner_id: begun})
    return _started(learner_id, begun)


@router.post(
    "/courses/{courseId}/attempts",
    summary="Have many learners go through the course again, as for a yearly recertification (owner, administrator)",
    description=f"Up to {MAX_LEARNERS} learners at once; all of a page or, if anything fails, none.",
)
async def start_attempts(
    course_id: CourseId, wanted: AttemptsIn, principal: CurrentPrincipal, pool: PoolOf, request: Request
) -> AttemptsStartedOut:
    now_ms = request.app.state.clock()
    since_ms = epoch_ms(wanted.not_since) if wanted.not_since is not None else None
    async with transaction(pool) as conn:
        await as_owner(conn, course_id, principal)
        await store_attempts.starting(conn, course_id)
        learners, more = sorted(set(wanted.learner_ids or ())), None
        if wanted.learner_ids is None:
            after = wanted.after or ""
            learners = await store_attempts.learners_of(conn, course_id, after=after, limit=MAX_LEARNERS + 1)
            if len(learners) > MAX_LEARNERS:
                learners = learners[:MAX_LEARNERS]
                more = learners[-1]
        present = await store_attempts.present(conn, course_id, learners)
        begun = {
            learner: Begun(present[learner].attempt + 1, now_ms, wanted.reason)
            for learner in learners
            if since_ms is None or (present[learner].began_at_ms or 0) < since_ms
        }
        await _begin(conn, course_id, begun)
    started = [_started(learner, one) for learner, one in begun.items()]
    return AttemptsStartedOut(started=started, unchanged=len(learners) - len(started), next=more)


@router.get(
    "/courses/{courseId}/learners/{learnerId}/attempts",
    summary="A learner's attempts at a course, and what came of each (the learner, owner, administrator)",
)
async def attempts(
    course_id: CourseId, learner_id: LearnerId, principal: CurrentPrincipal, pool: PoolOf
) -> AttemptsOut:
    async with transaction(pool, readonly=True) as conn:
        head = await course_head(conn, course_id)
        sees_all = principal.is_admin or (head is not None and head[1] == principal.user_id)
        if principal.user_id != learner_id and not sees_all:
            raise Forbidden("only the learner, the course's owner or an administrator sees attempts")
        if head is None:
            raise CourseNotFound(course_id)
        await act_as(conn, learner_id)
        outcomes = await store_attempts.outcomes(conn, course_id, learner_id)
    present = outcomes[-1].attempt
    return AttemptsOut(
        course_id=course_id,
        learner_id=learner_id,
        attempt=present,
        attempts=[_outcome(one, present) for one in outcomes],
    )


async def _begin(conn: Connection, course_id: str, begun: Mapping[str, Begun]) -> None:
    await store_attempts.begin(conn, course_id, begun)
    await outbox.append(
        conn,
        [
            AttemptStarted(
                learner_id=learner,
                course_id=course_id,
                attempt=one.attempt,
                started_at=moment(one.began_at_ms or 0),
                reason=one.reason,
            )
            for learner, one in begun.items()
        ],
    )


def _started(learner_id: str, begun: Begun) -> AttemptStartedOut:
    began = moment(begun.began_at_ms) if begun.began_at_ms is not None else None
    return AttemptStartedOut(learner_id=learner_id, attempt=begun.attempt, started_at=began, reason=begun.reason)


def _outcome(one: Outcome, present: int) -> AttemptOut:
    return AttemptOut(
        attempt=one.attempt,
        state="completed" if one.completed_at_ms is not None else "running" if one.attempt == present else "superseded",
        started_at=moment(one.began_at_ms) if one.began_at_ms is not None else None,
        reason=one.reason,
        completed_at=moment(one.completed_at_ms) if one.completed_at_ms is not None else None,
        lessons_completed=one.lessons_completed,
    )
