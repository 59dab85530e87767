"""Stills from the stored segments: a thumbnail at a time, and the storyboard's sheet of tiles."""

from dataclasses import dataclass
from math import ceil
from pathlib import Path

from mux_sim.ffmpeg import Ffmpeg
from mux_sim.model import Json

TILE_WIDTH, TILE_HEIGHT = 256, 160
SHORT_VIDEO = 15 * 60
PLAIN_DECODE_LIMIT = 10 * 60
_CODECS = {"jpg": ("mjpeg", "-q:v", "4"), "png": ("png",), "webp": ("libwebp", "-quality", "75")}


@dataclass(frozen=True)
class Sheet:
    """A storyboard's geometry: `tiles` of `width` x `height`, `columns` in a row, `interval` seconds apart."""

    tiles: int
    columns: int
    width: int
    height: int
    interval: float

    @property
    def rows(self) -> int:
        return ceil(self.tiles / self.columns)


def sheet(duration: float, width: int, height: int) -> Sheet:
    """50 tiles below 15 minutes, else 100; fewer only where a clip has fewer seconds."""
    tiles = max(1, min(50 if duration < SHORT_VIDEO else 100, ceil(duration)))
    scale = min(TILE_WIDTH / width, TILE_HEIGHT / height)
    across, down = (max(2, round(side * scale / 2) * 2) for side in (width, height))
    return Sheet(tiles, min(tiles, 10 if tiles > 50 else 5), across, down, duration / tiles)


def cues(plan: Sheet, duration: float, image_url: str) -> str:
    """The storyboard's WebVTT: a cue for each tile, pointing into the sheet."""
    lines = ["WEBVTT", ""]
    for number in range(plan.tiles):
        start, end = number * plan.interval, min(duration, (number + 1) * plan.interval)
        x, y = number % plan.columns * plan.width, number // plan.columns * plan.height
        lines += [f"{_stamp(start)} --> {_stamp(end)}", f"{image_url}#xywh={x},{y},{plan.width},{plan.height}", ""]
    return "\n".join(lines)


def _stamp(seconds: float) -> str:
    whole = round(seconds * 1000)
    return f"{whole // 3_600_000:02}:{whole // 60_000 % 60:02}:{whole // 1000 % 60:02}.{whole % 1000:03}"


async def make_sheet(ffmpeg: Ffmpeg, rendition: Json, plan: Sheet, target: Path) -> None:
    """Draw the sheet from the smallest rendition; long videos are read by key frames only."""
    keys = ["-skip_frame", "nokey"] if plan.interval * plan.tiles > PLAIN_DECODE_LIMIT else []
    filters = (
        f"fps=1/{plan.interval:.6f}:start_time=0:round=up,scale={plan.width}:{plan.height},"
        f"tile={plan.columns}x{plan.rows}"
    )
    playlist = target.parent / rendition["name"] / "made.m3u8"
    await _draw(ffmpeg, [*keys, "-i", f"file:{playlist}", "-vf", filters], target)


async def make_thumbnail(ffmpeg: Ffmpeg, rendition: Json, at: float, filters: str, target: Path) -> None:
    """Draw the frame shown at `at` seconds, from the one segment that holds it."""
    number, start = 0, 0.0
    for number, length in enumerate(rendition["segments"]):
        if at < start + length or number == len(rendition["segments"]) - 1:
            break
        start += length
    inside = max(0.0, min(at - start, rendition["segments"][number] - 0.2))
    segment = target.parent / rendition["name"] / f"{number}.ts"
    arguments = ["-i", f"file:{segment}", "-ss", f"{inside:.3f}", *(["-vf", filters] if filters else [])]
    await _draw(ffmpeg, arguments, target)


async def _draw(ffmpeg: Ffmpeg, arguments: list[str], target: Path) -> None:
    scratch = target.with_name("new-" + target.name)
    codec = _CODECS[target.suffix.removeprefix(".")]
    await ffmpeg.run([*arguments, "-frames:v", "1", "-update", "1", "-c:v", *codec, "-f", "image2", str(scratch)])
    scratch.replace(target)
