"""The command: a process of its own that says when it is ready, and forgets nothing when it is killed."""

import asyncio
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from io import BytesIO
from pathlib import Path

import aiohttp
import pytest

from mux_sim.config import Config
from mux_sim.testing import Simulator, make_clip
from tests.mux_sim.conftest import Receiver


@asynccontextmanager
async def started(data: Path, *options: str) -> AsyncIterator[tuple[Simulator, Process]]:
    """`python -m mux_sim` on a free port, from its ready line on; killed in the end if it still runs."""
    command = [sys.executable, "-m", "mux_sim", "--port", "0", "--data", str(data), "--preset", "ultrafast", *options]
    process = await asyncio.create_subprocess_exec(*command, stdout=PIPE, stderr=PIPE)
    try:
        assert process.stdout is not None
        async with asyncio.timeout(60):
            line = (await process.stdout.readline()).decode()
        assert line.startswith("mux_sim ready on http://127.0.0.1:"), line
        yield Simulator(line.split()[3], Config(data_dir=data)), process
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def test_it_stops_when_told(tmp_path: Path) -> None:
    """SIGTERM ends it with 0, and whatever was on its way is kept."""
    async with started(tmp_path) as (mux, process):
        await mux.create_upload()
        process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(60):
            assert await process.wait() == 0
    async with started(tmp_path) as (mux, _):
        assert len(await mux.uploads()) == 1


async def test_a_busy_port_is_said_clearly(tmp_path: Path) -> None:
    """A second one on the same port ends with 1 and names the address."""
    async with started(tmp_path / "one") as (mux, _):
        port = mux.base_url.rpartition(":")[2]
        command = [sys.executable, "-m", "mux_sim", "--port", port, "--data", str(tmp_path / "two")]
        process = await asyncio.create_subprocess_exec(*command, stdout=PIPE, stderr=PIPE)
        async with asyncio.timeout(60):
            _, said = await process.communicate()
        assert process.returncode == 1
        assert f"'127.0.0.1', {port}" in said.decode()
        assert "Traceback" not in said.decode()


async def test_a_kill_loses_nothing(tmp_path: Path, receiver: Receiver, long_clip: Path) -> None:
    """Killed in mid-upload, with a webhook refused and a transcode running: after the restart all three go on."""
    content = long_clip.read_bytes()
    receiver.status = 503
    async with started(tmp_path / "data", "--public-url", "http://mux.test") as (mux, process):
        await mux.set_webhook(receiver.url)
        key = await mux.create_signing_key()
        transcoding, waiting = await mux.create_upload(playback_policies=["signed"]), await mux.create_upload()
        await put(mux, transcoding["url"], content)
        await put(mux, waiting["url"], content[:1000], f"bytes 0-999/{len(content)}")
        await receiver.wait_for(3)
        (asset,) = await mux.assets()
        assert asset["status"] == "preparing"
        process.kill()
        await process.wait()
    receiver.status = 200
    async with started(tmp_path / "data") as (mux, _):
        assert [item["id"] for item in (await mux.api("GET", "/system/v1/signing-keys"))["data"]] == [key["id"]]
        await put(mux, waiting["url"], content[1000:], f"bytes 1000-{len(content) - 1}/{len(content)}")
        ready = await mux.wait_for_asset(asset["id"])
        assert ready["playback_ids"] == asset["playback_ids"]
        second = (await mux.api("GET", f"/video/v1/uploads/{waiting['id']}"))["data"]["asset_id"]
        await mux.wait_for_asset(second)
        for kind in ("video.upload.created", "video.upload.asset_created", "video.asset.created", "video.asset.ready"):
            await mux.wait_delivered(kind, asset["id"] if "asset." in kind else None)
        assert list((tmp_path / "data" / "media").glob("*.work-*")) == []


async def put(mux: Simulator, url: str, body: bytes, content_range: str | None = None) -> None:
    """PUT to an upload URL that may name another host than the one we can reach."""
    headers = {"Content-Range": content_range} if content_range else {}
    local = mux.base_url + url[url.index("/upload/") :]
    async with aiohttp.ClientSession() as http, http.put(local, data=BytesIO(body), headers=headers) as response:
        assert response.status in (200, 308), await response.text()


