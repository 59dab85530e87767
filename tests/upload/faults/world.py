"""The upload service as processes that can be killed at any message, and what the world around it then does.

A victim serves one request behind lines that can stop; the survivor is the process that answers afterwards, as one
that was started anew would: neither remembers anything that is not in PostgreSQL.
"""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import asyncpg
import httpx

from devstack.ports import free_port
from mux_sim.testing import Simulator
from servicekit.auth import issue_token
from tests.databases import Database
from tests.infra import S3
from tests.upload.conftest import JWT_SECRET, OWNER, Json
from tests.upload.faults.forking import Forks
from tests.upload.faults.lines import Line, Refusal, Stop, database_line, http_line
from tests.upload.faults.objects import Objects
from upload_service import signature
from upload_service.settings import Settings

MP4 = b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom" + bytes(5000)
BEARER = {"Authorization": f"Bearer {issue_token(JWT_SECRET, OWNER, 'instructor')}"}


@dataclass(frozen=True)
class Process:
    """A running service: `http` speaks to it as its author, `line` is what it says to its neighbours."""

    pid: int
    http: httpx.AsyncClient
    line: Line
    s3: Refusal = field(default_factory=Refusal)


@dataclass
class World:
    """A database, Mux, S3, and processes before them."""

    database: Database
    mux: Simulator
    s3: S3
    forks: Forks
    pool: "asyncpg.Pool[asyncpg.Record]"
    objects: Objects
    settings: Mapping[str, str] = field(default_factory=dict)

    @asynccontextmanager
    async def process(
        self,
        stop: Stop | None = None,
        *,
        storage: bool = True,
        database_url: str | None = None,
        settings: Mapping[str, str] | None = None,
    ) -> AsyncIterator[Process]:
        """A fresh process that has spoken to the database once; killed at the end of the block."""
        line, refusal = Line(stop), Refusal()
        async with AsyncExitStack() as stack:
            through = await stack.enter_async_context(database_line(database_url or self.database.app_url, line))
            mux = await stack.enter_async_context(http_line(self.mux.base_url, line))
            environment = self.environment(database_url=through, mux_base_url=mux)
            if storage:
                s3 = await stack.enter_async_context(http_line(self.s3.endpoint_url, line, refusing=refusal))
                environment |= self._storage(s3)
            environment |= {"HTTP_PORT": str(port := free_port())} | dict(settings or {})
            pid = await self.forks.start(environment)
            stack.push_async_callback(self.forks.kill, pid)
            fresh = httpx.Limits(max_keepalive_connections=0)  # the server may let go of one just when it is used again
            http = httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", headers=BEARER, timeout=60, limits=fresh)
            await stack.enter_async_context(http)
            await _until_ready(http, self.forks)
            yield Process(pid, http, line, refusal)

    def environment(self, *, database_url: str, mux_base_url: str) -> dict[str, str]:
        return {
            "DATABASE_URL_UPLOAD": database_url,
            "AUTH_JWT_SECRET": JWT_SECRET,
            "MUX_BASE_URL": mux_base_url,
            "MUX_TOKEN_ID": self.mux.token_id,
            "MUX_TOKEN_SECRET": self.mux.token_secret,
            "MUX_WEBHOOK_SECRETS": self.mux.webhook_secret,
            "MUX_POSTS_PER_S": "1000",
            "MUX_CALLS_PER_S": "1000",
            "MUX_CONNECT_TIMEOUT_S": "2",
            "MUX_READ_TIMEOUT_S": "5",
            "LOG_LEVEL": "ERROR",
            **self.settings,
        }

    def _storage(self, endpoint_url: str) -> dict[str, str]:
        return {
            "S3_ENDPOINT_URL": endpoint_url,
            "S3_PUBLIC_ENDPOINT_URL": self.s3.endpoint_url,
            "S3_BUCKET": self.s3.bucket,
            "S3_ACCESS_KEY_ID": self.s3.access_key,
            "S3_SECRET_ACCESS_KEY": self.s3.secret_key,
        }

    def worker(self, bootstrap: str, prefix: str, **more: Any) -> Settings:
        """Settings for a worker in the test's own process, with sweeps that do not wait."""
        values: dict[str, Any] = {
            "database_url": self.database.app_url,
            "mux_base_url": self.mux.base_url,
            "mux_token_id": self.mux.token_id,
            "mux_token_secret": self.mux.token_secret,
            "mux_posts_per_s": 1000,
            "mux_calls_per_s": 1000,
            "s3_endpoint_url": self.s3.endpoint_url,
            "s3_bucket": self.s3.bucket,
            "s3_access_key_id": self.s3.access_key,
            "s3_secret_access_key": self.s3.secret_key,
            "kafka_bootstrap_servers": bootstrap,
            "kafka_topic_prefix": prefix,
            "reconcile_after_s": 0,
            "reconcile_every_s": 0.2,
            "reconcile_calls_per_s": 5,
            "clear_every_s": 0.2,
            "replaced_keep_s": 0,
            "retention_every_s": 0.2,
        }
        return Settings(**(values | more))

    async def rows(self, query: str, *arguments: object) -> list[asyncpg.Record]:
        return await self.pool.fetch(query, *arguments)

    async def webhook(self, http: httpx.AsyncClient, event: Json) -> httpx.Response:
        """Deliver an event as Mux would."""
        body = json.dumps(event).encode()
        timestamp = int(time.time())
        digest = signature.sign(self.mux.webhook_secret.encode(), timestamp, body)
        headers = {"Mux-Signature": f"t={timestamp},v1={digest}", "Content-Type": "application/json"}
        return await http.post("/api/videos/mux/webhook", content=body, headers=headers)


