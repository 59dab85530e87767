"""What the other services are told: every event is made from the state that the same transaction writes."""

from collections.abc import Sequence
from datetime import datetime

from contracts import (
    AssetDeleted,
    AssetErrored,
    AssetReady,
    Caption,
    CourseChanged,
    CourseRules,
    Event,
    LessonChanged,
    LessonRules,
    Replaced,
    Video,
)
from upload_service import replacing
from upload_service.lifecycle import BecameDeleted, BecameErrored, BecameReady, Effect, Playable, Upload
from upload_service.model import Course, Lesson
from upload_service.subtitles import fits


def course_changed(course: Course, at: datetime) -> CourseChanged:
    return CourseChanged(
        course_id=course.id,
        version=course.version,
        title=course.title,
        owner_id=course.owner_id,
        published=course.published,
        public=course.public,
        deleted=course.deleted,
        rules=CourseRules.model_validate(course.rules),
        changed_at=at,
    )


def lesson_changed(lesson: Lesson, at: datetime) -> LessonChanged:
    video = lesson.video
    return LessonChanged(
        lesson_id=lesson.id,
        course_id=lesson.course_id,
        version=lesson.version,
        title=lesson.title,
        position=lesson.position,
        required=lesson.required,
        deleted=lesson.deleted,
        processing_status=video.status,
        error=video.error,
        video=_video(video.playable) if video.playable is not None else None,
        video_revision=lesson.revision,
        revised_at=lesson.revised_at,
        captions=_captions(lesson, video.playable),
        rules=LessonRules.model_validate(lesson.rules),
        changed_at=at,
    )


def asset_events(lesson: Lesson, effects: Sequence[Effect], at: datetime) -> list[Event]:
    """The lifecycle's effects as events of the lesson's version."""
    return [_asset_event(lesson, effect, at) for effect in effects]


def _asset_event(lesson: Lesson, effect: Effect, at: datetime) -> Event:
    whose = {"lesson_id": lesson.id, "course_id": lesson.course_id, "version": lesson.version}
    match effect:
        case BecameReady(video):
            replacement = replacing.replacement(lesson.uploads)
            return AssetReady(
                **whose,
                provider=video.provider,
                asset_id=video.asset_id,
                playback_id=video.playback_id,
                policy=video.policy,
                duration_ms=video.duration_ms or 0,
                video_revision=lesson.revision,
                replaced=_replaced(replacement.former) if replacement is not None else None,
                progress=replacement.progress if replacement is not None else None,
                ready_at=at,
            )
        case BecameErrored(reason, provider, asset_id):
            return AssetErrored(**whose, provider=provider, asset_id=asset_id, reason=reason, errored_at=at)
        case BecameDeleted(video):
            return AssetDeleted(**whose, provider=video.provider, asset_id=video.asset_id, deleted_at=at)


def _captions(lesson: Lesson, playable: Playable | None) -> tuple[Caption, ...]:
    if playable is None:
        return ()
    fitting = (kept for kept in lesson.captions if fits(kept.get("duration_ms"), playable))
    return tuple(Caption.model_validate(kept) for kept in fitting)


def _replaced(former: Upload) -> Replaced:
    return Replaced(
        provider=former.provider,
        asset_id=former.known.asset_id,
        duration_ms=former.known.duration_ms,
        revision=former.revision or 1,
    )


def _video(playable: Playable) -> Video:
    return Video(
        provider=playable.provider,
        asset_id=playable.asset_id,
        playback_id=playable.playback_id,
        policy=playable.policy,
        s3_key=playable.s3_key,
        duration_ms=playable.duration_ms,
        size_bytes=playable.size_bytes,
    )
