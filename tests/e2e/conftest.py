"""The whole system, started once for what a process has of the end-to-end tests, and people who use it over HTTP."""

import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from devstack.environment import Own
from devstack.ports import Ports
from devstack.stack import Stack
from mux_sim.testing import make_clip
from tests.e2e.people import Platform


@pytest.fixture(scope="package")
def stack() -> Iterator[Stack]:
    """Real processes on ports of their own, in a folder of their own.

    Not in pytest's own: each session closes that to other users, and PostgreSQL does not run as root. Nearly all upload
    the same two videos: each is transcoded once, at its first. Ended with the last of these tests: a system that nobody
    uses takes a quarter of a processor.
    """
    folder = Path(tempfile.mkdtemp(prefix="seatime-tests-"))
    folder.chmod(0o755)
    with Stack(folder, ports=Ports.ephemeral(), own=Own({}, {}, {}), durable=False, reuse_transcodes=True) as running:
        yield running
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A real video of three seconds."""
    return make_clip(tmp_path_factory.mktemp("clip") / "clip.mp4", seconds=3)


@pytest.fixture
async def platform(stack: Stack) -> AsyncIterator[Platform]:
    async with Platform.of(stack) as platform:
        yield platform