async def must(http: httpx.AsyncClient, method: str, path: str, **options: Any) -> Json:
    response = await http.request(method, path, **options)
    assert response.is_success, response.text
    found: Json = response.json() if response.content else {}
    return found


async def make_lesson(http: httpx.AsyncClient) -> str:
    """A course with one lesson; returns the lesson's id."""
    course_id, lesson_id = f"course-{uuid4().hex[:8]}", f"lesson-{uuid4().hex[:8]}"
    await must(http, "PUT", f"/api/courses/{course_id}", json={"title": "Course"})
    await must(http, "PUT", f"/api/courses/{course_id}/lessons/{lesson_id}", json={"title": "Lesson"})
    return lesson_id


async def mux_upload(http: httpx.AsyncClient, lesson_id: str) -> str:
    """A new upload of the lesson; returns Mux's id of it."""
    made = await must(http, "POST", "/api/videos/mux/upload-url", json={"lessonId": lesson_id})
    found: str = (await must(http, "GET", f"/api/uploads/{made['uploadId']}"))["muxUploadId"]
    return found


async def until_stopped(victim: Process, request: "asyncio.Task[httpx.Response]") -> bool:
    """True when the line stands still; False if the request was answered without that."""
    stopped = asyncio.create_task(victim.line.stopped.wait())
    try:
        await asyncio.wait({stopped, request}, timeout=60, return_when=asyncio.FIRST_COMPLETED)
        if not stopped.done() and victim.line.stop is not None:  # answered too early? then the line stops soon
            await asyncio.wait({stopped}, timeout=20)
        return stopped.done()
    finally:
        stopped.cancel()


async def acknowledged(request: "asyncio.Task[httpx.Response]") -> bool:
    """Whether the sender has a success in hand, once the process is dead."""
    try:
        return (await asyncio.wait_for(request, 60)).is_success
    except httpx.TransportError:
        return False


async def _until_ready(http: httpx.AsyncClient, forks: Forks) -> None:
    deadline = time.monotonic() + 60
    while True:
        with suppress(httpx.TransportError):
            await http.get("/health/ready")
            return
        assert time.monotonic() < deadline, forks.log.read_text()[-3000:]
        await asyncio.sleep(0.01)
