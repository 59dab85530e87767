"""How a course's videos are handed out, over HTTP. Counts from the next request for playback on."""

from dataclasses import replace

from fastapi import APIRouter, Depends, Request

from playback_service import store_policies as store
from playback_service.access import CourseId, allow_owner
from playback_service.configured import needed
from playback_service.models import PlaybackPolicy, PlaybackRestriction
from playback_service.restricting import restrict
from playback_service.terms import Restriction, Terms
from servicekit.auth import CurrentPrincipal
from servicekit.database import Connection, acquire, transaction

router = APIRouter(
    prefix="/api/courses/{courseId}/playback-policy", tags=["playback policies"], dependencies=[Depends(allow_owner)]
)


@router.put("", summary="Say how the course's videos are handed out")
async def put_policy(
    request: Request, course_id: CourseId, policy: PlaybackPolicy, principal: CurrentPrincipal
) -> PlaybackPolicy:
    """Idempotent; the whole policy is replaced. Tokens that are out already stay good until they expire.

    A restriction is made at Mux first: 503 `mux-unavailable` if Mux does not, and nothing has changed.
    """
    state = request.app.state
    terms = _terms(policy)
    if terms.restriction is None or state.without_mux:
        async with transaction(state.pool) as conn:
            await store.put(conn, course_id, terms, changed_by=principal.user_id)
    else:

        async def use(conn: Connection, restriction_id: str) -> None:
            named = replace(terms, restriction_id=restriction_id)
            await store.put(conn, course_id, named, changed_by=principal.user_id)

        await restrict(state.pool, needed(state.mux_restrictions), terms.restriction, use)
    return _policy(terms)


@router.get("", summary="How the course's videos are handed out")
async def get_policy(request: Request, course_id: CourseId) -> PlaybackPolicy:
    """The defaults for a course of which nothing was said."""
    async with acquire(request.app.state.pool) as conn:
        return _policy(await store.find(conn, course_id))


def _terms(policy: PlaybackPolicy) -> Terms:
    return Terms(
        tokens=policy.tokens,
        devices=policy.devices,
        watermark=None if policy.watermark == "none" else policy.watermark,
        drm_configuration_id=policy.drm_configuration_id,
        restriction=_restriction(policy),
    )


def _restriction(policy: PlaybackPolicy) -> Restriction | None:
    wanted = policy.restriction
    if wanted is None:
        return None
    domains = tuple(sorted({domain.lower() for domain in wanted.allowed_domains}))
    return Restriction(domains, wanted.allow_no_referrer, wanted.allow_no_user_agent, wanted.allow_high_risk_user_agent)


def _policy(terms: Terms) -> PlaybackPolicy:
    restriction = terms.restriction
    return PlaybackPolicy(
        tokens=terms.tokens,
        devices=terms.devices,
        watermark=terms.watermark or "none",
        drm_configuration_id=terms.drm_configuration_id,
        restriction=restriction
        and PlaybackRestriction(
            allowed_domains=list(restriction.allowed_domains),
            allow_no_referrer=restriction.allow_no_referrer,
            allow_no_user_agent=restriction.allow_no_user_agent,
            allow_high_risk_user_agent=restriction.allow_high_risk_user_agent,
        ),
    )
