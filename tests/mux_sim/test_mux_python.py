"""mux-python, Mux's own client, reads every answer that our services ask for."""

import asyncio
import base64
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import mux_python
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from mux_python.rest import ApiException

from mux_sim.ids import new_id
from mux_sim.testing import Simulator, running_simulator

T = TypeVar("T")


def client_of(mux: Simulator, *, secret: str | None = None) -> mux_python.ApiClient:
    configuration = mux_python.Configuration(
        host=mux.base_url, username=mux.token_id, password=secret or mux.token_secret
    )
    configuration.retries = False
    return mux_python.ApiClient(configuration)


@pytest.fixture
def client(mux: Simulator) -> mux_python.ApiClient:
    return client_of(mux)


async def call(function: Callable[..., T], *arguments: Any, **options: Any) -> T:
    return await asyncio.to_thread(function, *arguments, _request_timeout=(5, 20), **options)


async def test_uploads(mux: Simulator, client: mux_python.ApiClient) -> None:
    """Create, read, list and cancel a direct upload; its settings come back normalised."""
    api = mux_python.DirectUploadsApi(client)
    settings = mux_python.CreateAssetRequest(playback_policy=["signed"], passthrough="lesson-7", video_quality="basic")
    request = mux_python.CreateUploadRequest(
        new_asset_settings=settings, cors_origin="http://localhost:8000", timeout=120
    )
    created = (await call(api.create_direct_upload, request)).data
    assert created.status == "waiting"
    assert created.url.startswith(mux.base_url)
    assert created.timeout == 120
    assert created.cors_origin == "http://localhost:8000"
    assert created.new_asset_settings.playback_policies == ["signed"]
    assert created.new_asset_settings.passthrough == "lesson-7"
    assert (await call(api.get_direct_upload, created.id)).data == created
    assert [item.id for item in (await call(api.list_direct_uploads)).data] == [created.id]
    assert (await call(api.cancel_direct_upload, created.id)).data.status == "cancelled"
    with pytest.raises(mux_python.exceptions.ForbiddenException):
        await call(api.cancel_direct_upload, created.id)


async def test_an_asset_from_an_upload(mux: Simulator, client: mux_python.ApiClient, clip: Path) -> None:
    """A ready asset has its figures, its tracks and what was put in; it can be changed and deleted."""
    asset = await mux.ready_asset(clip, passthrough="lesson-7")
    api = mux_python.AssetsApi(client)
    read = (await call(api.get_asset, asset["id"])).data
    assert (read.status, read.passthrough, read.aspect_ratio) == ("ready", "lesson-7", "16:9")
    assert read.duration == pytest.approx(2, abs=0.1)
    assert read.progress.state == "completed"
    assert {track.type for track in read.tracks} == {"video", "audio"}
    assert [item.policy for item in read.playback_ids] == ["signed"]
    info = (await call(api.get_asset_input_info, asset["id"])).data
    assert {track.encoding for track in info[0].file.tracks} == {"h264", "aac"}
    changes = mux_python.UpdateAssetRequest(passthrough="lesson-8", meta={"title": "Tides"})
    changed = (await call(api.update_asset, asset["id"], changes)).data
    assert (changed.passthrough, changed.meta.title) == ("lesson-8", "Tides")
    await mux.wait_for_event("video.asset.updated", asset["id"])
    await call(api.delete_asset, asset["id"])
    await mux.wait_for_event("video.asset.deleted", asset["id"])
    with pytest.raises(mux_python.exceptions.NotFoundException):
        await call(api.get_asset, asset["id"])


async def test_playback_ids(mux: Simulator, client: mux_python.ApiClient, clip: Path) -> None:
    """Playback ids can be added, looked up from either side, and taken away."""
    asset = await mux.ready_asset(clip)
    api = mux_python.AssetsApi(client)
    added = (await call(api.create_asset_playback_id, asset["id"], {"policy": "public"})).data
    assert (await call(api.get_asset_playback_id, asset["id"], added.id)).data.policy == "public"
    found = (await call(mux_python.PlaybackIDApi(client).get_asset_or_livestream_id, added.id)).data
    assert (found.object.type, found.object.id) == ("asset", asset["id"])
    await call(api.delete_asset_playback_id, asset["id"], added.id)
    with pytest.raises(mux_python.exceptions.NotFoundException):
        await call(api.get_asset_playback_id, asset["id"], added.id)


