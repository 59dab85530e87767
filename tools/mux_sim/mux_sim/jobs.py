"""The transcoding queue: each asset is fetched, probed, transcoded and announced, one at a time by default.

An asset that is still `preparing` in the data folder is work to do: that is all a restart needs to know.
"""

import asyncio
import logging
from contextlib import suppress

import aiohttp

from mux_sim import announce, texts
from mux_sim.config import Config
from mux_sim.errors import ApiError
from mux_sim.fetch import FetchFailed, fetch
from mux_sim.ffmpeg import Ffmpeg, FfmpegMissing, InvalidInput, TranscodeFailed
from mux_sim.model import Asset
from mux_sim.reuse import transcode_once
from mux_sim.store import Store
from mux_sim.transcode import NOT_A_VIDEO, transcode
from mux_sim.webhooks import Webhooks

log = logging.getLogger(__name__)


class Jobs:
    """Workers over a queue of asset ids; `fail_next` holds the messages with which the next transcodes end."""

    def __init__(self, config: Config, store: Store, webhooks: Webhooks, http: aiohttp.ClientSession) -> None:
        self.config = config
        self.store = store
        self.webhooks = webhooks
        self.http = http
        self.ffmpeg = Ffmpeg(config)
        self.fail_next: list[str] = []
        self._queue: asyncio.Queue[str] = asyncio.Queue()
        self._workers: list[asyncio.Task[None]] = []
        self._running: dict[str, asyncio.Task[None]] = {}
        self._background: set[asyncio.Task[None]] = set()
        self._text_lock = asyncio.Lock()

    def start(self) -> None:
        for asset in self.store.assets:
            if asset.status == "preparing":
                self.enqueue(asset)
            elif texts.preparing(asset):
                self.fill_texts(asset)
        self._workers = [asyncio.create_task(self._work()) for _ in range(self.config.parallel_transcodes)]

    def enqueue(self, asset: Asset) -> None:
        self._queue.put_nowait(asset.id)

    def cancel(self, asset_id: str) -> None:
        task = self._running.get(asset_id)
        if task is not None:
            task.cancel()

    async def close(self) -> None:
        tasks = [*self._workers, *self._running.values(), *self._background]
        for task in tasks:
            task.cancel()
        for task in tasks:
            with suppress(asyncio.CancelledError):
                await task

    async def _work(self) -> None:
        while True:
            asset = self.store.assets.get(await self._queue.get())
            if asset is None or asset.status != "preparing" or asset.id in self._running:
                continue
            task = asyncio.create_task(self._process(asset))
            self._running[asset.id] = task
            await asyncio.wait([task])
            del self._running[asset.id]

    async def _process(self, asset: Asset) -> None:
        try:
            await self._prepare(asset)
        except (FetchFailed, InvalidInput, ApiError) as failure:
            self._errored(asset, "invalid_input", str(failure))
        except (TranscodeFailed, FfmpegMissing, OSError) as failure:
            log.error("asset %s: %s", asset.id, failure)
            self._errored(asset, "internal_error", str(failure))
        except asyncio.CancelledError:
            raise
        except Exception as failure:
            log.exception("asset %s", asset.id)
            self._errored(asset, "internal_error", f"{type(failure).__name__}: {failure}")

    async def _prepare(self, asset: Asset) -> None:
        source = self.store.source_path(asset.id)
        asset.progress_state, asset.progress = "ingesting", 0.0
        if not source.exists():
            await fetch(self.http, _url_of(asset), source, self.config.fetch_timeout)
        if self.fail_next:
            raise InvalidInput(self.fail_next.pop(0))
        asset.progress_state = "transcoding"
        if self.config.reuse_transcodes:
            await transcode_once(
                self.ffmpeg, asset, source, self.store.media_folder(asset.id), self.store.reused_folder
            )
        else:
            await transcode(self.ffmpeg, asset, source, self.store.media_folder(asset.id))
        if self.store.assets.get(asset.id) is not asset:
            self.store.remove_files(asset.id)
            return
        texts.add_declared(asset)
        asset.status, asset.progress_state, asset.progress = "ready", "completed", 100.0
        self.store.put_asset(asset)
        source.unlink(missing_ok=True)
        announce.asset(self.webhooks, "ready", asset)
        self.fill_texts(asset)

    def fill_texts(self, asset: Asset) -> None:
        """Bring the asset's text tracks that are still `preparing`, in the background."""
        task = asyncio.create_task(self._fill_texts(asset))
        self._background.add(task)
        task.add_done_callback(self._background.discard)

    async def _fill_texts(self, asset: Asset) -> None:
        async with self._text_lock:
            for track in texts.preparing(asset):
                await texts.fill(self.store, self.http, asset, track, self.config.fetch_timeout)
                if self.store.assets.get(asset.id) is asset and track in asset.tracks:
                    self.store.put_asset(asset)
                    announce.track(self.webhooks, track["status"], asset, track)

    def _errored(self, asset: Asset, kind: str, message: str) -> None:
        asset.status, asset.progress_state, asset.progress = "errored", "errored", -1.0
        asset.errors = {"type": kind, "messages": [message]}
        if self.store.assets.get(asset.id) is asset:
            self.store.put_asset(asset)
            announce.asset(self.webhooks, "errored", asset)
        self.store.remove_files(asset.id)


def _url_of(asset: Asset) -> str:
    """The first input that isn't a text track."""
    for item in asset.settings.get("inputs", []):
        if item.get("type") != "text" and item.get("url"):
            return str(item["url"])
    raise InvalidInput(NOT_A_VIDEO)
