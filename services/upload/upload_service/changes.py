"""The units of work: a locked row, what the rules make of it, one version up, and the events that tell of it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from contracts import Event
from servicekit import outbox
from servicekit.database import Connection
from upload_service import (
    announce,
    captions,
    observations,
    replacing,
    store,
    store_caption_tracks,
    store_captions,
    store_inbox,
    store_receiving,
    store_uploads,
)
from upload_service.errors import NotAnEvent
from upload_service.lifecycle import Knowledge, Upload, effects, learn
from upload_service.model import Course, Lesson, in_order


class MuxEvent(BaseModel):
    """A webhook's envelope, as much of it as we rely on."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    id: str = Field(pattern=r"^[\x21-\x7e]{1,255}$")
    type: str = Field(pattern=r"^[\x21-\x7e]{1,255}$")
    data: dict[str, object]

    @classmethod
    def of(cls, body: bytes | str) -> "MuxEvent":
        """Raises NotAnEvent."""
        try:
            return cls.model_validate_json(body)
        except ValidationError as error:
            wrong = [".".join(map(str, e["loc"])) or e["type"] for e in error.errors(include_input=False)[:5]]
            raise NotAnEvent(f"missing or unusable: {', '.join(wrong)}") from error


async def save_course(conn: Connection, before: Course, after: Course) -> Course:
    """Write a locked course, one version up, and announce it. Nothing happens where nothing changed."""
    if after == before and before.version > 0:
        return before
    after = replace(after, version=before.version + 1)
    await store.write_course(conn, after)
    await outbox.append(conn, [announce.course_changed(after, datetime.now(UTC))])
    return after


async def save_lesson(conn: Connection, before: Lesson, after: Lesson) -> Lesson:
    """Write a locked lesson with its uploads, and announce, one version up, what others can see of the change."""
    (saved,) = await save_lessons(conn, [(before, after)])
    return saved


async def save_lessons(conn: Connection, steps: Sequence[tuple[Lesson, Lesson]]) -> list[Lesson]:
    """The same for several locked lessons, each from its state before to the one after, in as many statements."""
    now = datetime.now(UTC)
    uploads: list[tuple[str, Upload]] = []
    written: list[Lesson] = []
    saved: list[Lesson] = []
    events: list[Event] = []
    for before, told_after in steps:
        after = replace(told_after, uploads=replacing.settle(told_after.uploads, now))
        changed = _changed(before, after)
        uploads += [(after.id, upload) for upload in changed]
        seen = before.version == 0 or _seen(before) != _seen(after)
        saved.append(replace(after, version=before.version + 1) if seen else after)
        if seen:
            events.append(announce.lesson_changed(saved[-1], now))
        events += announce.asset_events(saved[-1], effects(before.uploads, after.uploads), now)
        if seen or changed:
            written.append(saved[-1])
    await store_uploads.write(conn, uploads)
    await store.write_lessons(conn, written)
    await outbox.append(conn, events)
    return saved


def _changed(before: Lesson, after: Lesson) -> list[Upload]:
    known = {upload.id: upload for upload in before.uploads}
    return [upload for upload in after.uploads if known.get(upload.id) != upload]


def _seen(lesson: Lesson) -> tuple[Lesson, object]:
    return replace(lesson, uploads=()), lesson.video


async def delete_lesson(conn: Connection, lesson: Lesson) -> Lesson:
    """Mark a locked lesson and all its videos as gone; the worker removes the assets at Mux."""
    return await save_lesson(conn, lesson, replace(lesson.without_video(), deleted=True))


async def observe(conn: Connection, lesson_id: str, upload_id: UUID, fact: Knowledge) -> bool:
    """Join a fact into what is known of an upload. True if it was news."""
    before = await store.lock_lesson(conn, lesson_id)
    if before is None:
        return False
    uploads = learn(before.uploads, upload_id, fact)
    await save_lesson(conn, before, replace(before, uploads=uploads))
    return uploads != before.uploads


async def take_in(conn: Connection, body: bytes) -> str:
    """Keep a signed webhook and apply it, once.

    Returns "applied", "ignored" (a type that tells nothing), "parked" (of an upload not known yet) or "duplicate".
    Raises NotAnEvent.
    """
    event = MuxEvent.of(body)
    subject = observations.subject_of(event.type, event.data)
    await store_receiving.hold_lesson_of(conn, subject)
    if not await store_inbox.take_in(conn, event.id, event.type, body.decode(), subject):
        return "duplicate"
    return await apply(conn, event)


async def apply(conn: Connection, event: MuxEvent) -> str:
    """Apply an event that is in the inbox and was not applied before. Returns what became of it."""
    track = captions.of_event(event.type, event.data)
    if track is not None:
        await observe_track(conn, track)
        await store_inbox.settle(conn, event.id, "applied")
        return "applied"
    fact = observations.of_event(event.type, event.data)
    if fact is None:
        await store_inbox.settle(conn, event.id, "ignored")
        return "ignored"
    subject = observations.subject_of(event.type, event.data)
    known = await store_uploads.of_mux(conn, subject.mux_upload_id, subject.mux_asset_id)
    if known is not None:
        await observe(conn, known.lesson_id, known.id, fact)
    elif not await _adopt(conn, subject, fact):
        return "parked"
    await store_inbox.settle(conn, event.id, "applied")
    return "applied"


async def observe_track(conn: Connection, told: captions.Track) -> None:
    """Join what was told of a caption track into what is known of it, and know it as ours if it says so."""
    if told.our_id is not None:
        await store_caption_tracks.made(conn, told.our_id, told.id)
    before = await store_captions.lock_track(conn, told)
    after = captions.join(before, told)
    if after != before:
        await store_captions.write_track(conn, after)


async def _adopt(conn: Connection, subject: observations.Subject, fact: Knowledge) -> bool:
    """Take in an upload of ours that Mux made and whose row was never committed, or is about to be."""
    if subject.lesson_id is None or subject.upload_id is None:
        return False
    before = await store.lock_lesson(conn, subject.lesson_id)
    if before is None:
        return False
    if all(upload.id != subject.upload_id for upload in before.uploads):
        course = await store.course(conn, before.course_id)
        upload = Upload(
            subject.upload_id,
            policy=course.policy if course is not None else "signed",
            mux_upload_id=subject.mux_upload_id,
            discarded=before.deleted,
        )
        with_upload = replace(before, uploads=in_order((*before.uploads, upload)))
        await save_lesson(conn, before, with_upload)
    await observe(conn, subject.lesson_id, subject.upload_id, fact)
    return True


async def add_upload(conn: Connection, before: Lesson, upload: Upload) -> None:
    """Add a new attempt to a locked lesson, and apply what Mux has said of it meanwhile."""
    adopted = next((existing for existing in before.uploads if existing.id == upload.id), upload)
    added = replace(
        upload,
        known=adopted.known,
        discarded=adopted.discarded,
        revision=adopted.revision,
        played_at=adopted.played_at,
    )
    others = (existing for existing in before.uploads if existing.id != upload.id)
    await save_lesson(conn, before, replace(before, uploads=in_order((*others, added))))
    await replay_parked(conn, before.id, mux_upload_id=upload.mux_upload_id)


async def replay_parked(conn: Connection, lesson_id: str, *, mux_upload_id: str | None = None) -> None:
    """Apply the parked events that name this lesson or upload, now that it is here."""
    for event in await store_inbox.parked_for(conn, mux_upload_id=mux_upload_id, lesson_id=lesson_id):
        await apply(conn, MuxEvent.of(event.payload))
