"""The demonstration's videos: ffmpeg's test picture, which has the time burnt in without a font, and beeps."""

import json
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

from devstack import tools
from devstack.errors import StackError

TIMEOUT = 120
DURATION = re.compile(r"Duration: (\d+):(\d+):(\d+\.\d+)")


@dataclass(frozen=True)
class Clip:
    path: Path
    seconds: float

    @property
    def size(self) -> int:
        return self.path.stat().st_size


def make(folder: Path, seconds: int) -> Clip:
    """A clip of that length in `folder`; made once, whole or not at all. No font is needed."""
    path = folder / f"clip-{seconds}s.mp4"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        fresh = path.with_suffix(".new.mp4")
        _ffmpeg(
            *("-f", "lavfi", "-i", "testsrc=size=1280x720:rate=25:decimals=2"),
            *("-f", "lavfi", "-i", "sine=frequency=330:beep_factor=3:sample_rate=48000"),
            *("-t", str(seconds), "-c:v", "libx264", "-preset", "ultrafast", "-crf", "30", "-pix_fmt", "yuv420p"),
            *("-g", "50", "-c:a", "aac", "-b:a", "96k", "-movflags", "+faststart", str(fresh)),
        )
        fresh.replace(path)
    return measure(path)


def measure(path: Path) -> Clip:
    """A file of one's own, or StackError when it is no video."""
    if not path.is_file():
        raise StackError(f"VIDEO: there is no file {path}")
    seen = subprocess.run(
        [tools.ffmpeg(), "-hide_banner", "-i", str(path)], capture_output=True, text=True, timeout=TIMEOUT, check=False
    )
    found = DURATION.search(seen.stderr)
    if found is None or "Video:" not in seen.stderr:
        raise StackError(f"VIDEO: {path} is not a video that ffmpeg can read")
    hours, minutes, seconds = found.groups()
    return Clip(path, int(hours) * 3600 + int(minutes) * 60 + float(seconds))


def _ffmpeg(*arguments: str) -> None:
    command = [tools.ffmpeg(), "-hide_banner", "-v", "error", "-nostdin", "-y", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=TIMEOUT, check=False)
    if done.returncode:
        raise StackError(f"ffmpeg failed: {json.dumps(command)}\n{done.stderr}")
