"""Events of the log, on their way to real receivers: once each, signed, tried again, held, given up. Row F10."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from analytics_service.webhooks.retrying import DELAYS_S
from contracts import BudgetExceeded
from servicekit.database import Pool
from tests.analytics import hooks, log
from tests.analytics.hooks import Clock, attempts, consume, deliveries, registered, send, sender, shown, told
from tests.analytics.receiver import Receiver, never, receiving, saying
from tests.databases import Database


@pytest.fixture
async def api(analytics_database: Database) -> AsyncIterator[httpx.AsyncClient]:
    async with hooks.administering(analytics_database) as http:
        yield http


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with receiving() as running:
        yield running


async def test_a_completion_reaches_its_receiver_signed(pool: Pool, api: httpx.AsyncClient, receiver: Receiver) -> None:
    """Row F10: the reference library verifies what came, and finds type, time and every field."""
    endpoint = await registered(api, receiver.url)
    completed = log.completion().model_copy(update={"live_ms": 600, "late_ms": 400, "attempt": 2, "rule_version": 3})
    await consume(pool, told(completed))
    assert await send(sender(pool, Clock())) == 1
    (got,) = receiver.got
    assert got.headers["content-type"] == "application/json"
    assert Webhook(endpoint["secret"]).verify(got.body, got.headers) == {
        "type": "lesson.completed",
        "timestamp": "2026-03-02T09:00:00Z",
        "data": {
            "learnerId": "u1",
            "lessonId": "l1",
            "courseId": "c1",
            "attempt": 2,
            "coverage": 0.95,
            "verifiedSeconds": 1.0,
            "liveSeconds": 0.6,
            "lateSeconds": 0.4,
            "ruleVersion": 3,
            "completedAt": "2026-03-02T09:00:00Z",
        },
    }
    (delivery,) = await deliveries(api, endpoint)
    assert (delivery["state"], delivery["eventId"], delivery["attempts"], delivery["lastStatus"]) == (
        "delivered",
        got.id,
        1,
        204,
    )


async def test_receivers_get_the_types_that_they_want(pool: Pool, api: httpx.AsyncClient, receiver: Receiver) -> None:
    """Row F10: courses and budgets too, each to whom it is for, under one id for all."""
    courses = await registered(api, receiver.url + "?a", "course.completed", "budget.exceeded")
    every = await registered(api, receiver.url + "?b", "lesson.completed", "course.completed", "budget.exceeded")
    budget = BudgetExceeded(
        version=4, month="2026-03", threshold=0.8, budget_usd=10, spent_usd=8.5, forecast_usd=12, exceeded_at=log.START
    )
    await consume(pool, told(log.completion(), hooks.course_completion(), budget))
    assert await send(sender(pool, Clock())) == 5
    got = {(one.path[-1], one.payload["type"]): one for one in receiver.got}
    assert set(got) == {
        ("a", "course.completed"),
        ("a", "budget.exceeded"),
        ("b", "lesson.completed"),
        ("b", "course.completed"),
        ("b", "budget.exceeded"),
    }
    assert got["a", "course.completed"].id == got["b", "course.completed"].id
    assert got["a", "course.completed"].payload["data"] == {
        "learnerId": "u1",
        "courseId": "c1",
        "attempt": 1,
        "verifiedSeconds": 61.5,
        "ruleVersion": 1,
        "completedAt": "2026-03-02T09:00:00Z",
    }
    assert got["a", "budget.exceeded"].payload["data"] == {
        "courseId": None,
        "budgetVersion": 4,
        "month": "2026-03",
        "threshold": 0.8,
        "budgetUsd": 10.0,
        "spentUsd": 8.5,
        "forecastUsd": 12.0,
        "exceededAt": "2026-03-02T09:00:00Z",
    }
    with pytest.raises(WebhookVerificationError):
        Webhook(courses["secret"]).verify(got["b", "course.completed"].body, got["b", "course.completed"].headers)
    Webhook(every["secret"]).verify(got["b", "course.completed"].body, got["b", "course.completed"].headers)


async def test_an_event_that_is_logged_twice_is_told_once(
    pool: Pool, api: httpx.AsyncClient, receiver: Receiver
) -> None:
    """Row F10: redelivered by Kafka, or written to the log again under another offset."""
    endpoint = await registered(api, receiver.url)
    events = [log.completion(f"u{n}") for n in range(3)]
    await consume(pool, told(*events))
    working = sender(pool, Clock())
    await send(working)
    await consume(pool, told(*events))
    await consume(pool, told(*events, *events, first_offset=500))
    assert await send(working) == 0
    assert len(receiver.got) == len(set(receiver.ids)) == len(await deliveries(api, endpoint)) == 3


async def test_nobody_is_told_of_what_was_before(pool: Pool, api: httpx.AsyncClient, receiver: Receiver) -> None:
    """Row F10: a log that is read from its beginning brings no flood of what is long known."""
    now = datetime.now(UTC)
    before = told(log.completion("u1"), at=now - timedelta(hours=1))
    endpoint = await registered(api, receiver.url)
    await consume(pool, before)
    await pool.execute("UPDATE webhook_endpoints SET created_at = now() - interval '1 year'")
    await consume(pool, told(log.completion("u2"), at=now - timedelta(days=8), first_offset=100))
    assert await deliveries(api, endpoint) == []
    await consume(pool, told(log.completion("u3"), at=now - timedelta(days=6), first_offset=200))
    assert len(await deliveries(api, endpoint)) == 1


async def test_a_failure_is_tried_again_by_the_schedule(pool: Pool, api: httpx.AsyncClient, receiver: Receiver) -> None:
    """Row F10: later each time, the same id and body, signed anew; given up in the end, each attempt in the log."""
    endpoint = await registered(api, receiver.url)
    await consume(pool, told(log.completion()))
    clock = Clock()
    working = sender(pool, clock)
    receiver.answers = [saying(500, "out of order \x00 ☹")] * (len(DELAYS_S) + 1)
    began = clock.now
    for number, delay in enumerate(DELAYS_S, start=1):
        assert await send(working) == 1
        (delivery,) = await deliveries(api, endpoint)
        assert (delivery["state"], delivery["attempts"]) == ("pending", number)
        assert datetime.fromisoformat(delivery["nextAttemptAt"]) == clock.now + timedelta(seconds=delay)
        clock.go_on(delay - 0.01)
        assert await send(working) == 0, "too early"
        clock.go_on(0.01)
    assert await send(working) == 1
    (delivery,) = await deliveries(api, endpoint)
    assert (delivery["state"], delivery["lastStatus"], delivery["nextAttemptAt"]) == ("failed", 500, None)
    clock.go_on(10 * 86_400)
    assert await send(working) == 0
    made = await attempts(api, endpoint, delivery["id"])
    assert [one["number"] for one in made] == list(range(1, len(DELAYS_S) + 2))
    assert {one["error"] for one in made} == {"answered 500"}
    assert made[0]["answer"] == "out of order \ufffd ☹"
    assert datetime.fromisoformat(made[-1]["beganAt"]) == began + timedelta(seconds=sum(DELAYS_S))
    assert len(set(receiver.ids)) == len({one.body for one in receiver.got}) == 1
    assert len({one.headers["webhook-signature"] for one in receiver.got}) == len(receiver.got)


async def test_a_receiver_that_comes_back_is_forgiven(pool: Pool, api: httpx.AsyncClient, receiver: Receiver) -> None:
    """Row F10: one success ends a time of failures."""
    endpoint = await registered(api, receiver.url)
    await consume(pool, told(log.completion()))
    clock = Clock()
    working = sender(pool, clock)
    receiver.answers = [saying(503)]
    await send(working)
    failing = await shown(api, endpoint)
    assert (failing["lastError"], failing["pending"]) == ("answered 503", 1)
    assert datetime.fromisoformat(failing["failingSince"]) == clock.now
    clock.go_on(5)
    await send(working)
    well = await shown(api, endpoint)
    assert (well["failingSince"], well["lastError"], well["pending"]) == (None, None, 0)
    assert datetime.fromisoformat(well["deliveredAt"]) == clock.now


async def test_retry_after_rests_the_whole_endpoint(pool: Pool, api: httpx.AsyncClient, receiver: Receiver) -> None:
    """Row F10: also what was not tried yet waits; other endpoints do not."""
    await registered(api, receiver.url + "?busy")
    await registered(api, receiver.url + "?free", "course.completed")
    clock = Clock()
    working = sender(pool, clock)
    receiver.answers = [saying(429, Retry_After="100")]
    await consume(pool, told(log.completion()))
    await send(working)
    await consume(pool, told(log.completion("u2"), hooks.course_completion(), first_offset=50))
    assert await send(working) == 1
    assert receiver.got[-1].path.endswith("free")
    clock.go_on(99)
    assert await send(working) == 0
    clock.go_on(1)
    assert await send(working) == 2


async def test_gone_disables_and_holds_what_waits(pool: Pool, api: httpx.AsyncClient, receiver: Receiver) -> None:
    """Row F10: nothing is sent any more, nothing is lost, and the reason is shown."""
    endpoint = await registered(api, receiver.url)
    await consume(pool, told(log.completion("u1"), log.completion("u2")))
    receiver.answers = [410]
    clock = Clock()
    working = sender(pool, clock, webhook_per_endpoint=1)
    await send(working)
    await consume(pool, told(log.completion("u3"), first_offset=50))
    clock.go_on(86_400)
    assert await send(working) == 0
    found = await shown(api, endpoint)
    assert (found["enabled"], found["disabledReason"]) == (False, "the receiver answered 410 Gone")
    assert [one["state"] for one in await deliveries(api, endpoint)] == ["failed", "held", "held"]
    refused = await api.post(f"{hooks.ROOT}/{endpoint['id']}/test")
    assert (refused.status_code, refused.json()["type"]) == (409, "urn:seatime:problem:webhook-disabled")

    assert (await api.patch(f"{hooks.ROOT}/{endpoint['id']}", json={"enabled": True})).json()["disabledReason"] is None
    assert await send(working) == 0, "what was held waits for a word"
    since = (clock.now - timedelta(days=2)).isoformat()
    again = await api.post(f"{hooks.ROOT}/{endpoint['id']}/redeliver", json={"since": since})
    assert (again.status_code, again.json()) == (202, {"deliveries": 3})
    assert await send(working) == 3
    assert [one["state"] for one in await deliveries(api, endpoint)] == ["delivered"] * 3


async def test_days_of_failures_disable_with_the_reason(pool: Pool, api: httpx.AsyncClient, receiver: Receiver) -> None:
    """Row F10: not before the time is over, and not where something got through in between."""
    endpoint = await registered(api, receiver.url)
    clock = Clock()
    working = sender(pool, clock)
    for day in range(7):
        await consume(pool, told(log.completion(f"u{day}"), first_offset=1000 * day))
        receiver.answers = [saying(500)] * 100
        await send(working)
        assert (await shown(api, endpoint))["enabled"] == (day < 5)
        clock.go_on(86_400)
        if not (await shown(api, endpoint))["enabled"]:
            break
    found = await shown(api, endpoint)
    assert found["disabledReason"].startswith("nothing could be delivered since ")
    assert found["disabledReason"].endswith("the last attempt: answered 500")
    assert found["pending"] == 0


async def test_an_administrator_disables_enables_and_moves(
    pool: Pool, api: httpx.AsyncClient, receiver: Receiver
) -> None:
    """Row F10: what happens meanwhile is held; afterwards events go to the new address, of the new types."""
    endpoint = await registered(api, receiver.url)
    where = f"{hooks.ROOT}/{endpoint['id']}"
    await consume(pool, told(log.completion("u1")))
    assert (await api.patch(where, json={"enabled": False})).json()["enabled"] is False
    clock = Clock()
    working = sender(pool, clock)
    await consume(pool, told(log.completion("u2"), first_offset=50))
    assert await send(working) == 0
    assert [one["state"] for one in await deliveries(api, endpoint)] == ["held", "held"]
    change = {"enabled": True, "url": receiver.url + "/moved", "eventTypes": ["course.completed"], "description": "n"}
    changed = (await api.patch(where, json=change)).json()
    assert {name: changed[name] for name in change} == change
    await consume(pool, told(log.completion("u3"), hooks.course_completion("u3"), first_offset=90))
    assert await send(working) == 1
    assert receiver.got[0].path == "/hook/moved"
    assert receiver.got[0].payload["type"] == "course.completed"


async def test_one_delivery_is_sent_again_when_asked(pool: Pool, api: httpx.AsyncClient, receiver: Receiver) -> None:
    """Row F10: under the same id, whatever its state, and with the whole schedule before it."""
    endpoint = await registered(api, receiver.url)
    await consume(pool, told(log.completion("u1"), log.completion("u2")))
    clock = Clock()
    working = sender(pool, clock)
    await send(working)
    first, _ = await deliveries(api, endpoint)
    where = f"{hooks.ROOT}/{endpoint['id']}/deliveries/{first['id']}"
    assert (await api.post(f"{where}/redeliver")).status_code == 202
    receiver.answers = [saying(500)]
    assert await send(working) == 1
    assert receiver.got[-1].id == first["eventId"]
    (pending,) = await deliveries(api, endpoint, state="pending")
    assert datetime.fromisoformat(pending["nextAttemptAt"]) == clock.now + timedelta(seconds=DELAYS_S[0])
    clock.go_on(DELAYS_S[0])
    await send(working)
    assert [one["number"] for one in await attempts(api, endpoint, first["id"])] == [1, 2, 3]


async def test_a_test_event_shows_whether_it_receives(pool: Pool, api: httpx.AsyncClient, receiver: Receiver) -> None:
    """Row F10: to that endpoint only, whatever types it is for."""
    endpoint = await registered(api, receiver.url, "budget.exceeded")
    await registered(api, receiver.url + "?other", "budget.exceeded")
    accepted = await api.post(f"{hooks.ROOT}/{endpoint['id']}/test")
    assert accepted.status_code == 202
    assert await send(sender(pool, Clock())) == 1
    (got,) = receiver.got
    payload = Webhook(endpoint["secret"]).verify(got.body, got.headers)
    assert (payload["type"], payload["data"]) == ("webhook.test", {"endpointId": endpoint["id"]})
    (delivery,) = await deliveries(api, endpoint)
    assert (delivery["id"], delivery["state"]) == (accepted.json()["deliveryId"], "delivered")


async def test_both_secrets_sign_until_the_former_is_over(
    pool: Pool, api: httpx.AsyncClient, receiver: Receiver
) -> None:
    """Row F10: a receiver that knows either verifies during the overlap; never more than two sign."""
    endpoint = await registered(api, receiver.url)
    where = f"{hooks.ROOT}/{endpoint['id']}/secret"
    second = (await api.post(where, json={"overlapSeconds": 3600})).json()
    clock = Clock()
    working = sender(pool, clock)
    await consume(pool, told(log.completion("u1")))
    await send(working)
    for secret in (endpoint["secret"], second["secret"]):
        Webhook(secret).verify(receiver.got[0].body, receiver.got[0].headers)
    assert [one["expiresAt"] for one in (await shown(api, endpoint))["secrets"]] == [None, second["formerExpiresAt"]]

    third = (await api.post(where)).json()
    await consume(pool, told(log.completion("u2"), first_offset=50))
    clock.go_on(1)
    await send(working)
    assert len(receiver.got[1].headers["webhook-signature"].split(" ")) == 2
    with pytest.raises(WebhookVerificationError):
        Webhook(endpoint["secret"]).verify(receiver.got[1].body, receiver.got[1].headers)

    clock.go_on(86_400)
    await consume(pool, told(log.completion("u3"), first_offset=90))
    await send(working)
    (signature,) = receiver.got[2].headers["webhook-signature"].split(" ")
    (first,) = receiver.got[1].headers["webhook-signature"].split(" ")[:1]
    Webhook(third["secret"]).verify(receiver.got[1].body, receiver.got[1].headers | {"webhook-signature": first})
    assert signature.startswith("v1,")


async def test_an_answer_that_does_not_come_is_not_waited_for(
    pool: Pool, api: httpx.AsyncClient, receiver: Receiver
) -> None:
    """Row F10: after the time limit it counts as a failure."""
    endpoint = await registered(api, receiver.url)
    receiver.answers = [never()]
    await consume(pool, told(log.completion()))
    await send(sender(pool, Clock(), webhook_timeout_s=0.2))
    (delivery,) = await deliveries(api, endpoint)
    assert (delivery["state"], delivery["lastStatus"]) == ("pending", None)
    assert delivery["lastError"] == "no answer within 0.2 s"


async def test_without_the_key_nothing_is_sent_and_nothing_is_lost(
    pool: Pool, api: httpx.AsyncClient, receiver: Receiver
) -> None:
    """Row F10: a wrong or missing setting counts as no attempt, and is told by the readiness check."""
    endpoint = await registered(api, receiver.url)
    await consume(pool, told(log.completion()))
    clock = Clock()
    for settings in ({"webhook_sealing_secret": None}, {"webhook_sealing_secret": "x" * 43 + "="}):
        wrong: dict[str, Any] = settings
        lacking = sender(pool, clock, **wrong)
        await send(lacking)
        with pytest.raises(Exception, match="WEBHOOK_SEALING_SECRET"):
            await lacking.check()
    (delivery,) = await deliveries(api, endpoint)
    assert (delivery["state"], delivery["attempts"]) == ("pending", 0)
    clock.go_on(60)
    working = sender(pool, clock)
    assert await send(working) == 1
    await working.check()


async def test_a_deleted_receiver_leaves_nothing(pool: Pool, api: httpx.AsyncClient, receiver: Receiver) -> None:
    """Row F10: secrets, deliveries and attempts go with it, also one that is being sent; messages by the sweep."""
    endpoint = await registered(api, receiver.url)
    await consume(pool, told(log.completion()))

    async def deleting(_: Any) -> Any:
        assert (await api.delete(f"{hooks.ROOT}/{endpoint['id']}")).status_code == 204
        return await saying(200)(_)

    receiver.answers = [deleting]
    await send(sender(pool, Clock()))
    for table in ("endpoints", "secrets", "deliveries", "attempts"):
        assert await pool.fetchval(f"SELECT count(*) FROM webhook_{table}") == 0, table
    assert (await api.get(f"{hooks.ROOT}/{endpoint['id']}")).status_code == 404
