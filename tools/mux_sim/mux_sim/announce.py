"""The webhooks of uploads, assets and tracks; all events of an upload and its asset share a lane."""

from mux_sim import render
from mux_sim.model import Asset, Json, Upload
from mux_sim.webhooks import Webhooks


def upload(webhooks: Webhooks, what: str, document: Upload) -> None:
    webhooks.emit(f"video.upload.{what}", "upload", document.id, document.id, render.upload_in_webhook(document))


def asset(webhooks: Webhooks, what: str, document: Asset) -> None:
    webhooks.emit(f"video.asset.{what}", "asset", document.id, _lane(document), render.asset_in_webhook(document))


def track(webhooks: Webhooks, what: str, owner: Asset, document: Json) -> None:
    data = document | {"asset_id": owner.id}
    webhooks.emit(f"video.asset.track.{what}", "track", document["id"], _lane(owner), data)


def _lane(document: Asset) -> str:
    return document.upload_id or document.id
