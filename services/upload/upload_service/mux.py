"""Everything that is asked of Mux goes through `MuxService`: mux-python with its traps disarmed.

mux-python is synchronous, waits for ever by default, retries by itself inside urllib3, and raises ValueError on enum
values that it does not know. Here it runs in a bounded pool of threads, with a timeout on every call, no retries of
its own (ours are in `calling.py`), validation of enums off, and each of its kinds of exception turned into ours.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

import mux_python
import urllib3

from upload_service.calling import CALLS, Calls
from upload_service.errors import MuxNotFound, MuxUnavailable
from upload_service.lifecycle import Policy
from upload_service.retrying import Verb
from upload_service.settings import Settings

T = TypeVar("T")


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


class MuxService:
    """Raises MuxUnavailable (down, slow, 5xx, 429), MuxUnauthorized, MuxNotFound, or MuxRefused with Mux's words."""

    def __init__(self, settings: Settings) -> None:
        configuration = mux_python.Configuration(
            host=settings.mux_base_url,
            username=settings.mux_token_id,
            password=settings.mux_token_secret.get_secret_value(),
        )
        configuration.retries = urllib3.Retry(0)
        configuration.client_side_validation = False
        mux_python.Configuration.set_default(configuration)  # models consult only the global default
        self._client = mux_python.ApiClient(configuration)
        self._uploads = mux_python.DirectUploadsApi(self._client)
        self._assets = mux_python.AssetsApi(self._client)
        self._calls = Calls(settings)

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
        answer = await self._call("create_upload", "POST", self._uploads.create_direct_upload, request)
        return self._read("create_upload", lambda: NewUpload(_required(answer.data.id), _required(answer.data.url)))

    async def get_upload(self, upload_id: str) -> UploadSeen:
        """The upload's status at Mux: the only place where a time-out can be seen."""
        answer = await self._call("get_upload", "GET", self._uploads.get_direct_upload, upload_id)
        return self._read(
            "get_upload",
            lambda: UploadSeen(_required(answer.data.status), answer.data.asset_id, self._wire(answer.data.error)),
        )

    async def get_asset(self, asset_id: str) -> AssetSeen:
        """The asset's status at Mux, with duration and playback ids once it is ready."""
        answer = await self._call("get_asset", "GET", self._assets.get_asset, asset_id)
        return self._read("get_asset", lambda: self._asset(answer))

    async def create_asset(
        self, *, url: str, policy: Policy, lesson_id: str, external_id: str, title: str, creator_id: str
    ) -> AssetSeen:
        """An asset that Mux fetches from `url` by itself."""
        settings = _asset_settings(policy, lesson_id, external_id, title, creator_id)
        answer = await self._call(
            "create_asset", "POST", self._assets.create_asset, {"inputs": [{"url": url}], **settings}
        )
        return self._read("create_asset", lambda: self._asset(answer))

    async def delete_asset(self, asset_id: str) -> None:
        """Delete an asset for good. One that is already gone counts as deleted."""
        try:
            await self._call("delete_asset", "DELETE", self._assets.delete_asset, asset_id)
        except MuxNotFound:
            return

    def _asset(self, answer: Any) -> AssetSeen:
        body = self._wire(answer.data) or {}
        return AssetSeen(_required(answer.data.id), _required(answer.data.status), body)

    def _wire(self, model: Any) -> Mapping[str, Any] | None:
        wire: Mapping[str, Any] | None = self._client.sanitize_for_serialization(model)
        return wire

    async def _call(self, name: str, verb: Verb, function: Callable[..., Any], argument: Any) -> Any:
        return await self._calls.make(name, verb, lambda timeouts: function(argument, _request_timeout=timeouts))

    def _read(self, name: str, reading: Callable[[], T]) -> T:
        try:
            return reading()
        except (AttributeError, TypeError, ValueError, KeyError) as error:
            CALLS.labels(name, "unreadable").inc()
            raise MuxUnavailable(f"Mux's answer to {name} cannot be read") from error


def _asset_settings(policy: Policy, lesson_id: str, external_id: str, title: str, creator_id: str) -> dict[str, object]:
    return {
        "playback_policies": [policy],
        "passthrough": lesson_id,
        "meta": {"title": title[:512], "creator_id": creator_id[:128], "external_id": external_id},
    }


def _required(value: Any) -> str:
    if not isinstance(value, str) or not value:
        raise ValueError("a required text is missing")
    return value
