"""Everything in memory, each document also a JSON file that is replaced atomically: a restart reads them back."""

import json
import os
import shutil
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import asdict, fields
from pathlib import Path
from typing import Generic, TypeVar

from mux_sim.model import Asset, Delivery, Endpoint, Event, Json, Restriction, SigningKey, Upload, View

D = TypeVar("D", Upload, Asset, SigningKey, Restriction, Endpoint, Event, Delivery, View)

KEPT_EVENTS = 20_000
TRIMMED_AT_ONCE = 1_000


def write_atomically(path: Path, text: str) -> None:
    """Readers, and a restart after a kill, see the old text or the new one, nothing between."""
    scratch = path.with_name(path.name + ".new")
    scratch.write_text(text, encoding="utf-8")
    os.replace(scratch, path)


def _document(kind: type[D], path: Path) -> D:
    """Fields that an older simulator wrote and this one does not know are left out."""
    known = {field.name for field in fields(kind)}
    written = json.loads(path.read_text(encoding="utf-8"))
    return kind(**{name: value for name, value in written.items() if name in known})


class Collection(Generic[D]):
    """Documents of one kind by id, in the order of their creation."""

    def __init__(self, kind: type[D], folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        loaded = [_document(kind, path) for path in folder.glob("*.json")]
        loaded.sort(key=lambda document: getattr(document, "sequence", getattr(document, "created_at", 0)))
        self.documents: dict[str, D] = {document.id: document for document in loaded}

    def __iter__(self) -> Iterator[D]:
        return iter(list(self.documents.values()))

    def get(self, document_id: str) -> D | None:
        return self.documents.get(document_id)

    def put(self, document: D) -> D:
        self.documents[document.id] = document
        write_atomically(self.folder / f"{document.id}.json", json.dumps(asdict(document)))
        return document

    def remove(self, document: D) -> None:
        self.documents.pop(document.id, None)
        (self.folder / f"{document.id}.json").unlink(missing_ok=True)


class Store:
    """The collections and the media folders below one data folder."""

    def __init__(self, data_dir: Path) -> None:
        state = data_dir / "state"
        self.data_dir = data_dir
        self.uploads = Collection(Upload, state / "uploads")
        self.assets = Collection(Asset, state / "assets")
        self.keys = Collection(SigningKey, state / "signing-keys")
        self.restrictions = Collection(Restriction, state / "playback-restrictions")
        self.endpoints = Collection(Endpoint, state / "endpoints")
        self.events = Collection(Event, state / "events")
        self.deliveries = Collection(Delivery, state / "deliveries")
        self.views = Collection(View, state / "views")
        self.incoming = data_dir / "incoming"
        self.media = data_dir / "media"
        self.reused_folder = data_dir / "reused"
        self.incoming.mkdir(parents=True, exist_ok=True)
        self.media.mkdir(parents=True, exist_ok=True)
        self._sweep()
        self._playback = {item["id"]: asset for asset in self.assets for item in asset.playback_ids}

    def _sweep(self) -> None:
        """What a kill left half done: it is begun anew, never continued."""
        for pattern in ("*.fetching", "*.whole"):
            for path in self.incoming.glob(pattern):
                path.unlink()
        for folder in self.media.glob("*.work-*"):
            shutil.rmtree(folder, ignore_errors=True)

    def asset_of_playback_id(self, playback_id: str) -> Asset | None:
        return self._playback.get(playback_id)

    def asset_of_upload(self, upload_id: str) -> Asset | None:
        return next((asset for asset in self.assets if asset.upload_id == upload_id), None)

    def put_asset(self, asset: Asset) -> Asset:
        for stale in [key for key, owner in self._playback.items() if owner.id == asset.id]:
            del self._playback[stale]
        self._playback.update({item["id"]: asset for item in asset.playback_ids})
        return self.assets.put(asset)

    def remove_asset(self, asset: Asset) -> None:
        for item in asset.playback_ids:
            self._playback.pop(item["id"], None)
        self.assets.remove(asset)

    def source_path(self, asset_id: str) -> Path:
        """The file as it came in; kept until the asset is ready or errored."""
        return self.incoming / f"{asset_id}.source"

    def upload_path(self, upload_id: str) -> Path:
        """The bytes of a direct upload so far: their number is the true offset."""
        return self.incoming / f"{upload_id}.part"

    def media_folder(self, asset_id: str) -> Path:
        return self.media / asset_id

    def remove_files(self, asset_id: str) -> None:
        self.source_path(asset_id).unlink(missing_ok=True)
        shutil.rmtree(self.media_folder(asset_id), ignore_errors=True)

    def deliveries_by_event(self) -> dict[str, list[Json]]:
        grouped: dict[str, list[Json]] = defaultdict(list)
        for delivery in self.deliveries:
            grouped[delivery.event_id].append(asdict(delivery))
        return grouped

    def forget_old_events(self) -> None:
        """Keep the log bounded: the oldest events go, with their finished deliveries."""
        surplus = len(self.events.documents) - KEPT_EVENTS
        if surplus < TRIMMED_AT_ONCE:
            return
        old = {event.id for event in list(self.events.documents.values())[:surplus]}
        for delivery in self.deliveries:
            if delivery.event_id in old:
                self.deliveries.remove(delivery)
        for event_id in old:
            self.events.remove(self.events.documents[event_id])
