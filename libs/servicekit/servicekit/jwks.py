"""The keys that an identity provider publishes (RFC 7517), kept at hand."""

import asyncio
import time

import aiohttp
import jwt

from servicekit.errors import Unauthenticated, Unavailable
from servicekit.telemetry import get_logger

log = get_logger(__name__)


class JwksCache:
    """The identity provider's keys, fetched when an unknown `kid` appears, at most every `min_interval_s`.

    A provider that does not answer is not asked more often than that either: the keys that are known stay in use.
    """

    def __init__(self, url: str, *, timeout_s: float = 3, min_interval_s: float = 10, max_age_s: float = 3600) -> None:
        self._url, self._timeout_s, self._min_interval_s, self._max_age_s = url, timeout_s, min_interval_s, max_age_s
        self._keys: dict[str, jwt.PyJWK] | None = None
        self._fetched_at = self._asked_at = float("-inf")
        self._lock = asyncio.Lock()

    async def key(self, kid: str) -> jwt.PyJWK:
        """The key of that id. Unauthenticated if there is none, Unavailable if the provider never answered."""
        if kid not in (self._keys or {}) or time.monotonic() - self._fetched_at > self._max_age_s:
            await self._refresh()
        if self._keys is None:
            raise Unavailable("the identity provider's keys cannot be read")
        try:
            return self._keys[kid]
        except KeyError:
            raise Unauthenticated("the token was signed by an unknown key") from None

    async def _refresh(self) -> None:
        async with self._lock:
            if time.monotonic() - self._asked_at < self._min_interval_s:
                return
            self._asked_at = time.monotonic()
            try:
                keys = await self._fetch()
            except (aiohttp.ClientError, TimeoutError, ValueError, jwt.PyJWTError, AttributeError) as error:
                log.warning("the identity provider's keys cannot be read", error=repr(error))
                return
            self._keys = {key.key_id: key for key in keys if key.key_id is not None}
            self._fetched_at = time.monotonic()

    async def _fetch(self) -> list[jwt.PyJWK]:
        timeout = aiohttp.ClientTimeout(total=self._timeout_s)
        async with aiohttp.ClientSession(timeout=timeout) as http, http.get(self._url) as response:
            response.raise_for_status()
            return jwt.PyJWKSet.from_dict(await response.json(content_type=None)).keys
