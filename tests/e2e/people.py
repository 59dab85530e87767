"""People of a learning platform: an owner who uploads, learners who watch, each with their own token."""

import asyncio
import base64
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar
from uuid import uuid4

import httpx
import jwt
from aiokafka import AIOKafkaConsumer, ConsumerRecord
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from devstack.stack import Stack
from servicekit.auth import issue_token

T = TypeVar("T")
Json = dict[str, Any]

PATIENCE_S = 180.0
PAUSES_S = (0.05, 0.5)
"""Between two questions, at first and at most: what takes long is not hastened by who asks all the time."""


async def eventually(ask: Callable[[], Awaitable[T]], good: Callable[[T], bool], *, timeout: float = PATIENCE_S) -> T:
    """The first answer that is `good`; AssertionError with the last answer when there is none in time."""
    deadline, answer, (pause, longest) = time.monotonic() + timeout, None, PAUSES_S
    while time.monotonic() < deadline:
        try:
            answer = await ask()
        except httpx.TransportError:
            pass
        else:
            if good(answer):
                return answer
        await asyncio.sleep(pause)
        pause = min(pause * 1.5, longest)
    raise AssertionError(f"still not so after {timeout} s: {answer!r}")


@dataclass(frozen=True)
class Platform:
    """The system under test as its users see it."""

    stack: Stack
    http: httpx.AsyncClient

    @classmethod
    @asynccontextmanager
    async def of(cls, stack: Stack) -> AsyncIterator["Platform"]:
        fresh = httpx.Limits(keepalive_expiry=1)  # less than the server's: else both may let go at once
        async with httpx.AsyncClient(base_url=stack.urls["web"], timeout=60, limits=fresh) as http:
            yield cls(stack, http)

    def token(self, user: str, role: str) -> str:
        return issue_token(self.stack.credentials.jwt_secret, user, role)

    async def ask(self, method: str, path: str, *, user: str, role: str = "learner", **options: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.token(user, role)}"}
        return await self.http.request(method, path, headers=headers, **options)

    async def must(self, method: str, path: str, *, user: str, role: str = "learner", **options: Any) -> Any:
        """As `ask`, but the answer must be 2xx; returns its body."""
        response = await self.ask(method, path, user=user, role=role, **options)
        assert response.is_success, f"{method} {path}: {response.status_code} {response.text}"
        return response.json() if response.content else None

    async def course(self, *lessons: str, owner: str = "owner-1") -> str:
        """A published course with these lessons; returns its id."""
        course = f"course-{uuid4().hex[:8]}"
        body = {"title": "A course", "published": True}
        await self.must("PUT", f"/api/courses/{course}", user=owner, role="instructor", json=body)
        for position, lesson in enumerate(lessons):
            body = {"title": f"Lesson {lesson}", "position": position}
            await self.must("PUT", f"/api/courses/{course}/lessons/{lesson}", user=owner, role="instructor", json=body)
        return course

    async def upload(self, lesson: str, video: Path, *, owner: str = "owner-1") -> Json:
        """Ask where to send it, and send it in one piece; returns the answer with `uploadUrl` and `uploadId`."""
        made: Json = await self.must(
            "POST", "/api/videos/mux/upload-url", user=owner, role="instructor", json={"lessonId": lesson}
        )
        async with httpx.AsyncClient(timeout=60) as mux:
            (await mux.put(made["uploadUrl"], content=video.read_bytes())).raise_for_status()
        return made

    async def lesson(self, lesson: str, *, owner: str = "owner-1") -> Json:
        found: Json = await self.must("GET", f"/api/lessons/{lesson}", user=owner, role="instructor")
        return found

    async def until_ready(self, lesson: str, *, owner: str = "owner-1") -> Json:
        return await eventually(
            lambda: self.lesson(lesson, owner=owner), lambda found: found["processingStatus"] == "ready"
        )

    async def enroll(self, course: str, *learners: str, owner: str = "owner-1") -> None:
        for learner in learners:
            await eventually(
                lambda learner=learner: self.ask(  # type: ignore[misc]
                    "PUT", f"/api/courses/{course}/enrollments/{learner}", user=owner, role="instructor", json={}
                ),
                lambda response: response.is_success,
            )

    async def playback(self, lesson: str, learner: str) -> Json:
        """Playback once the lesson has become playable for this learner."""
        response = await eventually(
            lambda: self.ask("GET", f"/api/videos/{lesson}/playback", user=learner),
            lambda response: response.status_code == 200,
        )
        answer: Json = response.json()
        return answer

    async def report(self, grant: str, beats: list[Json], *, sent_at_ms: int | None = None) -> httpx.Response:
        body = {"grant": grant, "sentAt": sent_at_ms or int(time.time() * 1000), "beats": beats}
        return await self.http.post("/api/progress", json=body)

    async def progress(self, lesson: str, learner: str) -> Json:
        found: Json = await self.must("GET", f"/api/progress/lessons/{lesson}", user=learner)
        return found

    async def numbers(self, lesson: str, *, owner: str = "owner-1") -> Json:
        found: Json = await self.must("GET", f"/api/analytics/lessons/{lesson}", user=owner, role="instructor")
        return found

    async def records(self, topic: str) -> list[ConsumerRecord[Any, Any]]:
        """All that is on a topic now; in order within a key."""
        consumer = AIOKafkaConsumer(
            topic,
            bootstrap_servers=self.stack.env["KAFKA_BOOTSTRAP_SERVERS"],
            auto_offset_reset="earliest",
            enable_auto_commit=False,
        )
        found: list[ConsumerRecord[Any, Any]] = []
        try:
            await consumer.start()
            ends = await consumer.end_offsets(consumer.assignment())
            while any([await consumer.position(partition) < end for partition, end in ends.items()]):
                for records in (await consumer.getmany(timeout_ms=500)).values():
                    found += records
        finally:
            await consumer.stop()
        return found

    def grant_from_the_past(self, learner: str, lesson: str, course: str, *, duration_s: float, age_s: float) -> str:
        """A grant that playback would have made `age_s` ago: what a learner who was offline since then holds."""
        issued = int(time.time() - age_s)
        claims = {
            "iss": "seatime/playback",
            "aud": "seatime/progress",
            "sub": learner,
            "les": lesson,
            "crs": course,
            "sid": str(uuid4()),
            "dur": int(duration_s * 1000),
            "iat": issued,
            "exp": issued + 12 * 3600,
            "pol": {"rate": 2.0, "grace": 86400, "cap": 45},
        }
        credentials = self.stack.credentials
        key = load_pem_private_key(base64.b64decode(credentials.grant_private_key), None)
        return jwt.encode(claims, key, algorithm="EdDSA", headers={"kid": credentials.grant_key_id})  # type: ignore[arg-type]
