"""What happens to uploads and assets, and which webhook each step sends."""

import time

from mux_sim import announce
from mux_sim.ids import new_id
from mux_sim.model import Asset, Json, Upload
from mux_sim.simulator import Simulator


def create_upload(sim: Simulator, *, timeout: int, cors_origin: str, settings: Json, test: bool) -> Upload:
    if test:
        settings = settings | {"test": True}
    upload = Upload(
        id=new_id(),
        created_at=sim.clock.now(),
        timeout=timeout,
        cors_origin=cors_origin,
        settings=settings,
        test=test,
    )
    sim.store.uploads.put(upload)
    announce.upload(sim.webhooks, "created", upload)
    return upload


def cancel_upload(sim: Simulator, upload: Upload) -> None:
    upload.status = "cancelled"
    sim.store.uploads.put(upload)
    sim.store.upload_path(upload.id).unlink(missing_ok=True)
    announce.upload(sim.webhooks, "cancelled", upload)


def error_upload(sim: Simulator, upload: Upload, message: str) -> None:
    upload.status = "errored"
    upload.error = {"type": "internal_error", "message": message}
    sim.store.uploads.put(upload)
    sim.store.upload_path(upload.id).unlink(missing_ok=True)
    announce.upload(sim.webhooks, "errored", upload)


def expire_upload(sim: Simulator, upload: Upload) -> None:
    """Past its timeout an upload is `timed_out`; Mux sends no webhook for that."""
    if upload.status == "waiting" and sim.clock.now() >= upload.expires_at:
        upload.status = "timed_out"
        sim.store.uploads.put(upload)
        sim.store.upload_path(upload.id).unlink(missing_ok=True)


def finish_upload(sim: Simulator, upload: Upload) -> None:
    """All bytes are here: the upload becomes an asset. Asking again changes nothing, even after a kill in between."""
    if upload.status != "waiting":
        return
    if sim.fail_next_uploads:
        error_upload(sim, upload, sim.fail_next_uploads.pop(0))
        return
    asset = sim.store.asset_of_upload(upload.id)
    if asset is None:
        asset = new_asset(upload.settings, "on_demand_direct_upload", upload_id=upload.id)
        sim.store.put_asset(asset)
    partial = sim.store.upload_path(upload.id)
    if partial.exists():
        partial.replace(sim.store.source_path(asset.id))
    upload.status, upload.asset_id = "asset_created", asset.id
    sim.store.uploads.put(upload)
    announce.upload(sim.webhooks, "asset_created", upload)
    announce.asset(sim.webhooks, "created", asset)
    sim.jobs.enqueue(asset)


def new_asset(settings: Json, ingest_type: str, upload_id: str | None = None) -> Asset:
    policies = settings.get("playback_policies", [])
    return Asset(
        id=new_id(),
        sequence=time.time_ns(),
        created_at=int(time.time()),
        settings=settings,
        ingest_type=ingest_type,
        playback_ids=[{"id": new_id(), "policy": policy} for policy in policies],
        upload_id=upload_id,
    )


def create_asset_from_url(sim: Simulator, settings: Json) -> Asset:
    asset = new_asset(settings, "on_demand_url")
    sim.store.put_asset(asset)
    announce.asset(sim.webhooks, "created", asset)
    sim.jobs.enqueue(asset)
    return asset


def delete_asset(sim: Simulator, asset: Asset) -> None:
    sim.store.remove_asset(asset)
    sim.jobs.cancel(asset.id)
    sim.store.remove_files(asset.id)
    announce.asset(sim.webhooks, "deleted", asset)


def resume(sim: Simulator) -> None:
    """After a restart: finish uploads whose last byte had arrived, send what was on its way, transcode what waits."""
    sim.webhooks.resume()
    for upload in sim.store.uploads:
        path = sim.store.upload_path(upload.id)
        if upload.status == "waiting" and upload.total is not None:
            arrived = sim.store.asset_of_upload(upload.id) is not None
            if arrived or (path.exists() and path.stat().st_size == upload.total):
                finish_upload(sim, upload)
    sim.jobs.start()
