"""Mux is away and an author has a video (A4): it goes to S3, is looked at, and the lesson plays it from there."""

import asyncio
from typing import Any

import httpx
import pytest

from contracts import LessonChanged
from mux_sim.testing import Simulator
from tests.infra import S3
from tests.upload.conftest import LEARNER, OTHER, OWNER, Json, Service
from tests.upload.stored import storage_of, with_storage
from upload_service.clearing import Clearing
from upload_service.errors import ObjectNotFound
from upload_service.settings import Settings
from upload_service.storage_connection import NoStorage

MP4 = b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom" + bytes(5000)
DOWN: Json = {"path": "/video/v1/uploads", "status": 503, "times": None}


@pytest.fixture
def settings(settings: Settings, s3: S3) -> Settings:
    return with_storage(settings, s3).model_copy(update={"mux_read_timeout_s": 3})


async def place(service: Service, lesson_id: str, size: int = len(MP4), user: str = OWNER) -> httpx.Response:
    body = {"filename": "lecture.mp4", "contentType": "video/mp4", "size": size, "lessonId": lesson_id}
    return await service.ask("POST", "/api/uploads", user, json=body)


async def send(placed: Json, body: bytes = MP4) -> httpx.Response:
    """What a browser does with the answer."""
    async with httpx.AsyncClient(timeout=60) as http:
        return await http.request(placed["method"], placed["uploadUrl"], headers=placed["headers"], content=body)


async def placed_in_s3(service: Service, lesson_id: str, size: int = len(MP4)) -> Json:
    response = await place(service, lesson_id, size)
    assert response.status_code == 201, response.text
    answer: Json = response.json()
    assert (answer["provider"], answer["method"]) == ("s3", "PUT")
    return answer


def complete(placed: Json) -> tuple[str, str]:
    return "POST", f"/api/uploads/{placed['uploadId']}/complete"


async def key_of(service: Service, placed: Json) -> str:
    (row,) = await service.rows("SELECT s3_key FROM uploads WHERE id = $1", placed["uploadId"])
    key: str = row["s3_key"]
    return key


async def test_an_author_uploads_while_mux_is_away(service: Service) -> None:
    """Placed, sent, completed: the lesson is ready from S3 and the world is told the key; Mux saw nothing of it."""
    lesson_id = await service.make_lesson()
    await service.mux.fault(**DOWN)
    placed = await placed_in_s3(service, lesson_id)
    assert (await service.lesson(lesson_id))["processingStatus"] == "pending"
    assert (await send(placed)).status_code == 200
    done = await service.must(*complete(placed))
    assert (done["status"], done["provider"], done["error"]) == ("ready", "s3", None)
    lesson = await service.lesson(lesson_id)
    key = await key_of(service, placed)
    assert (lesson["processingStatus"], lesson["videoProvider"]) == ("ready", "s3")
    assert lesson["videoUrl"] == storage_of(service).address(key)
    events = [event for event in await service.outbox(lesson_id) if event["topic"] == "lesson.changed"]
    video = LessonChanged.model_validate(events[-1]).video
    assert video is not None
    assert (video.provider, video.s3_key) == ("s3", key)
    assert await service.mux.uploads() == []
    announced = len(events)
    assert await service.must(*complete(placed)) == done
    assert len([e for e in await service.outbox(lesson_id) if e["topic"] == "lesson.changed"]) == announced


@pytest.mark.parametrize(
    "fault", [{"status": 500}, {"status": 429, "retry_after": 60}, {"drop": "before"}, {"delay": 30}], ids=str
)
async def test_every_kind_of_absence_counts(service: Service, fault: Json) -> None:
    """Failing, asking for time, cut off, silent; and when Mux is back, videos go there again."""
    lesson_id = await service.make_lesson()
    await service.mux.fault(path="/video/v1/uploads", **fault)
    await placed_in_s3(service, lesson_id)
    assert (await place(service, lesson_id)).json()["provider"] == "mux"


async def test_an_open_circuit_falls_back_at_once(service: Service) -> None:
    """Mux is asked five times by seven authors, and each of them can upload."""
    lesson_id = await service.make_lesson()
    await service.mux.fault(**DOWN)
    for _ in range(7):
        await placed_in_s3(service, lesson_id)
    assert [fault["hits"] for fault in await service.mux.faults()] == [5]


