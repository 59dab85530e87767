"""Webhooks: believed when signed, applied once, in any order, kept when they come too early."""

import asyncio
import itertools
import json
from collections.abc import Sequence
from uuid import uuid4

import pytest

from tests.databases import Database, Postgres
from tests.upload.conftest import OLD_SECRET, Json, Service, asset_event, upload_event


def story(upload_id: str, asset_id: str = "asset-1") -> list[Json]:
    """What Mux tells of an upload that goes well."""
    return [
        upload_event("created", upload_id),
        upload_event("asset_created", upload_id, asset_id=asset_id),
        asset_event("created", asset_id, upload_id),
        asset_event("ready", asset_id, upload_id),
    ]


async def states(service: Service) -> dict[str, str]:
    return {row["type"]: row["state"] for row in await service.rows("SELECT type, state FROM mux_events")}


async def test_a_signed_event_moves_the_lesson(service: Service) -> None:
    """asset_created makes it processing, ready makes it ready with playback id, policy and duration."""
    lesson_id = await service.make_lesson()
    upload_id = (await service.upload_url(lesson_id))["muxUploadId"]
    created, asset_created, _, ready = story(upload_id)
    await service.delivered(created)
    assert (await service.lesson(lesson_id))["processingStatus"] == "pending"
    await service.delivered(asset_created)
    assert (await service.lesson(lesson_id))["processingStatus"] == "processing"
    await service.delivered(ready)
    lesson = await service.lesson(lesson_id)
    assert lesson["processingStatus"] == "ready"
    assert lesson["duration"] == 30.5
    assert (lesson["muxAssetId"], lesson["muxPlaybackId"]) == ("asset-1", "play-asset-1")
    row = (await service.rows("SELECT * FROM lessons WHERE id = $1", lesson_id))[0]
    assert (row["video_provider"], row["mux_asset_id"], row["mux_playback_id"]) == ("mux", "asset-1", "play-asset-1")
    assert (row["processing_status"], row["duration"], row["playback_policy"]) == ("ready", 30.5, "signed")


@pytest.mark.parametrize("body", [b"", b"{", b'{"id":"e"}', b"\xff\x00"])
async def test_a_forged_webhook_is_refused_before_anything_else(
    service: Service, body: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """401, whatever the body: nothing is parsed, no connection is taken, nothing is kept."""

    def never(*_: object) -> None:
        raise AssertionError("a forged webhook reached the database")

    with monkeypatch.context() as patched:
        patched.setattr("upload_service.receiving.transaction", never)
        patched.setattr("upload_service.changes.MuxEvent.of", never)
        response = await service.webhook(body, secret="guessed")
        unsigned = await service.http.post("/api/videos/mux/webhook", content=body)
    for refused in (response, unsigned):
        assert refused.status_code == 401
        assert refused.json()["type"] == "urn:seatime:problem:forged-webhook"
        assert refused.headers["content-type"] == "application/problem+json"
    assert await states(service) == {}


async def test_only_the_very_bytes_that_were_signed_count(service: Service) -> None:
    """The same JSON with another spacing is another body."""
    event = upload_event("created", "u")
    signed = json.dumps(event).encode()
    response = await service.webhook(signed)
    header = response.request.headers["mux-signature"]
    tampered = json.dumps(event, indent=1).encode()
    refused = await service.http.post("/api/videos/mux/webhook", content=tampered, headers={"Mux-Signature": header})
    assert (response.status_code, refused.status_code) == (200, 401)


async def test_an_old_signature_is_refused_and_an_old_secret_is_not(service: Service) -> None:
    """Five minutes are the limit; the secret that is being rotated out still counts."""
    event = upload_event("created", "u")
    assert (await service.webhook(event, age_s=310)).status_code == 401
    assert (await service.webhook(event, age_s=-310)).status_code == 401
    assert (await service.webhook(event, age_s=290, secret=OLD_SECRET)).status_code == 200


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'{"type":"video.asset.ready","data":{}}',
        b'{"id":"e","type":"video.asset.ready"}',
        b'{"id":"e","type":"video.asset.ready","data":[]}',
        b'{"id":7,"type":"video.asset.ready","data":{}}',
        b'{"id":"","type":"video.asset.ready","data":{}}',
        b'{"id":"\\u0000","type":"video.asset.ready","data":{}}',
        b'{"id":"\\ud800","type":"x","data":{}}',
        b'{"id":"e","type":"x","data":{"a":"\xff"}}',
        b"[" * 10_000,
    ],
)
async def test_a_signed_body_that_is_no_event_is_a_bad_request(service: Service, body: bytes) -> None:
    """400 with a problem, and nothing is kept."""
    response = await service.webhook(body)
    assert response.status_code == 400
    assert response.json()["type"] == "urn:seatime:problem:not-an-event"
    assert await states(service) == {}


