"""The headers of every record: CloudEvents 1.0 in the Kafka binding's binary mode, and the W3C trace."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Header:
    name: str
    description: str
    example: str
    required: bool = True


HEADERS: tuple[Header, ...] = (
    Header("ce_specversion", "CloudEvents version.", "1.0"),
    Header("ce_id", "Id of the event; the same when it is sent again.", "0b8f3c1e-5a51-4d1c-9a3e-2f6d7c8b9a10"),
    Header("ce_type", "Kind of event: `seatime.<topic>.v1`.", "seatime.lesson.changed.v1"),
    Header("ce_source", "The service that owns the fact: `/seatime/<service>`.", "/seatime/upload"),
    Header("ce_time", "When it happened, RFC 3339 in UTC.", "2026-03-02T09:00:00Z"),
    Header("content-type", "Always JSON.", "application/json"),
    Header(
        "traceparent",
        "W3C trace of the request that caused the event.",
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        required=False,
    ),
)
