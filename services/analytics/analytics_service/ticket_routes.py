"""Files for browsers: a ticket, asked for with the bearer token, that a form hands in; the browser saves what comes.

In a form's body and not in an address: bodies are in no log, no history and no `Referer`, and no browser sends one a
second time by itself, as some do with addresses that they download.
"""

import hashlib
import secrets
from datetime import UTC, datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from analytics_service import store_tickets
from analytics_service.export import Wanted
from analytics_service.export_routes import FILE, AskedFormat, opened
from analytics_service.routes import Id
from servicekit.auth import CurrentPrincipal, Principal
from servicekit.database import transaction
from servicekit.errors import Forbidden
from servicekit.telemetry import get_logger

router = APIRouter(prefix="/api/analytics", tags=["export"])

TICKET_S = 60
"""A browser hands it in at once."""
_TAKEN_AT = "/exports"

log = get_logger(__name__)


class TicketOver(Forbidden):
    slug, title = "ticket-over", "The ticket was used, or is over: ask for another"


class ExportTicket(BaseModel):
    """For one file, once, until `expiresAt`: POST it as `ticket` of a form to `action`."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, frozen=True)

    ticket: str = Field(description="A secret; not to be kept.")
    action: str = Field(description="A path of this API.")
    expires_at: datetime


@router.post(
    "/courses/{course_id}/export/learners/tickets",
    status_code=201,
    summary="A ticket for the file of a course's learners, for its owner's browser",
)
async def ticket_for_learners(
    request: Request, course_id: Id, principal: CurrentPrincipal, format_: AskedFormat = "csv"
) -> ExportTicket:
    return await _ticket(request, principal, Wanted("learners", course_id, format_))


@router.post(
    "/lessons/{lesson_id}/export/retention/tickets",
    status_code=201,
    summary="A ticket for the file of a lesson's retention, for the browser of the course's owner",
)
async def ticket_for_retention(
    request: Request, lesson_id: Id, principal: CurrentPrincipal, format_: AskedFormat = "csv"
) -> ExportTicket:
    return await _ticket(request, principal, Wanted("retention", lesson_id, format_))


@router.post(
    _TAKEN_AT,
    summary="The file that a ticket is for, as an attachment",
    description="Without a bearer token: the ticket says whose right it is, and that is looked at once more.",
    response_class=StreamingResponse,
    responses=FILE,
)
async def take_export(
    request: Request, ticket: Annotated[str, Form(min_length=20, max_length=100)]
) -> StreamingResponse:
    async with transaction(request.app.state.pool) as conn:
        taken = await store_tickets.take(conn, _hash(ticket))
    if taken is None:
        raise TicketOver()
    log.info("an export is taken", what=taken.wanted.what, subject=taken.wanted.subject, by=taken.asked_by)
    return await opened(request, Principal(taken.asked_by, _roles(taken.as_admin)), taken.wanted)


async def _ticket(request: Request, principal: Principal, wanted: Wanted) -> ExportTicket:
    """Whatever can be said against the file is said now, where a page can show it."""
    await opened(request, principal, wanted)
    ticket, expires_at = secrets.token_urlsafe(32), datetime.now(UTC) + timedelta(seconds=TICKET_S)
    async with transaction(request.app.state.pool) as conn:
        await store_tickets.give(
            conn,
            _hash(ticket),
            wanted,
            asked_by=principal.user_id,
            as_admin=principal.is_admin,
            expires_at=expires_at,
        )
    return ExportTicket(ticket=ticket, action=router.prefix + _TAKEN_AT, expires_at=expires_at)


def _hash(ticket: str) -> bytes:
    return hashlib.sha256(ticket.encode()).digest()


def _roles(as_admin: bool) -> frozenset[str]:
    return frozenset({"admin"} if as_admin else ())
