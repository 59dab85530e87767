"""wrk, a load generator in C: it costs the machine that it shares little, and both sides alike."""

import asyncio
import json
import os
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

_SCRIPT = Path(__file__).with_name("_wrk.lua")


@dataclass(frozen=True)
class Load:
    """How a load went. Every answer was a success, or `drive` would have raised."""

    requests: int
    per_s: float
    p50_ms: float
    p99_ms: float


def ensure() -> str:
    """The program. As root on Debian it is installed; else RuntimeError says what to install."""
    chosen = os.environ.get("WRK") or shutil.which("wrk")
    if chosen is None and os.geteuid() == 0 and shutil.which("apt-get"):
        for command in (["update"], ["install", "-y", "--no-install-recommends", "wrk"]):
            subprocess.run(["apt-get", "-qq", *command], timeout=300, check=False, stdout=subprocess.DEVNULL)
        chosen = shutil.which("wrk")
    if chosen is None:
        raise RuntimeError("this benchmark needs wrk (apt-get install wrk), or its path in WRK")
    return chosen


async def drive(port: int, requests: Path, *, connections: int, seconds: int, skip: int = 0) -> Load:
    """As many of the file's requests, in turn from the one after `skip`, as are answered in so many seconds.

    Raises if one is refused.
    """
    command = [ensure(), "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "5s", "-s", str(_SCRIPT)]
    running = await asyncio.create_subprocess_exec(
        *command, f"http://127.0.0.1:{port}/", "--", str(requests), str(skip), stdout=asyncio.subprocess.PIPE
    )
    async with asyncio.timeout(seconds + 30):
        output, _ = await running.communicate()
    line = next(line for line in output.decode().splitlines() if line.startswith("RESULT "))
    result = json.loads(line.removeprefix("RESULT "))
    if result["refused"] or result["broken"] or not result["requests"]:
        raise RuntimeError(f"not every request was answered well: {line}")
    return Load(result["requests"], result["requests"] / result["seconds"], result["p50_ms"], result["p99_ms"])


def write(path: Path, lines: Sequence[tuple[str, ...]]) -> Path:
    """The requests (path, header, value, and the body of a POST) in the form that the script reads."""
    path.write_text("".join("\t".join(line) + "\n" for line in lines))
    return path
