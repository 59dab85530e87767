"""The upload service over a real database and the Mux simulator, and the people who use it."""

import json
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import asyncpg
import httpx
import pytest

from mux_sim.testing import Simulator
from servicekit.auth import issue_token
from servicekit.database import Pool
from tests.databases import Database
from upload_service import signature
from upload_service.app import create_app
from upload_service.settings import Settings

Json = dict[str, Any]

JWT_SECRET = "a secret of the tests that is long enough to sign with"
OLD_SECRET = "the webhook secret that is being rotated out"
OWNER, OTHER, ADMIN, LEARNER = "owner-1", "owner-2", "admin-1", "learner-1"
ROLES = {OWNER: "instructor", OTHER: "instructor", ADMIN: "admin", LEARNER: "learner"}


@pytest.fixture
def database(make_database: Callable[[str], Database]) -> Database:
    return make_database("upload")


@pytest.fixture
def settings(database: Database, mux: Simulator) -> Settings:
    return Settings(
        database_url=database.app_url,
        auth_jwt_secret=JWT_SECRET,
        public_base_url="https://learn.example:8443/school/",
        mux_base_url=mux.base_url,
        mux_token_id=mux.token_id,
        mux_token_secret=mux.token_secret,
        mux_webhook_secrets=f"{mux.webhook_secret},{OLD_SECRET}",
        mux_connect_timeout_s=2,
        mux_read_timeout_s=5,
        mux_posts_per_s=100,
        mux_calls_per_s=100,
        reconcile_after_s=0,
        reconcile_calls_per_s=5,
    )


@dataclass
class Service:
    """The running API, its database, and the simulator as its Mux."""

    http: httpx.AsyncClient
    settings: Settings
    pool: Pool
    mux: Simulator

    async def ask(self, method: str, path: str, user: str | None = OWNER, **options: Any) -> httpx.Response:
        headers = {}
        if user is not None:
            headers["Authorization"] = f"Bearer {issue_token(JWT_SECRET, user, ROLES[user])}"
        return await self.http.request(method, path, headers=headers, **options)

    async def must(self, method: str, path: str, user: str = OWNER, **options: Any) -> Json:
        response = await self.ask(method, path, user, **options)
        assert response.is_success, response.text
        found: Json = response.json() if response.content else {}
        return found

    async def lesson(self, lesson_id: str) -> Json:
        return await self.must("GET", f"/api/lessons/{lesson_id}")

    async def make_lesson(self, *, public: bool = False) -> str:
        """A course of OWNER with one lesson; returns the lesson's id."""
        course_id, lesson_id = f"course-{uuid4().hex[:8]}", f"lesson-{uuid4().hex[:8]}"
        await self.must("PUT", f"/api/courses/{course_id}", json={"title": "Course", "public": public})
        await self.must("PUT", f"/api/courses/{course_id}/lessons/{lesson_id}", json={"title": "Lesson"})
        return lesson_id

    async def upload_url(self, lesson_id: str) -> Json:
        """The answer, with Mux's id of the upload beside it as `muxUploadId`."""
        made = await self.must("POST", "/api/videos/mux/upload-url", json={"lessonId": lesson_id})
        upload = await self.must("GET", f"/api/uploads/{made['uploadId']}")
        return made | {"muxUploadId": upload["muxUploadId"]}

    async def webhook(self, event: Json | bytes, *, secret: str | None = None, age_s: int = 0) -> httpx.Response:
        """Deliver an event as Mux would."""
        body = event if isinstance(event, bytes) else json.dumps(event).encode()
        timestamp = int(time.time()) - age_s
        digest = signature.sign((secret or self.mux.webhook_secret).encode(), timestamp, body)
        headers = {"Mux-Signature": f"t={timestamp},v1={digest}", "Content-Type": "application/json"}
        return await self.http.post("/api/videos/mux/webhook", content=body, headers=headers)

    async def delivered(self, event: Json) -> None:
        response = await self.webhook(event)
        assert response.status_code == 200, response.text
        assert response.json() == {"received": True}

    async def rows(self, query: str, *arguments: Any) -> list[asyncpg.Record]:
        return await self.pool.fetch(query, *arguments)

    async def outbox(self, key: str) -> list[Json]:
        """The announced events of a key in order, each with its topic as `topic`."""
        rows = await self.rows("SELECT topic, payload FROM outbox WHERE key = $1 ORDER BY id", key)
        return [json.loads(row["payload"]) | {"topic": row["topic"]} for row in rows]

    async def topics(self, key: str) -> list[str]:
        return [event["topic"] for event in await self.outbox(key)]


@pytest.fixture
async def service(settings: Settings, mux: Simulator) -> AsyncIterator[Service]:
    api = create_app(settings)
    async with api.router.lifespan_context(api):
        transport = httpx.ASGITransport(api)
        async with httpx.AsyncClient(transport=transport, base_url="http://upload", timeout=30) as http:
            yield Service(http, settings, api.state.pool, mux)


def upload_event(what: str, upload_id: str, **data: Any) -> Json:
    """A `video.upload.*` webhook."""
    return _event(f"video.upload.{what}", "upload", upload_id, {"id": upload_id, "status": what, **data})


def asset_event(what: str, asset_id: str, upload_id: str | None, **data: Any) -> Json:
    """A `video.asset.*` webhook; a ready one has a signed playback id and 30.5 s unless told otherwise."""
    full: Json = {"id": asset_id, "upload_id": upload_id, "status": what}
    if what == "ready":
        full |= {"duration": 30.5, "playback_ids": [{"id": f"play-{asset_id}", "policy": "signed"}]}
    return _event(f"video.asset.{what}", "asset", asset_id, full | data)


def _event(event_type: str, kind: str, object_id: str, data: Json) -> Json:
    return {
        "type": event_type,
        "request_id": None,
        "object": {"type": kind, "id": object_id},
        "id": str(uuid4()),
        "environment": {"name": "Production", "id": "env"},
        "data": {name: value for name, value in data.items() if value is not None},
        "created_at": "2026-06-10T22:24:01.561000Z",
        "attempts": [],
    }
