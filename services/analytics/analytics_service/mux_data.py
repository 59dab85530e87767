"""What is asked of Mux: metrics by asset, views one by one, and what was delivered. Reads only, one call at a time.

Every call waits for its place in a line (`calls_per_s`), has a timeout, and is not repeated here: what fails is asked
again with the next turn of the sync, and what was answered before it is kept.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar

import aiohttp
from pydantic import BaseModel, ConfigDict, ValidationError

from analytics_service.sync_days import bounds
from servicekit.errors import Unavailable

_PAGE = 100
_MOST_PAGES = 1_000

M = TypeVar("M", bound=BaseModel)


class MuxUnavailable(Unavailable):
    """Mux is down, slow, failing, asks us to wait, does not accept our credentials, or answers what cannot be read."""

    slug, title = "mux-unavailable", "The video provider is not available, try again"


class _Answer(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class PlayedAsset(_Answer):
    """An asset's row of a breakdown. Real time in ms."""

    field: str | None
    views: int
    total_watch_time: int | None = None
    total_playing_time: int | None = None


class DeliveredAsset(_Answer):
    """Seconds of media that were delivered of an asset, which may be gone by now."""

    asset_id: str
    delivered_seconds: float


class ListedView(_Answer):
    id: str
    view_end: datetime


class ViewDetail(_Answer):
    """How far a viewer came. Times in ms; Mux writes positions as text."""

    asset_id: str | None
    view_end: datetime
    video_duration: float | None = None
    view_max_playhead_position: float | None = None


@dataclass(frozen=True, slots=True)
class Account:
    """Where Mux is, and the token that reads: Data read and Video read are enough, at low priority."""

    base_url: str
    token_id: str
    token_secret: str
    calls_per_s: float = 1
    timeout_s: float = 20


class MuxData:
    """One per process, made by `connect`. Every call may raise MuxUnavailable."""

    def __init__(self, account: Account, http: aiohttp.ClientSession) -> None:
        self._account, self._http = account, http
        self._free_at = 0.0

    async def played(self, day: date) -> list[PlayedAsset]:
        """Every asset that had views which began on that day (UTC)."""
        asked = [("group_by", "asset_id"), ("order_by", "field"), ("order_direction", "asc"), *_timeframe(day)]
        return await self._pages("/data/v1/metrics/views/breakdown", asked, PlayedAsset)

    async def delivered(self, day: date) -> list[DeliveredAsset]:
        """Every asset of which something was delivered on that day (UTC), as far as Mux knows yet."""
        return await self._pages("/video/v1/delivery-usage", _timeframe(day), DeliveredAsset)

    async def latest_views(self, count: int) -> list[ListedView]:
        """The views of the last day that ended last, at most a page of them."""
        asked = [("timeframe[]", "24:hours"), ("order_direction", "desc"), ("limit", str(min(count, _PAGE)))]
        return _rows(await self._get("/data/v1/video-views", asked), ListedView)

    async def view(self, view_id: str) -> ViewDetail:
        body = await self._get(f"/data/v1/video-views/{view_id}", [])
        return _rows({"data": [body.get("data")]} if isinstance(body, dict) else body, ViewDetail)[0]

    async def _pages(self, path: str, asked: Sequence[tuple[str, str]], row: type[M]) -> list[M]:
        found: list[M] = []
        for page in range(1, _MOST_PAGES):
            rows = _rows(await self._get(path, [*asked, ("limit", str(_PAGE)), ("page", str(page))]), row)
            found += rows
            if len(rows) < _PAGE:
                break
        return found

    async def _get(self, path: str, query: Sequence[tuple[str, str]]) -> Any:
        await self._turn()
        url = self._account.base_url.rstrip("/") + path
        try:
            async with self._http.get(url, params=list(query)) as response:
                if response.status != 200:
                    raise MuxUnavailable(f"Mux answered {response.status}", retry_after_s=_asked_s(response))
                return await response.json(content_type=None)
        except (aiohttp.ClientError, TimeoutError, ValueError) as error:
            raise MuxUnavailable(f"Mux cannot be asked: {type(error).__name__}", retry_after_s=30) from error

    async def _turn(self) -> None:
        now = time.monotonic()
        wait, self._free_at = self._free_at - now, max(self._free_at, now) + 1 / self._account.calls_per_s
        await asyncio.sleep(max(0.0, wait))


@asynccontextmanager
async def connect(account: Account) -> AsyncIterator[MuxData]:
    """A client whose connections end with the block; nothing is asked yet."""
    login = {"Authorization": aiohttp.encode_basic_auth(account.token_id, account.token_secret)}
    timeout = aiohttp.ClientTimeout(total=account.timeout_s, connect=min(5, account.timeout_s))
    async with aiohttp.ClientSession(headers=login, timeout=timeout) as http:
        yield MuxData(account, http)


def _timeframe(day: date) -> list[tuple[str, str]]:
    return [("timeframe[]", str(int(moment.timestamp()))) for moment in bounds(day)]


def _rows(body: Any, row: type[M]) -> list[M]:
    try:
        return [row.model_validate(item) for item in body["data"]]
    except (ValidationError, KeyError, TypeError) as error:
        raise MuxUnavailable("Mux's answer cannot be read", retry_after_s=300) from error


def _asked_s(response: aiohttp.ClientResponse) -> int:
    """What Retry-After asks for; where it does not, a wait that fits the answer."""
    asked = response.headers.get("Retry-After", "")
    if asked.isdecimal():
        return min(int(asked), 3_600)
    return 300 if response.status in (400, 401, 403, 404) else 30
