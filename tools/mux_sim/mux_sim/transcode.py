"""One ffmpeg run turns a source into an HLS ladder with aligned 5 s segments; what it made is then measured.

Nothing about the result is assumed: durations, sizes and codecs in the playlists are read off the segments.
"""

import re
import secrets
import shutil
from dataclasses import asdict
from pathlib import Path

from mux_sim.config import Config
from mux_sim.ffmpeg import INPUT_OPTIONS, Ffmpeg, InvalidInput, Probe, TranscodeFailed
from mux_sim.ids import new_id
from mux_sim.ladder import SEGMENT_SECONDS, Rung, aspect_ratio, resolution_tier, rungs, stored_resolution
from mux_sim.model import Asset, Json

NOT_A_VIDEO = "The input file is not a valid video file."
_SEQUENCE_PARAMETERS = re.compile(rb"\x00\x00\x01[\x27\x47\x67](...)", re.S)
_AAC_LC = "mp4a.40.2"


async def transcode(ffmpeg: Ffmpeg, asset: Asset, source: Path, target: Path) -> None:
    """Fill `target` with the renditions and the asset with what is in them. Raises InvalidInput, TranscodeFailed."""
    probe = await ffmpeg.probe(source)
    if probe is None or (probe.video is None and probe.audio is None):
        raise InvalidInput(NOT_A_VIDEO)
    steps = [] if probe.video is None else rungs(probe.video.width, probe.video.height, ffmpeg.config.ladder)
    work = target.with_name(f"{target.name}.work-{secrets.token_hex(4)}")
    for name in _names(steps):
        (work / name).mkdir(parents=True)

    def on_time(seconds: float) -> None:
        if probe.duration:
            reached = round(min(99.0, 100 * seconds / probe.duration), 2)
            asset.progress = max(asset.progress, reached)  # ffmpeg's time goes back where its outputs take turns

    try:
        await ffmpeg.run(command(probe, steps, source, work, ffmpeg.config), on_time)
        describe(asset, probe, steps, work)
        shutil.rmtree(target, ignore_errors=True)
        work.replace(target)
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _names(steps: list[Rung]) -> list[str]:
    return [step.name for step in steps] or ["audio"]


def command(probe: Probe, steps: list[Rung], source: Path, work: Path, config: Config) -> list[str]:
    """ffmpeg's arguments: one decode, one split, an encoder and an HLS writer for each step."""
    arguments = ["-threads", str(config.threads), *INPUT_OPTIONS, "-i", f"file:{source}"]
    if probe.video is not None:
        limited = ",fps=60" if probe.video.frame_rate > 60 else ""
        labels = "".join(f"[s{n}]" for n in range(len(steps)))
        graph = [f"[0:{probe.video.index}]split={len(steps)}{labels}"]
        graph += [
            f"[s{n}]scale={step.width}:{step.height},setsar=1{limited},format=yuv420p[v{n}]"
            for n, step in enumerate(steps)
        ]
        arguments += ["-filter_complex", ";".join(graph), "-filter_complex_threads", str(config.threads)]
    for n, name in enumerate(_names(steps)):
        if probe.video is not None:
            arguments += ["-map", f"[v{n}]", *_video_options(steps[n], config)]
        if probe.audio is not None:
            arguments += ["-map", f"0:{probe.audio.index}", "-c:a", "aac", "-b:a", "128k", "-ac", "2", "-ar", "48000"]
        arguments += _hls_options(work / name)
    return arguments


def _video_options(step: Rung, config: Config) -> list[str]:
    rate = step.max_kilobits
    return [
        *("-c:v", "libx264", "-preset", config.preset, "-profile:v", "main", "-crf", "23"),
        *("-maxrate", f"{rate}k", "-bufsize", f"{2 * rate}k", "-threads", str(config.threads)),
        *("-force_key_frames", f"expr:gte(t,n_forced*{SEGMENT_SECONDS})", "-sc_threshold", "0", "-fps_mode", "vfr"),
    ]