async def test_a_repeated_event_has_no_second_effect(service: Service) -> None:
    """The same answer, one row, one announcement, however often and however concurrently it comes."""
    lesson_id = await service.make_lesson()
    upload_id = (await service.upload_url(lesson_id))["muxUploadId"]
    ready = asset_event("ready", "asset-1", upload_id)
    responses = await asyncio.gather(*(service.webhook(ready) for _ in range(8)))
    assert {response.status_code for response in responses} == {200}
    assert {response.json()["received"] for response in responses} == {True}
    await service.delivered(ready)
    assert await states(service) == {"video.asset.ready": "applied"}
    assert (await service.topics(lesson_id)).count("asset.ready") == 1


async def test_an_event_with_a_new_id_that_tells_nothing_new_announces_nothing(service: Service) -> None:
    """Mux may tell a state twice under two ids; the lesson's version stays."""
    lesson_id = await service.make_lesson()
    upload_id = (await service.upload_url(lesson_id))["muxUploadId"]
    await service.delivered(asset_event("ready", "asset-1", upload_id))
    before = await service.outbox(lesson_id)
    await service.delivered(asset_event("ready", "asset-1", upload_id))
    assert await service.outbox(lesson_id) == before


@pytest.mark.parametrize("order", list(itertools.permutations(range(4)))[::5])
async def test_order_does_not_matter(service: Service, order: Sequence[int]) -> None:
    """Whatever comes first, the lesson ends ready and is announced as ready once."""
    lesson_id = await service.make_lesson()
    upload_id = (await service.upload_url(lesson_id))["muxUploadId"]
    events = story(upload_id)
    for number in order:
        await service.delivered(events[number])
    assert (await service.lesson(lesson_id))["processingStatus"] == "ready"
    assert (await service.topics(lesson_id)).count("asset.ready") == 1
    last = (await service.outbox(lesson_id))[-1]
    versions = [event["version"] for event in await service.outbox(lesson_id)]
    assert versions == sorted(versions)
    assert last["version"] == (await service.lesson(lesson_id))["version"]


async def test_events_of_one_lesson_at_once_lose_nothing(service: Service) -> None:
    """Concurrent deliveries for one lesson take turns."""
    lesson_id = await service.make_lesson()
    upload_id = (await service.upload_url(lesson_id))["muxUploadId"]
    await asyncio.gather(*(service.delivered(event) for event in story(upload_id)))
    assert (await service.lesson(lesson_id))["processingStatus"] == "ready"


async def test_an_older_asset_does_not_push_a_newer_one_aside(service: Service) -> None:
    """The replaced video becomes ready late: the lesson keeps the new one, and nothing is announced."""
    lesson_id = await service.make_lesson()
    old = (await service.upload_url(lesson_id))["muxUploadId"]
    new = (await service.upload_url(lesson_id))["muxUploadId"]
    await service.delivered(asset_event("ready", "new", new))
    before = await service.outbox(lesson_id)
    for event in (asset_event("ready", "old", old), asset_event("errored", "old", old)):
        await service.delivered(event)
    assert (await service.lesson(lesson_id))["muxAssetId"] == "new"
    assert await service.outbox(lesson_id) == before


async def test_a_failed_video_shows_its_reason(service: Service) -> None:
    """The author reads Mux's words, the others learn of it, and a later upload clears it."""
    lesson_id = await service.make_lesson()
    upload = await service.upload_url(lesson_id)
    errors = {"type": "invalid_input", "messages": ["The input file is not a valid video file."]}
    await service.delivered(asset_event("errored", "asset-1", upload["muxUploadId"], errors=errors))
    lesson = await service.lesson(lesson_id)
    assert lesson["processingStatus"] == "error"
    assert lesson["error"] == "The input file is not a valid video file."
    status = await service.must("GET", f"/api/uploads/{upload['uploadId']}")
    assert (status["status"], status["error"]) == ("errored", lesson["error"])
    errored = (await service.outbox(lesson_id))[-1]
    assert (errored["topic"], errored["reason"], errored["asset_id"]) == ("asset.errored", lesson["error"], "asset-1")
    await service.upload_url(lesson_id)
    again = await service.lesson(lesson_id)
    assert (again["processingStatus"], again["error"]) == ("pending", None)


