"""Everything that is asked of Mux goes through `MuxService`: mux-python with its traps disarmed.

mux-python is synchronous, waits for ever by default, retries by itself inside urllib3, and raises ValueError on enum
values that it does not know. Here it runs in a bounded pool of threads, with a timeout on every call, no retries of
its own, validation of enums off, and each of its kinds of exception turned into one of ours.
"""

import asyncio
import json
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, TypeVar

import mux_python
import urllib3
from mux_python.exceptions import ApiException
from prometheus_client import Counter

from servicekit.telemetry import get_logger
from upload_service.errors import MuxNotFound, MuxRefused, MuxUnauthorized, MuxUnavailable
from upload_service.lifecycle import Policy
from upload_service.settings import Settings

T = TypeVar("T")

CALLS = Counter("seatime_mux_calls_total", "Calls of Mux's API by outcome", ["call", "outcome"])

_MAX_WAIT_S = 120
_QUEUE_WAIT_S = 2

log = get_logger(__name__)


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
        self._timeout = (settings.mux_connect_timeout_s, settings.mux_read_timeout_s)
        self._total_s = settings.mux_connect_timeout_s + settings.mux_read_timeout_s + 1
        self._threads = ThreadPoolExecutor(settings.mux_threads, thread_name_prefix="mux")
        self._free = asyncio.Semaphore(settings.mux_threads)

    def close(self) -> None:
        """Let go of threads and connections; calls in flight end by their timeouts."""
        self._threads.shutdown(wait=False, cancel_futures=True)
        self._client.rest_client.pool_manager.clear()

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
        answer = await self._call("create_upload", self._uploads.create_direct_upload, request)
        return self._read("create_upload", lambda: NewUpload(_required(answer.data.id), _required(answer.data.url)))

    async def get_upload(self, upload_id: str) -> UploadSeen:
        """The upload's status at Mux: the only place where a time-out can be seen."""
        answer = await self._call("get_upload", self._uploads.get_direct_upload, upload_id)
        return self._read(
            "get_upload",
            lambda: UploadSeen(_required(answer.data.status), answer.data.asset_id, self._wire(answer.data.error)),
        )

    async def get_asset(self, asset_id: str) -> AssetSeen:
        """The asset's status at Mux, with duration and playback ids once it is ready."""
        answer = await self._call("get_asset", self._assets.get_asset, asset_id)
        return self._read("get_asset", lambda: self._asset(answer))

    async def create_asset(
        self, *, url: str, policy: Policy, lesson_id: str, external_id: str, title: str, creator_id: str
    ) -> AssetSeen:
        """An asset that Mux fetches from `url` by itself."""
        settings = _asset_settings(policy, lesson_id, external_id, title, creator_id)
        answer = await self._call("create_asset", self._assets.create_asset, {"inputs": [{"url": url}], **settings})
        return self._read("create_asset", lambda: self._asset(answer))

    async def delete_asset(self, asset_id: str) -> None:
        """Delete an asset for good. One that is already gone counts as deleted."""
        try:
            await self._call("delete_asset", self._assets.delete_asset, asset_id)
        except MuxNotFound:
            return

    def _asset(self, answer: Any) -> AssetSeen:
        body = self._wire(answer.data) or {}
        return AssetSeen(_required(answer.data.id), _required(answer.data.status), body)

    def _wire(self, model: Any) -> Mapping[str, Any] | None:
        wire: Mapping[str, Any] | None = self._client.sanitize_for_serialization(model)
        return wire

    async def _call(self, name: str, function: Callable[..., Any], argument: Any) -> Any:
        try:
            answer = await self._in_thread(lambda: function(argument, _request_timeout=self._timeout))
        except Exception as error:
            mapped = _mapped(error)
            if mapped is None:
                raise
            if isinstance(mapped, MuxNotFound) and name.startswith("create_"):
                mapped = MuxRefused("Mux knows no such endpoint")  # our base URL is wrong, not the caller's id
            CALLS.labels(name, mapped.slug).inc()
            log.warning("mux call failed", call=name, outcome=mapped.slug, error=repr(error)[:300])
            raise mapped from error
        CALLS.labels(name, "ok").inc()
        return answer

    async def _in_thread(self, work: Callable[[], T]) -> T:
        """Never queues behind stuck calls: a thread is free within two seconds, or Mux counts as unavailable."""
        async with asyncio.timeout(_QUEUE_WAIT_S):
            await self._free.acquire()
        loop = asyncio.get_running_loop()
        future: Future[T] = self._threads.submit(work)
        future.add_done_callback(lambda _: loop.is_closed() or loop.call_soon_threadsafe(self._free.release))
        async with asyncio.timeout(self._total_s):
            return await asyncio.wrap_future(future)

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


def _mapped(error: Exception) -> MuxUnavailable | MuxNotFound | MuxRefused | None:
    """Our error for one of mux-python's; None for what is a bug of ours."""
    match error:
        case ApiException():
            return _answered(error)
        case TimeoutError():
            return MuxUnavailable("Mux did not answer in time")
        case urllib3.exceptions.HTTPError():
            return MuxUnavailable(f"Mux cannot be reached: {type(error).__name__}")
        case AttributeError() | ValueError() | UnicodeDecodeError():
            # A failed TLS handshake surfaces as AttributeError, an unreadable answer as one of the others.
            return MuxUnavailable(f"Mux's answer cannot be read: {type(error).__name__}")
    return None


def _answered(error: ApiException) -> MuxUnavailable | MuxNotFound | MuxRefused:
    status = error.status or 0
    if status == 404:
        return MuxNotFound()
    if status in (401, 403):
        return MuxUnauthorized(_words(error.body), retry_after_s=60)
    if status in (0, 408, 429) or status >= 500:
        return MuxUnavailable(f"Mux answered {status}" if status else "no TLS", retry_after_s=_retry_after(error))
    return MuxRefused(_words(error.body) or f"Mux answered {status}")


def _retry_after(error: ApiException) -> int:
    value = (error.headers or {}).get("Retry-After", "")
    return min(int(value), _MAX_WAIT_S) if value.isascii() and value.isdigit() and len(value) < 6 else 5


def _words(body: str | bytes | None) -> str | None:
    try:
        messages = json.loads(body or "")["error"]["messages"]
        return "; ".join(str(message) for message in messages)[:500] or None
    except (ValueError, TypeError, KeyError):
        return None
