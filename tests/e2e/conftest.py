"""The whole system, started once for all end-to-end tests, and people who use it over HTTP."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from devstack.environment import Own
from devstack.ports import Ports
from devstack.stack import Stack
from mux_sim.testing import make_clip
from tests.e2e.people import Platform


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """Real processes on ports of their own, in a folder of their own."""
    folder = tmp_path_factory.mktemp("stack")
    for parent in (folder, *folder.parents[:3]):
        parent.chmod(0o755)  # PostgreSQL runs as another user where the tests run as root
    with Stack(folder, ports=Ports.ephemeral(), own=Own({}, {}, {}), durable=False) as running:
        yield running


@pytest.fixture(scope="session")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A real video of three seconds."""
    return make_clip(tmp_path_factory.mktemp("clip") / "clip.mp4", seconds=3)


@pytest.fixture
async def platform(stack: Stack) -> AsyncIterator[Platform]:
    async with Platform.of(stack) as platform:
        yield platform
