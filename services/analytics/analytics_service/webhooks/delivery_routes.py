"""The log of deliveries, and asking for them again."""

from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query, Request

from analytics_service.webhooks import store_deliveries
from analytics_service.webhooks.routes import enabled, known
from analytics_service.webhooks.shown import (
    Accepted,
    Deliveries,
    DeliveryDetail,
    LogAsked,
    Redelivered,
    RedeliveryWanted,
    delivery_detail,
    delivery_shown,
)
from analytics_service.webhooks.store_deliveries import Delivery
from servicekit.auth import require_roles
from servicekit.database import Connection, transaction
from servicekit.errors import NotFound
from servicekit.http import problem_responses

router = APIRouter(
    prefix="/api/analytics/webhooks/{webhook_id}",
    tags=["webhooks"],
    dependencies=[Depends(require_roles("admin"))],
    responses=problem_responses(409),
)

DeliveryId = Annotated[int, Path(ge=1, lt=2**63)]


class DeliveryNotFound(NotFound):
    slug, title = "delivery-not-found", "There is no such delivery, or it is too old"


@router.get("/deliveries", summary="What was sent, or is to be, to a receiver: the newest first")
async def list_deliveries(
    request: Request,
    webhook_id: UUID,
    asked: Annotated[LogAsked, Query()],
) -> Deliveries:
    async with transaction(request.app.state.pool, readonly=True) as conn:
        await known(conn, webhook_id)
        found = await store_deliveries.log(
            conn,
            webhook_id,
            before=asked.before,
            state=asked.state,
            event_type=asked.event_type,
            limit=asked.limit + 1,
        )
    page = found[: asked.limit]
    return Deliveries(
        deliveries=[delivery_shown(one) for one in page],
        before=page[-1].delivery_id if len(found) > asked.limit else None,
    )


@router.get("/deliveries/{delivery_id}", summary="A delivery with its attempts")
async def show_delivery(request: Request, webhook_id: UUID, delivery_id: DeliveryId) -> DeliveryDetail:
    async with transaction(request.app.state.pool, readonly=True) as conn:
        await known(conn, webhook_id)
        found = await _delivery(conn, webhook_id, delivery_id)
        return delivery_detail(found, await store_deliveries.attempts(conn, delivery_id))


@router.post(
    "/deliveries/{delivery_id}/redeliver", status_code=202, summary="Send a delivery again, under the same webhook-id"
)
async def redeliver(request: Request, webhook_id: UUID, delivery_id: DeliveryId) -> Accepted:
    async with transaction(request.app.state.pool) as conn:
        await enabled(conn, webhook_id)
        await _delivery(conn, webhook_id, delivery_id)
        await store_deliveries.send_again(conn, webhook_id, delivery_id, datetime.now(UTC))
    return Accepted(delivery_id=delivery_id)


@router.post("/redeliver", status_code=202, summary="Send everything again that failed or was held since then")
async def redeliver_lost(request: Request, webhook_id: UUID, wanted: RedeliveryWanted) -> Redelivered:
    async with transaction(request.app.state.pool) as conn:
        await enabled(conn, webhook_id)
        count = await store_deliveries.send_lost_again(conn, webhook_id, wanted.since, datetime.now(UTC))
    return Redelivered(deliveries=count)


async def _delivery(conn: Connection, endpoint_id: UUID, delivery_id: int) -> Delivery:
    found = await store_deliveries.log(conn, endpoint_id, delivery_id=delivery_id)
    if not found:
        raise DeliveryNotFound()
    return found[0]
