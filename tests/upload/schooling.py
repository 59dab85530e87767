"""A school with videos in S3, and the command that moves them, as its administrator runs it."""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID, uuid4

import httpx

from mux_sim.testing import Simulator
from servicekit.database import transaction
from tests.infra import S3
from tests.upload.conftest import OWNER, Json, Service
from tests.upload.stored import storage_of, with_storage
from upload_service import changes, store
from upload_service.identifiers import new_upload_id
from upload_service.lifecycle import Knowledge, Upload
from upload_service.model import Lesson
from upload_service.settings import Settings

# An MP4 as far as its headers go: a movie of 90 s.
_MVHD = b"\0\0\0\x6cmvhd" + bytes(12) + (1000).to_bytes(4, "big") + (90_000).to_bytes(4, "big") + bytes(80)
MOVIE = b"\0\0\0\x18ftypisom\0\0\0\0isommp42" + (len(_MVHD) + 8).to_bytes(4, "big") + b"moov" + _MVHD
MOVIE_MS = 90_000
_AT_ONCE = 32
_PASSED_ON = (
    "mux_base_url",
    "mux_token_id",
    "mux_posts_per_s",
    "mux_calls_per_s",
    "mux_burst",
    "mux_signing_key",
    "mux_stream_base_url",
    "s3_endpoint_url",
    "s3_bucket",
    "s3_access_key_id",
    "s3_region",
    "transfer_poll_s",
)


async def migrating(settings: Settings, s3: S3, mux: Simulator, **changes: Any) -> Settings:
    """Settings with S3, a signing key of the simulator, and a Mux that takes many calls at once."""
    key = await mux.create_signing_key()
    quick = {
        "mux_signing_key": key["id"],
        "mux_private_key": key["private_key"],
        "mux_stream_base_url": mux.base_url,
        "transfer_poll_s": 0.1,
        "mux_burst": 20,
    }
    return Settings(**(with_storage(settings, s3).model_dump() | quick | changes))


def new_mark() -> str:
    """A folder of one test alone: the bucket is shared."""
    return f"{uuid4().hex[:12]}/"


async def put(service: Service, key: str, body: bytes, content_type: str = "video/mp4") -> None:
    """An object in the bucket, as somebody else's program would have left it there."""
    address = await storage_of(service).presign_put(key, content_type=content_type, size=len(body), seconds=300)
    async with httpx.AsyncClient(timeout=60) as http:
        response = await http.put(address.url, content=body, headers=dict(address.headers))
    assert response.status_code == 200, response.text


async def put_many(service: Service, keys: Sequence[str], body: bytes = MOVIE) -> None:
    storage = storage_of(service)
    free = asyncio.Semaphore(_AT_ONCE)
    async with httpx.AsyncClient(timeout=60, limits=httpx.Limits(max_connections=_AT_ONCE)) as http:

        async def one(key: str) -> None:
            async with free:
                address = await storage.presign_put(key, content_type="video/mp4", size=len(body), seconds=300)
                response = await http.put(address.url, content=body, headers=dict(address.headers))
                assert response.status_code == 200, response.text

        await asyncio.gather(*(one(key) for key in keys))


async def school(
    service: Service,
    lessons: int,
    *,
    course_id: str = "course-s3",
    body: bytes = MOVIE,
    duration_ms: int | None = None,
    mark: str = "",
) -> list[str]:
    """A course whose lessons play from S3; returns their ids. The objects are at `old/<lesson>.mp4`."""
    await service.must("PUT", f"/api/courses/{course_id}", json={"title": "Course"})
    ids = [f"{course_id}-l{number:04}" for number in range(lessons)]
    await put_many(service, [key_of(lesson_id, mark) for lesson_id in ids], body)
    async with transaction(service.pool) as conn:
        steps: list[tuple[Lesson, Lesson]] = []
        for lesson_id in ids:
            await store.reserve_lesson(conn, lesson_id, course_id)
            before = await store.lock_lesson(conn, lesson_id)
            assert before is not None
            key = key_of(lesson_id, mark)
            upload = Upload(
                new_upload_id(),
                provider="s3",
                s3_key=key,
                s3_url=storage_of(service).address(key),
                known=Knowledge("ready", duration_ms=duration_ms),
            )
            steps.append((before, replace(before, title=f"Lesson {lesson_id}", uploads=(upload,))))
        await changes.save_lessons(conn, steps)
    return ids


def key_of(lesson_id: str, mark: str = "") -> str:
    return f"old/{mark}{OWNER}/{lesson_id}.mp4"


def environment(settings: Settings, **changed: str) -> dict[str, str]:
    """What the administrator's shell says."""
    secrets = {
        name: value.get_secret_value() if (value := getattr(settings, name)) is not None else ""
        for name in ("mux_token_secret", "s3_secret_access_key", "mux_private_key")
    }
    plain = [name for name in _PASSED_ON if getattr(settings, name) is not None]
    told = {name: str(getattr(settings, name)) for name in plain}
    values = {"database_url_upload": settings.database_url, **told, **secrets, **changed}
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "PYTHONPATH") if name in os.environ}
    return kept | {name.upper(): value for name, value in values.items() if value}


@dataclass(frozen=True)
class Ended:
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "upload_service.cli.main", *arguments]


async def migrate(settings: Settings, *arguments: str, timeout_s: float = 90, **changed: str) -> Ended:
    """Run the command to its end, without a terminal."""
    done = await asyncio.to_thread(
        subprocess.run,
        command(*arguments),
        env=environment(settings, **changed),
        capture_output=True,
        text=True,
        timeout=timeout_s,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    assert "Traceback" not in done.stderr, done.stderr
    return Ended(done.returncode, done.stdout, done.stderr)


async def tables(service: Service) -> Mapping[str, list[tuple[Any, ...]]]:
    """Everything that a migration could change."""
    found = {}
    for table in ("courses", "lessons", "uploads", "transfers", "migrations", "outbox"):
        rows = await service.rows(f"SELECT * FROM {table} ORDER BY id")
        found[table] = [tuple(row.values()) for row in rows]
    return found


async def states(service: Service, migration_id: str | UUID | None = None) -> dict[str, int]:
    rows = await service.rows(
        "SELECT state, count(*) AS n FROM transfers WHERE $1::uuid IS NULL OR migration_id = $1 GROUP BY state",
        UUID(str(migration_id)) if migration_id is not None else None,
    )
    return {row["state"]: row["n"] for row in rows}


def only(rows: Sequence[Json]) -> Json:
    assert len(rows) == 1, rows
    return rows[0]