@pytest.mark.parametrize("what", ["cancelled", "errored"])
async def test_an_upload_that_came_to_nothing_is_an_error(service: Service, what: str) -> None:
    """Cancelled and failed uploads end as an error with a reason."""
    lesson_id = await service.make_lesson()
    upload_id = (await service.upload_url(lesson_id))["muxUploadId"]
    await service.delivered(upload_event(what, upload_id))
    lesson = await service.lesson(lesson_id)
    assert lesson["processingStatus"] == "error"
    assert lesson["error"]


async def test_a_deleted_asset_takes_the_video_away(service: Service) -> None:
    """Deleted at Mux: the lesson is pending again, without a video, also when ready comes only afterwards."""
    lesson_id = await service.make_lesson()
    upload_id = (await service.upload_url(lesson_id))["muxUploadId"]
    await service.delivered(asset_event("ready", "asset-1", upload_id))
    await service.delivered(asset_event("deleted", "asset-1", upload_id))
    await service.delivered(asset_event("ready", "asset-1", upload_id))
    lesson = await service.lesson(lesson_id)
    assert (lesson["processingStatus"], lesson["muxPlaybackId"], lesson["duration"]) == ("pending", None, None)
    changed, deleted = (await service.outbox(lesson_id))[-2:]
    assert (changed["topic"], changed["video"]) == ("lesson.changed", None)
    assert (deleted["topic"], deleted["asset_id"]) == ("asset.deleted", "asset-1")


async def test_what_we_do_not_act_on_is_kept(service: Service) -> None:
    """Unknown types get a 200 and a row with the body as it was signed, byte for byte."""
    body = b'{ "type":"video.something.new","id":"e-1","data":{"x":"\\u0000"} }'
    assert (await service.webhook(body)).status_code == 200
    rows = await service.rows("SELECT state, payload FROM mux_events WHERE id = 'e-1'")
    assert (rows[0]["state"], rows[0]["payload"].encode()) == ("ignored", body)


async def test_an_event_before_its_lesson_is_parked_and_applied_when_the_lesson_comes(service: Service) -> None:
    """Restored from elsewhere: the events of our upload wait for the lesson, which is then ready at once."""
    lesson_id, ours = f"lesson-{uuid4().hex[:8]}", str(uuid4())
    marks = {"passthrough": lesson_id, "meta": {"external_id": ours}}
    await service.delivered(upload_event("asset_created", "u-9", asset_id="a-9", new_asset_settings=marks))
    await service.delivered(asset_event("ready", "a-9", "u-9", **marks))
    assert set((await states(service)).values()) == {"parked"}
    await service.must("PUT", "/api/courses/c-9", json={"title": "Course"})
    lesson = await service.must("PUT", f"/api/courses/c-9/lessons/{lesson_id}", json={"title": "Lesson"})
    assert (lesson["processingStatus"], lesson["muxAssetId"]) == ("ready", "a-9")
    assert set((await states(service)).values()) == {"applied"}
    assert await service.topics(lesson_id) == ["lesson.changed", "lesson.changed", "lesson.changed", "asset.ready"]