def _hls_options(folder: Path) -> list[str]:
    return [
        *("-f", "hls", "-hls_time", str(SEGMENT_SECONDS), "-hls_playlist_type", "vod", "-hls_list_size", "0"),
        *("-hls_flags", "independent_segments", "-hls_segment_type", "mpegts"),
        *("-hls_segment_filename", str(folder / "%d.ts"), str(folder / "made.m3u8")),
    ]


def describe(asset: Asset, probe: Probe, steps: list[Rung], work: Path) -> None:
    """Write what was made into the asset: renditions, tracks, duration, and the input as it was found."""
    renditions = [_measure(work / name, probe) for name in _names(steps)]
    for rendition, step in zip(renditions, steps, strict=False):
        rendition |= {"width": step.width, "height": step.height}
    measured = round(sum(renditions[-1]["segments"]), 6)
    if not measured:
        raise InvalidInput(NOT_A_VIDEO)
    media: Json = {"duration": probe.duration or measured, "renditions": renditions, "resolution_tier": "audio-only"}
    media["max_stored_resolution"] = "Audio only"
    if probe.video is not None:
        width, height = probe.video.width, probe.video.height
        media["aspect_ratio"] = aspect_ratio(width, height)
        media["resolution_tier"] = resolution_tier(width, height)
        media["max_stored_resolution"] = stored_resolution(steps[-1])
        media["max_stored_frame_rate"] = probe.video.frame_rate
    asset.media = media
    asset.tracks = _tracks(probe, media["duration"])
    asset.input_files = [_input_file(probe, media["duration"])]


def _measure(folder: Path, probe: Probe) -> Json:
    """Segment durations as ffmpeg's playlist has them, and rates from the segments' true sizes."""
    playlist = (folder / "made.m3u8").read_text(encoding="utf-8")
    durations = [float(text) for text in re.findall(r"^#EXTINF:([\d.]+)", playlist, re.M)]
    sizes = [(folder / f"{n}.ts").stat().st_size for n in range(len(durations))]
    if not durations or min(durations) <= 0:
        raise TranscodeFailed("ffmpeg made no segments")
    rates = [8 * size / duration for size, duration in zip(sizes, durations, strict=True)]
    codecs = [_h264(folder / "0.ts")] if probe.video is not None else []
    return {
        "name": folder.name,
        "segments": durations,
        "bandwidth": int(max(rates)) + 1,
        "average_bandwidth": int(8 * sum(sizes) / sum(durations)) + 1,
        "codecs": ",".join([_AAC_LC] * (probe.audio is not None) + codecs),
    }


def _h264(segment: Path) -> str:
    """The codec string that the segment's own sequence parameter set states."""
    found = _SEQUENCE_PARAMETERS.search(segment.read_bytes())
    if found is None:
        raise TranscodeFailed("the first segment has no H.264 parameters")
    return f"avc1.{found[1].hex()}"


def _tracks(probe: Probe, duration: float) -> list[Json]:
    tracks: list[Json] = []
    if video := probe.video:
        size = {"max_width": video.width, "max_height": video.height, "max_frame_rate": video.frame_rate}
        tracks.append({"id": new_id(), "type": "video", "duration": duration, **size})
    if audio := probe.audio:
        about = {"status": "ready", "primary": True, "name": "Default", "language_code": "und"}
        tracks.append({"id": new_id(), "type": "audio", "duration": duration, "max_channels": audio.channels, **about})
    return tracks


def _input_file(probe: Probe, duration: float) -> Json:
    tracks: list[Json] = []
    for kind, stream in (("video", probe.video), ("audio", probe.audio)):
        if stream is not None:
            about = asdict(stream)
            tracks.append({"type": kind, "duration": duration, "encoding": about.pop("codec"), **about})
            tracks[-1].pop("index")
    return {"container_format": probe.container, "tracks": tracks}
