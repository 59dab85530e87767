"""What ffmpeg made of a source: a ladder whose playlists tell the truth, judged by m3u8 and by decoding it again."""

import asyncio
import re
import subprocess
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import m3u8
import pytest

from mux_sim.ffmpeg import find_ffmpeg, parse_probe
from mux_sim.testing import Simulator, make_clip

PROFILES = {"Constrained Baseline": "42c0", "Main": "4d40"}


@dataclass
class Rendition:
    """One rendition as a player gets it: its line in the master playlist, its durations and its segments' bytes."""

    stream: m3u8.Playlist
    media: m3u8.M3U8
    segments: list[bytes]

    @property
    def size(self) -> tuple[int, int]:
        width, height = self.stream.stream_info.resolution
        return width, height


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=30)) as session:
        yield session


async def stream_of(mux: Simulator, http: aiohttp.ClientSession, playback_id: str) -> list[Rendition]:
    async def text(url: str) -> str:
        async with http.get(url) as response:
            assert response.status == 200
            assert response.content_type == "application/vnd.apple.mpegurl"
            return await response.text()

    async def content(url: str) -> bytes:
        async with http.get(url) as response:
            assert response.status == 200
            return await response.read()

    renditions = []
    for stream in m3u8.loads(await text(f"{mux.base_url}/{playback_id}.m3u8")).playlists:
        media = m3u8.loads(await text(stream.uri))
        renditions.append(Rendition(stream, media, [await content(segment.uri) for segment in media.segments]))
    return renditions


def ffmpeg(*arguments: str) -> None:
    subprocess.run([find_ffmpeg(None), "-v", "error", "-nostdin", *arguments], check=True, timeout=60)


