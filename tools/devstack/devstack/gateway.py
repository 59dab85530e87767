"""One HTTP process for developers: the four services' apps under the routing table, and the built web app.

In production each app is a process of its own behind nginx; the table is the same.
"""

import importlib
import json
import os
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import uvicorn
from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route, Router
from starlette.types import ASGIApp, Receive, Scope, Send

from devstack import people, routing
from devstack.paths import DATA, SERVICES, WEB
from devstack.static import WebApp
from servicekit.auth import issue_token

TOKEN_TTL_S = 12 * 3600


class Gateway:
    """ASGI: runs the apps' lifespans and hands each request to the app that the routing table names."""

    def __init__(self, apps: Mapping[str, FastAPI], *, web: Path, data_dir: Path, jwt_secret: str) -> None:
        self._apps: dict[str, ASGIApp] = {**apps, routing.WEB: WebApp(web)}
        self._states: dict[str, dict[str, Any]] = {}
        self._data_dir, self._jwt_secret = data_dir, jwt_secret
        session = Route("/demo/session", self._session)
        self._router = Router([session], default=self._dispatch, redirect_slashes=False, lifespan=self._lifespan(apps))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._router(scope, receive, send)

    async def _dispatch(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        service, path = routing.resolve(scope["path"])
        raw = scope.get("raw_path") or path.encode()
        prefix = len(scope["path"]) - len(path)
        seen = {**scope, "path": path, "raw_path": raw[prefix:], "state": dict(self._states.get(service, {}))}
        seen.pop("router", None)
        await self._apps[service](seen, receive, send)

    def _lifespan(self, apps: Mapping[str, FastAPI]) -> Any:
        @asynccontextmanager
        async def lifespan(_: object) -> AsyncIterator[None]:
            async with AsyncExitStack() as stack:
                for name, app in apps.items():
                    state = await stack.enter_async_context(app.router.lifespan_context(app))
                    self._states[name] = dict(state or {})
                yield

        return lifespan

    async def _session(self, _: Request) -> JSONResponse:
        return JSONResponse(session(self._data_dir, self._jwt_secret), headers={"cache-control": "no-store"})


def create_service_apps() -> dict[str, FastAPI]:
    apps = {}
    for service in SERVICES:
        settings = importlib.import_module(f"{service}_service.settings").Settings()
        apps[service] = importlib.import_module(f"{service}_service.app").create_app(settings)
    return apps


def session(data_dir: Path, jwt_secret: str) -> dict[str, Any]:
    """Who one may sign in as, and the course to look at: a stack for developers has no identity provider."""
    scene = data_dir / "demo.json"
    users = [
        {
            "id": person.id,
            "name": person.name,
            "role": person.role,
            "note": person.note,
            "token": issue_token(jwt_secret, person.id, person.role, ttl_s=TOKEN_TTL_S),
        }
        for person in people.EVERYBODY
    ]
    return {"users": users, "course": json.loads(scene.read_text()) if scene.exists() else None}


def main() -> None:
    env = os.environ
    app = Gateway(
        create_service_apps(),
        web=WEB / "dist",
        data_dir=Path(env.get("SEATIME_DATA", DATA)),
        jwt_secret=env["AUTH_JWT_SECRET"],
    )
    uvicorn.run(
        app,
        host=env["HTTP_HOST"],
        port=int(env["HTTP_PORT"]),
        http="httptools",
        loop="asyncio",
        access_log=False,
        server_header=False,
        log_level="warning",
        timeout_graceful_shutdown=5,
    )


if __name__ == "__main__":
    main()
