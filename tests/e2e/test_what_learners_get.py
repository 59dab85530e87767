"""Feature G5: whatever a learner asks for, of every service: no secret, and nobody else's data."""

import base64
import json
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import httpx
import pytest

from devstack.credentials import Credentials
from devstack.openapi.documents import documents
from tests.e2e.people import Platform, eventually

pytestmark = pytest.mark.e2e

OWNER = "owner-of-what-learners-get"
NOBODY = "00000000-0000-4000-8000-000000000000"
ANSWERED = {
    "GET /api/analytics/learners/{learner_id}/export",
    "GET /api/progress/courses/{courseId}/evidence",
    "GET /api/progress/courses/{courseId}/learners/{learnerId}/attempts",
    "GET /api/progress/lessons/{lessonId}/sessions",
    "GET /.well-known/seatime-evidence-keys.json",
    "GET /api/analytics/lessons/{lesson_id}/me",
    "GET /api/courses",
    "GET /api/courses/{course_id}",
    "GET /api/playback/enrollments",
    "GET /api/playback/enrollments/{courseId}",
    "GET /api/playback/learners/{learnerId}/export",
    "GET /api/progress/courses/{courseId}",
    "GET /api/progress/learners/{learnerId}/export",
    "GET /api/progress/lessons/{lessonId}",
    "GET /api/videos/{lessonId}/playback",
}
"""All that a learner gets more than a refusal of, asking with their own id where one is asked for."""
_LEARNER = re.compile(r"\{(learnerId|learner_id|userId)\}")


@dataclass(frozen=True)
class Operation:
    method: str
    path: str

    @property
    def name(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def of_a_learner(self) -> bool:
        return _LEARNER.search(self.path) is not None

    def at(self, places: dict[str, str]) -> str:
        """The path with its parameters filled in; what there is none of is nobody's."""
        return re.sub(r"\{(\w+)\}", lambda found: places.get(found[1].replace("_id", "Id"), NOBODY), self.path)


def operations() -> Iterator[Operation]:
    """Every operation of every service that is reached from outside."""
    for document in documents().values():
        for path, methods in document["paths"].items():
            if path.startswith(("/api/", "/.well-known/")):
                yield from (Operation(method.upper(), path) for method in methods if method != "parameters")


def secrets_of(credentials: Credentials) -> set[str]:
    """What must stay with the services, in the forms in which it could slip out."""
    passwords = {credentials.postgres_password, *credentials.role_passwords.values()}
    keys = {
        credentials.jwt_secret,
        credentials.s3_secret_key,
        credentials.mux_token_id,
        credentials.mux_token_secret,
        credentials.mux_webhook_secret,
        credentials.signing_keys_secret,
        credentials.erasure_key,
    }
    private = {credentials.grant_private_key, credentials.mux_private_key, credentials.evidence_private_key}
    lines = {line for key in private for line in base64.b64decode(key).decode().splitlines()[1:-1]}
    return {secret for secret in passwords | keys | private | lines | {"PRIVATE KEY"} if len(secret) > 8}


def said(response: httpx.Response) -> str:
    """Body and headers, also as they read without JSON's escapes."""
    headers = "\n".join(f"{name}: {value}" for name, value in response.headers.items())
    body = response.text
    if "json" in response.headers.get("content-type", ""):
        body += json.dumps(response.json(), ensure_ascii=False)
    return f"{headers}\n{body}"


@pytest.fixture
async def classroom(platform: Platform, clip: Path) -> dict[str, str]:
    """A lesson that two learners have watched some of: `me` and `other`."""
    mark = uuid4().hex[:8]
    me, other, lesson = f"learner-me-{mark}", f"learner-other-{mark}", f"lesson-{mark}"
    course = await platform.course(lesson, owner=OWNER)
    await platform.enroll(course, me, other, owner=OWNER)
    await platform.upload(lesson, clip, owner=OWNER)
    await platform.until_ready(lesson, owner=OWNER)
    for learner in (me, other):
        grant = (await platform.playback(lesson, learner))["watchGrant"]
        now = int(time.time() * 1000)
        beat = {"seq": 1, "since": now - 2000, "at": now, "position": 2, "rate": 1, "watched_segments": [[0, 2]]}
        assert (await platform.report(grant, [beat])).status_code == 202
        await eventually(lambda learner=learner: platform.progress(lesson, learner), lambda it: bool(it["covered"]))  # type: ignore[misc]
        await eventually(
            lambda learner=learner: platform.ask("GET", f"/api/analytics/lessons/{lesson}/me", user=learner),  # type: ignore[misc]
            lambda answer: answer.is_success and bool(answer.json()["covered"]),
        )
    return {"courseId": course, "lessonId": lesson, "me": me, "other": other}


async def test_no_secret_and_nobody_else(platform: Platform, classroom: dict[str, str]) -> None:
    """Every operation that is described, asked by a learner: what is answered, and what the refusals say."""
    me, other = classroom["me"], classroom["other"]
    kept = secrets_of(platform.stack.credentials)
    answered: set[str] = set()
    faults: list[str] = []
    for operation in sorted(set(operations()), key=lambda one: (one.method != "GET", one.name)):
        whose = [me, other] if operation.of_a_learner and operation.method == "GET" else [other]
        for learner in whose if operation.of_a_learner else [me]:
            places = classroom | {"learnerId": learner, "userId": learner}
            body = {} if operation.method == "GET" else {"json": {}}
            response = await platform.ask(operation.method, operation.at(places), user=me, **body)
            text = said(response)
            if response.is_success and learner == me:
                answered.add(operation.name)
            elif response.is_success:
                faults.append(f"{operation.name}: does something for another learner")
            faults += [f"{operation.name}: tells a secret" for secret in kept if secret in text]
            if learner == me and other in text:
                faults.append(f"{operation.name}: tells of another learner")
    assert faults == []
    assert answered == ANSWERED