def decode(tmp_path: Path, content: bytes) -> str:
    """Decode every frame; returns what ffmpeg says, which for a sound stream holds no error."""
    path = tmp_path / "joined.ts"
    path.write_bytes(content)
    command = [find_ffmpeg(None), "-hide_banner", "-nostdin", "-i", str(path), "-f", "null", "-"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    assert not re.search(r"error|corrupt|invalid", done.stderr, re.I), done.stderr
    return done.stderr


async def test_the_ladder_is_what_the_playlists_say(
    mux: Simulator, http: aiohttp.ClientSession, long_clip: Path, tmp_path: Path
) -> None:
    """Rates are no lower than the segments' own, sizes and codecs are those of the streams, each
    segment decodes by itself."""
    asset = await mux.ready_asset(long_clip, policy="public")
    renditions = await stream_of(mux, http, asset["playback_ids"][0]["id"])
    assert [rendition.size for rendition in renditions] == [(640, 360), (1280, 720)]
    for rendition in renditions:
        info, media = rendition.stream.stream_info, rendition.media
        durations = [segment.duration for segment in media.segments]
        rates = [8 * len(part) / length for part, length in zip(rendition.segments, durations, strict=True)]
        assert max(rates) <= info.bandwidth <= max(rates) * 1.01
        assert info.average_bandwidth == pytest.approx(8 * sum(map(len, rendition.segments)) / sum(durations), rel=0.01)
        assert media.target_duration >= max(durations)
        assert media.is_endlist
        assert durations == pytest.approx([5, 1], abs=0.1)
        for segment in rendition.segments:
            decode(tmp_path, segment)
        report = decode(tmp_path, b"".join(rendition.segments))
        probe = parse_probe(report)
        assert probe is not None
        assert probe.video is not None
        assert (probe.video.width, probe.video.height) == rendition.size
        profile = next(code for name, code in PROFILES.items() if f"h264 ({name})" in report)
        assert info.codecs.startswith(f"mp4a.40.2,avc1.{profile}")
        assert "aac (LC)" in report


@pytest.mark.parametrize("size", ["360x640", "322x182"])
async def test_portrait_and_odd_sizes(mux: Simulator, http: aiohttp.ClientSession, tmp_path: Path, size: str) -> None:
    """An upright or tiny source keeps its shape and isn't scaled up."""
    source = make_clip(tmp_path / "clip.mp4", seconds=1, size=size)
    asset = await mux.ready_asset(source, policy="public")
    (rendition,) = await stream_of(mux, http, asset["playback_ids"][0]["id"])
    assert "x".join(map(str, rendition.size)) == size
    track = next(track for track in asset["tracks"] if track["type"] == "video")
    assert f"{track['max_width']}x{track['max_height']}" == size


async def test_without_sound(mux: Simulator, http: aiohttp.ClientSession, tmp_path: Path) -> None:
    """A silent source has a video track only, and its codecs name no audio."""
    source = make_clip(tmp_path / "clip.mp4", seconds=1, size="320x180", sound=False)
    asset = await mux.ready_asset(source, policy="public")
    assert [track["type"] for track in asset["tracks"]] == ["video"]
    (rendition,) = await stream_of(mux, http, asset["playback_ids"][0]["id"])
    assert rendition.stream.stream_info.codecs.startswith("avc1.")


async def test_sound_only(mux: Simulator, http: aiohttp.ClientSession, clip: Path, tmp_path: Path) -> None:
    """A recording without pictures becomes an audio asset, whose thumbnail is a 404."""
    source = tmp_path / "sound.m4a"
    ffmpeg("-i", str(clip), "-vn", "-c:a", "copy", str(source))
    asset = await mux.ready_asset(source, policy="public")
    assert asset["resolution_tier"] == "audio-only"
    playback_id = asset["playback_ids"][0]["id"]
    (rendition,) = await stream_of(mux, http, playback_id)
    assert rendition.stream.stream_info.codecs == "mp4a.40.2"
    async with http.get(f"{mux.base_url}/{playback_id}/thumbnail.jpg") as response:
        assert response.status == 404


@pytest.mark.parametrize("suffix", ["mkv", "webm", "ts", "mov", "avi"])
async def test_other_containers(mux: Simulator, clip: Path, tmp_path: Path, suffix: str) -> None:
    """What cameras and browsers record is taken in any common container."""
    source = tmp_path / f"clip.{suffix}"
    codecs = ["-c:v", "libvpx", "-deadline", "realtime", "-c:a", "libopus"] if suffix == "webm" else ["-c", "copy"]
    ffmpeg("-i", str(clip), *codecs, "-threads", "2", str(source))
    asset = await mux.ready_asset(source)
    assert asset["duration"] == pytest.approx(2, abs=0.2)


def png(tmp_path: Path) -> bytes:
    path = tmp_path / "still.png"
    ffmpeg("-f", "lavfi", "-i", "color", "-frames:v", "1", str(path))
    return path.read_bytes()


@pytest.mark.parametrize("kind", ["text", "empty", "picture", "playlist", "truncated"])
async def test_what_is_no_video_is_errored(
    mux: Simulator, http: aiohttp.ClientSession, clip: Path, tmp_path: Path, kind: str
) -> None:
    """Text, nothing, a picture, a playlist that points elsewhere or half a file end as `invalid_input`."""
    content = {
        "text": b"This is not a video. " * 100,
        "empty": b"",
        "picture": png(tmp_path),
        "playlist": f"#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\nfile://{clip}\n#EXT-X-ENDLIST\n".encode(),
        "truncated": clip.read_bytes()[:600],
    }[kind]
    upload = await mux.create_upload(passthrough="p")
    async with http.put(upload["url"], data=content) as response:
        assert response.status == 200
    event = await mux.wait_for_event("video.asset.errored")
    assert event["data"]["errors"] == {
        "type": "invalid_input",
        "messages": ["The input file is not a valid video file."],
    }
    assert event["data"]["progress"] == {"state": "errored", "progress": -1}
    assert event["data"]["passthrough"] == "p"
    asset = await mux.asset(event["data"]["id"])
    assert asset["status"] == "errored"
    assert list((mux.config.data_dir / "incoming").iterdir()) == []


async def test_subtitles_are_in_the_playlist(mux: Simulator, http: aiohttp.ClientSession, clip: Path) -> None:
    """Subtitles that the upload asked for become a group in the master playlist, whose playlist leads to WebVTT."""
    wanted = [{"generated_subtitles": [{"language_code": "en", "name": 'The "auto" one'}]}]
    asset = await mux.ready_asset(clip, policy="public", inputs=wanted)
    await mux.wait_for_event("video.asset.track.ready")
    master = m3u8.loads((await mux.fetch(f"/{asset['playback_ids'][0]['id']}.m3u8")).decode())
    (group,) = master.media
    assert (group.type, group.language, group.name) == ("SUBTITLES", "en", "The auto one")
    assert master.playlists[0].stream_info.subtitles == group.group_id
    (segment,) = m3u8.loads((await mux.fetch(group.uri)).decode()).segments
    assert segment.duration == pytest.approx(asset["duration"])
    assert (await mux.fetch(segment.uri)).startswith(b"WEBVTT")


@pytest.mark.parametrize("limit", [0, 600], ids=["key frames only", "every frame"])
async def test_the_storyboard_is_as_large_as_its_cues_say(
    mux: Simulator, long_clip: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: int
) -> None:
    """Read either way, the sheet holds exactly the tiles that the cues point at."""
    monkeypatch.setattr("mux_sim.pictures.PLAIN_DECODE_LIMIT", limit)
    asset = await mux.ready_asset(long_clip, policy="public")
    playback_id = asset["playback_ids"][0]["id"]
    cues = (await mux.fetch(f"/{playback_id}/storyboard.vtt")).decode()
    boxes = [tuple(map(int, box.split(","))) for box in re.findall(r"#xywh=([\d,]+)", cues)]
    assert len(boxes) == 6
    sheet = tmp_path / "sheet.jpg"
    sheet.write_bytes(await mux.fetch(f"/{playback_id}/storyboard.jpg"))
    command = [find_ffmpeg(None), "-hide_banner", "-nostdin", "-i", str(sheet), "-f", "null", "-"]
    report = (await asyncio.to_thread(subprocess.run, command, capture_output=True, text=True, timeout=60)).stderr
    probe = parse_probe(report)
    assert probe is not None
    assert probe.video is not None
    assert probe.video.width == max(x + width for x, _, width, _ in boxes)
    assert probe.video.height == max(y + height for _, y, _, height in boxes)