@pytest.mark.parametrize(("status", "expected"), [(401, "mux-unauthorized"), (400, "mux-refused")])
async def test_a_mux_that_says_no_is_not_away(service: Service, status: int, expected: str) -> None:
    """What an operator has to mend, or Mux refuses, would be hidden by a fallback."""
    lesson_id = await service.make_lesson()
    await service.mux.fault(path="/video/v1/uploads", status=status)
    response = await place(service, lesson_id)
    assert response.json()["type"] == f"urn:seatime:problem:{expected}"
    assert await service.rows("SELECT FROM uploads") == []


async def test_what_s3_cannot_take_waits_for_mux(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    """A deployment without S3: the 503 of before, with its Retry-After."""
    lesson_id = await service.make_lesson()
    await service.mux.fault(**DOWN)
    state = service.http._transport.app.state  # type: ignore[attr-defined]
    with monkeypatch.context() as patched:
        patched.setattr(state, "storage", NoStorage("S3_ACCESS_KEY_ID"))
        response = await place(service, lesson_id)
    assert response.status_code == 503
    assert response.json()["type"] == "urn:seatime:problem:mux-unavailable"
    assert int(response.headers["retry-after"]) > 0
    assert await service.rows("SELECT FROM uploads") == []


@pytest.mark.parametrize("body", [b"#!/bin/sh\n" + b"x" * 90, b"\x89PNG\r\n\x1a\n" + bytes(92)])
async def test_what_is_no_video_is_refused_and_removed(service: Service, body: bytes) -> None:
    """S3 would have kept it: the author reads why, and the sweep removes the object."""
    lesson_id = await service.make_lesson()
    await service.mux.fault(**DOWN)
    placed = await placed_in_s3(service, lesson_id, len(body))
    assert (await send(placed, body)).status_code == 200
    done = await service.must(*complete(placed))
    assert (done["status"], done["error"]) == ("failed", "its first bytes are not those of a video")
    assert await service.must(*complete(placed)) == done
    assert (await service.lesson(lesson_id))["processingStatus"] != "ready"
    key = await key_of(service, placed)
    await Clearing(service.pool, storage_of(service), service.settings).turn()
    with pytest.raises(ObjectNotFound):
        await storage_of(service).head(key)


async def test_the_address_takes_what_was_declared_once(service: Service) -> None:
    """Nobody can put something else in its place after the look."""
    lesson_id = await service.make_lesson()
    await service.mux.fault(**DOWN)
    placed = await placed_in_s3(service, lesson_id)
    assert (await send(placed, MP4 + b"more")).status_code >= 400
    assert (await send(placed)).status_code == 200
    await service.must(*complete(placed))
    assert (await send(placed)).status_code >= 400


async def test_only_its_author_completes_what_is_there(service: Service) -> None:
    """409 before the bytes are there and for an upload that goes to Mux, 403 for others, 404 for none."""
    lesson_id = await service.make_lesson()
    with_mux = await service.upload_url(lesson_id)
    assert (await service.ask(*complete(with_mux))).status_code == 409
    await service.mux.fault(**DOWN)
    placed = await placed_in_s3(service, lesson_id)
    assert (await service.ask(*complete(placed))).status_code == 409
    for user in (OTHER, LEARNER):
        assert (await service.ask(*complete(placed), user)).status_code == 403
        assert (await place(service, lesson_id, user=user)).status_code == 403
    nobody: dict[str, Any] = {"uploadId": "018f0000-0000-7000-8000-000000000001"}
    assert (await service.ask(*complete(nobody))).status_code == 404


async def test_two_who_complete_at_once_agree(service: Service, mux: Simulator) -> None:
    """One announcement."""
    lesson_id = await service.make_lesson()
    await mux.fault(**DOWN)
    placed = await placed_in_s3(service, lesson_id)
    await send(placed)
    answers = await asyncio.gather(*(service.must(*complete(placed)) for _ in range(4)))
    assert {answer["status"] for answer in answers} == {"ready"}
    assert (await service.topics(lesson_id)).count("asset.ready") == 1
