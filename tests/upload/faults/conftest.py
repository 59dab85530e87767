"""A world per test: its own database and Mux, the tests' S3, and processes that are forked."""

from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest

from mux_sim.testing import Simulator
from tests.databases import Database
from tests.infra import S3
from tests.upload.faults.forking import forking
from tests.upload.faults.objects import objects_of
from tests.upload.faults.world import World


@pytest.fixture
async def world(database: Database, mux: Simulator, s3: S3, tmp_path: Path) -> AsyncIterator[World]:
    pool = await asyncpg.create_pool(database.owner_url, min_size=0, max_size=4)
    try:
        async with forking(tmp_path / "processes.log") as forks:
            with objects_of(s3) as objects:
                yield World(database, mux, s3, forks, pool, objects)
    finally:
        await pool.close()
