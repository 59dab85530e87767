"""What goes out of the house: evidence that is signed, and all that is kept of a learner."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel

from progress_service.schemas.shape import Shape


class LearnerEvidenceOut(Shape):
    """A learner's whole chain: rows of this course with their contents, the others as links only."""

    learner_id: str
    rows_in_chain: int
    rows: list[dict[str, Any]]


class EvidenceOut(Shape):
    """A signed document, described in docs/evidence.md. `signature` is over the canonical JSON of all the rest."""

    format: str
    issued_at: str
    course_id: str
    course_title: str | None
    learners: list[LearnerEvidenceOut]
    next: str | None
    key_id: str
    public_key: str
    signature: str


class KeySetOut(BaseModel):
    """A JSON Web Key Set."""

    keys: list[dict[str, str]]


class ExportOut(Shape):
    """What is kept of a learner, in rows as they are kept, and the evidence with all that its hashes were made from."""

    learner_id: str
    exported_at: datetime
    lessons: list[dict[str, Any]]
    courses: list[dict[str, Any]]
    quizzes: list[dict[str, Any]]
    attempts: list[dict[str, Any]]
    reviews: list[dict[str, Any]]
    sessions: list[dict[str, Any]]
    clock: dict[str, Any] | None
    evidence: list[dict[str, Any]]
