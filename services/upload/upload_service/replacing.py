"""What becomes of learners' progress when a lesson's video is replaced. Pure.

A lesson has one content after the other, and its revision numbers them: progress made in one revision counts in no
other. It is decided once, when a video first plays, against the video that learners had before it, and stands from
then on: a video that nobody saw, however late it is heard of, neither starts a revision nor ends one.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from upload_service.lifecycle import ProgressWish, Upload, derive

Outcome = Literal["carry", "void"]

SAME_LENGTH_MS = 1_000
"""Videos whose lengths differ by no more are taken for the same lesson, newly encoded or touched up."""


@dataclass(frozen=True, slots=True)
class Replacement:
    """A video that plays in place of the `former` one, and what that does to progress."""

    former: Upload
    progress: Outcome


def outcome(wish: ProgressWish, former_ms: int | None, new_ms: int | None) -> Outcome:
    """What its author asked for, else by the lengths.

    Where a length is not known, progress is carried: nobody asked to void learners' records, and it cannot be undone.
    """
    if wish != "auto":
        return wish
    if former_ms is None or new_ms is None:
        return "carry"
    return "carry" if abs(former_ms - new_ms) <= SAME_LENGTH_MS else "void"


def settle(uploads: tuple[Upload, ...], at: datetime) -> tuple[Upload, ...]:
    """The uploads with the revision of the one that plays, if it plays for the first time (`at`)."""
    playing = _playing(uploads)
    if playing is None or playing.revision is not None:
        return uploads
    settled = replace(playing, revision=_revision(playing, _former(uploads, playing)), played_at=at)
    return tuple(settled if upload.id == settled.id else upload for upload in uploads)


def replacement(uploads: Iterable[Upload]) -> Replacement | None:
    """What the video that plays took the place of; None for a first video, and for a copy of the one before."""
    known = tuple(uploads)
    playing = _playing(known)
    former = _former(known, playing) if playing is not None else None
    if playing is None or former is None or former.original == playing.original:
        return None
    return Replacement(former, "carry" if former.revision == playing.revision else "void")


def revision(uploads: Iterable[Upload]) -> int:
    """Of the video that plays, or played last; 1 before there was any."""
    return max((upload.revision or 1 for upload in uploads), default=1)


def revised_at(uploads: Iterable[Upload]) -> datetime | None:
    """When the current revision began; None for the first, which voided nothing."""
    known = tuple(uploads)
    current = revision(known)
    if current == 1:
        return None
    return min((u.played_at for u in known if u.revision == current and u.played_at is not None), default=None)


def obsolete(uploads: Iterable[Upload], *, before: datetime) -> frozenset[Upload]:
    """Attempts that a video which plays since `before` or longer has made superfluous.

    Its own source or copy is none of them: that is the same video. Staged copies are their transfer's business.
    """
    known = tuple(uploads)
    playing = _playing(known)
    if playing is None:
        return frozenset()
    same = [u.played_at for u in known if u.original == playing.original and u.played_at is not None]
    if not same or min(same) > before:
        return frozenset()
    return frozenset(u for u in known if u.counts and u.original < playing.original)


def _playing(uploads: tuple[Upload, ...]) -> Upload | None:
    playable = derive(uploads).playable
    return next((u for u in uploads if u.id == playable.upload_id), None) if playable is not None else None


def _former(uploads: Iterable[Upload], playing: Upload) -> Upload | None:
    """The upload that played before this one; of a video and its copy, the copy."""
    played = (u for u in uploads if u.revision is not None and u.order < playing.order)
    return max(played, key=lambda u: u.order, default=None)


def _revision(playing: Upload, former: Upload | None) -> int:
    if former is None or former.revision is None:
        return 1
    if former.original == playing.original:
        return former.revision
    keeps = outcome(playing.progress, former.known.duration_ms, playing.known.duration_ms) == "carry"
    return former.revision if keeps else former.revision + 1
