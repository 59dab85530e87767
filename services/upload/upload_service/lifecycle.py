"""What becomes of a lesson's video: facts about each upload are joined, never replaced, so order cannot matter.

What is known of an upload forms a semilattice: `join` is commutative, associative and idempotent, hence any order,
repetition and delay of the same facts ends in the same knowledge. The lesson's state is derived from its uploads,
newest first, so an older upload can never push a newer one aside. A copy of a video takes its source's place in that
order, just above it, and does not count while it is staged.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal
from uuid import UUID

UploadStatus = Literal["waiting", "timed_out", "cancelled", "failed", "processing", "errored", "ready", "deleted"]
LessonStatus = Literal["pending", "processing", "ready", "error"]
Policy = Literal["signed", "public"]
Provider = Literal["mux", "s3"]
ProgressWish = Literal["auto", "carry", "void"]

# An asset that exists outweighs an upload said to have come to nothing; what plays outweighs what is said to fail.
RANK: dict[UploadStatus, int] = {
    "waiting": 0,
    "timed_out": 1,
    "cancelled": 2,
    "failed": 3,
    "processing": 4,
    "errored": 5,
    "ready": 6,
    "deleted": 7,
}
FAILED: frozenset[UploadStatus] = frozenset({"timed_out", "cancelled", "failed", "errored"})


@dataclass(frozen=True, slots=True)
class Knowledge:
    """What is known of one upload: both the state and what a single observation adds to it."""

    status: UploadStatus = "waiting"
    asset_id: str | None = None
    signed_playback_id: str | None = None
    public_playback_id: str | None = None
    duration_ms: int | None = None
    error: str | None = None
    size_bytes: int | None = None

    @property
    def was_ready(self) -> bool:
        return self.signed_playback_id is not None or self.public_playback_id is not None


@dataclass(frozen=True, slots=True)
class Upload:
    """One attempt to bring a video in. Ids are UUIDv7: their order is the order in which uploads were asked for.

    `copy_of`: the upload whose video this one repeats elsewhere. `staged`: not played, whatever is known of it.
    `redrive`: it is in S3 only because Mux was away. `progress`: what its author wants to become of learners' progress
    where it replaces a video. `revision` and `played_at`: see `replacing`; None until it plays for the first time.
    """

    id: UUID
    provider: Provider = "mux"
    policy: Policy = "signed"
    mux_upload_id: str | None = None
    known: Knowledge = Knowledge()
    discarded: bool = False
    s3_key: str | None = None
    s3_url: str | None = None
    copy_of: UUID | None = None
    staged: bool = False
    redrive: bool = False
    progress: ProgressWish = "auto"
    revision: int | None = None
    played_at: datetime | None = None

    @property
    def original(self) -> UUID:
        """The upload that brought this video in: the same for a video and all its copies."""
        return self.copy_of or self.id

    @property
    def order(self) -> tuple[UUID, bool, UUID]:
        """Its place among a lesson's attempts, the oldest first."""
        return self.original, self.copy_of is not None, self.id

    @property
    def counts(self) -> bool:
        """Whether the lesson is to know of it."""
        return not self.discarded and not self.staged

    @property
    def was_ready(self) -> bool:
        return self.known.was_ready or (self.provider == "s3" and self.s3_key is not None)


@dataclass(frozen=True, slots=True)
class Playable:
    """A video that can be played now: by Mux's `playback_id`, or from S3 by `s3_key`."""

    upload_id: UUID
    provider: Provider
    asset_id: str | None
    playback_id: str | None
    policy: Policy
    duration_ms: int | None
    s3_key: str | None = None
    s3_url: str | None = None
    revision: int = 1
    size_bytes: int | None = None


@dataclass(frozen=True, slots=True)
class LessonVideo:
    """A lesson's video as its author and its players see it."""

    status: LessonStatus = "pending"
    error: str | None = None
    playable: Playable | None = None


@dataclass(frozen=True, slots=True)
class BecameReady:
    video: Playable


@dataclass(frozen=True, slots=True)
class BecameErrored:
    reason: str
    provider: Provider
    asset_id: str | None


@dataclass(frozen=True, slots=True)
class BecameDeleted:
    video: Playable


