"""One person's view of the system: requests with that person's token, problems as exceptions."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import aiohttp

from devstack.errors import StackError
from servicekit.auth import issue_token

T = TypeVar("T")
TIMEOUT = aiohttp.ClientTimeout(total=60, connect=5)
BETWEEN_LOOKS = 0.25


class DemoFailed(StackError):
    """A step did not come out as it should."""


@dataclass(frozen=True)
class Answer:
    status: int
    body: Any

    @property
    def problem(self) -> str:
        """The problem's title and detail, or the body as it is."""
        if isinstance(self.body, dict) and "title" in self.body:
            return (
                f"{self.body['title']}: {self.body['detail']}" if self.body.get("detail") else str(self.body["title"])
            )
        return str(self.body)[:300]


class Api:
    """`person.get("/api/…")` and so on: the JSON of a 2xx, else DemoFailed. `ask` never raises for a status."""

    def __init__(self, http: aiohttp.ClientSession, base_url: str, jwt_secret: str, user_id: str, role: str) -> None:
        self._http, self._base_url = http, base_url
        self._headers = {"Authorization": f"Bearer {issue_token(jwt_secret, user_id, role)}"}

    async def ask(self, method: str, path: str, body: Any = None) -> Answer:
        url = self._base_url + path
        async with self._http.request(method, url, json=body, headers=self._headers, timeout=TIMEOUT) as response:
            is_json = "json" in response.content_type
            return Answer(response.status, await (response.json(content_type=None) if is_json else response.text()))

    async def get(self, path: str) -> Any:
        return await self._must("GET", path)

    async def put(self, path: str, body: Any = None) -> Any:
        return await self._must("PUT", path, body)

    async def post(self, path: str, body: Any = None) -> Any:
        return await self._must("POST", path, body)

    async def _must(self, method: str, path: str, body: Any = None) -> Any:
        answer = await self.ask(method, path, body)
        if answer.status // 100 != 2:
            raise DemoFailed(f"{method} {path} answered {answer.status}: {answer.problem}")
        return answer.body


async def until(look: Callable[[], Awaitable[T]], good: Callable[[T], bool], *, timeout: float, what: str) -> T:
    """Look again until it is good; DemoFailed with what was seen last when `timeout` (s) is over.

    A look that fails is one more reason to look again: what it asks for may still be on its way.
    """
    deadline = time.monotonic() + timeout
    while True:
        seen: T | DemoFailed
        try:
            seen = await look()
        except DemoFailed as failure:
            seen = failure
        else:
            if good(seen):
                return seen
        if time.monotonic() > deadline:
            raise DemoFailed(f"{what}: not within {timeout:.0f} s; last seen: {str(seen)[:400]}")
        await asyncio.sleep(BETWEEN_LOOKS)
