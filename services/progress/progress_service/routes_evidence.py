"""The HTTP edge of evidence: a learner's own, or for the course's owner everybody's, page by page, signed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import JSONResponse

from contracts.event import Id
from progress_service import store_evidence
from progress_service.evidence_document import KEYS_PATH, evidence_document, key_set, sign
from progress_service.routes import CourseNotFound, PathId, PoolOf
from progress_service.schemas import EvidenceOut, KeySetOut
from progress_service.settings import Settings
from servicekit.auth import CurrentPrincipal, Principal
from servicekit.database import transaction
from servicekit.errors import Forbidden

router = APIRouter(tags=["evidence"])


@dataclass(frozen=True, slots=True)
class Signer:
    """What signs, and what its signatures are checked with."""

    key: Ed25519PrivateKey
    key_id: str
    published: Mapping[str, Any]

    @classmethod
    def of(cls, settings: Settings) -> "Signer":
        return cls(settings.evidence_key(), settings.evidence_key_id, key_set(settings.evidence_keys()))

    def sign(self, document: Mapping[str, Any]) -> dict[str, Any]:
        return sign(document, self.key, self.key_id)


@router.get(KEYS_PATH, summary="The public keys that evidence is checked with", response_model=KeySetOut)
async def evidence_keys(request: Request) -> JSONResponse:
    return JSONResponse(request.app.state.signer.published, headers={"Cache-Control": "public, max-age=300"})


@router.get(
    "/api/progress/courses/{courseId}/evidence",
    summary="Signed evidence of completions: the caller's own, or for owner and administrator a learner's or all",
    description="For `seatime-evidence verify`. All learners come in pages: `next` is the `after` of the next one.",
    response_model=EvidenceOut,
)
async def course_evidence(
    course_id: Annotated[PathId, Path(alias="courseId")],
    principal: CurrentPrincipal,
    pool: PoolOf,
    request: Request,
    *,
    learner: Annotated[Id | None, Query(description="Whose; all if left out by the owner or an administrator.")] = None,
    after: Annotated[Id | None, Query(description="The `next` of the page before.")] = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> JSONResponse:
    async with transaction(pool, readonly=True) as conn:
        head = await store_evidence.course_head(conn, course_id)
        if head is None:
            raise CourseNotFound(course_id)
        title, owner_id = head
        learners = _own_or_named(principal, owner_id, learner)
        if learners is None:
            await store_evidence.act_as(conn, owner_id)
            learners = await store_evidence.learners_with_evidence(conn, course_id, after=after or "", limit=limit + 1)
        chains = {}
        for learner_id in learners[:limit]:
            await store_evidence.act_as(conn, learner_id)
            chains[learner_id] = await store_evidence.evidence(conn, learner_id)
    more = learners[limit - 1] if len(learners) > limit else None
    document = evidence_document(course_id, title, chains, issued_at=datetime.now(UTC), after=more)
    return JSONResponse(request.app.state.signer.sign(document), headers={"Cache-Control": "no-store"})


def _own_or_named(principal: Principal, owner_id: str, learner: str | None) -> list[str] | None:
    """Whose evidence it is about; None for all of the course."""
    if principal.is_admin or principal.user_id == owner_id:
        return [learner] if learner is not None else None
    if learner not in (None, principal.user_id):
        raise Forbidden("only the course's owner or an administrator sees the evidence of others")
    return [principal.user_id]
