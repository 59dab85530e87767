"""The operator's routes of a service, for admins: how its queues stand, its dead letters, and who decided what.

A redrive is asked for here and done by the worker: the answer is durable before anything is sent.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query, Request

from servicekit import kafka
from servicekit.auth import CurrentPrincipal, Principal, require_roles
from servicekit.database import Connection, Pool, transaction
from servicekit.errors import InvalidPayload, NotFound, Unavailable
from servicekit.health import readiness
from servicekit.operations import store
from servicekit.operations.buried import MOST, Graveyard, Judged
from servicekit.operations.letters import State
from servicekit.operations.queues import Consuming, Waiting, Waits, consuming
from servicekit.operations.shapes import (
    AuditView,
    DecidedView,
    HealthView,
    LettersView,
    NotedView,
    Offset,
    RangeBody,
    Topic,
)
from servicekit.operations.store import Action, OutboxState
from servicekit.settings import CommonSettings

_COUNTED = 500
"""Of each topic's letters, the health route looks at no more than the newest."""


_MAY: Mapping[Action, Collection[State]] = {"redrive": ("open", "discarded"), "discard": ("open", "failed")}
"""In which states of a letter this may be decided."""


class NoSuchLetter(NotFound):
    slug, title = "no-such-dead-letter", "This service has no dead letter there"


class RangeTooLong(InvalidPayload):
    slug, title = "range-too-long", f"A range is from first to last, of at most {MOST} offsets"


async def _nothing(_: Connection) -> Sequence[Waiting]:
    return ()


def router(
    settings: CommonSettings,
    *,
    service: str,
    topics: Collection[str],
    waits: Waits = _nothing,
) -> APIRouter:
    """Routes under `/api/operations/<service>`. They find the pool and readiness checks in the API's state.

    `topics` (names without prefix) are what the service may consume, `waits` tells what else of its own waits.
    """
    routes = APIRouter(
        prefix=f"/api/operations/{service}", tags=["operations"], dependencies=[Depends(require_roles("admin"))]
    )
    graveyard = Graveyard(settings, service=service, topics=topics)
    _tell_health(routes, settings, service, graveyard, waits)
    _list_letters(routes, graveyard)
    _take_decisions(routes, graveyard)
    _tell_decisions(routes)
    return routes


def _tell_health(routes: APIRouter, settings: CommonSettings, service: str, graveyard: Graveyard, waits: Waits) -> None:
    @routes.get("/health", summary="How the service's queues and dependencies stand")
    async def health(request: Request) -> HealthView:
        state = request.app.state
        checked = {**state.checks(request.app), "kafka": lambda: kafka.ping(settings)}
        return HealthView.of_queues(
            service,
            await readiness(checked, memory=state.failing),
            await _tables(_pool(request), waits),
            await _consumers(settings, service, graveyard, _pool(request)),
        )


def _list_letters(routes: APIRouter, graveyard: Graveyard) -> None:
    @routes.get("/dead-letters", summary="Records that the service's consumers could not use, the newest first")
    async def list_letters(
        request: Request,
        topic: Annotated[Topic | None, Query(description="Only of this topic.")] = None,
        before: Annotated[Offset | None, Query(description="Only letters before this offset of the topic.")] = None,
        limit: Annotated[int, Query(ge=1, le=MOST, description="How many of each topic are looked at.")] = 100,
    ) -> LettersView:
        """What other services buried in the same topics is not listed: there may be fewer than `limit`."""
        found = await graveyard.newest(
            _pool(request), limit=limit, topic=topic, before=before if topic is not None else None
        )
        return LettersView.of(found)


def _take_decisions(routes: APIRouter, graveyard: Graveyard) -> None:
    @routes.post("/dead-letters/redrive", status_code=202, summary="Have records written to their topics again")
    async def redrive(request: Request, principal: CurrentPrincipal, body: RangeBody) -> DecidedView:
        """The worker writes each with its key, headers and time, once for all consumers, which know it by its id."""
        return await _decide(graveyard, _pool(request), principal, body, "redrive")

    @routes.post("/dead-letters/discard", summary="Note that nothing is to be done about these letters")
    async def discard(request: Request, principal: CurrentPrincipal, body: RangeBody) -> DecidedView:
        """They stay in the log until its retention ends, and may be redriven after all."""
        return await _decide(graveyard, _pool(request), principal, body, "discard")


def _tell_decisions(routes: APIRouter) -> None:
    @routes.get("/dead-letters/audit", summary="Who decided what about dead letters, and what came of it")
    async def audit(
        request: Request,
        before: Annotated[Offset | None, Query(description="`next` of the page before.")] = None,
        limit: Annotated[int, Query(ge=1, le=500)] = 100,
    ) -> AuditView:
        async with transaction(_pool(request), readonly=True) as conn:
            found = await store.history(conn, before=before, limit=limit)
        return AuditView(
            entries=[NotedView.of(one) for one in found], next=found[-1].id if len(found) == limit else None
        )


async def _decide(
    graveyard: Graveyard, pool: Pool, principal: Principal, body: RangeBody, action: Literal["redrive", "discard"]
) -> DecidedView:
    if not body.fits:
        raise RangeTooLong()
    found: Sequence[Judged] = await graveyard.between(pool, body.topic, body.first, body.end)
    if not found:
        raise NoSuchLetter()
    places = [judged.letter.place for judged in found if judged.state in _MAY[action]]
    async with transaction(pool) as conn:
        noted = await store.note(conn, action, principal.user_id, body.note, places)
    return DecidedView(noted=noted, unchanged=len(found) - noted)


async def _tables(pool: Pool, waits: Waits) -> tuple[OutboxState, Sequence[Waiting]] | None:
    try:
        async with transaction(pool, readonly=True, timeout=2) as conn:
            return await store.outbox_state(conn), await waits(conn)
    except Unavailable:
        return None


async def _consumers(
    settings: CommonSettings, service: str, graveyard: Graveyard, pool: Pool
) -> tuple[Sequence[Consuming], Mapping[str, int]] | None:
    try:
        found = await consuming(settings, service=service, topics=graveyard.topics)
        letters = (await graveyard.newest(pool, limit=_COUNTED)).letters
    except Unavailable:
        return None
    return found, Counter(judged.letter.topic for judged in letters if judged.state == "open")


def _pool(request: Request) -> Pool:
    pool: Pool = request.app.state.pool
    return pool
