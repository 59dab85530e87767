"""Large files that are no videos (A2, A3): they go to S3 in parts, and go on where they stopped."""

import asyncio
from typing import Any

import httpx
import pytest

from tests.infra import S3
from tests.upload.conftest import LEARNER, OTHER, OWNER, Json, Service
from tests.upload.stored import storage_of, with_storage
from upload_service.errors import ObjectNotFound, StorageUnavailable
from upload_service.files import Files
from upload_service.settings import Settings

PART = 5 << 20
BOOK = b"%PDF-1.7\n" + bytes(range(256)) * (12 << 12)


@pytest.fixture
def settings(settings: Settings, s3: S3) -> Settings:
    sizes = {"upload_one_piece_bytes": 1 << 20, "upload_part_bytes": PART}
    return with_storage(settings, s3).model_copy(update=sizes)


async def placed(service: Service, body: bytes = BOOK, size: int | None = None) -> Json:
    asked = {"filename": "book.pdf", "contentType": "application/pdf", "size": size or len(body)}
    return await service.must("POST", "/api/uploads", json=asked)


def of(made: Json, what: str = "") -> str:
    return f"/api/files/{made['fileId']}{what}"


async def send(service: Service, made: Json, *numbers: int, body: bytes = BOOK) -> None:
    """What a browser does: ask for the addresses, and put each part at its own."""
    signed = await service.must("POST", of(made, "/parts"), json={"numbers": list(numbers)})
    async with httpx.AsyncClient(timeout=60) as http:
        for part in signed["parts"]:
            piece = body[(part["number"] - 1) * PART : part["number"] * PART]
            assert part["size"] == len(piece)
            answer = await http.request(part["method"], part["url"], headers=part["headers"], content=piece)
            assert answer.status_code == 200, answer.text


async def arrived(service: Service, made: Json) -> list[int]:
    view = await service.must("GET", of(made, "/parts"))
    assert (view["size"], view["partSize"], view["count"]) == (len(BOOK), PART, made["parts"])
    return [part["number"] for part in view["parts"]]


async def key_of(service: Service, made: Json) -> str:
    (row,) = await service.rows("SELECT key FROM files WHERE id = $1", made["fileId"])
    return str(row["key"])


def sweeping(service: Service, **settings: Any) -> Files:
    return Files(service.pool, storage_of(service), service.settings.model_copy(update=settings))


async def nothing_is_left(service: Service, key: str) -> bool:
    """No object, and no parts of one."""
    try:
        await storage_of(service).head(key)
    except ObjectNotFound:
        return await storage_of(service).multiparts(key) == []
    return False


async def test_what_is_there_is_not_sent_again(service: Service) -> None:
    """A2: two of three parts, then a pause; only the missing one is sent, and the file is the very bytes."""
    made = await placed(service)
    assert (made["provider"], made["uploadUrl"], made["uploadId"]) == ("s3", None, None)
    assert (made["parts"], made["partSize"]) == (3, PART)
    await send(service, made, 3, 1)
    assert await arrived(service, made) == [1, 3]
    early = await service.ask("POST", of(made, "/complete"))
    assert early.status_code == 409
    assert early.json()["type"] == "urn:seatime:problem:parts-missing"
    assert (early.json()["missing"], early.json()["missingCount"]) == ([2], 1)
    assert (await service.must("GET", of(made)))["state"] == "pending"
    await send(service, made, 2)
    done = await service.must("POST", of(made, "/complete"))
    assert (done["state"], done["size"], done["reason"]) == ("ready", len(BOOK), None)
    async with httpx.AsyncClient(timeout=60) as http:
        assert (await http.get(done["url"])).content == BOOK
    assert (await service.must("POST", of(made, "/complete")))["state"] == "ready"
    assert (await service.ask("GET", of(made, "/parts"))).status_code == 409
    assert await storage_of(service).multiparts(await key_of(service, made)) == []


async def test_the_server_decides_by_size(service: Service) -> None:
    """A3: a small file in one request; one beyond the 5 GiB of a request in parts, where its owner may bring it."""
    small = await placed(service, b"%PDF-1.7 small")
    assert small["uploadUrl"] is not None
    assert (small["parts"], small["partSize"]) == (None, None)
    for what in ("GET", "POST"):
        options: Json = {"json": {"numbers": [1]}} if what == "POST" else {}
        refused = await service.ask(what, of(small, "/parts"), **options)
        assert (refused.status_code, refused.json()["detail"]) == (409, "this file does not go to S3 in parts")
    huge = await placed(service, size=6 * 2**30)
    assert huge["parts"] * PART >= 6 * 2**30
    asked = {"filename": "book.pdf", "contentType": "application/pdf", "size": 6 * 2**30}
    assert (await service.ask("POST", "/api/files", json=asked)).status_code == 413


