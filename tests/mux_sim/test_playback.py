"""Playback: who gets a playlist, and every refusal with the status that Mux's player expects."""

import base64
import re
import ssl
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import jwt
import pytest

from mux_sim.ids import new_id
from mux_sim.testing import Simulator, make_clip, running_simulator
from mux_sim.tokens import new_key_pair
from tests.mux_sim.conftest import ask_node

KEY_ID = "testkey"
PRIVATE_KEY, _ = new_key_pair()


@dataclass
class Stage:
    """A simulator with one signed and one public playback id of a ready asset."""

    mux: Simulator
    http: aiohttp.ClientSession
    asset: dict[str, Any]
    signed: str
    public: str

    async def get(self, path: str, **query: str) -> tuple[int, str]:
        url = path if path.startswith("http") else f"{self.mux.base_url}/{path}"
        async with self.http.get(url, params=query or None) as response:
            return response.status, await response.text("utf-8", "replace")


@asynccontextmanager
async def staged(clip: Path, policy: str) -> AsyncIterator[Stage]:
    """`signed` is the playback id with that policy, be it `signed` or `drm`."""
    async with (
        running_simulator(signing_keys={KEY_ID: PRIVATE_KEY}) as mux,
        aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=30)) as http,
    ):
        asset = await mux.ready_asset(clip, policy=policy)
        added = await mux.api("POST", f"/video/v1/assets/{asset['id']}/playback-ids", {"policy": "public"})
        yield Stage(mux, http, asset, asset["playback_ids"][0]["id"], added["data"]["id"])


@pytest.fixture
async def stage(clip: Path) -> AsyncIterator[Stage]:
    async with staged(clip, "signed") as stage:
        yield stage


def token(subject: str, audience: str = "v", *, lifetime: float = 600, kid_in: str = "header", **claims: Any) -> str:
    payload = {"sub": subject, "aud": audience, "exp": int(time.time() + lifetime), **claims}
    payload |= {"kid": KEY_ID} if kid_in == "payload" else {}
    headers = {"kid": KEY_ID} if kid_in == "header" else None
    return jwt.encode(payload, base64.b64decode(PRIVATE_KEY), algorithm="RS256", headers=headers)


async def test_a_public_id_plays_without_a_token_and_only_so(stage: Stage) -> None:
    """No token is needed, and one is a 400, as it would only look like security."""
    assert (await stage.get(f"{stage.public}.m3u8"))[0] == 200
    assert (await stage.get(f"{stage.public}.m3u8", token=token(stage.public)))[0] == 400


@pytest.mark.parametrize("kid_in", ["header", "payload"])
async def test_the_key_id_may_be_in_either_place(stage: Stage, kid_in: str) -> None:
    """Mux's libraries put `kid` in the header or in the payload; both play."""
    assert (await stage.get(f"{stage.signed}.m3u8", token=token(stage.signed, kid_in=kid_in)))[0] == 200


async def test_bad_tokens_are_forbidden(stage: Stage) -> None:
    """A token that is missing, garbage, expired, for another id or use, or of an unknown key is a 403."""
    other_key, _ = new_key_pair()
    good = token(stage.signed)
    unknown_kid = jwt.encode(jwt.decode(good, options={"verify_signature": False}), "x" * 32, headers={"kid": "none"})
    bad = [
        "",
        "garbage",
        token(stage.signed, lifetime=-1),
        token(stage.public),
        token(stage.signed, "t"),
        token(stage.signed, kid_in="nowhere"),
        good[:-8] + "AAAAAAAA",
        unknown_kid,
    ]
    assert other_key != PRIVATE_KEY
    for text in bad:
        assert (await stage.get(f"{stage.signed}.m3u8", token=text))[0] == 403, text
    assert (await stage.get(f"{stage.signed}.m3u8"))[0] == 403


async def test_each_use_has_its_audience(stage: Stage) -> None:
    """Video, thumbnail and storyboard tokens open their own door and no other."""
    doors = {"v": f"{stage.signed}.m3u8", "t": f"{stage.signed}/thumbnail.jpg", "s": f"{stage.signed}/storyboard.vtt"}
    for audience, door in doors.items():
        for other in doors:
            expected = 200 if other == audience else 403
            assert (await stage.get(door, token=token(stage.signed, other)))[0] == expected, (door, other)


async def test_unknown_and_malformed_ids(stage: Stage) -> None:
    """An id that nobody has is a 404, one that no id could be is a 400, in the playback hosts' own error shape."""
    status, body = await stage.get(f"{new_id()}.m3u8")
    assert (status, body) == (404, '{"code": 5, "message": "Not Found"}')
    assert (await stage.get("short.m3u8"))[0] == 400


