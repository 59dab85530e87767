"""What belongs to the whole account at Mux: keys that sign playback, and what was delivered."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

import mux_python

from upload_service.asking import Asking, required
from upload_service.errors import MuxNotFound

_PAGE = 100
_MOST_PAGES = 10_000


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A key that Mux believes. Its private half is shown once, when it is made, and never by `repr`."""

    id: str
    private_key: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Delivered:
    """Seconds of an asset's video that Mux delivered in the time asked for; assets that are gone are named too."""

    asset_id: str
    seconds: float
    passthrough: str | None


class MuxKeys:
    """Needs a token with the permission System write: others are answered MuxUnauthorized."""

    def __init__(self, asking: Asking) -> None:
        self._asking, self._keys = asking, mux_python.SigningKeysApi(asking.client)

    async def create(self) -> SigningKey:
        """A new key with its private half, base64 of PEM."""
        answer = await self._asking.ask("create_signing_key", "POST", self._keys.create_signing_key)
        return self._asking.read(
            "create_signing_key", lambda: SigningKey(required(answer.data.id), required(answer.data.private_key))
        )

    async def list(self) -> list[SigningKey]:
        """All keys, without their private halves."""
        found: list[SigningKey] = []
        for page in range(1, _MOST_PAGES):
            answer = await self._asking.ask(
                "list_signing_keys", "GET", self._keys.list_signing_keys, limit=_PAGE, page=page
            )
            keys = self._asking.read("list_signing_keys", partial(_keys, answer))
            found += keys
            if len(keys) < _PAGE:
                break
        return found

    async def delete(self, key_id: str) -> None:
        """What it signed is refused from then on. One that is already gone counts as deleted."""
        try:
            await self._asking.ask("delete_signing_key", "DELETE", self._keys.delete_signing_key, key_id)
        except MuxNotFound:
            return


class MuxUsage:
    """Delivery usage: what learners watched, as Mux bills it."""

    def __init__(self, asking: Asking) -> None:
        self._asking, self._usage = asking, mux_python.DeliveryUsageApi(asking.client)

    async def delivery(
        self, since: datetime, until: datetime, *, asset_id: str | None = None
    ) -> AsyncIterator[Delivered]:
        """Asset by asset, page by page. Mux keeps hours, for about the last three months."""
        asked: dict[str, Any] = {"timeframe": [str(int(since.timestamp())), str(int(until.timestamp()))]}
        if asset_id is not None:
            asked["asset_id"] = asset_id
        for page in range(1, _MOST_PAGES):
            answer = await self._asking.ask(
                "delivery_usage", "GET", self._usage.list_delivery_usage, bulk=True, limit=_PAGE, page=page, **asked
            )
            rows = self._asking.read("delivery_usage", partial(_rows, answer))
            for row in rows:
                yield row
            if len(rows) < _PAGE:
                return


def _keys(answer: Any) -> list[SigningKey]:
    return [SigningKey(required(key.id)) for key in answer.data]


def _rows(answer: Any) -> list[Delivered]:
    return [_delivered(row) for row in answer.data]


def _delivered(row: Any) -> Delivered:
    return Delivered(required(row.asset_id), float(row.delivered_seconds), row.passthrough)