async def test_a_lie_is_refused_with_the_reason_and_removed(service: Service) -> None:
    """A3: assembled, looked at, refused; nothing of it stays."""
    body = b"MZ\x90\0" + bytes(6 << 20)
    made = await placed(service, body)
    await send(service, made, 1, 2, body=body)
    done = await service.must("POST", of(made, "/complete"))
    assert (done["state"], done["url"]) == ("refused", None)
    assert done["reason"] == "declared as application/pdf, but it is a program"
    assert await nothing_is_left(service, await key_of(service, made))


async def test_a_process_that_died_after_s3_had_it_goes_on(service: Service) -> None:
    """S3 made the object and our commit never came: the next question finds it whole, and the file is ready."""
    made = await placed(service)
    await send(service, made, 1, 2, 3)
    key, storage = await key_of(service, made), storage_of(service)
    (s3_id,) = await storage.multiparts(key)
    await storage.complete_multipart(key, s3_id, await storage.parts(key, s3_id))
    assert (await service.must("GET", of(made, "/parts")))["assembled"] is True
    assert (await service.must("POST", of(made, "/complete")))["state"] == "ready"


async def test_four_who_complete_at_once_agree(service: Service) -> None:
    """One of them makes the object; who comes between hears to ask again."""
    made = await placed(service)
    await send(service, made, 1, 2, 3)
    answers = await asyncio.gather(*(service.ask("POST", of(made, "/complete")) for _ in range(4)))
    assert {answer.status_code for answer in answers} <= {200, 503}
    assert (await service.must("POST", of(made, "/complete")))["state"] == "ready"


async def test_nothing_stays_of_a_file_that_is_given_up(service: Service) -> None:
    """A13: its parts go at once, and what still comes to an address that works goes when the last of them is dead."""
    made = await placed(service)
    await send(service, made, 1)
    key = await key_of(service, made)
    assert (await service.ask("DELETE", of(made))).status_code == 204
    assert await nothing_is_left(service, key)
    assert (await service.ask("GET", of(made, "/parts"))).status_code == 404
    late = await storage_of(service).create_multipart(key, content_type="application/pdf")
    assert await sweeping(service).clear() == []
    assert await storage_of(service).multiparts(key) == [late]
    await service.pool.execute("UPDATE files SET writable_until = now() - interval '1 s'")
    assert [one.key for one in await sweeping(service).clear()] == [key]
    assert await nothing_is_left(service, key)
    assert await service.rows("SELECT FROM files") == []


async def test_only_silence_ends_an_upload(service: Service) -> None:
    """A13: a file that takes days lives as long as its author asks for addresses; silent for long enough, it goes."""
    made = await placed(service)
    await service.pool.execute(
        "UPDATE files SET writable_until = now() - interval '2 days', updated_at = now() - interval '2 days'"
    )
    await send(service, made, 1)
    assert await sweeping(service, file_abandoned_after_s=60).clear() == []
    assert await arrived(service, made) == [1]
    await service.pool.execute("UPDATE files SET writable_until = now() - interval '1 hour'")
    key = await key_of(service, made)
    assert [one.key for one in await sweeping(service, file_abandoned_after_s=60).clear()] == [key]
    assert await nothing_is_left(service, key)


async def test_parts_are_their_owner_s(service: Service) -> None:
    """403 for others and learners, 404 for what does not exist, 409 for a part that is none, 422 for nonsense."""
    made = await placed(service)
    nothing = {"fileId": "018f0000-0000-7000-8000-000000000001"}
    for file, user, status in ((made, OTHER, 403), (made, LEARNER, 403), (nothing, OWNER, 404)):
        assert (await service.ask("GET", of(file, "/parts"), user)).status_code == status
        signing = await service.ask("POST", of(file, "/parts"), user, json={"numbers": [1]})
        assert signing.status_code == status
    assert (await service.ask("POST", of(made, "/parts"), json={"numbers": [4]})).status_code == 409
    for wrong in ([], [0], [10_001], ["x"], list(range(1, 102))):
        assert (await service.ask("POST", of(made, "/parts"), json={"numbers": wrong})).status_code == 422


async def test_s3_that_is_away_is_said_so(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    """503 with Retry-After, and nobody sees a file that never began."""

    async def down(*_: Any, **__: Any) -> str:
        raise StorageUnavailable()

    monkeypatch.setattr(storage_of(service), "create_multipart", down)
    asked = {"filename": "book.pdf", "contentType": "application/pdf", "size": len(BOOK)}
    refused = await service.ask("POST", "/api/uploads", json=asked)
    assert (refused.status_code, refused.json()["type"]) == (503, "urn:seatime:problem:storage-unavailable")
    assert int(refused.headers["retry-after"]) > 0
    assert await service.rows("SELECT FROM files WHERE NOT deleted") == []
