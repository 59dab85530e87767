"""The HTTP edge of the review queue: whose watching looks odd, and why. No decision changes anybody's credit."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request

from progress_service import store_reviews
from progress_service.anomalies import Reason
from progress_service.ledger import moment
from progress_service.reviews import Decision, Policy, Review, State, page, review
from progress_service.routes import PathId, PoolOf
from progress_service.routes_owners import as_owner
from progress_service.schemas.reviews import (
    ReviewDecisionIn,
    ReviewDecisionOut,
    ReviewOut,
    ReviewReasonOut,
    ReviewsOut,
)
from servicekit.auth import CurrentPrincipal
from servicekit.database import Connection, transaction
from servicekit.errors import NotFound

router = APIRouter(prefix="/api/progress", tags=["owners"])
CoursePath = Annotated[PathId, Path(alias="courseId")]


class ReviewNotFound(NotFound):
    slug, title = "review-not-found", "The learner is not in the course's review queue"


@router.get(
    "/courses/{courseId}/reviews",
    summary="Learners whose watching looks unlike a person's, the worst first (owner, administrator)",
    description="A score with its reasons, for a person to judge. Nothing is done by itself: no credit is taken and no "
    "completion refused. Computed from the ledger when it is asked for.",
)
async def course_reviews(
    course_id: CoursePath,
    principal: CurrentPrincipal,
    pool: PoolOf,
    request: Request,
    *,
    state: State = "open",
    after: Annotated[
        str | None, Query(pattern=r"^[01]\.\d{3}/.+$", max_length=300, description="The `next` of the page before.")
    ] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> ReviewsOut:
    policy: Policy = request.app.state.review_policy
    async with transaction(pool, readonly=True) as conn:
        await as_owner(conn, course_id, principal)
        reviews = await _reviews(conn, course_id, policy, decided_only=state != "open")
    found, last = page(reviews, state, after=_place(after), limit=limit)
    return ReviewsOut(
        course_id=course_id,
        threshold=policy.threshold,
        reviews=[_out(one) for one in found],
        next=f"{last.score.value:.3f}/{last.learner_id}" if last is not None else None,
    )


@router.put(
    "/courses/{courseId}/reviews/{learnerId}",
    summary="Dismiss or confirm a review (owner, administrator): it is kept who did, when and on what grounds",
)
async def decide_review(
    course_id: CoursePath,
    learner_id: Annotated[PathId, Path(alias="learnerId")],
    said: ReviewDecisionIn,
    *,
    principal: CurrentPrincipal,
    pool: PoolOf,
    request: Request,
) -> ReviewOut:
    policy: Policy = request.app.state.review_policy
    async with transaction(pool) as conn:
        await as_owner(conn, course_id, principal)
        reviews = await _reviews(conn, course_id, policy, learner_id=learner_id)
        if not reviews:
            raise ReviewNotFound(learner_id)
        found = reviews[0]
        if found.decision is not None and _same(found.decision, said, found):
            return _out(found)
        decision = await store_reviews.decide(
            conn,
            learner_id,
            course_id,
            decision=said.decision,
            note=said.note,
            score=found.score.value,
            reasons=[_reason(reason).model_dump(by_alias=True) for reason in found.score.reasons],
            decided_by=principal.user_id,
        )
    return _out(Review(learner_id, decision.decision, found.score, found.watching, decision))


async def _reviews(
    conn: Connection, course_id: str, policy: Policy, *, learner_id: str | None = None, decided_only: bool = False
) -> list[Review]:
    """The reviews of a course, or of one learner in it. Learners without one are not kept in memory.

    Only who is to be judged first is looked for among everybody: whom somebody decided about is known.
    """
    decided = await store_reviews.decisions(conn, course_id, learner_id=learner_id)
    named = [learner_id] if learner_id is not None else list(decided) if decided_only else None
    found: list[Review | None] = []
    async for who, watching in store_reviews.watchings(
        conn, course_id, min_spent_ms=policy.min_watched_ms, learner_ids=named
    ):
        if (one := review(who, watching, decided.pop(who, None), policy)) is not None:
            found.append(one)
    found += [review(who, None, decision, policy) for who, decision in decided.items()]
    return [one for one in found if one is not None]


def _same(before: Decision, said: ReviewDecisionIn, found: Review) -> bool:
    """Whether that was decided already, of the same facts: a request that is repeated adds nothing."""
    return (before.decision, before.note, before.score) == (said.decision, said.note, found.score.value)


def _place(after: str | None) -> tuple[float, str] | None:
    if after is None:
        return None
    score, _, learner_id = after.partition("/")
    return -float(score), learner_id


def _out(one: Review) -> ReviewOut:
    watching, decision = one.watching, one.decision
    return ReviewOut(
        learner_id=one.learner_id,
        state=one.state,
        score=one.score.value,
        reasons=[_reason(reason) for reason in one.score.reasons],
        watched=watching.spent_ms / 1000 if watching is not None else 0.0,
        watched_from=moment(watching.began_ms) if watching is not None else None,
        watched_until=moment(watching.latest_ms) if watching is not None else None,
        decision=None
        if decision is None
        else ReviewDecisionOut(
            decision=decision.decision,
            note=decision.note,
            decided_by=decision.decided_by,
            decided_at=decision.decided_at,
            score=decision.score,
            reasons=[ReviewReasonOut.model_validate(reason) for reason in decision.reasons],
        ),
    )


def _reason(reason: Reason) -> ReviewReasonOut:
    return ReviewReasonOut(
        code=reason.code,
        message=reason.message,
        value=round(reason.value, 3),
        weight=reason.weight,
        figures=dict(reason.figures),
    )
