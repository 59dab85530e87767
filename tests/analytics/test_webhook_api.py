"""Webhooks as administrators have them, and as nobody else does. Row F10."""

import asyncio
import logging
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import asyncpg
import httpx
import pytest
from cryptography.fernet import Fernet

from analytics_service.webhooks import routes
from servicekit.database import Pool
from tests.analytics import hooks, log
from tests.analytics.hooks import ROOT, Clock, consume, deliveries, registered, send, sender, shown, told
from tests.analytics.receiver import receiving
from tests.analytics.test_api import LEARNER, OWNER
from tests.databases import Database

URL = "http://127.0.0.1:9/hook"


@pytest.fixture
async def api(analytics_database: Database) -> AsyncIterator[httpx.AsyncClient]:
    async with hooks.administering(analytics_database) as http:
        yield http


def every_call(endpoint_id: str) -> list[tuple[str, str, Any]]:
    one = f"{ROOT}/{endpoint_id}"
    return [
        ("POST", ROOT, {"url": URL, "eventTypes": ["lesson.completed"]}),
        ("GET", ROOT, None),
        ("GET", one, None),
        ("PATCH", one, {"enabled": False}),
        ("DELETE", one, None),
        ("POST", f"{one}/secret", None),
        ("POST", f"{one}/test", None),
        ("GET", f"{one}/deliveries", None),
        ("GET", f"{one}/deliveries/1", None),
        ("POST", f"{one}/deliveries/1/redeliver", None),
        ("POST", f"{one}/redeliver", {"since": "2026-03-02T09:00:00Z"}),
    ]


async def test_webhooks_are_for_administrators_only(api: httpx.AsyncClient) -> None:
    """Row F10: learners and owners of courses get a 403 from every operation, strangers a 401, and nothing is done."""
    endpoint = await registered(api, URL)
    document = (await api.get("/openapi.json")).json()["paths"]
    operations = sum(len(methods) for path, methods in document.items() if path.startswith(ROOT))
    assert operations == len(every_call(endpoint["id"])), "an operation is missing in this test"
    for method, path, body in every_call(endpoint["id"]):
        for headers, status in ((LEARNER, 403), (OWNER, 403), ({"Authorization": ""}, 401)):
            response = await api.request(method, path, json=body, headers=headers)
            assert response.status_code == status, (method, path, response.text)
            assert response.headers["content-type"] == "application/problem+json"
    found = (await api.get(ROOT)).json()["webhooks"]
    assert [(one["id"], one["enabled"]) for one in found] == [(endpoint["id"], True)]
    assert [one["expiresAt"] for one in found[0]["secrets"]] == [None]


