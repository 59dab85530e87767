"""The developers' gateway: each request reaches its app as if that app stood alone."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import jwt
import pytest
from fastapi import FastAPI, Request
from httpx import ASGITransport, AsyncClient
from starlette.types import Message

from devstack.gateway import Gateway, session
from devstack.paths import SERVICES

SECRET = "s" * 40


def echoing(name: str, events: list[str]) -> FastAPI:
    """An app that tells what it was asked, and notes its life."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[dict[str, str]]:
        events.append(f"{name} up")
        yield {"owner": name}
        events.append(f"{name} down")

    app = FastAPI(lifespan=lifespan, openapi_url=None)

    @app.api_route("/{path:path}", methods=["GET", "POST"])
    async def echo(request: Request) -> dict[str, Any]:
        raw = request.scope["raw_path"].decode()
        return {"app": name, "path": request.url.path, "raw": raw, "state": request.state.owner}

    return app


@asynccontextmanager
async def living(gateway: Gateway) -> AsyncIterator[AsyncClient]:
    """The gateway between its start and its end, as a server runs it."""
    inbox: asyncio.Queue[Message] = asyncio.Queue()
    outbox: asyncio.Queue[Message] = asyncio.Queue()
    life = asyncio.create_task(gateway({"type": "lifespan", "state": {}}, inbox.get, outbox.put))
    await inbox.put({"type": "lifespan.startup"})
    assert (await outbox.get())["type"] == "lifespan.startup.complete"
    async with AsyncClient(transport=ASGITransport(app=gateway), base_url="http://gateway") as client:
        yield client
    await inbox.put({"type": "lifespan.shutdown"})
    await life


def gateway_over(tmp_path: Path, events: list[str]) -> Gateway:
    apps = {name: echoing(name, events) for name in SERVICES}
    (tmp_path / "dist").mkdir()
    (tmp_path / "dist" / "index.html").write_text("the web app")
    return Gateway(apps, web=tmp_path / "dist", data_dir=tmp_path, jwt_secret=SECRET)


@pytest.mark.parametrize(
    ("path", "app", "seen"),
    [
        ("/api/videos/lesson-1/playback", "playback", "/api/videos/lesson-1/playback"),
        ("/api/files/a%2Fb%20c.pdf", "upload", "/api/files/a%2Fb%20c.pdf"),
        ("/services/analytics/health/live", "analytics", "/health/live"),
        ("/api/progress", "progress", "/api/progress"),
    ],
)
async def test_apps_see_their_own_paths(tmp_path: Path, path: str, app: str, seen: str) -> None:
    """The named app answers, with its prefix taken off, escapes as they came, and the state of its own lifespan."""
    async with living(gateway_over(tmp_path, [])) as client:
        answer = (await client.get(path)).json()
    assert (answer["app"], answer["raw"], answer["state"]) == (app, seen, app)


async def test_all_apps_live_as_long_as_the_gateway(tmp_path: Path) -> None:
    """Every app's lifespan begins before the first request and ends with the gateway, the last begun first."""
    events: list[str] = []
    async with living(gateway_over(tmp_path, events)) as client:
        assert events == [f"{name} up" for name in SERVICES]
        assert (await client.get("/courses/c")).text == "the web app"
    assert events[len(SERVICES) :] == [f"{name} down" for name in reversed(SERVICES)]


async def test_session_offers_the_cast_and_the_course(tmp_path: Path) -> None:
    """Developers sign in as anybody of the cast, by tokens that services accept; the course is the last one made."""
    async with living(gateway_over(tmp_path, [])) as client:
        first = (await client.get("/demo/session")).json()
        assert first["course"] is None
        course = {"id": "course-1", "title": "First light", "lessons": []}
        (tmp_path / "demo.json").write_text(json.dumps(course))
        second = await client.get("/demo/session")
    assert second.json()["course"] == course
    assert second.headers["cache-control"] == "no-store"
    roles = {}
    for user in first["users"]:
        claims = jwt.decode(user["token"], SECRET, algorithms=["HS256"], audience="seatime", issuer="seatime")
        assert (claims["sub"], claims["roles"]) == (user["id"], [user["role"]])
        roles[user["role"]] = roles.get(user["role"], 0) + 1
    assert roles == {"instructor": 1, "learner": 3, "admin": 1}


def test_session_is_read_anew(tmp_path: Path) -> None:
    """A course that is made while the gateway runs is there at the next look."""
    assert session(tmp_path, SECRET)["course"] is None
    (tmp_path / "demo.json").write_text('{"id": "c"}')
    assert session(tmp_path, SECRET)["course"] == {"id": "c"}
