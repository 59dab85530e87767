"""Steering a simulator from outside, wherever it runs: `Simulator(base_url, Config(...its credentials))`."""

import asyncio
import json
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import aiohttp

from mux_sim.config import Config
from mux_sim.ids import new_id
from mux_sim.model import Json
from mux_sim.webhooks import ModeName, Order

CALL_TIMEOUT = aiohttp.ClientTimeout(total=120)


class Simulator:
    """One simulator and what a test may do to it. Every call raises for an answer that isn't 2xx."""

    def __init__(self, base_url: str, config: Config, tls_url: str | None = None) -> None:
        self.base_url = base_url.rstrip("/")
        self.tls_url = tls_url
        self.config = config
        self.token_id = config.token_id
        self.token_secret = config.token_secret
        self.webhook_secret = config.webhook_secret
        self._login = {"Authorization": aiohttp.encode_basic_auth(config.token_id, config.token_secret)}

    async def _call(self, method: str, path: str, **options: Any) -> Any:
        async with (
            aiohttp.ClientSession(timeout=CALL_TIMEOUT) as http,
            http.request(method, self.base_url + path, **options) as response,
        ):
            text = await response.text()
            if response.status >= 300:
                raise AssertionError(f"{method} {path} answered {response.status}: {text}")
            return await response.json() if text else None

    async def _control(self, method: str, path: str, body: Json | None = None) -> Any:
        return await self._call(method, f"/_control/{path}", json=body)

    async def api(self, method: str, path: str, body: Json | None = None) -> Any:
        """Mux's own API with the right credentials: `api("GET", "/video/v1/assets")`, the parsed body."""
        return await self._call(method, path, json=body, headers=self._login)

    async def fetch(self, path: str) -> bytes:
        """What a player would get: a path or one of the URLs from a playlist, without credentials."""
        url = path if path.startswith("http") else self.base_url + path
        async with aiohttp.ClientSession(timeout=CALL_TIMEOUT) as http, http.get(url) as response:
            if response.status >= 300:
                raise AssertionError(f"GET {path} answered {response.status}")
            return await response.read()

    async def beacon(self, body: str) -> int:
        """Post to where Mux Data's beacons go; returns the status."""
        async with aiohttp.ClientSession(timeout=CALL_TIMEOUT) as http, http.post(self.base_url, data=body) as response:
            return response.status

    async def watch(
        self, playback_id: str, *, viewer: str, playing_ms: int, view_id: str | None = None, duration_ms: int = 0
    ) -> str:
        """One viewing as a player's beacons tell it, from the beginning for `playing_ms`. Returns the view's id."""
        told = view_id or new_id()
        event = {
            "e": "viewend",
            "xid": told,
            "uusid": viewer,
            "vsour": f"{self.base_url}/{playback_id}.m3u8",
            "vsodu": duration_ms,
            "xwati": playing_ms,
            "xctpbti": playing_ms,
            "xmaphps": playing_ms,
        }
        await self.beacon(json.dumps({"events": [{**event, "e": "viewstart"}, event]}))
        return told

    async def play(self, playback_id: str, token: str | None = None) -> float:
        """Fetch every segment of the first rendition, as a player would. Returns the seconds that they last."""
        query = "" if token is None else f"?token={token}"
        master = (await self.fetch(f"/{playback_id}.m3u8{query}")).decode()
        rendition = next(line for line in master.splitlines() if line.startswith("http"))
        lines = (await self.fetch(rendition)).decode().splitlines()
        for line in lines:
            if line.startswith("http"):
                await self.fetch(line)
        return sum(float(line[8:].partition(",")[0]) for line in lines if line.startswith("#EXTINF:"))

    # --- webhooks -----------------------------------------------------------------------------------------------
    async def set_webhook(self, url: str, secret: str | None = None, endpoint: str = "default") -> None:
        """Send every webhook to `url`, signed with `secret` (default: the configured one); replaces `endpoint`."""
        await self._control("PUT", f"endpoints/{endpoint}", {"url": url, "secret": secret or self.webhook_secret})

    async def clear_webhooks(self) -> None:
        await self._control("DELETE", "endpoints")

    async def webhook_mode(self, name: ModeName = "normal", *, seconds: float = 0, types: Iterable[str] = ()) -> None:
        """How new events leave: normal, late (by `seconds`), twice, reversed (those of `seconds`), held, never."""
        await self._control("PUT", "webhooks/mode", {"name": name, "seconds": seconds, "types": list(types)})

    async def release(self, order: Order = "forward", ids: Iterable[str] | None = None) -> list[str]:
        """Send what is held, one after another; returns the event ids once each has been tried once."""
        body = {"order": order, "ids": None if ids is None else list(ids)}
        released: list[str] = await self._control("POST", "webhooks/release", body)
        return released

    async def redeliver(self, event_id: str) -> list[Json]:
        """Send an event once more; returns its deliveries, each with `state` and `attempts`."""
        deliveries: list[Json] = await self._control("POST", f"events/{event_id}/redeliver")
        return deliveries

    async def events(self, type: str | None = None, object_id: str | None = None) -> list[Json]:
        """Events so far in order, with their deliveries. `object_id`: an asset's, upload's or track's."""
        query = {key: value for key, value in (("type", type), ("object_id", object_id)) if value is not None}
        events: list[Json] = await self._call("GET", "/_control/events", params=query)
        return events

    async def wait_for_event(self, type: str, object_id: str | None = None, timeout: float = 30) -> Json:
        """The first such event, as soon as it exists (delivered or not)."""
        return await self._until(lambda: self.events(type, object_id), lambda found: found[0], timeout, type)

    async def wait_delivered(self, type: str, object_id: str | None = None, timeout: float = 30) -> Json:
        """The first such event, as soon as every delivery of it has been accepted."""

        def accepted(events: list[Json]) -> Json:
            return next(
                event
                for event in events
                if event["deliveries"] and all(item["state"] == "delivered" for item in event["deliveries"])
            )

        return await self._until(lambda: self.events(type, object_id), accepted, timeout, f"{type} delivered")

    # --- faults and time ------------------------------------------------------------------------------------------
    async def fault(self, **fault: Any) -> Json:
        """Inject a fault; the fields are those of `mux_sim.faults.Fault`, e.g. `status=429, times=2`."""
        injected: Json = await self._control("POST", "faults", fault)
        return injected

    async def clear_faults(self) -> None:
        await self._control("DELETE", "faults")

    async def faults(self) -> list[Json]:
        """The faults in force, each with its `hits` so far."""
        active: list[Json] = await self._control("GET", "faults")
        return active

    async def fail_transcodes(self, times: int = 1, message: str = "The input file is not a valid video file.") -> None:
        await self._control("POST", "fail-next", {"what": "transcodes", "times": times, "message": message})

    async def fail_uploads(self, times: int = 1, message: str = "The upload failed.") -> None:
        """The next uploads end as `errored` (with `video.upload.errored`) instead of becoming assets."""
        await self._control("POST", "fail-next", {"what": "uploads", "times": times, "message": message})

    async def advance(self, seconds: float) -> None:
        """Move the simulator's clock: uploads time out, tokens and playlist URLs expire."""
        await self._control("POST", "clock/advance", {"seconds": seconds})

    async def cut_streams(self) -> None:
        """Refuse (403) every address that playlists have given out so far; tokens stay good for new ones."""
        await self._control("POST", "streams/cut")

    # --- uploads and assets ---------------------------------------------------------------------------------------
    async def assets(self) -> list[Json]:
        found: list[Json] = await self._control("GET", "assets")
        return found

    async def uploads(self) -> list[Json]:
        """All uploads, each with `received` and `total` bytes."""
        found: list[Json] = await self._control("GET", "uploads")
        return found

    async def asset(self, asset_id: str) -> Json:
        shown: Json = (await self.api("GET", f"/video/v1/assets/{asset_id}"))["data"]
        return shown

    async def wait_for_asset(self, asset_id: str, status: str = "ready", timeout: float = 60) -> Json:
        """The asset once it has `status`; an errored asset that should be ready fails at once."""
        end = time.monotonic() + timeout
        while time.monotonic() < end:
            asset = await self.asset(asset_id)
            if asset["status"] == status:
                return asset
            assert asset["status"] == "preparing", f"asset is {asset['status']}: {asset.get('errors')}"
            await asyncio.sleep(0.05)
        raise AssertionError(f"asset {asset_id} is not {status} after {timeout} s")

    async def upload_file(self, upload_url: str, path: Path) -> None:
        """PUT a whole file to a direct upload's URL."""
        with path.open("rb") as file:
            await self._call("PUT", upload_url.removeprefix(self.base_url), data=file)

    async def create_upload(self, *, cors_origin: str = "*", timeout: int = 3600, **settings: Any) -> Json:
        """A new direct upload; `settings` are its `new_asset_settings`."""
        body = {"cors_origin": cors_origin, "timeout": timeout, "new_asset_settings": settings}
        created: Json = (await self.api("POST", "/video/v1/uploads", body))["data"]
        return created

    async def ready_asset(self, clip: Path, *, policy: str = "signed", **settings: Any) -> Json:
        """Upload `clip` and wait: a ready asset with one playback id of `policy`."""
        upload = await self.create_upload(playback_policies=[policy], **settings)
        await self.upload_file(upload["url"], clip)
        done = (await self.api("GET", f"/video/v1/uploads/{upload['id']}"))["data"]
        return await self.wait_for_asset(done["asset_id"])

    async def create_signing_key(self) -> Json:
        """`{id, created_at, private_key}`, the private key as base64 of its PEM."""
        key: Json = (await self.api("POST", "/system/v1/signing-keys"))["data"]
        return key

    async def _until(
        self, ask: Callable[[], Any], pick: Callable[[list[Json]], Json], timeout: float, what: str
    ) -> Json:
        end = time.monotonic() + timeout
        while time.monotonic() < end:
            try:
                return pick(await ask())
            except (IndexError, StopIteration):
                await asyncio.sleep(0.02)
        raise AssertionError(f"no {what} after {timeout} s")
