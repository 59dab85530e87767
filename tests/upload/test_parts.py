"""Mux is away and an author has a large video (A2, A4): it goes to S3 in parts, and goes on where it stopped."""

import asyncio
from typing import Any

import httpx
import pytest
from aiohttp import web

from tests.infra import S3
from tests.upload.conftest import LEARNER, OTHER, OWNER, Json, Service
from tests.upload.stored import storage_of, with_storage
from upload_service.clearing import Clearing
from upload_service.errors import ObjectNotFound
from upload_service.settings import Settings
from upload_service.storage_connection import connect, needed
from upload_service.stored import PartSeen

PART = 5 << 20
MOVIE = b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom" + bytes(range(256)) * (12 << 12)
DOWN: Json = {"path": "/video/v1/uploads", "status": 503, "times": None}


@pytest.fixture
def settings(settings: Settings, s3: S3) -> Settings:
    sizes = {"upload_one_piece_bytes": 1 << 20, "upload_part_bytes": PART}
    return with_storage(settings, s3).model_copy(update={"mux_read_timeout_s": 3, **sizes})


async def placed_in_parts(service: Service, body: bytes = MOVIE) -> Json:
    """A video that is to go to S3 in parts, with its lesson's id as `lessonId`."""
    lesson_id = await service.make_lesson()
    await service.mux.fault(**DOWN)
    asked = {"filename": "lecture.mp4", "contentType": "video/mp4", "size": len(body), "lessonId": lesson_id}
    placed = await service.must("POST", "/api/uploads", json=asked)
    assert (placed["provider"], placed["uploadUrl"], placed["partSize"]) == ("s3", None, PART)
    assert placed["parts"] == -(-len(body) // PART)
    return placed | {"lessonId": lesson_id}


def of(placed: Json, what: str = "") -> str:
    return f"/api/uploads/{placed['uploadId']}{what}"


async def send(service: Service, placed: Json, *numbers: int, body: bytes = MOVIE) -> None:
    """What a browser does: ask for the addresses, and put each part at its own."""
    signed = await service.must("POST", of(placed, "/parts"), json={"numbers": list(numbers)})
    assert [part["number"] for part in signed["parts"]] == list(numbers)
    async with httpx.AsyncClient(timeout=60) as http:
        for part in signed["parts"]:
            at = (part["number"] - 1) * PART
            piece = body[at : at + PART]
            assert part["size"] == len(piece)
            answer = await http.request(part["method"], part["url"], headers=part["headers"], content=piece)
            assert answer.status_code == 200, answer.text


async def arrived(service: Service, placed: Json) -> list[int]:
    view = await service.must("GET", of(placed, "/parts"))
    assert (view["size"], view["count"]) == (len(MOVIE), placed["parts"])
    return [part["number"] for part in view["parts"]]


async def key_of(service: Service, placed: Json) -> str:
    (row,) = await service.rows("SELECT s3_key FROM uploads WHERE id = $1", placed["uploadId"])
    key: str = row["s3_key"]
    return key


async def sweep(service: Service, **settings: Any) -> None:
    await Clearing(service.pool, storage_of(service), service.settings.model_copy(update=settings)).turn()


async def nothing_is_left(service: Service, key: str) -> bool:
    """No object, and no parts of one."""
    try:
        await storage_of(service).head(key)
    except ObjectNotFound:
        return await storage_of(service).multiparts(key) == []
    return False


async def test_what_is_there_is_not_sent_again(service: Service) -> None:
    """Row A2: two of three parts, then a pause; only the missing one is sent, and the lesson plays the very bytes."""
    placed = await placed_in_parts(service)
    assert placed["parts"] == 3
    await send(service, placed, 3, 1)
    assert await arrived(service, placed) == [1, 3]
    early = await service.ask("POST", of(placed, "/complete"))
    assert early.status_code == 409
    assert early.json()["type"] == "urn:seatime:problem:parts-missing"
    assert (early.json()["missing"], early.json()["missingCount"]) == ([2], 1)
    await send(service, placed, 2)
    done = await service.must("POST", of(placed, "/complete"))
    assert (done["status"], done["provider"], done["error"]) == ("ready", "s3", None)
    assert await service.must("POST", of(placed, "/complete")) == done
    assert (await service.lesson(placed["lessonId"]))["processingStatus"] == "ready"
    key = await key_of(service, placed)
    assert await storage_of(service).read(key, length=len(MOVIE) + 1) == MOVIE
    assert (await storage_of(service).head(key)).content_type == "video/mp4"
    assert (await service.topics(placed["lessonId"])).count("asset.ready") == 1
    assert await storage_of(service).multiparts(key) == []


async def test_a_part_of_another_length_is_not_taken(service: Service) -> None:
    """The length is part of what is signed; a part sent twice counts once, as it came last."""
    placed = await placed_in_parts(service)
    signed = await service.must("POST", of(placed, "/parts"), json={"numbers": [3]})
    (last,) = signed["parts"]
    async with httpx.AsyncClient(timeout=60) as http:
        assert (await http.put(last["url"], content=b"short")).status_code == 403
        assert await arrived(service, placed) == []
        for fill in (b"a", b"b"):
            assert (await http.put(last["url"], content=fill * last["size"])).status_code == 200
    assert await arrived(service, placed) == [3]
    assert (await service.ask("POST", of(placed, "/parts"), json={"numbers": [4]})).status_code == 409
    for wrong in ([], [0], [10_001], ["x"], list(range(1, 102))):
        assert (await service.ask("POST", of(placed, "/parts"), json={"numbers": wrong})).status_code == 422


async def test_a_process_that_died_after_s3_had_it_goes_on(service: Service) -> None:
    """S3 made the object and our commit never came: the next question finds it whole, and the lesson plays it."""
    placed = await placed_in_parts(service)
    await send(service, placed, 1, 2, 3)
    key, storage = await key_of(service, placed), storage_of(service)
    (s3_id,) = await storage.multiparts(key)
    await storage.complete_multipart(key, s3_id, await storage.parts(key, s3_id))
    assert (await service.must("GET", of(placed, "/parts")))["assembled"] is True
    assert (await service.must("POST", of(placed, "/complete")))["status"] == "ready"


async def test_four_who_complete_at_once_agree(service: Service) -> None:
    """One of them makes the object; who comes between hears to ask again, and the world hears of it once."""
    placed = await placed_in_parts(service)
    await send(service, placed, 1, 2, 3)
    answers = await asyncio.gather(*(service.ask("POST", of(placed, "/complete")) for _ in range(4)))
    assert {answer.status_code for answer in answers} <= {200, 503}
    assert (await service.must("POST", of(placed, "/complete")))["status"] == "ready"
    assert await storage_of(service).read(await key_of(service, placed), length=len(MOVIE) + 1) == MOVIE
    assert (await service.topics(placed["lessonId"])).count("asset.ready") == 1


async def test_what_is_no_video_is_refused_and_removed(service: Service) -> None:
    """Assembled, looked at, refused with the reason; the sweep removes it."""
    body = b"#!/bin/sh\n" + bytes(6 << 20)
    placed = await placed_in_parts(service, body)
    await send(service, placed, 1, 2, body=body)
    done = await service.must("POST", of(placed, "/complete"))
    assert (done["status"], done["error"]) == ("failed", "its first bytes are not those of a video")
    await sweep(service)
    assert await nothing_is_left(service, await key_of(service, placed))


async def test_nothing_stays_of_an_upload_that_is_given_up(service: Service) -> None:
    """Row A13: its author ends it; parts and object go with the sweep, and again after its addresses have expired."""
    placed = await placed_in_parts(service)
    await send(service, placed, 1)
    for _ in range(2):
        assert (await service.ask("DELETE", of(placed))).status_code == 204
    assert (await service.must("GET", of(placed)))["status"] == "failed"
    assert (await service.ask("GET", of(placed, "/parts"))).status_code == 409
    assert (await service.ask("POST", of(placed, "/parts"), json={"numbers": [2]})).status_code == 409
    key = await key_of(service, placed)
    await sweep(service)
    assert await nothing_is_left(service, key)
    late = await storage_of(service).create_multipart(key, content_type="video/mp4")
    await storage_of(service).upload_part(key, late, 1, MOVIE[:PART])
    await sweep(service)
    assert await storage_of(service).multiparts(key) == [late]
    await service.pool.execute("UPDATE incoming SET writable_until = now() - interval '1 s'")
    await sweep(service)
    assert await nothing_is_left(service, key)
    assert await service.rows("SELECT FROM incoming") == []


async def test_only_silence_ends_an_upload(service: Service) -> None:
    """An upload that takes days lives as long as its author asks for addresses; silent for long enough, it goes."""
    placed = await placed_in_parts(service)
    await send(service, placed, 1)
    await service.pool.execute("UPDATE uploads SET created_at = now() - interval '3 days'")
    await sweep(service)
    assert await arrived(service, placed) == [1]
    await service.pool.execute("UPDATE incoming SET writable_until = now() - interval '1 day'")
    await sweep(service)
    assert (await service.must("GET", of(placed)))["status"] == "deleted"
    assert await nothing_is_left(service, await key_of(service, placed))


async def test_a_ready_video_is_not_given_up_this_way(service: Service) -> None:
    """What the lesson plays goes with the lesson or by another video; an upload to Mux ends there."""
    with_mux = await service.upload_url(await service.make_lesson())
    assert (await service.ask("DELETE", of(with_mux))).status_code == 409
    assert (await service.ask("GET", of(with_mux, "/parts"))).status_code == 409
    placed = await placed_in_parts(service)
    await send(service, placed, 1, 2, 3)
    await service.must("POST", of(placed, "/complete"))
    assert (await service.ask("DELETE", of(placed))).status_code == 409
    assert (await service.lesson(placed["lessonId"]))["processingStatus"] == "ready"


async def test_parts_are_their_authors(service: Service) -> None:
    """403 for others and learners, 404 for what does not exist."""
    placed = await placed_in_parts(service)
    nobody = {"uploadId": "018f0000-0000-7000-8000-000000000001"}
    for upload, user, status in ((placed, OTHER, 403), (placed, LEARNER, 403), (nobody, OWNER, 404)):
        asked: list[tuple[str, str, Json]] = [
            ("GET", "/parts", {}),
            ("POST", "/parts", {"json": {"numbers": [1]}}),
            ("POST", "/complete", {}),
            ("DELETE", "", {}),
        ]
        for method, what, options in asked:
            assert (await service.ask(method, of(upload, what), user, **options)).status_code == status


async def test_s3_that_is_away_as_well_is_said_so(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    """503 with Retry-After, the attempt is over, and the lesson shows no trace of it."""
    lesson_id = await service.make_lesson()
    await service.mux.fault(**DOWN)
    away = service.settings.model_copy(update={"s3_endpoint_url": "http://127.0.0.1:9"})
    async with connect(away) as nowhere:
        monkeypatch.setattr(service.http._transport.app.state, "storage", nowhere)  # type: ignore[attr-defined]
        body = {"filename": "a.mp4", "size": len(MOVIE), "lessonId": lesson_id}
        response = await service.ask("POST", "/api/uploads", json=body)
    assert (response.status_code, response.json()["type"]) == (503, "urn:seatime:problem:storage-unavailable")
    assert int(response.headers["retry-after"]) > 0
    assert (await service.lesson(lesson_id))["processingStatus"] == "pending"


async def test_uploads_beyond_five_gib_fall_back_too(service: Service) -> None:
    """What no single request can carry goes in parts of eight MiB or more, up to the role's limit."""
    lesson_id = await service.make_lesson()
    await service.mux.fault(**DOWN)
    body = {"filename": "a.mp4", "size": 16 << 30, "lessonId": lesson_id}
    placed = await service.must("POST", "/api/uploads", json=body)
    assert (placed["provider"], placed["parts"]) == ("s3", -(-(16 << 30) // PART))
    too_much = await service.ask("POST", "/api/uploads", json=body | {"size": (16 << 30) + 1})
    assert too_much.status_code == 403


async def test_the_seeds_address_falls_back_for_whoever_says_what_comes(service: Service) -> None:
    """Row A4: with name and size it goes to S3 while Mux is away; without them, 503 as before."""
    lesson_id = await service.make_lesson()
    path, told = "/api/videos/mux/upload-url", {"filename": "a.mp4", "contentType": "video/mp4", "size": len(MOVIE)}
    at_mux = await service.must("POST", path, json={"lessonId": lesson_id, **told})
    assert set(at_mux) == {"uploadUrl", "uploadId", "provider"}
    await service.mux.fault(**DOWN)
    placed = await service.must("POST", path, json={"lessonId": lesson_id, **told})
    assert (placed["provider"], placed["parts"]) == ("s3", 3)
    small = await service.must("POST", path, json={"lessonId": lesson_id, **told, "size": 1000})
    assert small["uploadUrl"].startswith("http")
    for less in ({}, {"filename": "a.mp4"}, {"size": 1000}, {"filename": "a.pdf", "size": 1000}):
        response = await service.ask("POST", path, json={"lessonId": lesson_id, **less})
        assert response.json()["type"] == "urn:seatime:problem:mux-unavailable"
        assert int(response.headers["retry-after"]) > 0
    too_much = await service.ask("POST", path, json={"lessonId": lesson_id, **told, "size": 1 << 42})
    assert too_much.status_code == 403


async def test_more_than_a_page_of_parts_is_listed_whole(settings: Settings) -> None:
    """S3 lists a thousand parts at a time: all pages are read."""

    async def list_parts(request: web.Request) -> web.Response:
        after = int(request.query.get("part-number-marker", 0))
        numbers = range(after + 1, min(after + 1000, 2500) + 1)
        parts = "".join(f'<Part><PartNumber>{n}</PartNumber><ETag>"e{n}"</ETag><Size>7</Size></Part>' for n in numbers)
        more = "true" if numbers[-1] < 2500 else "false"
        body = f"<IsTruncated>{more}</IsTruncated><NextPartNumberMarker>{numbers[-1]}</NextPartNumberMarker>{parts}"
        return web.Response(text=f"<ListPartsResult>{body}</ListPartsResult>", content_type="application/xml")

    app = web.Application()
    app.router.add_get("/{bucket}/{key}", list_parts)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    try:
        async with connect(settings.model_copy(update={"s3_endpoint_url": f"http://127.0.0.1:{port}"})) as paged:
            seen = await needed(paged).parts("key", "upload")
    finally:
        await runner.cleanup()
    assert seen == [PartSeen(number, 7, f'"e{number}"') for number in range(1, 2501)]
