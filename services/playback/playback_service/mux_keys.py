"""Mux's signing-key API, for an access token with System write. A private key is told once, at its creation."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import aiohttp

_PATH = "/system/v1/signing-keys"
_PAGE = 100
_TIMEOUT = aiohttp.ClientTimeout(total=15, connect=5)


class MuxFailed(Exception):
    """Mux did not do it. The message says what it answered, and never what it was sent."""


@dataclass(frozen=True, slots=True)
class NewKey:
    """`private_key` is base64 of a PEM."""

    key_id: str
    private_key: str = field(repr=False)


class MuxKeys:
    """The environment's signing keys at Mux. Each call raises MuxFailed."""

    def __init__(self, http: aiohttp.ClientSession, base_url: str) -> None:
        self._http, self._url = http, base_url.rstrip("/") + _PATH

    async def create(self) -> NewKey:
        """A new key, good at once."""
        made = await self._call("POST", self._url, 201)
        try:
            return NewKey(made["data"]["id"], made["data"]["private_key"])
        except (KeyError, TypeError):
            raise MuxFailed("Mux made a key and did not tell it") from None

    async def all(self) -> dict[str, datetime]:
        """When each key that Mux knows was made, by its id."""
        found: dict[str, datetime] = {}
        page: list[dict[str, Any]] = [{}]
        number = 0
        while page:
            number += 1
            page = (await self._call("GET", f"{self._url}?limit={_PAGE}&page={number}", 200))["data"]
            fresh = {key["id"]: datetime.fromtimestamp(int(key["created_at"]), UTC) for key in page}
            if fresh.keys() <= found.keys():
                break
            found |= fresh
        return found

    async def delete(self, key_id: str) -> bool:
        """Every token of the key is refused from now on. False if Mux knew no such key."""
        return await self._call("DELETE", f"{self._url}/{key_id}", 204, 404) is not None

    async def _call(self, method: str, url: str, *expected: int) -> Any:
        """The body; an empty one for 204, None for 404."""
        try:
            async with self._http.request(method, url) as response:
                if response.status not in expected:
                    raise MuxFailed(f"Mux answered {response.status} to {method} of a signing key")
                if response.status in (204, 404):
                    return {} if response.status == 204 else None
                return await response.json()
        except (aiohttp.ClientError, TimeoutError, ValueError) as error:
            raise MuxFailed(f"Mux cannot be asked: {type(error).__name__}") from error


@asynccontextmanager
async def connect(base_url: str, token_id: str, token_secret: str) -> AsyncIterator[MuxKeys]:
    """The API, with an access token."""
    headers = {"Authorization": aiohttp.encode_basic_auth(token_id, token_secret)}
    async with aiohttp.ClientSession(headers=headers, timeout=_TIMEOUT) as http:
        yield MuxKeys(http, base_url)
