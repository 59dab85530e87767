"""The shapes of the API: what players report, and what learners are told."""

from datetime import datetime
from typing import Annotated, Any, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from pydantic.alias_generators import to_camel

from contracts.event import Id
from contracts.learning import EpochMs, PlayerEventType

MAX_SECONDS = 2_000_000
MAX_BEATS = 500
MAX_SEGMENTS_PER_BEAT = 200
MAX_SEGMENTS = 5_000
MAX_EVENTS = 2_000

Seconds = Annotated[float, Field(ge=0, le=MAX_SECONDS, allow_inf_nan=False, description="Seconds of the video.")]


def _as_text(value: object) -> object:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


LenientId = Annotated[Id, BeforeValidator(_as_text, json_schema_input_type=str | int)]


class _Shape(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, extra="ignore", frozen=True)


class PlayerEventIn(_Shape):
    """Something that happened in the player: seeks have `from` and `to`, `rate` or `value` is what became new."""

    type: PlayerEventType
    at: EpochMs
    position: Seconds | None = None
    from_: Seconds | None = Field(default=None, alias="from")
    to: Seconds | None = None
    rate: float | None = Field(default=None, ge=0, le=16, allow_inf_nan=False)
    value: Annotated[str | None, Field(max_length=64)] = None


class BeatIn(_Shape):
    """What was played in the interval `since`…`at` of the client's clock (epoch ms)."""

    seq: int = Field(ge=0, lt=2**31 - 1)
    since: EpochMs | None = None
    at: EpochMs
    position: Seconds
    rate: float = Field(default=1.0, gt=0, le=16, allow_inf_nan=False)
    watched_segments: Annotated[
        list[tuple[Seconds, Seconds]], Field(alias="watched_segments", max_length=MAX_SEGMENTS_PER_BEAT)
    ] = []
    hidden: bool = False
    events: Annotated[list[PlayerEventIn], Field(max_length=MAX_SEGMENTS_PER_BEAT)] = []


class ProgressIn(_Shape):
    """A player's report. `lesson_id` and `duration` may be left out; if given they must be the grant's."""

    grant: str = Field(min_length=1, description="The watch grant that came with the playback.")
    sent_at: EpochMs = Field(description="The client's clock when it sent this (epoch ms).")
    beats: Annotated[list[BeatIn], Field(min_length=1, max_length=MAX_BEATS)]
    lesson_id: Annotated[LenientId | None, Field(alias="lesson_id")] = None
    duration: Seconds | None = None

    @model_validator(mode="after")
    def _bounded(self) -> Self:
        if sum(len(beat.watched_segments) for beat in self.beats) > MAX_SEGMENTS:
            raise ValueError(f"at most {MAX_SEGMENTS} segments in a request")
        if sum(len(beat.events) for beat in self.beats) > MAX_EVENTS:
            raise ValueError(f"at most {MAX_EVENTS} events in a request")
        return self


class Accepted(_Shape):
    """What was accepted: it is durable, and will be judged."""

    accepted: int
    last_seq: int


class ReasonOut(_Shape):
    code: str
    message: str


class Watched(_Shape):
    """Credited seconds of media: reported within two minutes, or later; `hidden` where the course counts that apart."""

    live: float
    late: float
    hidden: float


class LessonProgressOut(_Shape):
    """How far the caller is in a lesson. Positions, ranges, `watched` and `cuts` are seconds."""

    lesson_id: str
    course_id: str
    duration: float | None
    resume_position: float
    covered: list[tuple[float, float]]
    coverage: float
    frontier: float = Field(description="Up to where it was watched from the beginning, in seconds.")
    seek_locked: bool = Field(description="Whether the course forbids to seek beyond the frontier; not once complete.")
    threshold: float
    complete: bool
    completed_at: datetime | None
    watched: Watched
    reasons: list[ReasonOut]
    replaced_at: datetime | None = Field(
        description="When the video took the place of one that the caller watched and that no longer counts."
    )
    cuts: dict[str, float]


