"""Webhooks: signed, retried, and on request late, twice, reversed, held or never."""

import hashlib
import hmac
import json
import time
from itertools import pairwise
from pathlib import Path

import pytest

from mux_sim.testing import Simulator, running_simulator
from tests.mux_sim.conftest import Receiver, ask_node


async def test_the_body_is_signed_as_sent(mux: Simulator, receiver: Receiver) -> None:
    """The header's v1 is the HMAC over its t, a dot and the very bytes of the body."""
    await mux.set_webhook(receiver.url)
    await mux.create_upload()
    await receiver.wait_for(1)
    signature, body = receiver.received[0]
    parts = dict(part.split("=") for part in signature.split(","))
    expected = hmac.new(mux.webhook_secret.encode(), parts["t"].encode() + b"." + body, hashlib.sha256).hexdigest()
    assert parts["v1"] == expected
    assert abs(time.time() - int(parts["t"])) < 5


async def test_the_envelope_is_that_of_a_real_one(mux: Simulator, receiver: Receiver) -> None:
    """The keys come as in a captured webhook, and the object and data ids agree."""
    await mux.set_webhook(receiver.url)
    upload = await mux.create_upload(playback_policy=["public"], passthrough="hello world")
    await receiver.wait_for(1)
    event = receiver.events()[0]
    captured = "type request_id object id environment data created_at attempts accessor_source accessor"
    assert list(event) == captured.split()
    assert event["type"] == "video.upload.created"
    assert event["object"] == {"type": "upload", "id": upload["id"]}
    assert event["data"]["id"] == upload["id"]
    assert event["data"]["new_asset_settings"]["playback_policies"] == ["public"]
    assert event["data"]["new_asset_settings"]["passthrough"] == "hello world"


async def test_a_clip_is_announced_in_order(mux: Simulator, receiver: Receiver, clip: Path) -> None:
    """From the upload to the ready asset each step is announced; `created_at` is a number there, text in REST."""
    await mux.set_webhook(receiver.url)
    asset = await mux.ready_asset(clip, passthrough="lesson-1")
    await receiver.wait_for(4)
    assert receiver.types() == [
        "video.upload.created",
        "video.upload.asset_created",
        "video.asset.created",
        "video.asset.ready",
    ]
    _, linked, created, ready = (event["data"] for event in receiver.events())
    assert linked["asset_id"] == asset["id"]
    assert created["status"] == "preparing"
    assert created["playback_ids"] == asset["playback_ids"]
    assert ready == asset | {"created_at": int(asset["created_at"])}
    assert ready["upload_id"] == linked["id"]
    assert ready["passthrough"] == "lesson-1"


async def test_failures_are_retried_and_told(mux: Simulator, receiver: Receiver) -> None:
    """A refused webhook comes again with the same id, carrying the failures so far, until it is accepted."""
    receiver.statuses = [500, 403]
    await mux.set_webhook(receiver.url)
    await mux.create_upload()
    event = await mux.wait_delivered("video.upload.created")
    first, second, third = receiver.events()
    assert first["id"] == second["id"] == third["id"] == event["id"]
    assert [len(item["attempts"]) for item in (first, second, third)] == [0, 1, 2]
    assert [item["response_status_code"] for item in third["attempts"]] == [500, 403]
    assert third["attempts"][0]["address"] == receiver.url


async def test_retries_wait_longer_each_time(receiver: Receiver) -> None:
    """The pauses between attempts grow."""
    receiver.status = 503
    async with running_simulator(webhook_retry_base=0.05, webhook_max_attempts=4) as mux:
        await mux.set_webhook(receiver.url)
        await mux.create_upload()
        await receiver.wait_for(4)
        attempts = [item["created_at"] for item in (await mux.events())[0]["deliveries"][0]["attempts"]]
    times = [float(text[17:-1]) % 60 for text in attempts]
    pauses = [(later - earlier) % 60 for earlier, later in pairwise(times)]
    assert pauses == sorted(pauses)
    assert pauses[-1] > 2 * pauses[0] * 0.9


async def test_a_slow_receiver_is_a_failed_attempt(receiver: Receiver) -> None:
    """An answer later than the timeout doesn't count, and the webhook comes again."""
    receiver.delay = 0.4
    async with running_simulator(webhook_timeout=0.1, webhook_max_attempts=2) as mux:
        await mux.set_webhook(receiver.url)
        await mux.create_upload()
        await receiver.wait_for(2)
    assert "response_status_code" not in receiver.events()[1]["attempts"][0]


