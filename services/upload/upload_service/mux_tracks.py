"""The caption tracks of assets at Mux."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import mux_python

from upload_service.asking import Asking, required
from upload_service.errors import MuxNotFound


@dataclass(frozen=True, slots=True)
class TrackSeen:
    """A track as Mux has it now, `body` in the wire's form."""

    id: str
    status: str
    body: Mapping[str, Any]


class MuxTracks:
    """Raises what `MuxService` does. A creation whose answer got lost is found again by its `passthrough`."""

    def __init__(self, asking: Asking) -> None:
        self._asking, self._assets = asking, mux_python.AssetsApi(asking.client)

    async def create(
        self,
        asset_id: str,
        *,
        url: str,
        language_code: str,
        name: str,
        closed_captions: bool = False,
        passthrough: str,
        bulk: bool = False,
    ) -> TrackSeen:
        """A text track that Mux fetches from `url`, WebVTT or SRT. The asset has to be ready, the name unused on it."""
        request = {
            "url": url,
            "type": "text",
            "text_type": "subtitles",
            "language_code": language_code,
            "name": name,
            "closed_captions": closed_captions,
            "passthrough": passthrough,
        }
        answer = await self._asking.ask(
            "create_track", "POST", self._assets.create_asset_track, asset_id, request, bulk=bulk
        )
        return self._asking.read("create_track", lambda: self._seen(answer.data))

    async def generate(
        self,
        asset_id: str,
        audio_track_id: str,
        *,
        language_code: str,
        name: str,
        passthrough: str,
        bulk: bool = False,
    ) -> TrackSeen:
        """A text track that Mux makes by listening to one of the asset's audio tracks."""
        wanted = {"language_code": language_code, "name": name, "passthrough": passthrough}
        answer = await self._asking.ask(
            "generate_subtitles",
            "POST",
            self._assets.generate_asset_track_subtitles,
            asset_id,
            audio_track_id,
            {"generated_subtitles": [wanted]},
            bulk=bulk,
        )
        return self._asking.read("generate_subtitles", lambda: self._seen(_first(answer.data)))

    async def delete(self, asset_id: str, track_id: str, *, bulk: bool = False) -> None:
        """Delete a track for good. One that is already gone counts as deleted."""
        try:
            await self._asking.ask(
                "delete_track", "DELETE", self._assets.delete_asset_track, asset_id, track_id, bulk=bulk
            )
        except MuxNotFound:
            return

    def _seen(self, track: Any) -> TrackSeen:
        return TrackSeen(required(track.id), required(track.status), self._asking.wire(track) or {})


def _first(tracks: Any) -> Any:
    if not tracks:
        raise ValueError("Mux made no track")
    return tracks[0]