async def test_a_secret_is_shown_once_and_kept_shut(
    pool: Pool, api: httpx.AsyncClient, analytics_database: Database, caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    """Row F10: in no other answer, in no row of the database, in no line of the log; the API cannot read it back."""
    caplog.set_level(logging.DEBUG)
    async with receiving() as receiver:
        endpoint = await registered(api, receiver.url)
        rotated = (await api.post(f"{ROOT}/{endpoint['id']}/secret")).json()
        await consume(pool, told(log.completion()))
        await send(sender(pool, Clock()))
        assert receiver.got
    secrets = [one.removeprefix("whsec_") for one in (endpoint["secret"], rotated["secret"])]
    assert len(set(secrets)) == 2
    answers = [
        (await api.request(method, path)).text for method, path, _ in every_call(endpoint["id"]) if method == "GET"
    ]
    tables = ["endpoints", "secrets", "messages", "deliveries", "attempts"]
    rows = [str(await pool.fetch(f"SELECT t::text FROM webhook_{table} t")) for table in tables]
    written = [caplog.text, *capsys.readouterr()]
    for secret in secrets:
        assert not [text for text in (*answers, *rows, *written) if secret in text]
    connection = await asyncpg.connect(analytics_database.app_url)
    try:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.fetch("SELECT sealed FROM webhook_secrets")
    finally:
        await connection.close()


async def test_the_sealing_key_can_be_changed(pool: Pool, api: httpx.AsyncClient) -> None:
    """Row F10: the new key before the old one opens what the old one sealed."""
    async with receiving() as receiver:
        await registered(api, receiver.url)
        await consume(pool, told(log.completion()))
        both = f"{Fernet.generate_key().decode()},{hooks.SEAL}"
        assert await send(sender(pool, Clock(), webhook_sealing_secret=both)) == 1
        assert len(receiver.got) == 1


async def test_without_a_sealing_key_nobody_is_registered(analytics_database: Database) -> None:
    """Row F10: 503 with the name of the setting; everything else of the API goes on."""
    async with hooks.administering(analytics_database, webhook_sealing_secret=None) as api:
        refused = await api.post(ROOT, json={"url": URL, "eventTypes": ["lesson.completed"]})
        assert (refused.status_code, refused.json()["type"]) == (503, "urn:seatime:problem:not-configured")
        assert refused.json()["setting"] == "WEBHOOK_SEALING_SECRET"
        assert (await api.get(ROOT)).json() == {"webhooks": []}


@pytest.mark.parametrize(
    "wanted",
    [
        {},
        {"url": URL},
        {"url": URL, "eventTypes": []},
        {"url": URL, "eventTypes": ["webhook.test"]},
        {"url": URL, "eventTypes": ["lesson.completed", "watch.progress"]},
        {"url": URL, "eventTypes": ["lesson.completed"], "description": "x" * 201},
        {"url": URL, "eventTypes": ["lesson.completed"], "description": "\x00"},
        {"url": "", "eventTypes": ["lesson.completed"]},
        {"url": URL, "eventTypes": ["lesson.completed"], "secret": "mine"},
    ],
)
async def test_a_registration_that_makes_no_sense_is_refused(api: httpx.AsyncClient, wanted: dict[str, Any]) -> None:
    """Row F10: with a problem, and nothing is kept."""
    response = await api.post(ROOT, json=wanted)
    assert (response.status_code, response.json()["type"]) == (422, "urn:seatime:problem:invalid-payload")
    assert (await api.get(ROOT)).json() == {"webhooks": []}


async def test_there_are_so_many_and_no_more(api: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """Row F10: also where several register at once."""
    monkeypatch.setattr(routes, "MOST", 2)
    wanted = {"url": URL, "eventTypes": ["lesson.completed"]}
    answers = await asyncio.gather(*(api.post(ROOT, json=wanted) for _ in range(4)))
    assert sorted(answer.status_code for answer in answers) == [201, 201, 409, 409]
    assert len((await api.get(ROOT)).json()["webhooks"]) == 2


async def test_what_is_not_there_is_not_found(api: httpx.AsyncClient) -> None:
    """Row F10: neither endpoints nor deliveries; nor a delivery under another endpoint."""
    endpoint, other = await registered(api, URL), await registered(api, URL)
    accepted = (await api.post(f"{ROOT}/{endpoint['id']}/test")).json()["deliveryId"]
    for method, path, body in every_call(str(uuid4()))[2:]:
        response = await api.request(method, path, json=body)
        assert (response.status_code, response.json()["type"]) == (404, "urn:seatime:problem:webhook-not-found")
    for path in (f"deliveries/{accepted}", f"deliveries/{accepted}/redeliver"):
        method = "POST" if path.endswith("redeliver") else "GET"
        response = await api.request(method, f"{ROOT}/{other['id']}/{path}")
        assert (response.status_code, response.json()["type"]) == (404, "urn:seatime:problem:delivery-not-found")


async def test_the_log_is_read_page_by_page_and_by_state(pool: Pool, api: httpx.AsyncClient) -> None:
    """Row F10: the newest first, each once, and only what was asked for."""
    async with receiving() as receiver:
        endpoint = await registered(api, receiver.url, "lesson.completed", "course.completed")
        await consume(pool, told(*(log.completion(f"u{n}") for n in range(5)), hooks.course_completion()))
        receiver.answers = [500]
        working = sender(pool, Clock(), webhook_per_endpoint=1)
        await send(working)
    seen: list[int] = []
    before: int | None = None
    while True:
        asked = {"limit": 4} | ({"before": before} if before else {})
        page = (await api.get(f"{ROOT}/{endpoint['id']}/deliveries", params=asked)).json()
        seen += [one["id"] for one in page["deliveries"]]
        if (before := page["before"]) is None:
            break
    assert len(seen) == len(set(seen)) == 6
    assert seen == sorted(seen, reverse=True)
    assert {one["eventType"] for one in await deliveries(api, endpoint, eventType="course.completed")} == {
        "course.completed"
    }
    assert len(await deliveries(api, endpoint, state="delivered")) == 5
    (failed,) = await deliveries(api, endpoint, state="pending")
    assert failed["lastError"] == "answered 500"
    wrong = await api.get(f"{ROOT}/{endpoint['id']}/deliveries", params={"state": "lost"})
    assert wrong.status_code == 422


async def test_only_what_was_lost_since_then_is_sent_again(pool: Pool, api: httpx.AsyncClient) -> None:
    """Row F10: neither what was delivered, nor what is older, nor what waits anyway."""
    endpoint = await registered(api, URL)
    await consume(pool, told(*(log.completion(f"u{n}") for n in range(5))))
    ids = [one["id"] for one in await deliveries(api, endpoint)]
    now = datetime.now(UTC)
    states = ("failed", "failed", "held", "delivered", "pending")
    ages = (3, 1, 1, 1, 1)
    for delivery_id, state, days in zip(ids, states, ages, strict=True):
        await pool.execute(
            "UPDATE webhook_deliveries SET state = $2, created_at = $3, tries = 9 WHERE delivery_id = $1",
            delivery_id, state, now - timedelta(days=days),
        )  # fmt: skip
    since = (now - timedelta(days=2)).isoformat()
    answer = await api.post(f"{ROOT}/{endpoint['id']}/redeliver", json={"since": since})
    assert answer.json() == {"deliveries": 2}
    assert [one["state"] for one in await deliveries(api, endpoint)] == [
        "failed", "pending", "pending", "delivered", "pending",
    ]  # fmt: skip
    naive = await api.post(f"{ROOT}/{endpoint['id']}/redeliver", json={"since": "2026-03-02T09:00:00"})
    assert naive.status_code == 422


async def test_the_api_role_writes_no_message_that_names_anybody(analytics_database: Database) -> None:
    """Row F10: it may send test events, and neither forge a completion or an attempt nor read what names a learner."""
    connection = await asyncpg.connect(analytics_database.app_url)
    forged = "INSERT INTO webhook_messages VALUES ('e', $1, $2, '{}', now())"
    try:
        for event_type, learner in (("lesson.completed", "u1"), ("lesson.completed", None), ("webhook.test", "u1")):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.execute(forged, event_type, learner)
        await connection.execute(forged, "webhook.test", None)
        assert await connection.fetchval("SELECT count(*) FROM webhook_messages") == 0
        for statement in (
            "INSERT INTO webhook_attempts VALUES (1, 1, now(), 1, 200, NULL, '')",
            "UPDATE webhook_attempts SET status = 200",
            "UPDATE webhook_deliveries SET attempts = 9",
            "DELETE FROM webhook_deliveries",
            "UPDATE webhook_secrets SET sealed = ''",
        ):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.execute(statement)
    finally:
        await connection.close()


async def test_what_receivers_are_sent_is_documented(api: httpx.AsyncClient) -> None:
    """Row F10: the OpenAPI document has each type with its fields under `webhooks`."""
    document = (await api.get("/openapi.json")).json()
    assert set(document["webhooks"]) == {"lesson.completed", "course.completed", "budget.exceeded", "webhook.test"}
    body = document["webhooks"]["lesson.completed"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    payload = document["components"]["schemas"][body["$ref"].rpartition("/")[2]]
    assert set(payload["properties"]) == {"type", "timestamp", "data"}
    data = document["components"]["schemas"][payload["properties"]["data"]["$ref"].rpartition("/")[2]]
    assert {"learnerId", "lessonId", "verifiedSeconds", "completedAt"} <= set(data["properties"])


async def test_a_change_changes_what_it_names_and_nothing_else(api: httpx.AsyncClient) -> None:
    """Row F10: an empty change is none."""
    endpoint = await registered(api, URL, "lesson.completed", "lesson.completed", description="LMS")
    assert endpoint["eventTypes"] == ["lesson.completed"]
    before = await shown(api, endpoint)
    assert "secret" not in before
    assert (await api.patch(f"{ROOT}/{endpoint['id']}", json={})).json() == before
    renamed = (await api.patch(f"{ROOT}/{endpoint['id']}", json={"description": "Certificates"})).json()
    assert renamed == before | {"description": "Certificates"}
