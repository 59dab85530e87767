"""The author's page is told of each change, and of the end of it (row A9)."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest

from devstack.ports import free_port
from servicekit import sse
from servicekit.auth import issue_token
from tests.databases import Database, Postgres
from tests.polling import SLACK_S, within
from tests.serving import serving
from tests.upload.conftest import JWT_SECRET, OTHER, OWNER, ROLES, Service, asset_event, upload_event
from upload_service.app import create_app
from upload_service.settings import Settings


class Stream:
    """The server-sent events of one answer, read as they come."""

    def __init__(self, response: httpx.Response) -> None:
        self.response = response
        self._lines = response.iter_lines()

    def next(self) -> tuple[str | None, str, Any]:
        """(id, event, data) of the next event; a comment is ("", ":", None)."""
        found: dict[str, str] = {}
        for line in self._lines:
            if line == ":":
                return None, ":", None
            if not line and found:
                data = found["data"]
                return found.get("id"), found["event"], json.loads(data) if data.startswith("{") else data
            name, _, value = line.partition(": ")
            if name:
                found[name] = value
        raise EOFError

    def rest(self) -> None:
        """Read to the end."""
        while not self.ended():
            pass

    def ended(self) -> bool:
        try:
            self.next()
        except EOFError:
            return True
        return False


def headers(user: str, **more: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {issue_token(JWT_SECRET, user, ROLES[user])}"} | more


@contextmanager
def streaming(base_url: str, lesson_id: str, user: str = OWNER, **more: str) -> Iterator[Stream]:
    url = f"{base_url}/api/lessons/{lesson_id}/events"
    with httpx.stream("GET", url, headers=headers(user, **more), timeout=20) as response:
        assert response.status_code == 200, response.read()
        assert response.headers["content-type"].startswith("text/event-stream")
        yield Stream(response)


@pytest.fixture
def base_url(settings: Settings) -> Iterator[str]:
    """The API as another process would have it: its own pool and loop, the database of `service`."""
    with serving(create_app(settings)) as url:
        yield url


async def uploaded(service: Service) -> tuple[str, str]:
    lesson_id = await service.make_lesson()
    return lesson_id, (await service.upload_url(lesson_id))["muxUploadId"]


async def test_the_author_sees_each_change_as_it_comes(service: Service, base_url: str) -> None:
    """Pending at once, then processing and ready, within seconds of the webhook that another process took in."""
    lesson_id, upload_id = await uploaded(service)
    with streaming(base_url, lesson_id) as stream:
        version, event, lesson = await asyncio.to_thread(stream.next)
        assert (event, lesson["processingStatus"], version) == ("lesson", "pending", str(lesson["version"]))
        await service.delivered(upload_event("asset_created", upload_id, asset_id="a"))
        _, _, processing = await asyncio.to_thread(stream.next)
        with within(5):
            await service.delivered(asset_event("ready", "a", upload_id))
            version, _, ready = await asyncio.to_thread(stream.next)
    assert (processing["processingStatus"], ready["processingStatus"]) == ("processing", "ready")
    assert ready == await service.lesson(lesson_id)
    assert version == str(ready["version"])


async def test_a_failure_comes_with_its_reason(service: Service, base_url: str) -> None:
    """An error is an event like any other, in Mux's words."""
    lesson_id, upload_id = await uploaded(service)
    errors = {"type": "invalid_input", "messages": ["The input file is not a valid video file."]}
    with streaming(base_url, lesson_id) as stream:
        await asyncio.to_thread(stream.next)
        await service.delivered(asset_event("errored", "a", upload_id, errors=errors))
        _, _, lesson = await asyncio.to_thread(stream.next)
    assert (lesson["processingStatus"], lesson["error"]) == ("error", "The input file is not a valid video file.")


async def test_who_comes_back_is_not_told_again(service: Service, base_url: str) -> None:
    """With Last-Event-ID at the version now, only the next change comes; with an older or odd one, the state does."""
    lesson_id, upload_id = await uploaded(service)
    version = (await service.lesson(lesson_id))["version"]
    for older in (str(version - 1), "x", "9" * 60):
        with streaming(base_url, lesson_id, **{"Last-Event-ID": older}) as stream:
            assert (await asyncio.to_thread(stream.next))[0] == str(version)
    with streaming(base_url, lesson_id, **{"Last-Event-ID": str(version)}) as stream:
        await service.delivered(asset_event("ready", "a", upload_id))
        _, _, lesson = await asyncio.to_thread(stream.next)
    assert (lesson["processingStatus"], lesson["version"]) == ("ready", version + 1)


