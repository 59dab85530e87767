"""The text of captions that Mux generated, fetched as a player would, so that an author can edit it and it can move."""

import base64
import time
from dataclasses import dataclass
from urllib.parse import urlencode

import aiohttp
import jwt

from upload_service import webvtt
from upload_service.errors import MuxRefused, MuxUnavailable, NotConfigured
from upload_service.settings import Settings

_TOKEN_S = 300
_MOST_BYTES = 4 * webvtt.MOST_CHARACTERS


@dataclass(frozen=True, slots=True)
class GeneratedTexts:
    """Raises MuxUnavailable, MuxRefused, or NotConfigured where a private video is asked for without a signing key."""

    settings: Settings

    async def fetch(self, playback_id: str, track_id: str, *, signed: bool) -> str:
        """A track's WebVTT."""
        url = f"{self.settings.mux_stream_base_url.rstrip('/')}/{playback_id}/text/{track_id}.vtt"
        query = f"?{urlencode({'token': self._token(playback_id)})}" if signed else ""
        timeout = aiohttp.ClientTimeout(
            total=self.settings.mux_deadline_s, sock_connect=self.settings.mux_connect_timeout_s
        )
        try:
            async with aiohttp.ClientSession(timeout=timeout) as http, http.get(url + query) as response:
                if response.status != 200:
                    raise MuxUnavailable(f"Mux answered {response.status} to the captions' address")
                content = await response.content.read(_MOST_BYTES + 1)
                while len(content) <= _MOST_BYTES and (more := await response.content.read(_MOST_BYTES)):
                    content += more
        except (aiohttp.ClientError, TimeoutError) as error:
            raise MuxUnavailable(f"the captions cannot be fetched: {type(error).__name__}") from error
        return _text(content)

    def _token(self, playback_id: str) -> str:
        key_id, private = self.settings.mux_signing_key, self.settings.mux_private_key
        if key_id is None or private is None:
            raise NotConfigured("MUX_SIGNING_KEY")
        claims = {"sub": playback_id, "aud": "v", "exp": int(time.time()) + _TOKEN_S, "kid": key_id}
        try:
            pem = base64.b64decode(private.get_secret_value(), validate=True)
            return jwt.encode(claims, pem, algorithm="RS256", headers={"kid": key_id})
        except (ValueError, jwt.PyJWTError) as error:
            raise NotConfigured("MUX_PRIVATE_KEY") from error


def _text(content: bytes) -> str:
    try:
        return webvtt.parse(content.decode()).text
    except UnicodeDecodeError as error:
        raise MuxRefused("the generated captions are no text") from error
    except webvtt.Malformed as error:
        raise MuxRefused(f"the generated captions are no WebVTT: {error}") from error
