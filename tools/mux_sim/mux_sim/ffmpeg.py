"""ffmpeg, wherever it is: found, asked about a file, run at low priority and never left behind.

There may be no ffprobe (the wheel has none), so a file's streams are read from what `ffmpeg -i` prints.
"""

import asyncio
import re
import shutil
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from mux_sim.config import Config

CONTAINERS = "mov,matroska,webm,mpegts,mpeg,avi,flv,asf,ogg,wav,mp3,aac,flac,mxf,m4v,h264,hevc"
INPUT_OPTIONS = ("-protocol_whitelist", "file,pipe", "-format_whitelist", CONTAINERS)
PROBE_TIMEOUT = 60.0


class FfmpegMissing(Exception):
    """Neither the given path, nor PATH, nor the wheel imageio-ffmpeg has an ffmpeg."""


class InvalidInput(Exception):
    """The file is no video; the message is what the asset's `errors` will say."""


class TranscodeFailed(Exception):
    """ffmpeg ended with an error; the message is the end of what it said."""


@dataclass(frozen=True)
class VideoStream:
    """Width and height as displayed: rotation and non-square pixels are already applied."""

    index: int
    codec: str
    width: int
    height: int
    frame_rate: float


@dataclass(frozen=True)
class AudioStream:
    index: int
    codec: str
    sample_rate: int
    channels: int


@dataclass(frozen=True)
class Probe:
    """What a file holds; `duration` in seconds, None when the container doesn't say."""

    container: str
    duration: float | None
    video: VideoStream | None
    audio: AudioStream | None


_INPUT = re.compile(r"^Input #0, (?P<format>.+), from ", re.M)
_DURATION = re.compile(r"^  Duration: (?:(\d+):(\d+):(\d+(?:\.\d+)?)|N/A)", re.M)
_STREAM = re.compile(r"^  Stream #0:(?P<index>\d+)[^\n]*?: (?P<kind>Video|Audio): (?P<rest>[^\n]*)", re.M)
_SIZE = re.compile(r", ([1-9]\d*)x([1-9]\d*)(?=[ ,]|$)")
_ASPECT = re.compile(r"\bSAR (\d+):(\d+)")
_RATE = re.compile(r"(\d+(?:\.\d+)?)(k?) (?:fps|tbr)")
_ROTATION = re.compile(r"rotation of (-?\d+(?:\.\d+)?) degrees")
_SAMPLE_RATE = re.compile(r"(\d+) Hz, ([^,\n]+)")
_LAYOUTS = {"mono": 1, "stereo": 2, "2.1": 3, "quad": 4, "4.0": 4, "5.0": 5, "5.1": 6, "5.1(side)": 6, "7.1": 8}


def parse_probe(text: str) -> Probe | None:
    """Read `ffmpeg -i`'s report (its stderr); None if ffmpeg could not open the file."""
    opened = _INPUT.search(text)
    if opened is None:
        return None
    streams = list(_STREAM.finditer(text))
    ends = [*(match.start() for match in streams[1:]), len(text)]
    video: VideoStream | None = None
    audio: AudioStream | None = None
    for match, end in zip(streams, ends, strict=False):
        if match["kind"] == "Video" and video is None and "(attached pic)" not in match["rest"]:
            video = _video(match, text[match.start() : end])
        elif match["kind"] == "Audio" and audio is None:
            audio = _audio(match)
    return Probe(opened["format"], _duration(text), video, audio)


def _duration(text: str) -> float | None:
    match = _DURATION.search(text)
    if match is None or match[1] is None:
        return None
    return int(match[1]) * 3600 + int(match[2]) * 60 + float(match[3])


def _video(match: re.Match[str], described: str) -> VideoStream | None:
    size = _SIZE.search(match["rest"])
    if size is None:
        return None
    width, height = int(size[1]), int(size[2])
    aspect = _ASPECT.search(match["rest"])
    if aspect and int(aspect[1]) and int(aspect[2]):
        width = round(width * int(aspect[1]) / int(aspect[2]))
    rotation = _ROTATION.search(described)
    if rotation and round(float(rotation[1])) % 180 == 90:
        width, height = height, width
    rate = _RATE.search(match["rest"])
    frame_rate = float(rate[1]) * (1000 if rate[2] else 1) if rate else -1.0
    return VideoStream(int(match["index"]), match["rest"].split()[0].rstrip(","), width, height, frame_rate)


