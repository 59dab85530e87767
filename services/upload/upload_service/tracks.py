"""How many video and audio tracks an MP4 or QuickTime file has, by a few short reads (ISO/IEC 14496-12)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from upload_service.durations import Read, boxes, first_box


@dataclass(frozen=True, slots=True)
class Tracks:
    video: int
    audio: int


async def of_file(read: Read, size: int) -> Tracks | None:
    """The tracks that a file of that size declares; None if it is of another kind or declares neither."""
    movie = await first_box(read, b"moov", 0, size)
    if movie is None:
        return None
    kinds: list[bytes] = []
    async for kind, start, end in boxes(read, *movie):
        if kind == b"trak":
            kinds.append(await _handler(read, start, end))
    found = Tracks(kinds.count(b"vide"), kinds.count(b"soun"))
    return found if found.video or found.audio else None


async def _handler(read: Read, start: int, end: int) -> bytes:
    media = await first_box(read, b"mdia", start, end)
    header = await first_box(read, b"hdlr", *media) if media is not None else None
    return (await read(header[0] + 8, 4))[:4] if header is not None else b""


def of_asset(body: Mapping[str, Any]) -> Tracks:
    """The tracks of Mux's asset object (its wire form), captions aside."""
    listed = body.get("tracks")
    kinds = (
        [track.get("type") for track in listed if isinstance(track, Mapping)] if isinstance(listed, Sequence) else []
    )
    return Tracks(kinds.count("video"), kinds.count("audio"))


def missing(source: Tracks, copy: Tracks) -> str | None:
    """What the copy lacks; None if nothing. Of several tracks of a kind Mux makes at least one."""
    for name, had, has in (("video", source.video, copy.video), ("audio", source.audio, copy.audio)):
        if bool(had) != bool(has) or has > had:
            return f"the source has {had} {name} tracks, the copy {has}"
    return None
