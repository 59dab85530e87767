"""The text of captions that Mux generated, fetched as a player would, so that an author can edit it and it can move."""

from dataclasses import dataclass

import aiohttp

from upload_service import mux_addresses, webvtt
from upload_service.errors import MuxRefused, MuxUnavailable
from upload_service.settings import Settings

_MOST_BYTES = 4 * webvtt.MOST_CHARACTERS


@dataclass(frozen=True, slots=True)
class GeneratedTexts:
    """Raises MuxUnavailable, MuxRefused, or NotConfigured where a private video is asked for without a signing key."""

    settings: Settings

    async def fetch(self, playback_id: str, track_id: str, *, signed: bool) -> str:
        """A track's WebVTT."""
        url = mux_addresses.address(self.settings, playback_id, f"/text/{track_id}.vtt", signed=signed)
        timeout = aiohttp.ClientTimeout(
            total=self.settings.mux_deadline_s, sock_connect=self.settings.mux_connect_timeout_s
        )
        try:
            async with aiohttp.ClientSession(timeout=timeout) as http, http.get(url) as response:
                if response.status != 200:
                    raise MuxUnavailable(f"Mux answered {response.status} to the captions' address")
                content = await response.content.read(_MOST_BYTES + 1)
                while len(content) <= _MOST_BYTES and (more := await response.content.read(_MOST_BYTES)):
                    content += more
        except (aiohttp.ClientError, TimeoutError) as error:
            raise MuxUnavailable(f"the captions cannot be fetched: {type(error).__name__}") from error
        return _text(content)


def _text(content: bytes) -> str:
    try:
        return webvtt.parse(content.decode()).text
    except UnicodeDecodeError as error:
        raise MuxRefused("the generated captions are no text") from error
    except webvtt.Malformed as error:
        raise MuxRefused(f"the generated captions are no WebVTT: {error}") from error