async def test_twice(mux: Simulator, receiver: Receiver) -> None:
    """Each event comes two times with one id."""
    await mux.set_webhook(receiver.url)
    await mux.webhook_mode("twice")
    await mux.create_upload()
    await receiver.wait_for(2)
    first, second = receiver.events()
    assert first["id"] == second["id"]


async def test_late(mux: Simulator, receiver: Receiver) -> None:
    """An event leaves only after the delay."""
    await mux.set_webhook(receiver.url)
    await mux.webhook_mode("late", seconds=0.3)
    began = time.monotonic()
    await mux.create_upload()
    await receiver.wait_for(1)
    assert time.monotonic() - began >= 0.3


async def test_reversed(mux: Simulator, receiver: Receiver) -> None:
    """What happens within the window comes last first."""
    await mux.set_webhook(receiver.url)
    await mux.webhook_mode("reversed", seconds=0.3)
    uploads = [await mux.create_upload() for _ in range(3)]
    await receiver.wait_for(3)
    assert [event["data"]["id"] for event in receiver.events()] == [upload["id"] for upload in uploads][::-1]


async def test_held_until_released(mux: Simulator, receiver: Receiver) -> None:
    """Held events wait for the release, which sends them in the order asked for and returns when they were tried."""
    await mux.set_webhook(receiver.url)
    await mux.webhook_mode("held")
    uploads = [await mux.create_upload() for _ in range(3)]
    assert receiver.received == []
    released = await mux.release("reversed")
    assert [event["data"]["id"] for event in receiver.events()] == [upload["id"] for upload in uploads][::-1]
    assert released == [event["id"] for event in receiver.events()]


async def test_never_but_redelivered(mux: Simulator, receiver: Receiver) -> None:
    """A dropped event is on record and can be sent after all."""
    await mux.set_webhook(receiver.url)
    await mux.webhook_mode("never", types=["video.upload.created"])
    await mux.create_upload()
    event = await mux.wait_for_event("video.upload.created")
    assert event["deliveries"][0]["state"] == "dropped"
    assert receiver.received == []
    redelivered = await mux.redeliver(event["id"])
    assert [delivery["state"] for delivery in redelivered] == ["delivered"]
    assert [item["id"] for item in receiver.events()] == [event["id"]]


async def test_a_mode_for_some_types_leaves_the_rest_alone(mux: Simulator, receiver: Receiver, clip: Path) -> None:
    """With `asset.ready` held the other events come."""
    await mux.set_webhook(receiver.url)
    await mux.webhook_mode("held", types=["video.asset.ready"])
    await mux.ready_asset(clip)
    await mux.wait_for_event("video.asset.ready")
    await receiver.wait_for(3)
    assert "video.asset.ready" not in receiver.types()
    await mux.release()
    assert receiver.types()[-1] == "video.asset.ready"


async def test_every_endpoint_gets_every_event(mux: Simulator, receiver: Receiver) -> None:
    """Two endpoints have two secrets and both hear of everything."""
    await mux.set_webhook(receiver.url)
    await mux.set_webhook(receiver.url, "another secret", endpoint="second")
    await mux.create_upload()
    await receiver.wait_for(2)
    signatures = {signature.split("v1=")[1] for signature, _ in receiver.received}
    assert len(signatures) == 2


async def test_muxs_own_library_unwraps_ours(mux: Simulator, receiver: Receiver, judges: Path) -> None:
    """mux-node accepts our signature and our body, and refuses both when one byte differs."""
    await mux.set_webhook(receiver.url)
    await mux.create_upload(passthrough="Grüße aus Köln")
    await receiver.wait_for(1)
    signature, body = receiver.received[0]
    question = {"body": body.decode(), "signature": signature, "secret": mux.webhook_secret}
    assert ask_node(judges, "unwrap.mjs", question) == {"accepted": True, "type": "video.upload.created"}
    forged = question | {"body": json.dumps(json.loads(body) | {"id": "forged"})}
    assert ask_node(judges, "unwrap.mjs", forged)["accepted"] is False


async def test_the_control_api_refuses_unknown_modes(mux: Simulator) -> None:
    """A mode that doesn't exist is a 400, not silence."""
    with pytest.raises(AssertionError, match="400"):
        await mux.webhook_mode("sometimes")  # type: ignore[arg-type]
