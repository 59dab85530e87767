"""The receipt of an erasure."""

from progress_service.schemas.shape import Shape


class ServiceErasedOut(Shape):
    """Everything older than that is gone from a service, so many rows by table."""

    erased_at: str
    rows: dict[str, int]


class ReceiptOut(Shape):
    """A signed document, described in docs/erasure.md. `signature` is over the canonical JSON of all the rest."""

    format: str
    erasure_id: str
    learner_hash: str
    requested_at: str
    services: dict[str, ServiceErasedOut | None]
    evidence_rows_left_without_name: int
    complete: bool
    key_id: str
    public_key: str
    signature: str
