"""The contract of `MuxService`, held by the simulator, and by Mux itself where its credentials are given."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from tests.upload.mux_backends import BACKENDS, Backend, backend
from upload_service import observations
from upload_service.errors import MuxNotFound, MuxRefused
from upload_service.mux import AssetSeen


@pytest.fixture(params=BACKENDS)
async def mux_backend(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Backend]:
    async with backend(request.param, tmp_path) as found:
        yield found


async def ready(mux: Backend, asset_id: str) -> AssetSeen:
    mux.made.append(asset_id)
    asset = await mux.until(lambda: mux.service.get_asset(asset_id), lambda seen: seen.status != "preparing")
    assert asset.status == "ready", asset.body.get("errors")
    return asset


async def from_url(mux: Backend, external_id: str) -> AssetSeen:
    return await mux.service.create_asset(
        url=mux.video_url,
        policy="signed",
        lesson_id="lesson-1",
        external_id=external_id,
        title="A contract's test",
        creator_id="owner-1",
    )


def texts_of(asset: AssetSeen) -> dict[str, dict[str, Any]]:
    """The text tracks by their ids."""
    return {track["id"]: track for track in asset.body["tracks"] if track["type"] == "text"}


async def test_a_direct_upload_becomes_an_asset(mux_backend: Backend) -> None:
    """Created, sent, ready with what it carries and a signed playback id; deleted, and deleted again."""
    mux, external_id = mux_backend, str(uuid4())
    made = await mux.service.create_upload(
        cors_origin="https://learn.example",
        policy="signed",
        lesson_id="lesson-1",
        external_id=external_id,
        title="x" * 600,
        creator_id="owner-1",
        timeout_s=600,
    )
    assert (await mux.service.get_upload(made.id)).status == "waiting"
    await mux.put(made.url)
    seen = await mux.until(lambda: mux.service.get_upload(made.id), lambda upload: upload.asset_id is not None)
    assert seen.asset_id is not None
    asset = await ready(mux, seen.asset_id)
    known = observations.of_asset(asset.status, asset.id, asset.body)
    assert known is not None
    assert (known.status, known.public_playback_id) == ("ready", None)
    assert known.signed_playback_id
    assert known.duration_ms == pytest.approx(2000, abs=200)
    assert (asset.body["passthrough"], asset.body["meta"]["external_id"]) == ("lesson-1", external_id)
    for _ in range(2):
        await mux.service.delete_asset(asset.id)
    with pytest.raises(MuxNotFound):
        await mux.service.get_asset(asset.id)


async def test_an_asset_of_a_url_is_found_again(mux_backend: Backend) -> None:
    """By what it carries, in a list that is newest first and goes on behind its cursor; told anew, it carries that."""
    mux, marks = mux_backend, [str(uuid4()), str(uuid4())]
    made = [await from_url(mux, mark) for mark in marks]
    mux.made += [asset.id for asset in made]
    found: list[AssetSeen] = []
    cursor = None
    while len(found) < 2:
        page = await mux.service.list_assets(cursor=cursor, limit=1)
        found += page.assets
        cursor = page.cursor
        assert cursor is not None or len(found) == 2
    assert [asset.id for asset in found] == [made[1].id, made[0].id]
    assert [asset.body["meta"]["external_id"] for asset in found] == marks[::-1]
    told = await mux.service.update_asset(
        made[0].id, lesson_id="lesson-2", external_id=marks[0], title="Told anew", creator_id="owner-2"
    )
    assert (told.body["passthrough"], told.body["meta"]["creator_id"]) == ("lesson-2", "owner-2")


async def test_an_asset_gets_and_loses_caption_tracks(mux_backend: Backend) -> None:
    """By a text's address and by listening; each with our mark, under a name of its own."""
    mux, marks = mux_backend, [str(uuid4()), str(uuid4())]
    asset = await ready(mux, (await from_url(mux, str(uuid4()))).id)
    told: dict[str, Any] = {"url": mux.captions_url, "language_code": "en", "name": "English", "closed_captions": True}
    track = await mux.service.tracks.create(asset.id, **told, passthrough=marks[0])
    assert track.status == "preparing"
    asset = await mux.until(
        lambda: mux.service.get_asset(asset.id), lambda seen: texts_of(seen)[track.id]["status"] != "preparing"
    )
    seen = texts_of(asset)[track.id]
    assert (seen["status"], seen["text_source"], seen["language_code"]) == ("ready", "uploaded", "en")
    assert (seen["name"], seen["closed_captions"], seen["passthrough"]) == ("English", True, marks[0])
    with pytest.raises(MuxRefused):
        await mux.service.tracks.create(asset.id, **told, passthrough=marks[0])
    sounds = [track["id"] for track in asset.body["tracks"] if track["type"] == "audio"]
    for sound in sounds:
        made = await mux.service.tracks.generate(
            asset.id, sound, language_code="de", name="Deutsch", passthrough=marks[1]
        )
        generated = texts_of(await mux.service.get_asset(asset.id))[made.id]
        assert (generated["text_source"], generated["passthrough"]) == ("generated_vod", marks[1])
    for _ in range(2):
        await mux.service.tracks.delete(asset.id, track.id)
    assert track.id not in texts_of(await mux.service.get_asset(asset.id))


async def test_signing_keys_come_and_go(mux_backend: Backend) -> None:
    """The private half is told once; a deleted key is no longer listed."""
    keys = mux_backend.service.keys
    key = await keys.create()
    try:
        assert key.private_key
        assert key.private_key not in repr(key)
        listed = {found.id: found.private_key for found in await keys.list()}
        assert listed[key.id] is None
    finally:
        for _ in range(2):
            await keys.delete(key.id)
    assert key.id not in {found.id for found in await keys.list()}


async def test_delivery_is_told_by_asset(mux_backend: Backend) -> None:
    """Of a span of time; an asset that nobody watched delivered nothing."""
    until = datetime.now(UTC)
    usage = mux_backend.service.usage.delivery(until - timedelta(days=1), until)
    assert all([found.asset_id and found.seconds >= 0 async for found in usage])
    nothing = mux_backend.service.usage.delivery(until - timedelta(days=1), until, asset_id="0" * 40)
    assert [found async for found in nothing] == []


async def test_ids_that_lead_nowhere(mux_backend: Backend) -> None:
    """Well formed, they are not found, or gone already; malformed, they are refused or not found."""
    service, nobody = mux_backend.service, "0" * 40
    for call in (service.get_upload, service.get_asset):
        with pytest.raises(MuxNotFound):
            await call(nobody)
        with pytest.raises((MuxRefused, MuxNotFound)):
            await call("nobody")
    await service.delete_asset(nobody)
    await service.tracks.delete(nobody, nobody)
    await service.keys.delete(nobody)
