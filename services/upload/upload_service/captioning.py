"""The sweep that brings captions to where they are needed: into S3, and from there to Mux by a short-lived address.

What is to be done is a row before anybody is asked, so that an outage, a crash or a video that moved to Mux leaves
nothing behind: the next turn goes on. A creation at Mux whose answer got lost is looked for before it is repeated.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

from prometheus_client import Counter

from servicekit.database import Pool, transaction
from servicekit.errors import ServiceError
from servicekit.telemetry import get_logger
from upload_service import lesson_captions, store_caption_tracks, store_subtitles
from upload_service.captions import Track
from upload_service.changes import observe_track
from upload_service.errors import MuxNotFound, MuxRefused
from upload_service.generated_texts import GeneratedTexts
from upload_service.multipart import upload_stream
from upload_service.mux import AssetSeen, MuxService
from upload_service.mux_tracks import TrackSeen
from upload_service.settings import Settings
from upload_service.storage import Storage
from upload_service.storage_connection import NoStorage
from upload_service.store_caption_tracks import Wanted
from upload_service.subtitles import Caption, key_of

TRACKS = Counter("seatime_caption_tracks_total", "Caption tracks at Mux by what was tried and its outcome", ["what"])

_LEASE_S = 300
_AT_ONCE = 10
_MUTE = "the video has no sound"

log = get_logger(__name__)


@dataclass
class Captioning:
    """Several may run: each claims its own rows. `turn` is one round."""

    pool: Pool
    storage: Storage | NoStorage
    mux: MuxService
    settings: Settings

    async def turn(self) -> None:
        """Raises if the database is down; what S3 or Mux does not take is tried again, later each time."""
        await self._store()
        async with transaction(self.pool) as conn:
            await store_subtitles.unhear(conn)
            dated = await store_subtitles.date(conn)
            await store_caption_tracks.plan(conn)
        await self._make()
        await self._delete()
        await self._hear()
        async with transaction(self.pool, readonly=True) as conn:
            silent = await store_subtitles.lessons_to_announce(conn)
        for lesson_id in sorted({*dated, *silent}):
            async with transaction(self.pool) as conn:
                await lesson_captions.announce(conn, lesson_id)

    async def _store(self) -> None:
        if isinstance(self.storage, NoStorage):
            return
        async with transaction(self.pool) as conn:
            new = await store_subtitles.claim_to_store(conn, lease_s=_LEASE_S, limit=_AT_ONCE)
            old = await store_subtitles.claim_to_clear(conn, lease_s=_LEASE_S, limit=_AT_ONCE)
        for caption in new:
            await self._store_one(self.storage, caption)
        for caption in old:
            try:
                await self.storage.delete_many(_keys(caption))
            except ServiceError as error:
                log.warning("captions not removed yet", caption=str(caption.id), error=str(error))
                continue
            async with transaction(self.pool) as conn:
                await store_subtitles.stored(conn, caption.id, 0)

    async def _store_one(self, storage: Storage, caption: Caption) -> None:
        """The text before the newest stays: a player may just be loading it."""
        text = _once((caption.vtt or "").encode())
        try:
            await upload_stream(storage, key_of(caption.id, caption.revision), text, content_type="text/vtt")
            if caption.revision > 2:
                await storage.delete(key_of(caption.id, caption.revision - 2))
        except ServiceError as error:
            log.warning("captions not stored yet", caption=str(caption.id), error=str(error))
            async with transaction(self.pool) as conn:
                await store_subtitles.not_stored(conn, caption.id, str(error))
            return
        async with transaction(self.pool) as conn:
            await store_subtitles.stored(conn, caption.id, caption.revision)
            await lesson_captions.announce(conn, caption.lesson_id)

    async def _make(self) -> None:
        """One by one: no lease ends while its track waits for others."""
        for _ in range(_AT_ONCE):
            async with transaction(self.pool) as conn:
                wanted = await store_caption_tracks.claim_wanted(conn, lease_s=_LEASE_S)
            if wanted is None:
                return
            try:
                made = await self._made(wanted)
            except ServiceError as error:
                await self._failed(wanted, error)
                continue
            if made is not None:
                await self._know(wanted, made)
                TRACKS.labels("made").inc()

    async def _made(self, wanted: Wanted) -> TrackSeen | None:
        async with transaction(self.pool, readonly=True) as conn:
            caption = await store_subtitles.by_id(conn, wanted.caption_id)
            names = await store_caption_tracks.names_in_use(conn, wanted.asset_id, but=wanted.id)
        if caption is None or caption.deleted or caption.revision != wanted.revision:
            return None
        listening = caption.vtt is None
        asset = await self.mux.get_asset(wanted.asset_id, bulk=True) if listening or wanted.asked else None
        if asset is not None and wanted.asked and (found := _own_track(asset, wanted)) is not None:
            return found
        sound = _sound(asset) if asset is not None and listening else None
        if listening and sound is None:
            raise MuxRefused(_MUTE)
        name = _free_name(caption.name, names)
        async with transaction(self.pool) as conn:
            await store_caption_tracks.asking(conn, wanted.id, name)
        told = {"language_code": caption.language_code, "name": name, "passthrough": str(wanted.id)}
        if sound is not None:
            return await self.mux.tracks.generate(wanted.asset_id, sound, bulk=True, **told)
        url = await self._address(caption)
        return await self.mux.tracks.create(
            wanted.asset_id, url=url, closed_captions=caption.closed_captions, bulk=True, **told
        )

    async def _address(self, caption: Caption) -> str:
        assert isinstance(self.storage, Storage), "what is in S3 was put there"
        key = key_of(caption.id, caption.revision)
        seconds = self.settings.captions_address_ttl_s
        signed = await self.storage.presign_source(key, seconds=seconds)
        return signed.url

    async def _hear(self) -> None:
        """Fetch what Mux has written: the text is ours from then on, to be edited and to move."""
        for _ in range(_AT_ONCE):
            async with transaction(self.pool) as conn:
                found = await store_subtitles.claim_to_hear(conn, lease_s=_LEASE_S)
            if found is None:
                return
            try:
                text = await GeneratedTexts(self.settings).fetch(found.playback_id, found.track_id, signed=found.signed)
            except ServiceError as error:
                log.warning("generated captions not fetched yet", caption=str(found.id), error=str(error))
                async with transaction(self.pool) as conn:
                    await store_subtitles.not_stored(conn, found.id, str(error))
                continue
            async with transaction(self.pool) as conn:
                await store_subtitles.heard(conn, found, text)
            TRACKS.labels("heard").inc()

    async def _delete(self) -> None:
        for _ in range(_AT_ONCE):
            async with transaction(self.pool) as conn:
                unwanted = await store_caption_tracks.claim_unwanted(conn, lease_s=_LEASE_S)
            if unwanted is None:
                return
            try:
                track_id = unwanted.track_id or await self._find(unwanted)
                if track_id is not None:
                    await self.mux.tracks.delete(unwanted.asset_id, track_id, bulk=True)
            except ServiceError as error:
                await self._failed(unwanted, error)
                continue
            async with transaction(self.pool) as conn:
                await store_caption_tracks.gone(conn, unwanted.id)
                if track_id is not None:
                    await observe_track(conn, Track(track_id, "deleted", asset_id=unwanted.asset_id))
            TRACKS.labels("deleted").inc()

    async def _find(self, unwanted: Wanted) -> str | None:
        try:
            found = _own_track(await self.mux.get_asset(unwanted.asset_id, bulk=True), unwanted)
        except MuxNotFound:
            return None
        return found.id if found is not None else None

    async def _know(self, wanted: Wanted, made: TrackSeen) -> None:
        known = Track(
            made.id,
            "preparing",
            asset_id=wanted.asset_id,
            language_code=made.body.get("language_code"),
            name=made.body.get("name"),
            source=made.body.get("text_source"),
            our_id=wanted.id,
        )
        async with transaction(self.pool) as conn:
            await observe_track(conn, known)

    async def _failed(self, wanted: Wanted, error: ServiceError) -> None:
        TRACKS.labels("failed").inc()
        log.warning("caption track not brought yet", track=str(wanted.id), error=str(error))
        async with transaction(self.pool) as conn:
            refused = isinstance(error, MuxRefused | MuxNotFound)
            await store_caption_tracks.failed(conn, wanted.id, str(error), refused=refused)


async def _once(content: bytes) -> AsyncIterator[bytes]:
    yield content


def _keys(caption: Caption) -> list[str]:
    revisions = range(max(1, caption.stored_revision - 1), caption.revision + 1)
    return [key_of(caption.id, revision) for revision in revisions]


def _tracks(asset: AssetSeen) -> list[dict[str, Any]]:
    tracks = asset.body.get("tracks")
    return [track for track in tracks if isinstance(track, dict)] if isinstance(tracks, list) else []


def _own_track(asset: AssetSeen, wanted: Wanted) -> TrackSeen | None:
    for track in _tracks(asset):
        if track.get("passthrough") == str(wanted.id) and isinstance(track.get("id"), str):
            return TrackSeen(track["id"], str(track.get("status")), track)
    return None


def _sound(asset: AssetSeen) -> str | None:
    """The audio track that the video speaks by: the primary one, else the first."""
    sounds = [track for track in _tracks(asset) if track.get("type") == "audio" and isinstance(track.get("id"), str)]
    best = next((track for track in sounds if track.get("primary")), sounds[0] if sounds else None)
    return best["id"] if best is not None else None


def _free_name(name: str, taken: set[str]) -> str:
    """Mux wants the names of an asset's text tracks to differ, also while a newer text replaces an older one."""
    if name not in taken:
        return name
    return next(other for number in range(2, len(taken) + 3) if (other := f"{name} ({number})") not in taken)
