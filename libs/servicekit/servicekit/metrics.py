"""The Prometheus metrics of the mechanism; services add their own beside them."""

from prometheus_client import CONTENT_TYPE_LATEST, Counter, Gauge, Histogram, generate_latest

_FAST = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)

REQUESTS = Counter("seatime_http_requests_total", "HTTP requests answered", ["service", "method", "route", "status"])
REQUEST_SECONDS = Histogram("seatime_http_request_seconds", "Time to answer", ["service", "route"], buckets=_FAST)
PROBLEMS = Counter(
    "seatime_http_problems_total",
    "Answers that are problems, by slug and, where it has one, reason",
    ["problem", "reason"],
)
CONSUMED = Counter("seatime_consumed_records_total", "Kafka records by what became of them", ["topic", "outcome"])
BATCH_SECONDS = Histogram("seatime_consumed_batch_seconds", "Time to apply a batch", ["topic"], buckets=_FAST)
RECORD_LAG_SECONDS = Gauge(
    "seatime_consumed_lag_seconds", "Age of the oldest record that is not applied; 0 if there is none", ["topic"]
)
RELAYED = Counter("seatime_outbox_relayed_total", "Outbox rows by what became of them", ["service", "outcome"])
OUTBOX_AGE_SECONDS = Gauge("seatime_outbox_age_seconds", "Age of the oldest row that waits", ["service"])
OUTBOX_PARKED = Gauge("seatime_outbox_parked_rows", "Rows that the broker can never accept", ["service"])


def exposition() -> tuple[bytes, str]:
    """All metrics of this process in Prometheus' text format, and its content type."""
    return generate_latest(), CONTENT_TYPE_LATEST
