"""The same bytes are transcoded once: what ffmpeg made of them before is linked into the new asset's folder.

For tests that move thousands of small videos; what an asset says and serves is what a transcode of its own would be.
"""

import asyncio
import hashlib
import json
import os
import shutil
from pathlib import Path

from mux_sim.ffmpeg import Ffmpeg
from mux_sim.ids import new_id
from mux_sim.model import Asset
from mux_sim.store import write_atomically
from mux_sim.transcode import transcode


async def transcode_once(ffmpeg: Ffmpeg, asset: Asset, source: Path, target: Path, kept: Path) -> None:
    """As `transcode`. `kept` holds, by the hash of the source, what was made and what was said of it."""
    folder = kept / await asyncio.to_thread(_digest, source)
    described = folder / "described.json"
    if described.exists():
        _describe(asset, described)
        await asyncio.to_thread(_link, folder / "media", target)
        return
    await transcode(ffmpeg, asset, source, target)
    await asyncio.to_thread(_link, target, folder / "media")
    said = {"media": asset.media, "tracks": asset.tracks, "input_files": asset.input_files}
    write_atomically(described, json.dumps(said))


def _digest(source: Path) -> str:
    with source.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _describe(asset: Asset, described: Path) -> None:
    said = json.loads(described.read_text(encoding="utf-8"))
    asset.media, asset.input_files = said["media"], said["input_files"]
    asset.tracks = [track | {"id": new_id()} for track in said["tracks"]]


def _link(made: Path, target: Path) -> None:
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(made, target, copy_function=os.link)
