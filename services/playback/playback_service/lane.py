"""A short way to playback: inside the edge, past routing, dependencies, validation and serialisation.

What is well-formed goes this way; everything else goes the framework's, and so does what is odd: that is where it is
refused. The route stays a route like any other, in OpenAPI and in metrics, and answers the same without the lane.
"""

import re
from urllib.parse import unquote_plus

from fastapi import FastAPI
from fastapi.routing import APIRoute
from starlette.middleware import Middleware
from starlette.types import ASGIApp, Receive, Scope, Send

from playback_service import routes
from playback_service.models import ID_PATTERN, MAX_GRANT
from servicekit.edge import respond
from servicekit.errors import ServiceError

_LESSON = re.compile(ID_PATTERN)
_BEFORE, _, _AFTER = routes.PATH.partition("{lessonId}")


class Lane:
    """Pure ASGI middleware. What is no problem of ours is left to the edge."""

    def __init__(self, app: ASGIApp, *, api: FastAPI, route: APIRoute) -> None:
        self._app, self._state, self._route = app, api.state, route

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        lesson_id = _lesson(scope)
        if lesson_id is None:
            await self._app(scope, receive, send)
            return
        scope["route"] = self._route
        headers = dict(reversed(scope["headers"]))  # of several, the first counts, as everywhere
        forwarded_for = b", ".join(value for name, value in scope["headers"] if name == b"x-forwarded-for")
        try:
            authorization = headers.get(b"authorization")
            principal = await self._state.authenticator.authenticate(authorization and authorization.decode("latin-1"))
            body, said = await routes.answer(
                self._state,
                principal,
                lesson_id,
                _refresh(scope["query_string"]),
                peer=scope["client"][0] if scope.get("client") else None,
                forwarded_for=forwarded_for.decode("latin-1") or None,
                referrer=(headers.get(b"referer") or headers.get(b"origin") or b"").decode("latin-1") or None,
                user_agent=headers.get(b"user-agent", b"").decode("latin-1") or None,
            )
        except ServiceError as error:
            await respond(error.problem(), error.headers)(scope, receive, send)
            return
        lines = [(name.lower().encode("ascii"), value.encode("ascii")) for name, value in said.items()]
        lines.append((b"content-length", str(len(body)).encode("ascii")))
        await send({"type": "http.response.start", "status": 200, "headers": lines})
        await send({"type": "http.response.body", "body": body})


def _lesson(scope: Scope) -> str | None:
    """The lesson of a request that this way is for."""
    path: str = scope.get("path", "")
    if scope["type"] != "http" or scope["method"] != "GET" or not path.startswith(_BEFORE) or not path.endswith(_AFTER):
        return None
    lesson_id = path[len(_BEFORE) : -len(_AFTER)]
    if _LESSON.fullmatch(lesson_id) is None or not _is_plain(scope["query_string"]):
        return None
    return lesson_id


def _is_plain(query: bytes) -> bool:
    """No query, or `refresh` alone."""
    return not query or (query.startswith(b"refresh=") and b"&" not in query and len(query) <= MAX_GRANT)


def _refresh(query: bytes) -> str | None:
    return unquote_plus(query[len(b"refresh=") :].decode("latin-1")) if query else None


def add_lane(api: FastAPI) -> None:
    """Give playback its lane, innermost of all middleware."""
    route = next(route for route in routes.router.routes if isinstance(route, APIRoute) and route.path == routes.PATH)
    api.user_middleware.append(Middleware(Lane, api=api, route=route))