async def test_an_event_that_overtakes_our_commit_finds_its_upload(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Mux tells of an upload before its row exists: the event makes the row, and our commit finds it."""
    lesson_id = await service.make_lesson()
    create = service.http._transport.app.state.mux.create_upload  # type: ignore[attr-defined]

    async def overtaken(**options: str) -> object:
        made = await create(**options)
        marks = {"passthrough": lesson_id, "meta": {"external_id": options["external_id"]}}
        await service.delivered(asset_event("ready", "fast", made.id, **marks))
        return made

    monkeypatch.setattr(service.http._transport.app.state.mux, "create_upload", overtaken)  # type: ignore[attr-defined]
    made = await service.upload_url(lesson_id)
    lesson = await service.lesson(lesson_id)
    assert (lesson["processingStatus"], lesson["muxAssetId"]) == ("ready", "fast")
    assert lesson["upload"]["id"] == made["uploadId"]
    assert len(await service.rows("SELECT FROM uploads WHERE lesson_id = $1", lesson_id)) == 1


async def test_an_upload_whose_commit_never_came_is_adopted(service: Service) -> None:
    """Mux made it, we died: its first event brings it in, once, in the place of its age."""
    lesson_id = await service.make_lesson()
    newer = (await service.upload_url(lesson_id))["muxUploadId"]
    marks = {"passthrough": lesson_id, "meta": {"external_id": "018f0000-0000-7000-8000-000000000001"}}
    await service.delivered(asset_event("created", "lost", "u-lost", **marks))
    await service.delivered(asset_event("ready", "lost", "u-lost", **marks))
    assert (await service.lesson(lesson_id))["muxAssetId"] == "lost"
    await service.delivered(asset_event("ready", "newer", newer))
    assert (await service.lesson(lesson_id))["muxAssetId"] == "newer"


async def test_an_event_of_somebody_elses_asset_stays_parked(service: Service) -> None:
    """Nothing is adopted that does not carry our mark, even if its passthrough looks like a lesson of ours."""
    lesson_id = await service.make_lesson()
    await service.delivered(asset_event("ready", "foreign", "u-foreign", passthrough=lesson_id))
    assert await states(service) == {"video.asset.ready": "parked"}
    assert (await service.lesson(lesson_id))["processingStatus"] == "pending"


async def test_a_body_that_is_too_large_is_refused(service: Service) -> None:
    """More than a megabyte is not a webhook."""
    response = await service.webhook(b"x" * (2 << 20))
    assert response.status_code == 413


CRASH = """
CREATE FUNCTION crash() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NEW; END $$
"""


async def test_the_answer_follows_the_commit(service: Service, database: Database, postgres: Postgres) -> None:
    """The connection dies within the transaction: no 200 and no trace, so that Mux's next delivery is applied."""
    lesson_id = await service.make_lesson()
    ready = asset_event("ready", "asset-1", (await service.upload_url(lesson_id))["muxUploadId"])
    trigger = "CREATE TRIGGER crash BEFORE INSERT ON outbox FOR EACH ROW EXECUTE FUNCTION crash()"
    postgres.sql(CRASH, trigger, url=database.owner_url)
    response = await service.webhook(ready)
    assert response.status_code == 503
    assert "retry-after" in response.headers
    assert await states(service) == {}
    postgres.sql("DROP TRIGGER crash ON outbox", url=database.owner_url)
    await service.delivered(ready)
    assert (await service.lesson(lesson_id))["processingStatus"] == "ready"


async def test_the_lane_answers_as_the_route_does(service: Service) -> None:
    """Past the framework or through it: the same status, body and headers, for good, forged and unreadable ones."""
    from fastapi.routing import APIRoute

    from servicekit.lane import Lane

    api = service.http._transport.app  # type: ignore[attr-defined]
    lanes = [middleware for middleware in api.user_middleware if middleware.cls is Lane]
    assert [lane.kwargs["route"].path for lane in lanes] == ["/api/videos/mux/webhook"]
    assert isinstance(lanes[0].kwargs["route"], APIRoute)

    async def answers() -> list[tuple[int, bytes, dict[str, str]]]:
        good = await service.webhook(upload_event("created", "u"))
        forged = await service.webhook(upload_event("created", "u"), secret="guessed")
        unreadable = await service.webhook(b"{")
        large = await service.http.post("/api/videos/mux/webhook", content=b"x" * ((1 << 20) + 1))
        got = await service.http.get("/api/videos/mux/webhook")
        return [
            (answer.status_code, answer.content, {**answer.headers, "x-request-id": ""})
            for answer in (good, forged, unreadable, large, got)
        ]

    with_lane = await answers()
    api.user_middleware = [middleware for middleware in api.user_middleware if middleware.cls is not Lane]
    api.middleware_stack = api.build_middleware_stack()
    assert [status for status, _, _ in with_lane] == [200, 401, 400, 413, 405]
    assert await answers() == with_lane
