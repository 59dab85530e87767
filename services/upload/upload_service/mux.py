"""Everything that is asked of Mux goes through `MuxService`: mux-python with its traps disarmed.

mux-python is synchronous, waits for ever by default, retries by itself inside urllib3, and raises ValueError on enum
values that it does not know. Here it runs in a bounded pool of threads, with a timeout on every call, no retries of
its own (ours are in `calling.py`), validation of enums off, and each of its kinds of exception turned into ours.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import mux_python
import urllib3

from servicekit.database import Pool
from upload_service.asking import Asking, required
from upload_service.calling import Calls
from upload_service.errors import MuxNotFound
from upload_service.lifecycle import Policy
from upload_service.mux_account import MuxKeys, MuxUsage
from upload_service.mux_tracks import MuxTracks
from upload_service.settings import Settings


@dataclass(frozen=True, slots=True)
class NewUpload:
    """A direct upload: `url` takes the bytes until it times out."""

    id: str
    url: str


@dataclass(frozen=True, slots=True)
class UploadSeen:
    """An upload as Mux has it now. `error` is {type, message} or None."""

    status: str
    asset_id: str | None
    error: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class AssetSeen:
    """An asset as Mux has it now, `body` in the wire's form."""

    id: str
    status: str
    body: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class AssetPage:
    """Assets, newest first; `cursor` asks for the older ones, None on the last page."""

    assets: Sequence[AssetSeen]
    cursor: str | None


class MuxService:
    """Raises MuxUnavailable (down, slow, 5xx, 429), MuxUnauthorized, MuxNotFound, or MuxRefused with Mux's words.

    With a `pool`, all processes of the account keep one rate together. `bulk=True` is for what no person waits for:
    it goes when nobody else wants to.
    """

    def __init__(self, settings: Settings, pool: Pool | None = None) -> None:
        configuration = mux_python.Configuration(
            host=settings.mux_base_url,
            username=settings.mux_token_id,
            password=settings.mux_token_secret.get_secret_value(),
        )
        configuration.retries = urllib3.Retry(0)
        configuration.connection_pool_maxsize = settings.mux_threads
        configuration.client_side_validation = False
        mux_python.Configuration.set_default(configuration)  # models consult only the global default
        self._client = mux_python.ApiClient(configuration)
        self._uploads = mux_python.DirectUploadsApi(self._client)
        self._assets = mux_python.AssetsApi(self._client)
        self._calls = Calls(settings, pool=pool)
        self._asking = Asking(self._client, self._calls)
        self.tracks, self.keys, self.usage = MuxTracks(self._asking), MuxKeys(self._asking), MuxUsage(self._asking)

    def close(self) -> None:
        """Let go of threads and connections; calls in flight end by their timeouts."""
        self._calls.close()
        self._client.rest_client.pool_manager.clear()

    async def check(self) -> None:
        """A readiness check: raises Degraded while calls are refused because Mux keeps failing."""
        await self._calls.breaker.report()

    async def create_upload(
        self,
        *,
        cors_origin: str,
        policy: Policy,
        lesson_id: str,
        external_id: str,
        title: str,
        creator_id: str,
        timeout_s: int,
    ) -> NewUpload:
        """A direct upload URL for browsers at `cors_origin`; the asset will carry the lesson's id as passthrough."""
        request = {
            "cors_origin": cors_origin,
            "timeout": timeout_s,
            "new_asset_settings": _asset_settings(policy, lesson_id, external_id, title, creator_id),
        }
        answer = await self._asking.ask("create_upload", "POST", self._uploads.create_direct_upload, request)
        return self._asking.read(
            "create_upload", lambda: NewUpload(required(answer.data.id), required(answer.data.url))
        )

    async def get_upload(self, upload_id: str, *, bulk: bool = False) -> UploadSeen:
        """The upload's status at Mux: the only place where a time-out can be seen."""
        answer = await self._asking.ask("get_upload", "GET", self._uploads.get_direct_upload, upload_id, bulk=bulk)
        return self._asking.read(
            "get_upload",
            lambda: UploadSeen(
                required(answer.data.status), answer.data.asset_id, self._asking.wire(answer.data.error)
            ),
        )

    async def get_asset(self, asset_id: str, *, bulk: bool = False) -> AssetSeen:
        """The asset's status at Mux, with duration and playback ids once it is ready."""
        answer = await self._asking.ask("get_asset", "GET", self._assets.get_asset, asset_id, bulk=bulk)
        return self._asking.read("get_asset", lambda: self._asset(answer.data))

    async def list_assets(self, *, cursor: str | None = None, limit: int = 100, bulk: bool = False) -> AssetPage:
        """A page of the account's assets, newest first, from behind `cursor`. Webhooks know more for less."""
        where: dict[str, Any] = {"limit": limit} | ({"cursor": cursor} if cursor is not None else {})
        answer = await self._asking.ask("list_assets", "GET", self._assets.list_assets, bulk=bulk, **where)
        return self._asking.read(
            "list_assets",
            lambda: AssetPage([self._asset(asset) for asset in answer.data], answer.next_cursor or None),
        )

    async def create_asset(
        self,
        *,
        url: str,
        policy: Policy,
        lesson_id: str,
        external_id: str,
        title: str,
        creator_id: str,
        bulk: bool = False,
    ) -> AssetSeen:
        """An asset that Mux fetches from `url` by itself."""
        settings = _asset_settings(policy, lesson_id, external_id, title, creator_id)
        request = {"inputs": [{"url": url}], **settings}
        answer = await self._asking.ask("create_asset", "POST", self._assets.create_asset, request, bulk=bulk)
        return self._asking.read("create_asset", lambda: self._asset(answer.data))

    async def update_asset(
        self, asset_id: str, *, lesson_id: str, external_id: str, title: str, creator_id: str, bulk: bool = False
    ) -> AssetSeen:
        """Tell Mux whose asset this is; what it plays stays as it is."""
        request = {"passthrough": lesson_id, "meta": _meta(external_id, title, creator_id)}
        answer = await self._asking.ask(
            "update_asset", "PATCH", self._assets.update_asset, asset_id, request, bulk=bulk
        )
        return self._asking.read("update_asset", lambda: self._asset(answer.data))

    async def delete_asset(self, asset_id: str, *, bulk: bool = False) -> None:
        """Delete an asset for good. One that is already gone counts as deleted."""
        try:
            await self._asking.ask("delete_asset", "DELETE", self._assets.delete_asset, asset_id, bulk=bulk)
        except MuxNotFound:
            return

    def _asset(self, asset: Any) -> AssetSeen:
        return AssetSeen(required(asset.id), required(asset.status), self._asking.wire(asset) or {})


def _asset_settings(policy: Policy, lesson_id: str, external_id: str, title: str, creator_id: str) -> dict[str, object]:
    return {
        "playback_policies": [policy],
        "passthrough": lesson_id,
        "meta": _meta(external_id, title, creator_id),
    }


def _meta(external_id: str, title: str, creator_id: str) -> dict[str, str]:
    return {"title": title[:512], "creator_id": creator_id[:128], "external_id": external_id}