async def test_deleting_while_it_transcodes(tmp_path: Path, long_clip: Path) -> None:
    """An asset deleted in mid-transcode leaves no file and no `ready`, and the next one is transcoded."""
    async with started(tmp_path / "data") as (mux, _):
        first = await mux.create_upload()
        await mux.upload_file(first["url"], long_clip)
        asset_id = (await mux.api("GET", f"/video/v1/uploads/{first['id']}"))["data"]["asset_id"]
        async with asyncio.timeout(60):
            while (await mux.asset(asset_id))["progress"]["state"] != "transcoding":
                await asyncio.sleep(0.02)
        await mux.api("DELETE", f"/video/v1/assets/{asset_id}")
        short = make_clip(tmp_path / "short.mp4", seconds=1, size="320x180")
        ready = await mux.ready_asset(short)
        assert [event["object_id"] for event in await mux.events("video.asset.ready")] == [ready["id"]]
        assert [path.name for path in (tmp_path / "data" / "media").iterdir()] == [ready["id"]]
        assert list((tmp_path / "data" / "incoming").iterdir()) == []


async def test_progress_grows_while_it_transcodes(tmp_path: Path, long_clip: Path) -> None:
    """`progress` goes up from 0 to 100 and is never less than before."""
    async with started(tmp_path / "data") as (mux, _):
        upload = await mux.create_upload()
        await mux.upload_file(upload["url"], long_clip)
        asset_id = (await mux.api("GET", f"/video/v1/uploads/{upload['id']}"))["data"]["asset_id"]
        seen: list[float] = []
        async with asyncio.timeout(60):
            while (asset := await mux.asset(asset_id))["status"] == "preparing":
                seen.append(asset["progress"]["progress"])
                await asyncio.sleep(0.05)
        assert seen == sorted(seen)
        assert any(0 < value < 100 for value in seen)
        assert asset["progress"] == {"state": "completed", "progress": 100}


async def test_a_stop_in_mid_transcode_is_no_error(tmp_path: Path, long_clip: Path) -> None:
    """Told to stop while it transcodes, it leaves the asset preparing, and the next start makes it ready."""
    async with started(tmp_path / "data") as (mux, process):
        upload = await mux.create_upload()
        await mux.upload_file(upload["url"], long_clip)
        async with asyncio.timeout(60):
            while (await mux.assets())[0]["progress"]["state"] != "transcoding":
                await asyncio.sleep(0.02)
        process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(60):
            assert await process.wait() == 0
    async with started(tmp_path / "data") as (mux, _):
        await mux.wait_for_asset((await mux.assets())[0]["id"])
        assert [event["type"] for event in await mux.events("video.asset.errored")] == []


async def test_without_ffmpeg_the_asset_says_so(tmp_path: Path) -> None:
    """A wrong path to ffmpeg is an errored asset with the reason, not a dead simulator."""
    async with started(tmp_path / "data", "--ffmpeg", str(tmp_path / "nothing")) as (mux, _):
        upload = await mux.create_upload()
        source = tmp_path / "x"
        source.write_bytes(b"x")
        await mux.upload_file(upload["url"], source)
        event = await mux.wait_for_event("video.asset.errored")
        assert "there is no ffmpeg at" in event["data"]["errors"]["messages"][0]


@pytest.mark.parametrize("key", ["not base64!", "bm8gUEVN"])
async def test_a_bad_signing_key_is_said_clearly(tmp_path: Path, key: str) -> None:
    """A signing key that cannot be read ends the start with a message."""
    command = [sys.executable, "-m", "mux_sim", "--port", "0", "--data", str(tmp_path)]
    env = {"MUX_SIGNING_KEY": "k", "MUX_PRIVATE_KEY": key}
    process = await asyncio.create_subprocess_exec(*command, stdout=PIPE, stderr=PIPE, env=env)
    async with asyncio.timeout(60):
        _, said = await process.communicate()
    assert process.returncode == 1
    assert "Traceback" not in said.decode()
    assert said.decode().startswith("mux_sim: ")