def _audio(match: re.Match[str]) -> AudioStream | None:
    sound = _SAMPLE_RATE.search(match["rest"])
    if sound is None:
        return None
    layout = sound[2].strip()
    counted = re.match(r"(\d+) channels", layout)
    channels = int(counted[1]) if counted else _LAYOUTS.get(layout, 2)
    return AudioStream(int(match["index"]), match["rest"].split()[0].rstrip(","), int(sound[1]), channels)


def find_ffmpeg(given: Path | None) -> str:
    """The given path, else the PATH's, else the wheel's. Raises FfmpegMissing."""
    if given is not None:
        if not given.is_file():
            raise FfmpegMissing(f"there is no ffmpeg at {given}")
        return str(given)
    if found := shutil.which("ffmpeg"):
        return found
    try:
        import imageio_ffmpeg  # noqa: PLC0415  (optional)

        return str(imageio_ffmpeg.get_ffmpeg_exe())
    except (ImportError, RuntimeError) as failure:
        raise FfmpegMissing("no ffmpeg: install it, pass --ffmpeg, or install the wheel imageio-ffmpeg") from failure


def _politely() -> list[str]:
    """Low priority, and dead with its parent, where the machine has the tools for it."""
    prefix = ["setpriv", "--pdeathsig", "KILL"] if shutil.which("setpriv") else []
    return [*prefix, "nice", "-n", "5"] if shutil.which("nice") else prefix


class Ffmpeg:
    """Runs ffmpeg; looked up at first use, so that a simulator without transcodes needs none."""

    def __init__(self, config: Config) -> None:
        self.config = config
        self._command: list[str] | None = None

    def _base(self) -> list[str]:
        if self._command is None:
            self._command = [*_politely(), find_ffmpeg(self.config.ffmpeg), "-hide_banner", "-nostdin"]
        return self._command

    async def probe(self, path: Path) -> Probe | None:
        command = [*self._base(), *INPUT_OPTIONS, "-i", f"file:{path}"]
        process = await asyncio.create_subprocess_exec(*command, stdin=DEVNULL, stdout=DEVNULL, stderr=PIPE)
        try:
            async with asyncio.timeout(PROBE_TIMEOUT):
                _, report = await process.communicate()
        finally:
            await _end(process)
        return parse_probe(report.decode("utf-8", "replace"))

    async def run(self, arguments: list[str], on_time: Callable[[float], None] | None = None) -> None:
        """Run with `arguments`; `on_time` hears the seconds of output so far. Raises TranscodeFailed."""
        command = [*self._base(), "-y", "-v", "error", "-progress", "pipe:1", "-stats_period", "0.2", *arguments]
        process = await asyncio.create_subprocess_exec(*command, stdin=DEVNULL, stdout=PIPE, stderr=PIPE)
        assert process.stdout is not None
        assert process.stderr is not None
        complaints = asyncio.create_task(_tail(process.stderr))
        try:
            async for line in process.stdout:
                key, _, value = line.decode("ascii", "replace").strip().partition("=")
                if on_time and key == "out_time_us" and value.lstrip("-").isdecimal():
                    on_time(int(value) / 1e6)
            said = await complaints
            if await process.wait() != 0:
                raise TranscodeFailed(said.strip() or f"ffmpeg ended with {process.returncode}")
        finally:
            await _end(process)
            await asyncio.wait([complaints])
            await process.stdout.read()


async def _tail(stream: asyncio.StreamReader, keep: int = 2_000) -> str:
    kept = b""
    while piece := await stream.read(65_536):
        kept = (kept + piece)[-keep:]
    return kept.decode("utf-8", "replace")


async def _end(process: asyncio.subprocess.Process) -> None:
    if process.returncode is None:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()
