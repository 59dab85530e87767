"""The short way to playback answers as the framework's way does, and is in OpenAPI like any other route."""

import asyncio
import time
from typing import Any

import httpx
import pytest
from pydantic import ConfigDict

from playback_service.app import create_app
from playback_service.models import Playback, PlaybackTokens
from playback_service.playback import Asked
from servicekit.auth import Principal, issue_token
from servicekit.lane import Lane
from tests.playback.conftest import MakeSettings
from tests.playback.school import SECRET, School
from tests.playback.test_signing import signatures

__all__ = ["signatures"]

CHANGING = {"sessionId", "watchGrant", "refreshAfter", "expiresAt", "tokens", "signedUrl", "poster", "storyboard"}


class Strict(Playback):
    """The documented answer, and not a member more."""

    model_config = ConfigDict(extra="forbid")


@pytest.mark.parametrize(
    ("path", "user", "options"),
    [
        ("/api/videos/l1/playback", "ada", {}),
        ("/api/videos/l1/playback", "owner", {}),
        ("/api/videos/l1/playback", "eve", {}),
        ("/api/videos/l1/playback", None, {}),
        ("/api/videos/l1/playback", "ada", {"params": {"refresh": "x.y.z"}}),
        ("/api/videos/l1/playback", "ada", {"params": {"refresh": "x" * 5000}}),
        ("/api/videos/l1/playback", "ada", {"params": {"refresh": "x", "more": "1"}}),
        ("/api/videos/l1/playback", "ada", {"params": {"other": "1"}}),
        ("/api/videos/l1/playback", "ada", {"params": {"takeOver": "true"}}),
        ("/api/videos/%6C1/playback", "ada", {}),
        ("/api/videos/l1%2F/playback", "ada", {}),
        ("/api/videos/-/playback", "ada", {}),
        ("/api/videos/l1/playback", "ada", {"headers": {"Authorization": "Bearer x.y.z"}}),
        ("/api/videos/l1/playback", "ada", {"headers": {"Authorization": "B\xe4rer x"}}),
    ],
)
async def test_both_ways_answer_alike(
    school: School, settings: MakeSettings, path: str, user: str | None, options: dict[str, Any]
) -> None:
    """Status, headers and body are the same with and without the lane, but for what differs between any two grants."""
    await school.standard()
    api = create_app(settings())
    api.user_middleware[:] = [middleware for middleware in api.user_middleware if middleware.cls is not Lane]
    sent = {"Authorization": f"Bearer {issue_token(SECRET, user, 'learner')}"} if user else {}
    sent |= options.get("headers", {})
    asked = {**options, "headers": [(name, value.encode("latin-1")) for name, value in sent.items()]}
    async with (
        api.router.lifespan_context(api),
        httpx.AsyncClient(transport=httpx.ASGITransport(api), base_url="http://playback") as plain,
    ):
        slow = await plain.get(path, **asked)
    fast = await school.http.get(path, **asked)
    assert fast.status_code == slow.status_code
    assert _headers(fast) == _headers(slow)
    assert _body(fast) == _body(slow)


def _headers(answer: httpx.Response) -> dict[str, str]:
    left_out = ("x-request-id", "content-length", "ratelimit", "ratelimit-remaining", "ratelimit-reset")
    return {name: value for name, value in answer.headers.items() if name not in left_out}


def _body(answer: httpx.Response) -> dict[str, Any]:
    body: dict[str, Any] = answer.json()
    return {name: None if name in CHANGING and value is not None else value for name, value in body.items()}


async def test_answer_is_what_openapi_says(school: School) -> None:
    """The body fits the documented model exactly, and the route is documented with its parameters and answer."""
    await school.standard()
    answer = await school.play()
    assert Strict.model_validate_json(answer.content).tokens is not None
    assert set(answer.json()["tokens"]) == set(PlaybackTokens.model_fields) - {"drm"}
    documented = (await school.http.get("/openapi.json")).json()["paths"]["/api/videos/{lessonId}/playback"]["get"]
    content = documented["responses"]["200"]["content"]["application/json"]["schema"]
    assert content == {"$ref": "#/components/schemas/Playback"}
    assert {parameter["name"] for parameter in documented["parameters"]} == {"lessonId", "refresh", "takeOver"}
    metrics = (await school.http.get("/metrics")).text
    assert 'route="/api/videos/{lessonId}/playback",service="playback",status="200"' in metrics


async def test_tokens_of_the_next_bucket_are_made_ahead(school: School, signatures: list[str]) -> None:
    """Row C1: who asks in the last fifth of a time bucket has the next one's tokens made; its first viewer waits for
    none, and signs none."""
    await school.standard()
    granting = school.api.state.granting
    lifetime, signer = granting._means.lifetime, granting._means.deliveries.signer
    bucket = lifetime.bucket(time.time(), video="pb1", duration_ms=600_000)
    key = granting._means.keyring._first

    async def ask(now: float) -> None:
        await granting.grant(Asked(Principal("ada"), "l1", None, None, now))

    await ask(bucket.next_at - 100)
    assert len(signatures) == 4
    await ask(bucket.next_at - 1)
    await asyncio.gather(*signer._shared.values())
    assert len(signatures) == 8
    await ask(bucket.next_at + 1)
    assert len(signatures) == 8
    assert signer.ready(key, "pb1", end=bucket.next_token_end) is not None
