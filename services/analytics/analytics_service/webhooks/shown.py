"""Webhooks as the API takes and shows them."""

from collections.abc import Sequence
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints
from pydantic.alias_generators import to_camel

from analytics_service.webhooks.messages import EventType
from analytics_service.webhooks.store_deliveries import Attempt, Delivery
from analytics_service.webhooks.store_endpoints import Endpoint

State = Literal["pending", "delivered", "failed", "held"]
Description = Annotated[str, StringConstraints(max_length=200, pattern=r"^[^\x00]*$")]
Url = Annotated[str, StringConstraints(min_length=1, max_length=2048)]
EventTypes = Annotated[list[EventType], Field(min_length=1, max_length=20)]


class _Shape(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, frozen=True, extra="forbid")


class EndpointWanted(_Shape):
    url: Url = Field(description="Where events are POSTed: https, at a public address, on an allowed port.")
    event_types: EventTypes
    description: Description = ""


class EndpointChange(_Shape):
    """What is absent, or null, stays as it is."""

    url: Url | None = None
    event_types: EventTypes | None = None
    description: Description | None = None
    enabled: bool | None = Field(
        default=None, description="False holds what is pending; true delivers again, and forgives former failures."
    )


class RotationWanted(_Shape):
    overlap_seconds: int = Field(
        default=86_400, ge=0, le=30 * 86_400, description="For how long the former secret signs beside the new one."
    )


class RedeliveryWanted(_Shape):
    since: AwareDatetime = Field(description="Deliveries of then or later that failed or were held.")


class LogAsked(_Shape):
    """Which deliveries are to be listed."""

    state: State | None = None
    event_type: EventType | None = None
    before: Annotated[int | None, Field(ge=1, lt=2**63, description="Older than this delivery.")] = None
    limit: Annotated[int, Field(ge=1, le=500)] = 50


class SecretShown(_Shape):
    """A secret that signs, without itself."""

    created_at: AwareDatetime
    expires_at: AwareDatetime | None = Field(description="Null for the one that stays.")


class EndpointShown(_Shape):
    id: UUID
    url: str
    description: str
    event_types: list[EventType]
    enabled: bool
    disabled_at: AwareDatetime | None
    disabled_reason: str | None
    created_at: AwareDatetime
    created_by: str
    delivered_at: AwareDatetime | None = Field(description="The last success, to the minute.")
    failing_since: AwareDatetime | None = Field(description="The first failure after the last success.")
    last_error: str | None
    resting_until: AwareDatetime | None = Field(description="The receiver asked for it by Retry-After.")
    pending: int = Field(description="Deliveries that wait for their first or another attempt.")
    secrets: list[SecretShown] = Field(description="Those that sign, the newest first.")


class EndpointCreated(EndpointShown):
    secret: str = Field(description="What verifies signatures: `whsec_…`. Shown this once.")


class Endpoints(_Shape):
    webhooks: list[EndpointShown]


class RotatedSecret(_Shape):
    secret: str = Field(description="The new one: `whsec_…`. Shown this once.")
    former_expires_at: AwareDatetime = Field(description="Until then both sign.")


class AttemptShown(_Shape):
    number: int
    began_at: AwareDatetime
    duration_ms: int
    status: int | None = Field(description="HTTP status of the answer; null if there was none.")
    error: str | None = Field(description="What was wrong, in words; null where nothing was.")
    answer: str = Field(description="The first bytes of the answer.")


class DeliveryShown(_Shape):
    """What was sent is not shown: it names learners, and the receiver has it."""

    id: int
    event_id: str = Field(description="The header webhook-id, the same in every attempt.")
    event_type: str
    state: State
    created_at: AwareDatetime
    next_attempt_at: AwareDatetime | None = Field(description="While it is pending.")
    finished_at: AwareDatetime | None
    attempts: int
    last_status: int | None
    last_error: str | None


class DeliveryDetail(DeliveryShown):
    log: list[AttemptShown] = Field(description="All attempts in their order.")


class Deliveries(_Shape):
    deliveries: list[DeliveryShown] = Field(description="The newest first.")
    before: int | None = Field(description="Ask with this for the next page; null where there is none.")


class Accepted(_Shape):
    delivery_id: int


class Redelivered(_Shape):
    deliveries: int = Field(description="How many are sent again.")


def endpoint_shown(endpoint: Endpoint) -> EndpointShown:
    return EndpointShown.model_validate(_endpoint(endpoint))


def endpoint_created(endpoint: Endpoint, secret: str) -> EndpointCreated:
    return EndpointCreated.model_validate({**_endpoint(endpoint), "secret": secret})


def _endpoint(found: Endpoint) -> dict[str, object]:
    return {
        "id": found.endpoint_id,
        "url": found.url,
        "description": found.description,
        "event_types": found.event_types,
        "enabled": found.enabled,
        "disabled_at": found.disabled_at,
        "disabled_reason": found.disabled_reason,
        "created_at": found.created_at,
        "created_by": found.created_by,
        "delivered_at": found.delivered_at,
        "failing_since": found.failing_since,
        "last_error": found.last_error,
        "resting_until": found.resting_until,
        "pending": found.pending,
        "secrets": [SecretShown(created_at=one.created_at, expires_at=one.expires_at) for one in found.secrets],
    }


def delivery_shown(found: Delivery) -> DeliveryShown:
    return DeliveryShown.model_validate(_delivery(found))


def delivery_detail(found: Delivery, attempts: Sequence[Attempt]) -> DeliveryDetail:
    log = [
        AttemptShown(
            number=one.number,
            began_at=one.began_at,
            duration_ms=one.duration_ms,
            status=one.status,
            error=one.error,
            answer=one.answer,
        )
        for one in attempts
    ]
    return DeliveryDetail.model_validate({**_delivery(found), "log": log})


def _delivery(found: Delivery) -> dict[str, object]:
    return {
        "id": found.delivery_id,
        "event_id": found.event_id,
        "event_type": found.event_type,
        "state": found.state,
        "created_at": found.created_at,
        "next_attempt_at": found.due_at if found.state == "pending" else None,
        "finished_at": found.finished_at,
        "attempts": found.attempts,
        "last_status": found.status,
        "last_error": found.error,
    }
