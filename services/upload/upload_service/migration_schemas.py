"""Migrations and their plans on the wire, which is also what the command prints for machines: camelCase, US dollars."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any
from urllib.parse import urlsplit
from uuid import UUID

from pydantic import Field, StringConstraints

from upload_service import pricing
from upload_service.plan import Left, Plan, Video
from upload_service.schemas import Id, IdOrNumber, Wire
from upload_service.selection import Selection
from upload_service.settings import Settings
from upload_service.store_transfers import Migration, MigrationState, Runner
from upload_service.transfers import OPEN, State, Transfer

LISTED = 1000
"""Of a plan's videos, and of what it leaves, no more are listed in an answer; the counts are of all."""

Url = Annotated[str, StringConstraints(min_length=1, max_length=2048, pattern=r"^[^\x00]*$")]


class VideoFrom(Wire):
    """A video that is fetched from an address. It has to lead to public addresses only, through each redirect."""

    lesson_id: IdOrNumber
    url: Url


class MigrationBody(Wire):
    """What to move. Nothing chosen means every lesson that plays from S3."""

    courses: list[Id] = Field(default=[], max_length=1000)
    lessons: list[IdOrNumber] = Field(default=[], max_length=10_000)
    prefix: Annotated[str, StringConstraints(max_length=1024, pattern=r"^[^\x00]*$")] | None = Field(
        default=None, description="Objects of the bucket whose keys begin so."
    )
    course: Id | None = Field(default=None, description="Gets a lesson for each object that is nobody's.")
    videos: list[VideoFrom] = Field(default=[], max_length=100)
    batch: int | None = Field(default=None, ge=1, le=1000, description="Videos that are on their way at once.")
    concurrency: int | None = Field(default=None, ge=1, le=64, description="Videos that are worked on at once.")
    grace_seconds: int | None = Field(default=None, ge=0, le=366 * 86_400, description="For a rollback.")
    dry_run: bool = False
    inspect: bool = Field(
        default=True, description="In a dry run: read types and durations of objects, not only sizes."
    )
    views_per_month: float = Field(default=1, ge=0, le=1e9, allow_inf_nan=False, description="Of each video, whole.")


class RollbackBody(Wire):
    lesson_id: IdOrNumber | None = Field(default=None, description="Only this lesson, at once.")


class MinutesView(Wire):
    known: float
    estimated: float
    total: float


class CostView(Wire):
    """US dollars, by the prices and the assumptions beside it."""

    currency: str = "USD"
    encoding_once: float
    storage_monthly: float
    delivery_monthly: float
    monthly: float


class PlannedView(Wire):
    lesson_id: str
    course_id: str
    title: str
    source: str = Field(description="The object's key, or the address without its query.")
    bytes: int | None
    seconds: float | None
    makes_lesson: bool

    @classmethod
    def of(cls, video: Video) -> "PlannedView":
        return cls(
            lesson_id=video.lesson_id,
            course_id=video.course_id,
            title=video.title,
            source=video.key or without_query(video.url or ""),
            bytes=video.size,
            seconds=video.duration_ms / 1000 if video.duration_ms is not None else None,
            makes_lesson=video.makes_lesson,
        )


class LeftView(Wire):
    source: str
    lesson_id: str | None
    reason: str

    @classmethod
    def of(cls, left: Left) -> "LeftView":
        source = without_query(left.source) if "://" in left.source else left.source
        return cls(source=source, lesson_id=left.lesson_id, reason=left.reason)


class PlanSummary(Wire):
    """What a migration moves, in figures."""

    count: int
    bytes: int
    minutes: MinutesView
    cost: CostView
    assumptions: list[str]
    left_count: int
    left_reasons: dict[str, int]

    @classmethod
    def of(cls, found: Plan, settings: Settings, *, views: float) -> "PlanSummary":
        length = found.minutes
        prices = settings.mux_prices
        estimate = pricing.cost(length, prices, views=views)
        return cls(
            count=len(found.videos),
            bytes=found.bytes,
            minutes=MinutesView(known=length.known, estimated=length.estimated, total=length.total),
            cost=CostView(
                encoding_once=round(estimate.encoding_once, 2),
                storage_monthly=round(estimate.storage_monthly, 2),
                delivery_monthly=round(estimate.delivery_monthly, 2),
                monthly=round(estimate.monthly, 2),
            ),
            assumptions=pricing.assumptions(length, prices, views=views, source=settings.mux_price_source),
            left_count=len(found.left),
            left_reasons=dict(found.reasons),
        )


