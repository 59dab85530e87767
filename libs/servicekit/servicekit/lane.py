"""A short way to one route: inside the edge, past routing, dependencies, validation and serialisation.

It stays a route like any other, in OpenAPI and in metrics, and answers the same without the lane, only slower. What is
odd goes the framework's way: that is where it is refused.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from types import MappingProxyType

from fastapi import FastAPI
from fastapi.routing import APIRoute
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import BaseRoute
from starlette.types import ASGIApp, Receive, Scope, Send

from servicekit.edge import respond
from servicekit.errors import ServiceError

Answer = Callable[[Scope, Receive], Awaitable[ASGIApp]]
"""Makes the answer of a request, or raises a ServiceError."""
Choose = Callable[[Scope], Answer | None]
"""How a request whose method is the route's is answered; None leaves it to the framework."""

_NO_HEADERS: Mapping[str, str] = MappingProxyType({})


class Lane:
    """Pure ASGI middleware. Problems leave as everywhere; what is no problem of ours is left to the edge."""

    def __init__(self, app: ASGIApp, *, route: APIRoute, choose: Choose) -> None:
        self._app, self._route, self._methods, self._choose = app, route, route.methods or (), choose

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_for_route = scope["type"] == "http" and scope["method"] in self._methods
        answer = self._choose(scope) if is_for_route else None
        if answer is None:
            await self._app(scope, receive, send)
            return
        scope["route"] = self._route
        try:
            respond_with = await answer(scope, receive)
        except ServiceError as error:
            respond_with = respond(error.problem(), error.headers)
        await respond_with(scope, receive, send)


async def body_of(request: Request) -> bytes:
    """The whole body, as `Request.body` reads it, without its detours. Raises ClientDisconnect."""
    parts: list[bytes] = []
    while (message := await request.receive())["type"] == "http.request":
        parts.append(message.get("body", b""))
        if not message.get("more_body", False):
            return parts[0] if len(parts) == 1 else b"".join(parts)
    raise ClientDisconnect


class JsonBytes(Response):
    """JSON that is bytes already: an answer without a detour over headers as text. `headers` go beside the usual."""

    def __init__(self, body: bytes, status_code: int, headers: Mapping[str, str] = _NO_HEADERS) -> None:
        self.status_code, self.body, self.background = status_code, body, None
        self.raw_headers = [
            (b"content-length", b"%d" % len(body)),
            (b"content-type", b"application/json"),
            *((name.lower().encode("ascii"), value.encode("ascii")) for name, value in headers.items()),
        ]


def add_lane(api: FastAPI, path: str, routes: Iterable[BaseRoute], choose: Choose | None = None) -> None:
    """Give the route with this path a lane, innermost of all middleware. Raises StopIteration if there is none.

    Without `choose` the route's path has no parameters, and its endpoint takes nothing but the request.
    """
    route = next(route for route in routes if isinstance(route, APIRoute) and route.path == path)
    api.user_middleware.append(Middleware(Lane, route=route, choose=choose or _endpoint_of(route)))


def _endpoint_of(route: APIRoute) -> Choose:
    async def answer(scope: Scope, receive: Receive) -> ASGIApp:
        response: ASGIApp = await route.endpoint(Request(scope, receive))
        return response

    return lambda scope: answer if scope["path"] == route.path else None
