"""A flame graph of a running process, drawn by py-spy from outside: the server and its framework are in it too."""

import asyncio
import re
from pathlib import Path

from benchmarks import _peers

RATE = 100


async def record(pid: int, to: Path, *, seconds: int) -> None:
    """Look at the process for so long, and draw where it was: an SVG. Takes the right to trace processes."""
    to.parent.mkdir(parents=True, exist_ok=True)
    py_spy = _peers.python().with_name("py-spy")
    running = await asyncio.create_subprocess_exec(
        *(py_spy, "record", "--pid", str(pid), "--output", str(to)),
        *("--duration", str(seconds), "--rate", str(RATE), "--format", "flamegraph"),
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    async with asyncio.timeout(seconds + 60):
        _, said = await running.communicate()
    if running.returncode != 0:
        raise RuntimeError(f"py-spy: {said.decode()[-500:]}")
    await asyncio.to_thread(_entitle, to)


def _entitle(drawn: Path) -> None:
    """py-spy's title is its command line, which names folders of this machine."""
    drawn.write_text(re.sub(r'(<text id="title"[^>]*>)[^<]*', rf"\1{drawn.stem}", drawn.read_text()))
