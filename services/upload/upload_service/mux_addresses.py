"""Addresses at Mux's own host for what the service itself reads of a video: its manifest, the text of its captions."""

import base64
import time
from urllib.parse import urlencode

import jwt

from upload_service.errors import NotConfigured
from upload_service.settings import Settings

_TOKEN_S = 600


def address(settings: Settings, playback_id: str, rest: str, *, signed: bool) -> str:
    """`rest` follows the playback id. Raises NotConfigured where a signature is needed and there is no key for it."""
    url = f"{settings.mux_stream_base_url.rstrip('/')}/{playback_id}{rest}"
    return f"{url}?{urlencode({'token': _token(settings, playback_id)})}" if signed else url


def _token(settings: Settings, playback_id: str) -> str:
    """A token for the video, as `docs.mux.com/guides/secure-video-playback` describes it; for ten minutes."""
    key_id, private = settings.mux_signing_key, settings.mux_private_key
    if key_id is None:
        raise NotConfigured("MUX_SIGNING_KEY")
    if private is None:
        raise NotConfigured("MUX_PRIVATE_KEY")
    claims = {"sub": playback_id, "aud": "v", "exp": int(time.time()) + _TOKEN_S, "kid": key_id}
    try:
        pem = base64.b64decode(private.get_secret_value(), validate=True)
        return jwt.encode(claims, pem, algorithm="RS256", headers={"kid": key_id})
    except (ValueError, jwt.PyJWTError) as error:
        raise NotConfigured("MUX_PRIVATE_KEY", "is not the base64 of an RSA key") from error