async def test_pages_and_cursor_reach_every_asset_once(mux: Simulator, client: mux_python.ApiClient) -> None:
    """By page and by cursor the newest come first and none twice."""
    await mux.fail_transcodes(7)
    api = mux_python.AssetsApi(client)
    made = [
        (await call(api.create_asset, {"inputs": [{"url": "http://127.0.0.1:9/gone.mp4"}]})).data.id for _ in range(7)
    ]
    by_page: list[str] = []
    for page in (1, 2, 3):
        by_page += [asset.id for asset in (await call(api.list_assets, limit=3, page=page)).data]
    assert by_page == made[::-1]
    by_cursor: list[str] = []
    answer = await call(api.list_assets, limit=3)
    by_cursor += [asset.id for asset in answer.data]
    while answer.next_cursor:
        answer = await call(api.list_assets, limit=3, cursor=answer.next_cursor)
        by_cursor += [asset.id for asset in answer.data]
    assert by_cursor == made[::-1]


async def test_an_asset_from_a_url(mux: Simulator, client: mux_python.ApiClient, clip: Path) -> None:
    """Mux fetches a video itself: the way from S3. What cannot be fetched is an errored asset."""

    async def serve(_: web.Request) -> web.FileResponse:
        return web.FileResponse(clip)

    app = web.Application()
    app.router.add_get("/clip.mp4", serve)
    api = mux_python.AssetsApi(client)
    async with TestServer(app) as server:
        url = str(server.make_url("/clip.mp4?X-Amz-Signature=abc"))
        request = mux_python.CreateAssetRequest(
            inputs=[mux_python.InputSettings(url=url)], playback_policies=["signed"], passthrough="from-s3"
        )
        created = (await call(api.create_asset, request)).data
        assert (created.status, created.ingest_type) == ("preparing", "on_demand_url")
        assert created.playback_ids[0].policy == "signed"
        assert (await mux.wait_for_asset(created.id))["duration"] == pytest.approx(2, abs=0.1)
        missing = mux_python.CreateAssetRequest(inputs=[{"url": str(server.make_url("/none.mp4"))}])
        gone = (await call(api.create_asset, missing)).data
        await mux.wait_for_asset(gone.id, "errored")
    errored = (await call(api.get_asset, gone.id)).data
    assert errored.errors.type == "invalid_input"
    assert "404" in errored.errors.messages[0]


async def test_signing_keys(client: mux_python.ApiClient) -> None:
    """The private key is shown once, as base64 of a PEM; keys can be listed, read and deleted on both paths."""
    for api in (mux_python.SigningKeysApi(client), mux_python.URLSigningKeysApi(client)):
        create = getattr(api, "create_signing_key", None) or api.create_url_signing_key
        get = getattr(api, "get_signing_key", None) or api.get_url_signing_key
        index = getattr(api, "list_signing_keys", None) or api.list_url_signing_keys
        delete = getattr(api, "delete_signing_key", None) or api.delete_url_signing_key
        key = (await call(create)).data
        assert base64.b64decode(key.private_key).startswith(b"-----BEGIN RSA PRIVATE KEY-----")
        assert (await call(get, key.id)).data.private_key is None
        assert key.id in [item.id for item in (await call(index)).data]
        await call(delete, key.id)
        with pytest.raises(mux_python.exceptions.NotFoundException):
            await call(get, key.id)


async def test_subtitles(mux: Simulator, client: mux_python.ApiClient, clip: Path) -> None:
    """A WebVTT is fetched and becomes a ready track; generated ones follow; text tracks can be deleted."""

    async def serve(_: web.Request) -> web.Response:
        return web.Response(text="WEBVTT\n\n00:00.000 --> 00:01.000\nHello\n")

    asset = await mux.ready_asset(clip, policy="public")
    api = mux_python.AssetsApi(client)
    app = web.Application()
    app.router.add_get("/en.vtt", serve)
    async with TestServer(app) as server:
        request = mux_python.CreateTrackRequest(
            url=str(server.make_url("/en.vtt")), type="text", text_type="subtitles", language_code="en", name="English"
        )
        track = (await call(api.create_asset_track, asset["id"], request)).data
        await mux.wait_for_event("video.asset.track.ready", track.id)
    sound = next(item["id"] for item in asset["tracks"] if item["type"] == "audio")
    wanted = mux_python.GenerateTrackSubtitlesRequest(generated_subtitles=[{"language_code": "en", "name": "Auto"}])
    (generated,) = (await call(api.generate_asset_track_subtitles, asset["id"], sound, wanted)).data
    await mux.wait_for_event("video.asset.track.ready", generated.id)
    texts = [item for item in (await call(api.get_asset, asset["id"])).data.tracks if item.type == "text"]
    assert [(item.text_source, item.status) for item in texts] == [("uploaded", "ready"), ("generated_vod", "ready")]
    await call(api.delete_asset_track, asset["id"], track.id)
    assert track.id not in [item.id for item in (await call(api.get_asset, asset["id"])).data.tracks]


