"""Mux's playback-restriction API, for an access token with Video write. Restrictions are made, and never changed."""

from collections.abc import Mapping
from typing import Any

import aiohttp

from playback_service.errors import MuxUnavailable
from playback_service.terms import Restriction

_PATH = "/video/v1/playback-restrictions"
_TIMEOUT = aiohttp.ClientTimeout(total=10, connect=3)


class MuxRestrictions:
    """The environment's playback restrictions. Each call raises MuxUnavailable, and never tells what it sent."""

    def __init__(self, base_url: str, token_id: str, token_secret: str) -> None:
        self._url = base_url.rstrip("/") + _PATH
        self._headers = {"Authorization": aiohttp.encode_basic_auth(token_id, token_secret)}

    async def create(self, restriction: Restriction) -> str:
        """The id of a new one with these rules."""
        body = {
            "referrer": {
                "allowed_domains": list(restriction.allowed_domains),
                "allow_no_referrer": restriction.allow_no_referrer,
            },
            "user_agent": {
                "allow_no_user_agent": restriction.allow_no_user_agent,
                "allow_high_risk_user_agent": restriction.allow_high_risk_user_agent,
            },
        }
        made = await self._call("POST", self._url, 201, body=body)
        try:
            return str(made["data"]["id"])
        except (KeyError, TypeError):
            raise MuxUnavailable("Mux made a restriction and did not tell its id") from None

    async def delete(self, restriction_id: str) -> None:
        """Tokens that name it are refused from now on. Well, too, if Mux has none of that id (any more)."""
        await self._call("DELETE", f"{self._url}/{restriction_id}", 204, 404)

    async def _call(self, method: str, url: str, *expected: int, body: Mapping[str, Any] | None = None) -> Any:
        try:
            async with (
                aiohttp.ClientSession(headers=self._headers, timeout=_TIMEOUT) as http,
                http.request(method, url, json=body) as response,
            ):
                if response.status not in expected:
                    raise MuxUnavailable(f"Mux answered {response.status} to {method} of a playback restriction")
                return await response.json() if response.status == 201 else None
        except (aiohttp.ClientError, TimeoutError, ValueError) as error:
            raise MuxUnavailable(f"Mux cannot be asked: {type(error).__name__}") from error