async def test_an_asset_that_is_not_ready(stage: Stage) -> None:
    """Before it is ready an asset is a 412, which makes the player retry."""
    await stage.mux.fail_transcodes()
    upload = await stage.mux.create_upload(playback_policies=["public"])
    async with stage.http.put(upload["url"], data=b"no video") as response:
        assert response.status == 200
    asset_id = (await stage.mux.api("GET", f"/video/v1/uploads/{upload['id']}"))["data"]["asset_id"]
    playback_id = (await stage.mux.asset(asset_id))["playback_ids"][0]["id"]
    assert (await stage.get(f"{playback_id}.m3u8"))[0] == 412


def _urls(playlist: str) -> list[str]:
    return re.findall(r"^http\S+", playlist, re.M)


async def test_child_urls_end_with_the_token(stage: Stage) -> None:
    """Playlists and segments play without the token until it expires, and a changed URL not at all."""
    _, master = await stage.get(f"{stage.signed}.m3u8", token=token(stage.signed, lifetime=600))
    assert "token" not in master
    rendition = _urls(master)[0]
    status, media = await stage.get(rendition)
    segment = _urls(media)[0]
    assert status == 200
    assert (await stage.get(segment))[0] == 200
    assert (await stage.get(segment.replace("expires=1", "expires=2")))[0] == 403
    assert (await stage.get(segment.replace(stage.signed, stage.public)))[0] == 403
    await stage.mux.advance(601)
    assert (await stage.get(rendition))[0] == 403
    assert (await stage.get(segment))[0] == 403


async def test_a_deleted_playback_id_or_asset_is_gone(stage: Stage) -> None:
    """After deletion its URLs are 404, also those handed out before."""
    _, master = await stage.get(f"{stage.public}.m3u8")
    await stage.mux.api("DELETE", f"/video/v1/assets/{stage.asset['id']}/playback-ids/{stage.public}")
    assert (await stage.get(f"{stage.public}.m3u8"))[0] == 404
    assert (await stage.get(_urls(master)[0]))[0] == 404
    await stage.mux.api("DELETE", f"/video/v1/assets/{stage.asset['id']}")
    assert (await stage.get(f"{stage.signed}.m3u8", token=token(stage.signed)))[0] == 404
    assert not (stage.mux.config.data_dir / "media" / stage.asset["id"]).exists()


async def test_a_deleted_signing_key_opens_nothing(stage: Stage) -> None:
    """Tokens of a deleted key are refused."""
    good = token(stage.signed)
    assert (await stage.get(f"{stage.signed}.m3u8", token=good))[0] == 200
    await stage.mux.api("DELETE", f"/system/v1/signing-keys/{KEY_ID}")
    assert (await stage.get(f"{stage.signed}.m3u8", token=good))[0] == 403


async def test_hosts_share_the_port(stage: Stage) -> None:
    """The Host header of a playback URL is taken into the child URLs."""
    headers = {"Host": "stream.mux.com"}
    async with stage.http.get(f"{stage.mux.base_url}/{stage.public}.m3u8", headers=headers) as response:
        assert _urls(await response.text())[0].startswith("http://stream.mux.com/hls/")


async def test_browsers_may_read_playlists(stage: Stage) -> None:
    """Playback has open CORS, on refusals too; the API has none."""
    async with stage.http.get(f"{stage.mux.base_url}/{stage.public}.m3u8") as response:
        assert response.headers["Access-Control-Allow-Origin"] == "*"
    async with stage.http.get(f"{stage.mux.base_url}/{stage.signed}.m3u8") as response:
        assert response.headers["Access-Control-Allow-Origin"] == "*"
    async with stage.http.get(f"{stage.mux.base_url}/video/v1/assets") as response:
        assert "Access-Control-Allow-Origin" not in response.headers


async def test_tokens_of_muxs_own_library(stage: Stage, judges: Path) -> None:
    """What mux-node signs with a key made by our API opens all three doors."""
    key = await stage.mux.create_signing_key()
    question = {
        "playbackId": stage.signed,
        "keyId": key["id"],
        "privateKey": key["private_key"],
        "expiration": "1h",
    }
    tokens = ask_node(judges, "sign.mjs", question)
    doors = {"video": f"{stage.signed}.m3u8"}
    doors |= {"thumbnail": f"{stage.signed}/thumbnail.webp", "storyboard": f"{stage.signed}/storyboard.webp"}
    for use, door in doors.items():
        assert (await stage.get(door, token=tokens[use]))[0] == 200, use