Effect = BecameReady | BecameErrored | BecameDeleted


def join(a: Knowledge, b: Knowledge) -> Knowledge:
    """All that both know: the least knowledge that is above either."""
    top = max(a, b, key=lambda known: (RANK[known.status], known.error or ""))
    return Knowledge(
        status=top.status,
        error=top.error,
        asset_id=_most(a.asset_id, b.asset_id),
        signed_playback_id=_most(a.signed_playback_id, b.signed_playback_id),
        public_playback_id=_most(a.public_playback_id, b.public_playback_id),
        duration_ms=max((d for d in (a.duration_ms, b.duration_ms) if d is not None), default=None),
        size_bytes=max((size for size in (a.size_bytes, b.size_bytes) if size is not None), default=None),
    )


def _most(a: str | None, b: str | None) -> str | None:
    return max(a or "", b or "") or None


def learn(uploads: tuple[Upload, ...], upload_id: UUID, fact: Knowledge) -> tuple[Upload, ...]:
    """A lesson's uploads after an observation of one of them; `effects` tells what the step means to others.

    Total: every observation is possible in every state. An unknown `upload_id` changes nothing.
    """
    return tuple(
        replace(upload, known=join(upload.known, fact)) if upload.id == upload_id else upload for upload in uploads
    )


def derive(uploads: Iterable[Upload]) -> LessonVideo:
    """The lesson's state: the newest upload that became ready plays, and hides whatever is older.

    Without one, an upload in processing counts before one that waits or failed.
    """
    newest_first = sorted((u for u in uploads if u.counts), key=lambda upload: upload.order, reverse=True)
    shown: list[Upload] = []
    for upload in newest_first:
        playable = _playable(upload)
        if playable is not None:
            return LessonVideo("ready", None, replace(playable, revision=upload.revision or 1))
        if upload.known.status == "deleted" and upload.was_ready:
            break
        shown.append(upload)
    if any(upload.known.status == "processing" for upload in shown):
        return LessonVideo("processing")
    newest = next((upload.known for upload in shown), Knowledge())
    return LessonVideo("error", newest.error or newest.status) if newest.status in FAILED else LessonVideo("pending")


def _playable(upload: Upload) -> Playable | None:
    known = upload.known
    if known.status != "ready":
        return None
    if upload.provider == "s3":
        return _in_s3(upload)
    ids: dict[Policy, str | None] = {"signed": known.signed_playback_id, "public": known.public_playback_id}
    order: tuple[Policy, ...] = ("public", "signed") if upload.policy == "public" else ("signed", "public")
    for policy in order:
        playback_id = ids[policy]
        if playback_id is not None:
            return Playable(upload.id, upload.provider, known.asset_id, playback_id, policy, known.duration_ms)
    return None


def _in_s3(upload: Upload) -> Playable | None:
    if upload.s3_key is None:
        return None
    known, key, url = upload.known, upload.s3_key, upload.s3_url
    return Playable(upload.id, "s3", None, None, "signed", known.duration_ms, key, url, size_bytes=known.size_bytes)


def effects(before: Iterable[Upload], after: Iterable[Upload]) -> tuple[Effect, ...]:
    """What others should be told when a lesson's uploads went from one state to another."""
    before, after = tuple(before), tuple(after)
    wanted = [upload for upload in after if upload.counts]
    was, now = derive(before), derive(wanted)
    told: list[Effect] = []
    if now.playable is not None and (was.playable is None or was.playable.upload_id != now.playable.upload_id):
        told.append(BecameReady(now.playable))
    told += [BecameDeleted(video) for video in _gone(before, after)]
    if now.status == "error" and now != was:
        newest = max(wanted, key=lambda upload: upload.order)
        told.append(BecameErrored(now.error or "", newest.provider, newest.known.asset_id))
    return tuple(told)


def _gone(before: tuple[Upload, ...], after: tuple[Upload, ...]) -> Iterator[Playable]:
    """Videos that were there and are no longer, wanted or not; copies that never played are nobody's business."""
    deleted = {upload.id for upload in after if upload.known.status == "deleted"}
    for upload in before:
        video = _playable(upload)
        if video is not None and upload.id in deleted and (not upload.staged or upload.revision is not None):
            yield video
