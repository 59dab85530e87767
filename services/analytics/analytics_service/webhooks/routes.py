"""Webhooks as administrators register, change, test and delete them."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from fastapi import APIRouter, Depends, Request, Response

from analytics_service.webhooks import posting, signing, store_deliveries, store_endpoints
from analytics_service.webhooks.messages import trial_message
from analytics_service.webhooks.sealing import SETTING
from analytics_service.webhooks.shown import (
    Accepted,
    EndpointChange,
    EndpointCreated,
    Endpoints,
    EndpointShown,
    EndpointWanted,
    RotatedSecret,
    RotationWanted,
    endpoint_created,
    endpoint_shown,
)
from analytics_service.webhooks.store_endpoints import Endpoint
from servicekit.auth import CurrentPrincipal, require_roles
from servicekit.database import Connection, transaction
from servicekit.errors import Conflict, NotFound, Unavailable
from servicekit.http import problem_responses
from servicekit.sealing import Seal
from servicekit.telemetry import get_logger

MOST = 100
"""Endpoints of one installation."""

router = APIRouter(
    prefix="/api/analytics/webhooks",
    tags=["webhooks"],
    dependencies=[Depends(require_roles("admin"))],
    responses=problem_responses(409),
)
log = get_logger(__name__)


class WebhookNotFound(NotFound):
    slug, title = "webhook-not-found", "There is no such webhook"


class WebhookDisabled(Conflict):
    slug, title = "webhook-disabled", "The webhook is disabled, enable it first"


class TooManyWebhooks(Conflict):
    slug, title = "too-many-webhooks", "There are as many webhooks as there may be"


class NotConfigured(Unavailable):
    slug, title = "not-configured", "This deployment cannot keep webhooks' secrets"

    def __init__(self) -> None:
        super().__init__(f"{SETTING} is not set", retry_after_s=60, setting=SETTING)


@router.post("", status_code=201, summary="Register a receiver of events; the answer shows its secret, this once")
async def register(request: Request, principal: CurrentPrincipal, wanted: EndpointWanted) -> EndpointCreated:
    seal = _seal(request)
    await posting.check(wanted.url, request.app.state.settings, request.app.state.resolve)
    endpoint_id, secret, now = uuid4(), signing.new_secret(), datetime.now(UTC)
    async with transaction(request.app.state.pool) as conn:
        added = await store_endpoints.add(
            conn,
            endpoint_id,
            wanted.url,
            description=wanted.description,
            event_types=sorted(set(wanted.event_types)),
            created_by=principal.user_id,
            now=now,
            most=MOST,
        )
        if not added:
            raise TooManyWebhooks(f"{MOST} at most")
        await store_endpoints.add_secret(conn, endpoint_id, seal.close(secret), now)
        endpoint = await known(conn, endpoint_id)
    log.info("webhook registered", endpoint_id=str(endpoint_id), by=principal.user_id)
    return endpoint_created(endpoint, secret)


@router.get("", summary="All receivers, how they do and whether they are enabled")
async def list_all(request: Request) -> Endpoints:
    async with transaction(request.app.state.pool, readonly=True) as conn:
        found = await store_endpoints.endpoints(conn, datetime.now(UTC))
    return Endpoints(webhooks=[endpoint_shown(one) for one in found])


@router.get("/{webhook_id}", summary="One receiver")
async def show(request: Request, webhook_id: UUID) -> EndpointShown:
    async with transaction(request.app.state.pool, readonly=True) as conn:
        return endpoint_shown(await known(conn, webhook_id))


@router.patch("/{webhook_id}", summary="Change a receiver's address or events, enable or disable it")
async def change(
    request: Request, webhook_id: UUID, principal: CurrentPrincipal, wanted: EndpointChange
) -> EndpointShown:
    if wanted.url is not None:
        await posting.check(wanted.url, request.app.state.settings, request.app.state.resolve)
    types = sorted(set(wanted.event_types)) if wanted.event_types is not None else None
    async with transaction(request.app.state.pool) as conn:
        await known(conn, webhook_id)
        await store_endpoints.change(conn, webhook_id, wanted.url, wanted.description, types)
        if wanted.enabled is True:
            await store_endpoints.enable(conn, webhook_id)
        elif wanted.enabled is False:
            await store_endpoints.disable(conn, webhook_id, "an administrator disabled it", datetime.now(UTC))
        endpoint = await known(conn, webhook_id)
    log.info("webhook changed", endpoint_id=str(webhook_id), by=principal.user_id, enabled=endpoint.enabled)
    return endpoint_shown(endpoint)


@router.delete("/{webhook_id}", status_code=204, summary="Delete a receiver with its secrets and its log")
async def delete(request: Request, webhook_id: UUID, principal: CurrentPrincipal) -> Response:
    async with transaction(request.app.state.pool) as conn:
        if not await store_endpoints.delete(conn, webhook_id):
            raise WebhookNotFound()
    log.info("webhook deleted", endpoint_id=str(webhook_id), by=principal.user_id)
    return Response(status_code=204)


@router.post(
    "/{webhook_id}/secret",
    summary="Make a new secret; the answer shows it, this once, and for a while the former one signs as well",
)
async def rotate(
    request: Request, webhook_id: UUID, principal: CurrentPrincipal, wanted: RotationWanted | None = None
) -> RotatedSecret:
    seal, secret, now = _seal(request), signing.new_secret(), datetime.now(UTC)
    until = now + timedelta(seconds=(wanted or RotationWanted()).overlap_seconds)
    async with transaction(request.app.state.pool) as conn:
        await known(conn, webhook_id)
        await store_endpoints.retire_secrets(conn, webhook_id, now, until)
        await store_endpoints.add_secret(conn, webhook_id, seal.close(secret), now)
    log.info("webhook secret rotated", endpoint_id=str(webhook_id), by=principal.user_id)
    return RotatedSecret(secret=secret, former_expires_at=until)


@router.post("/{webhook_id}/test", status_code=202, summary="Send an event of the type webhook.test to a receiver")
async def send_test(request: Request, webhook_id: UUID) -> Accepted:
    now = datetime.now(UTC)
    async with transaction(request.app.state.pool) as conn:
        await enabled(conn, webhook_id)
        message = trial_message(webhook_id, str(uuid4()), now)
        return Accepted(delivery_id=await store_deliveries.add_test(conn, webhook_id, message, now))


async def known(conn: Connection, endpoint_id: UUID) -> Endpoint:
    """The endpoint. Raises WebhookNotFound."""
    found = await store_endpoints.endpoints(conn, datetime.now(UTC), endpoint_id)
    if not found:
        raise WebhookNotFound()
    return found[0]


async def enabled(conn: Connection, endpoint_id: UUID) -> Endpoint:
    """The endpoint, if something can be delivered to it. Raises WebhookNotFound, WebhookDisabled."""
    endpoint = await known(conn, endpoint_id)
    if not endpoint.enabled:
        raise WebhookDisabled(endpoint.disabled_reason)
    return endpoint


def _seal(request: Request) -> Seal:
    seal: Seal | None = request.app.state.seal
    if seal is None:
        raise NotConfigured()
    return seal