class CourseLessonOut(_Shape):
    lesson_id: str
    title: str
    required: bool
    coverage: float
    complete: bool
    completed_at: datetime | None


class CourseProgressOut(_Shape):
    """How far the caller is in a course. `verified` is real time spent watching, in seconds."""

    course_id: str
    title: str | None
    complete: bool
    completed_at: datetime | None
    verified: float
    min_verified: float
    lessons: list[CourseLessonOut]
    reasons: list[ReasonOut]


class QuizIn(_Shape):
    """A learner's result in a lesson's quiz."""

    learner_id: LenientId
    passed: bool
    score: float | None = Field(default=None, ge=0, le=1, allow_inf_nan=False)


class QuizAccepted(_Shape):
    accepted: bool


class LearnerEvidenceOut(_Shape):
    """A learner's whole chain: rows of this course with their contents, the others as links only."""

    learner_id: str
    rows_in_chain: int
    rows: list[dict[str, Any]]


class EvidenceOut(_Shape):
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


class ExportOut(_Shape):
    """What is kept of a learner, in rows as they are kept, and the evidence with all that its hashes were made from."""

    learner_id: str
    exported_at: datetime
    lessons: list[dict[str, Any]]
    courses: list[dict[str, Any]]
    quizzes: list[dict[str, Any]]
    sessions: list[dict[str, Any]]
    clock: dict[str, Any] | None
    evidence: list[dict[str, Any]]


class SessionOut(_Shape):
    """A playback session. `closedBecause`: its player fell silent (`silent`), or its grant ended (`expired`)."""

    session_id: str
    began_at: datetime
    last_beat_at: datetime | None
    beats: int
    closed: bool
    closed_at: datetime | None
    closed_because: str | None


class SessionsOut(_Shape):
    """A learner's latest sessions in a lesson, newest first. A beat that comes after all opens a session again."""

    lesson_id: str
    learner_id: str
    sessions: list[SessionOut]


class LessonRulesIn(_Shape):
    """What would be different in a lesson; what is left out stays as it is. Segments are seconds."""

    completion_threshold: float | None = Field(default=None, gt=0, le=1)
    required_segments: Annotated[list[tuple[Seconds, Seconds]], Field(max_length=200)] | None = None
    quiz_required: bool | None = None
    required: bool | None = None


class RulesIn(_Shape):
    """What would be different in a course; what is left out stays as it is. `minVerified` is seconds."""

    completion_threshold: float | None = Field(default=None, gt=0, le=1)
    min_verified: int | None = Field(default=None, ge=0, le=10**9)
    final_assessment: LenientId | None = None
    lessons: Annotated[dict[Id, LessonRulesIn], Field(max_length=1000)] = {}


class AffectedOut(_Shape):
    """`complete` stay complete; `kept` of these would not be by the new rules; `wouldComplete` are not yet."""

    complete: int
    kept: int
    would_complete: int
    incomplete: int


class PreviewOut(_Shape):
    """Whom a change of rules would affect: learners in the course, and by lesson those who began it."""

    course_id: str
    learners: AffectedOut
    lessons: dict[str, AffectedOut]


class WarningOut(_Shape):
    """`deadEnd`: nobody can complete the lesson or course as it is."""

    code: str
    message: str
    lesson_id: str | None
    dead_end: bool


class WarningsOut(_Shape):
    course_id: str
    warnings: list[WarningOut]


class KeySetOut(BaseModel):
    """A JSON Web Key Set."""

    keys: list[dict[str, str]]


def request_body(model: type[BaseModel]) -> dict[str, Any]:
    """OpenAPI's `requestBody` for a model that a route reads from the raw body itself."""
    schema = model.model_json_schema(by_alias=True)
    definitions = schema.pop("$defs", {})

    def inline(node: Any) -> Any:
        if isinstance(node, dict):
            if "$ref" in node:
                return inline(definitions[node["$ref"].rsplit("/", 1)[-1]])
            return {name: inline(value) for name, value in node.items()}
        return [inline(item) for item in node] if isinstance(node, list) else node

    return {"required": True, "content": {"application/json": {"schema": inline(schema)}}}
