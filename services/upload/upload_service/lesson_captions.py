"""What an author does with a lesson's captions: kept at once and by us, brought to Mux and S3 by `captioning`.

So an author never waits for either, and neither can lose what was written.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from uuid import UUID

import asyncpg

from servicekit.auth import Principal
from servicekit.database import Connection, Pool, transaction
from upload_service import (
    access,
    changes,
    store,
    store_caption_tracks,
    store_captions,
    store_subtitles,
    subtitles,
    webvtt,
)
from upload_service.captions import Track
from upload_service.errors import CaptionExists, CaptionNotFound, EditedMeanwhile, InvalidCaptions, LessonNotFound
from upload_service.identifiers import new_upload_id
from upload_service.model import Lesson
from upload_service.subtitles import AtMux, Caption


@dataclass(frozen=True, slots=True)
class Shown:
    """A caption with the lesson that it belongs to and its track at Mux."""

    caption: Caption
    at_mux: AtMux
    lesson: Lesson


@dataclass(frozen=True, slots=True)
class LessonCaptions:
    """Raises LessonNotFound, NotTheOwner, CaptionNotFound, CaptionExists, InvalidCaptions, EditedMeanwhile."""

    pool: Pool
    principal: Principal

    async def listed(self, lesson_id: str) -> tuple[list[Shown], list[Track]]:
        """The captions that we keep, and the tracks at Mux that came with the video or from elsewhere."""
        async with transaction(self.pool, readonly=True) as conn:
            lesson, _ = await access.own_lesson(conn, self.principal, lesson_id)
            asset_id = _asset_id(lesson)
            found = await store_subtitles.captions_of(conn, lesson_id, asset_id)
            others = await store_captions.foreign_tracks_of(conn, asset_id) if asset_id is not None else []
        return [Shown(caption, at_mux, lesson) for caption, at_mux in found], others

    async def one(self, lesson_id: str, caption_id: UUID) -> Shown:
        async with transaction(self.pool, readonly=True) as conn:
            lesson, _ = await access.own_lesson(conn, self.principal, lesson_id)
            return await _shown(conn, lesson, caption_id)

    async def add(
        self, lesson_id: str, *, language_code: str, name: str, closed_captions: bool, vtt: str | None
    ) -> Shown:
        """Keep a text, or the wish for a generated one if there is none."""
        text = _checked(vtt) if vtt is not None else None
        async with transaction(self.pool) as conn:
            lesson = await self._lock(conn, lesson_id)
            caption = Caption(
                id=new_upload_id(),
                lesson_id=lesson_id,
                source="generated" if text is None else "uploaded",
                language_code=language_code,
                name=name,
                closed_captions=closed_captions,
                vtt=text,
                duration_ms=_plays_ms(lesson) if text is not None else None,
            )
            if not await store_subtitles.insert(conn, caption):
                raise CaptionExists(f"there are captions in {language_code} named {name}")
            await store_caption_tracks.plan(conn, lesson_id)
            return await _shown(conn, lesson, caption.id)

    async def edit(self, lesson_id: str, caption_id: UUID, change: Callable[[Caption], Caption]) -> Shown:
        """The next revision of a caption as `change` makes it, which may raise; it fits what the lesson plays now."""
        async with transaction(self.pool) as conn:
            lesson = await self._lock(conn, lesson_id)
            before = (await _shown(conn, lesson, caption_id)).caption
            changed = change(before)
            after = replace(
                changed,
                vtt=_checked(changed.vtt or ""),
                source="uploaded",
                duration_ms=_plays_ms(lesson),
                revision=before.revision + 1,
            )
            try:
                await store_subtitles.edit(conn, after)
            except asyncpg.UniqueViolationError:
                raise CaptionExists(f"there are captions in {after.language_code} named {after.name}") from None
            await store_caption_tracks.plan(conn, lesson_id)
            await announce(conn, lesson_id)
            return await _shown(conn, lesson, caption_id)

    async def delete(self, lesson_id: str, caption_id: UUID) -> None:
        async with transaction(self.pool) as conn:
            lesson = await self._lock(conn, lesson_id)
            await _shown(conn, lesson, caption_id)
            await store_subtitles.delete(conn, caption_id)
            await store_caption_tracks.plan(conn, lesson_id)
            await announce(conn, lesson_id)

    async def _lock(self, conn: Connection, lesson_id: str) -> Lesson:
        await access.own_lesson(conn, self.principal, lesson_id)
        lesson = await store.lock_lesson(conn, lesson_id)
        if lesson is None or lesson.deleted:
            raise LessonNotFound()
        return lesson


def same_revision(caption: Caption, revision: int | None) -> None:
    """Raises EditedMeanwhile unless the caller has seen the newest text, or doesn't care."""
    if revision is not None and revision != caption.revision:
        raise EditedMeanwhile(f"revision {caption.revision} is the newest", revision=caption.revision)


async def announce(conn: Connection, lesson_id: str) -> bool:
    """Tell the others which captions a lesson has, if that changed. True if it did."""
    before = await store.lock_lesson(conn, lesson_id)
    if before is None:
        return False
    found = await store_subtitles.captions_of(conn, lesson_id, _asset_id(before))
    told = subtitles.announced(found)
    if list(before.captions) == told:
        return False
    await changes.save_lesson(conn, before, replace(before, captions=told))
    return True


async def _shown(conn: Connection, lesson: Lesson, caption_id: UUID) -> Shown:
    found = await store_subtitles.captions_of(conn, lesson.id, _asset_id(lesson))
    for caption, at_mux in found:
        if caption.id == caption_id:
            return Shown(caption, at_mux, lesson)
    raise CaptionNotFound()


def _asset_id(lesson: Lesson) -> str | None:
    playable = lesson.video.playable
    return playable.asset_id if playable is not None else None


def _plays_ms(lesson: Lesson) -> int | None:
    playable = lesson.video.playable
    return playable.duration_ms if playable is not None else None


def _checked(vtt: str) -> str:
    if len(vtt) > webvtt.MOST_CHARACTERS:
        raise InvalidCaptions(f"more than {webvtt.MOST_CHARACTERS} characters")
    try:
        return webvtt.parse(vtt).text
    except webvtt.Malformed as error:
        raise InvalidCaptions(str(error), line=error.line) from None
