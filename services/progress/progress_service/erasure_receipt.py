"""The receipt of an erasure, as a document that is signed like evidence, and what may be wrong with one. Pure."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Protocol
from uuid import UUID

FORMAT = "seatime-erasure/1"
OTHERS = ("playback", "analytics")
"""Who erases beside us: playback first, so that nothing new comes to analytics after."""


class Told(Protocol):
    """What a service has erased: everything older than that, and so many rows by table."""

    @property
    def erased_at(self) -> datetime: ...
    @property
    def rows(self) -> Mapping[str, int]: ...


def receipt(
    erasure_id: UUID,
    subject_hash: bytes,
    *,
    requested_at: datetime,
    own: Told | None,
    unnamed: int,
    confirmed: Mapping[str, Told],
) -> dict[str, Any]:
    """What is signed; the same erasure in the same state gives the same document."""
    services = {"progress": own, **{name: confirmed.get(name) for name in OTHERS}}
    document: dict[str, Any] = {
        "format": FORMAT,
        "erasureId": str(erasure_id),
        "learnerHash": subject_hash.hex(),
        "requestedAt": _text(requested_at),
        "services": {
            name: {"erasedAt": _text(told.erased_at), "rows": dict(told.rows)} if told is not None else None
            for name, told in services.items()
        },
        "evidenceRowsLeftWithoutName": unnamed,
    }
    return {**document, "complete": is_complete(document)}


def is_complete(document: Mapping[str, Any]) -> bool:
    """Whether everybody has confirmed, analytics with what came until the rights had ended."""
    services = document["services"]
    if any(services[name] is None for name in ("progress", *OTHERS)):
        return False
    ended, counted = (datetime.fromisoformat(services[name]["erasedAt"]) for name in OTHERS)
    return counted >= ended


def problems(document: Mapping[str, Any]) -> list[str]:
    """What is wrong with a receipt but for its signature, in words. Raises KeyError and the like by its shape."""
    if document["complete"] == is_complete(document):
        return []
    return ["whether it is complete does not follow from what the services have confirmed"]


def said(document: Mapping[str, Any]) -> list[str]:
    """The receipt in words."""
    lines = [f"erasure {document['erasureId']} of learner {document['learnerHash']}, key {document['keyId']}"]
    for name, told in document["services"].items():
        if told is None:
            lines.append(f"{name}: not yet")
        else:
            lines.append(f"{name}: {sum(told['rows'].values())} row(s) erased, all until {told['erasedAt']}")
    unnamed = document["evidenceRowsLeftWithoutName"]
    return [
        *lines,
        f"{unnamed} row(s) of evidence left without a name",
        "COMPLETE" if document["complete"] else "NOT COMPLETE",
    ]


def _text(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds")