async def test_only_the_author_listens(service: Service, base_url: str) -> None:
    """Others get the problem that the lesson itself would give them."""
    lesson_id = await service.make_lesson()
    path = f"{base_url}/api/lessons/{lesson_id}/events"
    async with httpx.AsyncClient(timeout=20) as http:
        assert (await http.get(path, headers=headers(OTHER))).status_code == 403
        assert (await http.get(path)).status_code == 401
        missing = await http.get(f"{base_url}/api/lessons/none/events", headers=headers(OWNER))
    assert missing.status_code == 404
    assert missing.json()["type"] == "urn:seatime:problem:lesson-not-found"


async def test_a_deleted_lesson_ends_its_stream(service: Service, base_url: str) -> None:
    """`gone` is the last event."""
    lesson_id = await service.make_lesson()
    course_id = (await service.lesson(lesson_id))["courseId"]
    with streaming(base_url, lesson_id) as stream:
        await asyncio.to_thread(stream.next)
        await service.must("DELETE", f"/api/courses/{course_id}/lessons/{lesson_id}")
        assert await asyncio.to_thread(stream.next) == (None, "gone", "lesson-not-found")
        assert await asyncio.to_thread(stream.ended)


async def test_a_right_that_is_lost_ends_the_stream(
    service: Service, base_url: str, database: Database, postgres: Postgres
) -> None:
    """Whoever no longer owns the course is not told the next change."""
    lesson_id, upload_id = await uploaded(service)
    with streaming(base_url, lesson_id) as stream:
        await asyncio.to_thread(stream.next)
        postgres.sql(f"UPDATE courses SET owner_id = '{OTHER}'", url=database.owner_url)
        await service.delivered(asset_event("ready", "a", upload_id))
        assert await asyncio.to_thread(stream.next) == (None, "gone", "not-the-owner")


async def test_a_quiet_line_beats_and_then_ends(
    service: Service, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Comments come while nothing changes, until the stream's time is up."""
    monkeypatch.setattr(sse, "HEARTBEAT_S", 0.1)
    lesson_id = await service.make_lesson()
    with (
        serving(create_app(settings.model_copy(update={"lesson_stream_s": 1.0}))) as url,
        streaming(url, lesson_id) as stream,
    ):
        await asyncio.to_thread(stream.next)
        beats = [await asyncio.to_thread(stream.next) for _ in range(3)]
        assert beats == [(None, ":", None)] * 3
        await asyncio.wait_for(asyncio.to_thread(stream.rest), 60)


async def test_streams_end_when_the_process_is_told_to_stop(service: Service, database: Database) -> None:
    """SIGTERM ends an open stream at once and the process well, without waiting for the stream's time."""
    lesson_id = await service.make_lesson()
    port = free_port()
    env = os.environ | {
        "DATABASE_URL_UPLOAD": database.app_url,
        "AUTH_JWT_SECRET": JWT_SECRET,
        "HTTP_PORT": str(port),
        "LOG_LEVEL": "ERROR",
    }
    process = await asyncio.to_thread(subprocess.Popen, [sys.executable, "-m", "upload_service.app"], env=env)
    try:
        await asyncio.to_thread(until_live, port)
        with streaming(f"http://127.0.0.1:{port}", lesson_id) as stream:
            await asyncio.to_thread(stream.next)
            stopped = time.monotonic()
            process.send_signal(signal.SIGTERM)
            assert await asyncio.to_thread(stream.ended)
        code = await asyncio.to_thread(process.wait, 20)
        assert time.monotonic() - stopped < 5 + SLACK_S
        assert code in (0, -signal.SIGTERM)
    finally:
        process.kill()
        process.wait(60)


def until_live(port: int) -> None:
    deadline, pause = time.monotonic() + 20, threading.Event()
    while True:
        try:
            httpx.get(f"http://127.0.0.1:{port}/health/live", timeout=5).raise_for_status()
        except httpx.TransportError:
            assert time.monotonic() < deadline
            pause.wait(0.05)
        else:
            return
