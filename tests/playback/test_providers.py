"""Features C1, C5: those who hold the videos accept what is handed out: the Mux simulator, and a real S3 server."""

import time
from pathlib import Path

import httpx
import pytest

from contracts import Video
from mux_sim.testing import Simulator, make_clip
from tests.buckets import client_of, settings_of
from tests.infra import S3
from tests.playback.conftest import OpenSchool
from tests.playback.school import mux_video


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two seconds of video."""
    return make_clip(tmp_path_factory.mktemp("clips") / "clip.mp4", seconds=2)


async def test_mux_plays_what_is_handed_out(open_school: OpenSchool, mux: Simulator, clip: Path) -> None:
    """Stream, poster and storyboard open with their own token, with no other's, and not after its end."""
    asset, key = await mux.ready_asset(clip), await mux.create_signing_key()
    playback_id = asset["playback_ids"][0]["id"]
    configured = {
        "mux_signing_key": key["id"],
        "mux_private_key": key["private_key"],
        "mux_stream_base_url": mux.base_url,
        "mux_image_base_url": mux.base_url,
    }
    async with open_school(**configured) as school, httpx.AsyncClient(timeout=20, follow_redirects=True) as viewer:
        await school.standard()
        await school.lesson(video=mux_video(playback_id, duration_ms=2000))
        answer = await school.granted()
        stream = await viewer.get(answer["signedUrl"])
        assert stream.status_code == 200, stream.text
        assert stream.text.startswith("#EXTM3U")
        poster, storyboard = await viewer.get(answer["poster"]), await viewer.get(answer["storyboard"])
        assert (poster.status_code, poster.headers["content-type"]) == (200, "image/jpeg")
        assert storyboard.text.startswith("WEBVTT")
        address, _, token = answer["signedUrl"].partition("?token=")
        tokens = answer["tokens"]
        assert (await viewer.get(address)).status_code == 403
        assert (await viewer.get(address, params={"token": tokens["thumbnail"]})).status_code == 403
        assert (await viewer.get(answer["poster"].replace(tokens["thumbnail"], token))).status_code == 403
        await mux.advance(3600)
        assert (await viewer.get(answer["signedUrl"])).status_code == 403


async def test_public_mux_video_opens_without_a_token(open_school: OpenSchool, mux: Simulator, clip: Path) -> None:
    """Addresses of a public playback id are good as they are."""
    asset = await mux.ready_asset(clip, policy="public")
    video = mux_video(asset["playback_ids"][0]["id"], policy="public", duration_ms=2000)
    bases = {"mux_stream_base_url": mux.base_url, "mux_image_base_url": mux.base_url}
    async with open_school(**bases) as school, httpx.AsyncClient(timeout=20, follow_redirects=True) as viewer:
        await school.standard()
        await school.lesson(video=video)
        answer = await school.granted()
        for address in (answer["videoUrl"], answer["poster"], answer["storyboard"]):
            assert (await viewer.get(address)).status_code == 200, address


async def test_s3_lesson_plays_by_a_presigned_address(open_school: OpenSchool, s3: S3) -> None:
    """The object opens by the address that is handed out, in ranges too, and not by one that was tampered with."""
    object_key = f"playback tests/{time.time_ns()} ü.mp4"
    with client_of(s3) as client:
        client.put_object(Bucket=s3.bucket, Key=object_key, Body=b"0123456789", ContentType="video/mp4")
    configured = settings_of(s3) | {"playback_ttl_s": 60}
    async with open_school(**configured) as school, httpx.AsyncClient(timeout=20) as viewer:
        await school.standard()
        await school.lesson(video=Video(provider="s3", s3_key=object_key, duration_ms=10_000))
        answer = await school.granted()
        assert answer["provider"] == "s3"
        assert {answer[name] for name in ("playbackId", "poster", "storyboard")} == {None}
        assert answer["tokens"] is None
        assert answer["watchGrant"] is not None
        url = answer["videoUrl"]
        assert answer["signedUrl"] == url
        assert 50 <= int(httpx.URL(url).params["X-Amz-Expires"]) <= 60
        assert (await viewer.get(url)).content == b"0123456789"
        part = await viewer.get(url, headers={"Range": "bytes=2-4"})
        assert (part.status_code, part.content) == (206, b"234")
        assert (await viewer.get(url.replace(".mp4", ".mp3"))).status_code == 403
        assert (await viewer.put(url, content=b"mine")).status_code == 403
    client.delete_object(Bucket=s3.bucket, Key=object_key)
    client.close()


async def test_browsers_may_reach_s3_elsewhere_than_the_service(open_school: OpenSchool) -> None:
    """Addresses are signed for the public endpoint where there is one."""
    async with open_school(s3_public_endpoint_url="https://files.school.test") as school:
        await school.standard()
        await school.lesson(video=Video(provider="s3", s3_key="1.mp4"))
        assert (await school.granted())["videoUrl"].startswith("https://files.school.test/seatime/1.mp4?")