@pytest.mark.parametrize(
    ("path_id", "expected"), [("nothing-like-an-id", 400), (new_id(), 404)], ids=["malformed", "unknown"]
)
async def test_ids_that_lead_nowhere(client: mux_python.ApiClient, path_id: str, expected: int) -> None:
    """A malformed id is a 400, an unknown one a 404, with Mux's own messages."""
    with pytest.raises(ApiException) as caught:
        await call(mux_python.AssetsApi(client).get_asset, path_id)
    assert caught.value.status == expected
    assert ("Failed to parse ID" if expected == 400 else "The requested resource either") in caught.value.body


async def test_wrong_credentials(mux: Simulator) -> None:
    """A wrong secret is a 401 in Mux's shape."""
    api = mux_python.AssetsApi(client_of(mux, secret="wrong"))
    with pytest.raises(mux_python.exceptions.UnauthorizedException) as caught:
        await call(api.list_assets)
    assert caught.value.body == '{"error": {"type": "unauthorized", "messages": ["Unauthorized request"]}}'


@pytest.mark.parametrize(
    "settings",
    [
        {"playback_policies": ["secret"]},
        {"passthrough": "x" * 256},
        {"meta": {"title": 7}},
        {"video_quality": "best"},
        {"max_resolution_tier": "8k"},
        "settings",
    ],
)
async def test_bad_settings_are_refused(mux: Simulator, settings: Any) -> None:
    """What Mux would not take is a 400 `invalid_parameters`, and nothing is made."""
    with pytest.raises(AssertionError, match=r"400.*invalid_parameters"):
        await mux.api("POST", "/video/v1/uploads", {"cors_origin": "*", "new_asset_settings": settings})
    assert await mux.uploads() == []


async def test_faults_on_request(mux: Simulator, client: mux_python.ApiClient) -> None:
    """The next calls can be refused as Mux would: 429 in its own shape, 503, or a connection that breaks."""
    api = mux_python.DirectUploadsApi(client)
    await mux.fault(status=429, times=1, method="POST")
    with pytest.raises(ApiException) as caught:
        await call(api.create_direct_upload, {"cors_origin": "*"})
    assert (caught.value.status, caught.value.body) == (429, '{"errors": ["Too many requests, retry later."]}')
    await mux.fault(status=503, times=1)
    with pytest.raises(mux_python.exceptions.ServiceException):
        await call(api.list_direct_uploads)
    await mux.fault(drop="before", times=1)
    with pytest.raises(Exception, match="Connection"):
        await call(api.create_direct_upload, {"cors_origin": "*"})
    assert await mux.uploads() == []
    await mux.fault(drop="after", times=1)
    with pytest.raises(Exception, match="Connection"):
        await call(api.create_direct_upload, {"cors_origin": "*"})
    assert len(await mux.uploads()) == 1
    assert len((await call(api.list_direct_uploads)).data) == 1


async def test_documented_rate_limits() -> None:
    """With the limits on, a burst of creations meets 429 while reads still pass."""
    async with running_simulator(rate_limits=True, retry_after=1) as mux:
        api = mux_python.DirectUploadsApi(client_of(mux))
        for _ in range(5):
            await call(api.create_direct_upload, {"cors_origin": "*"})
        with pytest.raises(ApiException) as caught:
            await asyncio.gather(*(call(api.create_direct_upload, {"cors_origin": "*"}) for _ in range(8)))
        assert (caught.value.status, caught.value.headers["Retry-After"]) == (429, "1")
        await call(api.list_direct_uploads)


async def test_delivery_usage(mux: Simulator, client: mux_python.ApiClient, clip: Path) -> None:
    """Segments that were fetched are counted in seconds."""
    asset = await mux.ready_asset(clip, policy="public")
    playlist = await mux.fetch(f"/{asset['playback_ids'][0]['id']}.m3u8")
    media = await mux.fetch(next(line for line in playlist.decode().splitlines() if line.startswith("http")))
    await mux.fetch(next(line for line in media.decode().splitlines() if line.startswith("http")))
    report = (await call(mux_python.DeliveryUsageApi(client).list_delivery_usage)).data
    assert [(row.asset_id, row.delivered_seconds) for row in report] == [(asset["id"], pytest.approx(2, abs=0.1))]
