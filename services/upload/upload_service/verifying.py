"""Whether a copy at Mux can stand for its source: it is ready, as long, has its tracks, and its first segment plays.

Everything is fetched afresh, the manifest and the segment as a player would, with a signed token. What is found is
kept as the proof. What could not be compared, because the source does not say, is named in it.
"""

from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

import aiohttp
import m3u8

from upload_service import durations, mux_addresses, observations, tracks
from upload_service.durations import Read
from upload_service.errors import MuxNotFound, NotConfigured
from upload_service.lifecycle import Knowledge
from upload_service.mux import MuxService
from upload_service.settings import Settings
from upload_service.storage import Storage
from upload_service.tracks import Tracks

TOLERANCE_MS = 1_000

_PLAYLIST_BYTES = 4 << 20
_SEGMENT_BYTES = 64 << 20
_PACKET = 188
_AHEAD_BYTES = 64 << 10


class Refuted(Exception):
    """The copy is not what the source is; no second look will change that."""


class Unproven(Exception):
    """It could not be seen now. `answered`: somebody answered, and refused."""

    def __init__(self, reason: str, *, answered: bool = False) -> None:
        super().__init__(reason)
        self.answered = answered


@dataclass(frozen=True, slots=True)
class Source:
    """What the copy is measured by; None is what the source does not tell."""

    duration_ms: int | None = None
    tracks: Tracks | None = None


async def source_in(storage: Storage, key: str) -> Source:
    """What the object itself tells. Raises ObjectNotFound, or StorageUnavailable."""

    async def read(start: int, length: int) -> bytes:
        return await storage.read(key, start=start, length=length)

    size = (await storage.head(key)).size
    near = _ahead(read)
    return Source(await durations.duration_ms(near, size), await tracks.of_file(near, size))


def _ahead(read: Read) -> Read:
    """The same, reading ahead: what is looked at next is mostly near."""
    held_at, held = 0, b""

    async def reading(start: int, length: int) -> bytes:
        nonlocal held_at, held
        if not (held_at <= start and start + length <= held_at + len(held)):
            held_at, held = start, await read(start, max(length, _AHEAD_BYTES))
        return held[start - held_at : start - held_at + length]

    return reading


@dataclass(frozen=True, slots=True)
class Verifier:
    """Looks at copies. Raises Refuted, Unproven, and what MuxService and Storage raise where they are not there."""

    mux: MuxService
    settings: Settings

    async def verify(self, asset_id: str, source: Source) -> dict[str, Any]:
        """The proof, as it is kept."""
        try:
            asset = await self.mux.get_asset(asset_id, bulk=True)
        except MuxNotFound:
            raise Refuted("Mux no longer has the asset") from None
        known = observations.of_asset(asset.status, asset_id, asset.body)
        if known is None or known.status == "processing":
            raise Unproven(f"the asset is {asset.status}")
        if known.status != "ready":
            raise Refuted(known.error or f"the asset is {asset.status}")
        made = tracks.of_asset(asset.body)
        _compare(source, known, made)
        playback_id = known.public_playback_id or known.signed_playback_id or ""
        seen = await self._look(self._manifest_url(playback_id, signed=known.public_playback_id is None))
        unknown = [name for name, value in (("duration", source.duration_ms), ("tracks", source.tracks)) if not value]
        return {
            "at": datetime.now(UTC).isoformat(),
            "assetId": asset_id,
            "durationMs": {"copy": known.duration_ms, "source": source.duration_ms},
            "tracks": {"copy": asdict(made), "source": asdict(source.tracks) if source.tracks else None},
            **seen,
            "unknown": unknown,
        }

    def _manifest_url(self, playback_id: str, *, signed: bool) -> str:
        try:
            return mux_addresses.address(self.settings, playback_id, ".m3u8", signed=signed)
        except NotConfigured as error:
            raise Unproven(f"{error}, so that nothing can be looked at") from error

    async def _look(self, url: str) -> dict[str, Any]:
        timeout = aiohttp.ClientTimeout(total=self.settings.transfer_fetch_timeout_s)
        async with aiohttp.ClientSession(timeout=timeout) as http:
            master = await _playlist(http, url)
            media = master
            if master.is_variant:
                if not master.playlists:
                    raise Unproven("its manifest names no rendition", answered=True)
                media = await _playlist(http, master.playlists[0].absolute_uri)
            if not media.segments:
                raise Unproven("its first rendition has no segments", answered=True)
            segment = await _fetch(http, media.segments[0].absolute_uri, _SEGMENT_BYTES)
            kind = _kind(segment)
            if kind is None:
                raise Unproven("its first segment is no video", answered=True)
        return {
            "renditions": len(master.playlists) or 1,
            "segments": len(media.segments),
            "firstSegment": {"bytes": len(segment), "type": kind},
        }


def _compare(source: Source, copy: Knowledge, made: Tracks) -> None:
    if source.duration_ms is not None:
        apart = abs((copy.duration_ms or 0) - source.duration_ms)
        if apart > TOLERANCE_MS:
            raise Refuted(f"the source plays {source.duration_ms} ms, the copy {copy.duration_ms} ms")
    if source.tracks is not None:
        lacking = tracks.missing(source.tracks, made)
        if lacking is not None:
            raise Refuted(lacking)
    elif not made.video:
        raise Refuted("the copy has no video track")


async def _playlist(http: aiohttp.ClientSession, url: str) -> m3u8.M3U8:
    body = await _fetch(http, url, _PLAYLIST_BYTES)
    try:
        return m3u8.loads(body.decode(), uri=url)
    except (ValueError, IndexError, KeyError, AttributeError) as error:
        raise Unproven(f"a playlist cannot be read: {type(error).__name__}", answered=True) from error


async def _fetch(http: aiohttp.ClientSession, url: str, most: int) -> bytes:
    what = url.partition("?")[0].rpartition("/")[2]
    try:
        async with http.get(url) as answer:
            if answer.status != 200:
                refused = 400 <= answer.status < 500 and answer.status not in (408, 429)
                raise Unproven(f"{what}: answered {answer.status}", answered=refused)
            found = bytearray()
            async for chunk in answer.content.iter_chunked(1 << 16):
                found += chunk
                if len(found) > most:
                    raise Unproven(f"{what}: more than {most} bytes", answered=True)
            return bytes(found)
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        raise Unproven(f"{what}: {type(error).__name__}") from error


def _kind(segment: bytes) -> str | None:
    if len(segment) > _PACKET and segment[0] == segment[_PACKET] == 0x47:
        return "MPEG-TS"
    if segment[4:8] in (b"styp", b"moof", b"sidx", b"ftyp", b"emsg", b"prft"):
        return "MP4"
    return None
