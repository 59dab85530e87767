"""Where things are: the repository, the cache of what was fetched, and the data of the stack."""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
JAVA = ROOT / "deploy" / "java"
WEB = ROOT / "web"
DATA = ROOT / ".seatime"
SERVICES = ("upload", "playback", "progress", "analytics")


def cache_dir() -> Path:
    """The one folder that everything fetched goes to; `SEATIME_CACHE` moves it."""
    chosen = os.environ.get("SEATIME_CACHE")
    path = Path(chosen).expanduser() if chosen else Path.home() / ".cache" / "seatime"
    path.mkdir(parents=True, exist_ok=True)
    return path