class PlanView(PlanSummary):
    """A dry run's answer. The lists are cut after the first thousand."""

    videos: list[PlannedView]
    left: list[LeftView]

    @classmethod
    def whole(cls, found: Plan, settings: Settings, *, views: float, listed: int | None = LISTED) -> "PlanView":
        return cls(
            **PlanSummary.of(found, settings, views=views).model_dump(),
            videos=[PlannedView.of(video) for video in found.videos[:listed]],
            left=[LeftView.of(one) for one in found.left[:listed]],
        )


class MigrationView(Wire):
    """`state` is what was asked for; `finished` says that nothing is planned, asked or processing any more."""

    id: UUID
    created_by: str
    runner: Runner
    state: MigrationState
    planned: bool
    finished: bool
    batch: int
    concurrency: int
    grace_seconds: int
    what: str = Field(description="The selection in words.")
    counts: dict[State, int]
    summary: PlanSummary | None = Field(description="Null until it is planned.")
    error: str | None = Field(description="Why it could not be planned.")
    created_at: datetime
    updated_at: datetime

    @classmethod
    def of(cls, migration: Migration, counts: Mapping[State, int]) -> "MigrationView":
        stored: Mapping[str, Any] = migration.plan
        planned = bool(stored.get("planned"))
        return cls(
            id=migration.id,
            created_by=migration.created_by,
            runner=migration.runner,
            state=migration.state,
            planned=planned,
            finished=planned and not any(counts[state] for state in OPEN),
            batch=migration.batch,
            concurrency=migration.concurrency,
            grace_seconds=migration.grace_s,
            what=Selection.read(stored["selection"]).told() if "selection" in stored else "",
            counts=dict(counts),
            summary=PlanSummary.model_validate(stored["summary"]) if "summary" in stored else None,
            error=stored.get("error"),
            created_at=migration.created_at,
            updated_at=migration.updated_at,
        )


class MigrationList(Wire):
    """One page, the newest first; `next` is the `before` of the following one, null on the last."""

    migrations: list[MigrationView]
    next: UUID | None


class TransferView(Wire):
    id: UUID
    lesson_id: str
    state: State
    reason: str | None
    source_id: UUID | None
    source_url: str | None
    copy_id: UUID
    bytes: int | None
    seconds: float | None
    attempts: int
    migrated_at: datetime | None
    keep_until: datetime | None
    verified: dict[str, Any] | None
    updated_at: datetime

    @classmethod
    def of(cls, transfer: Transfer) -> "TransferView":
        return cls(
            id=transfer.id,
            lesson_id=transfer.lesson_id,
            state=transfer.state,
            reason=transfer.reason,
            source_id=transfer.source_id,
            source_url=without_query(transfer.source_url) if transfer.source_url is not None else None,
            copy_id=transfer.copy_id,
            bytes=transfer.bytes,
            seconds=transfer.duration_ms / 1000 if transfer.duration_ms is not None else None,
            attempts=transfer.attempts,
            migrated_at=transfer.migrated_at,
            keep_until=transfer.keep_until,
            verified=dict(transfer.verified) if transfer.verified is not None else None,
            updated_at=transfer.updated_at,
        )


class TransferList(Wire):
    """One page, in the order of their ids; `next` is the `after` of the following one."""

    transfers: list[TransferView]
    next: UUID | None


def without_query(url: str) -> str:
    """An address without what may be a signature in it."""
    try:
        return urlsplit(url)._replace(query="", fragment="").geturl()
    except ValueError:
        return "?"
