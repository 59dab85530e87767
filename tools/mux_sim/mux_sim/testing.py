"""A running simulator in a test: `async with running(Config(...)) as mux`, then steer it over its control API.

For one that runs elsewhere (the devstack's, a container's): `Simulator(base_url, Config(...its credentials))`.
"""

import asyncio
import subprocess
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from mux_sim.config import Config
from mux_sim.ffmpeg import find_ffmpeg
from mux_sim.serve import listening_in_thread
from mux_sim.steering import Simulator

__all__ = ["Simulator", "make_clip", "running", "running_in_thread", "running_simulator"]


@contextmanager
def running_in_thread(config: Config) -> Iterator[Simulator]:
    """A simulator beside the test, on a free port unless `config.port` says otherwise than the default."""
    chosen = replace(config, port=0) if config.port == Config.port else config
    with listening_in_thread(chosen) as where:
        yield Simulator(where.base_url, chosen, where.tls_url)


@asynccontextmanager
async def running(config: Config) -> AsyncIterator[Simulator]:
    """The same for async code: the test's own loop may block or stand still, the simulator goes on."""
    beside = running_in_thread(config)
    simulator = await asyncio.to_thread(beside.__enter__)
    try:
        yield simulator
    finally:
        await asyncio.to_thread(beside.__exit__, None, None, None)


@asynccontextmanager
async def running_simulator(**settings: Any) -> AsyncIterator[Simulator]:
    """A simulator for one test: fresh data folder, quick transcodes and retries; `settings` are `Config` fields."""
    with tempfile.TemporaryDirectory(prefix="mux-sim-") as folder:
        quick: dict[str, Any] = {"data_dir": Path(folder), "preset": "ultrafast", "webhook_retry_base": 0.05}
        async with running(Config(**(quick | settings))) as simulator:
            yield simulator


def make_clip(
    path: Path, *, seconds: float = 2, size: str = "640x360", sound: bool = True, ffmpeg: Path | None = None
) -> Path:
    """A real little video at `path` (its suffix says the container): a moving test picture, and a tone if `sound`."""
    command = [
        find_ffmpeg(ffmpeg),
        "-y",
        "-v",
        "error",
        "-nostdin",
        "-f",
        "lavfi",
        "-i",
        f"testsrc2=size={size}:rate=25",
    ]
    if sound:
        command += ["-f", "lavfi", "-i", "sine=frequency=440:sample_rate=48000"]
    command += ["-t", str(seconds), "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-threads", "2"]
    command += ["-movflags", "+faststart", str(path)]
    done = subprocess.run(command, stderr=subprocess.PIPE, text=True, timeout=120, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"ffmpeg could not make {path}: {done.stderr}")
    return path