async def test_pictures(stage: Stage) -> None:
    """Thumbnail options are checked, and the storyboard's cues cover the whole clip with its own picture."""
    thumbnail = f"{stage.public}/thumbnail.jpg"
    assert (await stage.get(thumbnail, time="1", width="200", fit_mode="pad", height="200"))[0] == 200
    status, body = await stage.get(thumbnail, fit_mode="squeeze")
    assert (status, body) == (400, '{"code": 3, "message": "Unrecognized fit-mode"}')
    for bad in ({"time": "-1"}, {"width": "abc"}, {"rotate": "45"}):
        assert (await stage.get(thumbnail, **bad))[0] == 400
    _, cues = await stage.get(f"{stage.signed}/storyboard.vtt", token=token(stage.signed, "s"), format="webp")
    assert cues.startswith("WEBVTT")
    times = re.findall(r"(\S+) --> (\S+)", cues)
    assert times[0][0] == "00:00:00.000"
    assert [end for _, end in times[:-1]] == [start for start, _ in times[1:]]
    pictures = {url.split("#")[0] for url in _urls(cues)}
    assert len(pictures) == 1
    assert (await stage.get(pictures.pop()))[0] == 200


async def test_resolution_modifiers(tmp_path: Path) -> None:
    """`max_resolution` and the order are the query's on a public id and the token's claims on a signed one."""
    source = make_clip(tmp_path / "clip.mp4", seconds=1, size="426x240")
    async with running_simulator(signing_keys={KEY_ID: PRIVATE_KEY}, ladder=(120, 240)) as mux:
        asset = await mux.ready_asset(source, policy="public")
        added = await mux.api("POST", f"/video/v1/assets/{asset['id']}/playback-ids", {"policy": "signed"})
        public, signed = asset["playback_ids"][0]["id"], added["data"]["id"]

        async def heights(path: str) -> list[str]:
            return re.findall(r"RESOLUTION=\d+x(\d+)", (await mux.fetch(path)).decode())

        assert await heights(f"/{public}.m3u8") == ["120", "240"]
        assert await heights(f"/{public}.m3u8?max_resolution=120p") == ["120"]
        assert await heights(f"/{public}.m3u8?rendition_order=desc&redundant_streams=true") == ["240", "120"]
        assert await heights(f"/{signed}.m3u8?token={token(signed, max_resolution='120p')}") == ["120"]
        assert await heights(f"/{signed}.m3u8?max_resolution=120p&token={token(signed)}") == ["120", "240"]


async def test_tls_beside_http(clip: Path) -> None:
    """The TLS listener serves the same app for player hosts, with a certificate for them, and child URLs are https."""
    async with running_simulator(tls_port=0) as mux:
        asset = await mux.ready_asset(clip, policy="public")
        trust = ssl.create_default_context(cafile=str(mux.config.data_dir / "tls" / "localhost.pem"))
        assert mux.tls_url is not None
        url = f"{mux.tls_url}/{asset['playback_ids'][0]['id']}.m3u8"
        headers = {"Host": "stream.mux.localhost:18443"}
        async with (
            aiohttp.ClientSession() as http,
            http.get(url, ssl=trust, headers=headers, server_hostname="stream.mux.localhost") as response,
        ):
            assert response.status == 200
            assert _urls(await response.text())[0].startswith("https://stream.mux.localhost:18443/hls/")


async def test_the_playlists_stay_on_the_host_that_was_asked(clip: Path) -> None:
    """Browsers get the public address; who is inside and comes by another name is not sent where it cannot go."""
    public_url = "http://video.example:8400"
    async with running_simulator(public_url=public_url) as mux:
        upload = await mux.create_upload(playback_policies=["public"])
        await mux.upload_file(upload["url"].replace(public_url, mux.base_url), clip)
        done = (await mux.api("GET", f"/video/v1/uploads/{upload['id']}"))["data"]
        asset = await mux.wait_for_asset(done["asset_id"])
        path = f"/{asset['playback_ids'][0]['id']}.m3u8"
        async with aiohttp.ClientSession() as http:
            for host, told in (("video.example:8400", f"{public_url}/hls/"), (None, mux.base_url)):
                headers = {"Host": host} if host else {}
                async with http.get(mux.base_url + path, headers=headers) as answer:
                    lines = [line for line in (await answer.text()).splitlines() if line.startswith("http")]
                assert lines
                assert all(line.startswith(told) for line in lines)
