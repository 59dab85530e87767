"""Files over the API, with a real S3 server behind it (A3, A13)."""

from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.infra import S3
from tests.upload.conftest import ADMIN, LEARNER, OTHER, OWNER, Json, Service
from tests.upload.stored import storage_of, with_storage
from upload_service.errors import ObjectNotFound, StorageUnavailable
from upload_service.files import Files
from upload_service.settings import Settings

PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(100)


@pytest.fixture
def settings(settings: Settings, s3: S3) -> Settings:
    return with_storage(settings, s3)


def sweeping(service: Service, **settings: Any) -> Files:
    return Files(service.pool, storage_of(service), service.settings.model_copy(update=settings))


async def begun(service: Service, body: bytes = PNG, content_type: str = "image/png", **more: Any) -> Json:
    asked = {"filename": "a.png", "contentType": content_type, "size": len(body), **more}
    return await service.must("POST", "/api/files", json=asked)


async def sent(made: Json, body: bytes = PNG) -> httpx.Response:
    async with httpx.AsyncClient(timeout=60) as http:
        return await http.request(made["method"], made["uploadUrl"], content=body, headers=made["headers"])


async def uploaded(service: Service, body: bytes = PNG, **more: Any) -> Json:
    made = await begun(service, body, **more)
    assert (await sent(made, body)).status_code == 200
    return await service.must("POST", f"/api/files/{made['fileId']}/complete")


async def key_of(service: Service, file_id: str) -> str:
    (row,) = await service.rows("SELECT key FROM files WHERE id = $1", file_id)
    return str(row["key"])


async def test_a_file_goes_straight_to_s3_and_comes_back(service: Service) -> None:
    """A1, A3: PUT to the signed address, complete, download by a signed address under its own name."""
    made = await begun(service, filename="my café.png")
    assert (made["provider"], made["method"]) == ("s3", "PUT")
    path = f"/api/files/{made['fileId']}"
    assert (await service.must("GET", path))["state"] == "pending"
    assert (await sent(made)).status_code == 200
    done = await service.must("POST", f"{path}/complete")
    assert (done["state"], done["kind"], done["size"], done["reason"]) == ("ready", "image", len(PNG), None)
    seen = await service.must("GET", path)
    async with httpx.AsyncClient(timeout=60) as http:
        answer = await http.get(seen["url"])
    assert answer.content == PNG
    assert answer.headers["content-disposition"].endswith("filename*=UTF-8''my%20caf%C3%A9.png")
    again = await service.must("POST", f"{path}/complete")
    assert {**again, "url": None, "expiresAt": None} == {**done, "url": None, "expiresAt": None}


async def test_keys_are_made_of_ids_only(service: Service) -> None:
    """A3: whatever path the client names, the object lies under its owner's prefix."""
    made = await begun(service, filename="../../other/secret.png")
    assert await key_of(service, made["fileId"]) == f"files/{OWNER}/{made['fileId']}"
    assert "secret" not in made["uploadUrl"]


async def test_a_lie_is_refused_with_the_reason_and_removed(service: Service) -> None:
    """A3: the object is deleted, the file says why, and stays refused."""
    made = await uploaded(service, b"MZ\x90\0" + bytes(100))
    assert made["state"] == "refused"
    assert made["reason"] == "declared as image/png, but it is a program"
    assert made["url"] is None
    with pytest.raises(ObjectNotFound):
        await storage_of(service).head(await key_of(service, made["fileId"]))
    seen = await service.must("GET", f"/api/files/{made['fileId']}")
    assert (seen["state"], seen["url"]) == ("refused", None)


async def test_nothing_uploaded_is_nothing_to_complete(service: Service) -> None:
    """A3: 409 until the bytes are there, then it can be completed."""
    made = await begun(service)
    path = f"/api/files/{made['fileId']}/complete"
    refused = await service.ask("POST", path)
    assert refused.status_code == 409
    assert refused.json()["type"] == "urn:seatime:problem:not-uploaded-yet"
    await sent(made)
    assert (await service.must("POST", path))["state"] == "ready"


async def test_a_checked_file_cannot_be_exchanged(service: Service) -> None:
    """A3: the address that brought the file in does not overwrite it."""
    made = await begun(service)
    await sent(made)
    await service.must("POST", f"/api/files/{made['fileId']}/complete")
    assert (await sent(made, b"MZ" + PNG[2:])).status_code == 412


async def test_limits_hold_before_anything_is_signed(service: Service) -> None:
    """A3: 403 with the reason for a role, a type or a size that is not allowed; 422 for what makes no sense."""
    asked: Json = {"filename": "a.png", "contentType": "image/png", "size": 5}
    assert (await service.ask("POST", "/api/files", LEARNER, json=asked)).status_code == 403
    refused = await service.ask("POST", "/api/files", json=asked | {"contentType": "text/html"})
    assert (refused.status_code, refused.json()["detail"]) == (403, "files of type text/html are not taken from you")
    large = await service.ask("POST", "/api/files", json=asked | {"size": 17 * 2**30})
    assert (large.status_code, large.json()["detail"]) == (403, f"at most {16 * 2**30} bytes are taken from you")
    for wrong in (
        {"size": 0},
        {"contentType": "a"},
        {"contentType": "a/b\r\nx"},
        {"filename": ""},
        {"filename": "a\n"},
    ):
        assert (await service.ask("POST", "/api/files", json=asked | wrong)).status_code == 422
    assert await service.rows("SELECT FROM files") == []


async def test_a_file_is_its_owner_s(service: Service) -> None:
    """A3: 401, 403 and 404 for everybody but owner and admin; a lesson's file needs the lesson's owner."""
    made = await uploaded(service)
    path = f"/api/files/{made['fileId']}"
    for method, where in (("GET", path), ("DELETE", path), ("POST", f"{path}/complete")):
        assert (await service.ask(method, where, None)).status_code == 401
        assert (await service.ask(method, where, OTHER)).status_code == 403
        assert (await service.ask(method, where, LEARNER)).status_code == 403
        missing = where.replace(made["fileId"], str(uuid4()))
        assert (await service.ask(method, missing)).status_code == 404
    assert (await service.ask("GET", path, ADMIN)).status_code == 200
    lesson_id = await service.make_lesson()
    asked = {"filename": "a.png", "contentType": "image/png", "size": 5, "lessonId": lesson_id}
    assert (await service.ask("POST", "/api/files", OTHER, json=asked)).status_code == 403
    assert (await service.ask("POST", "/api/files", json=asked | {"lessonId": "none"})).status_code == 404
    assert (await begun(service, lessonId=lesson_id))["fileId"]


async def test_a_deleted_file_is_gone(service: Service) -> None:
    """A13: for everybody at once, and its object with it."""
    made = await uploaded(service)
    key = await key_of(service, made["fileId"])
    path = f"/api/files/{made['fileId']}"
    assert (await service.ask("DELETE", path)).status_code == 204
    assert (await service.ask("GET", path)).status_code == 404
    assert (await service.ask("DELETE", path)).status_code == 404
    with pytest.raises(ObjectNotFound):
        await storage_of(service).head(key)


async def test_what_was_deleted_while_s3_was_down_goes_later(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    """A13: DELETE answers 204 without S3; the sweep removes the object once its upload address is dead."""
    made = await uploaded(service)
    key = await key_of(service, made["fileId"])

    async def down(_: str) -> None:
        raise StorageUnavailable()

    storage = storage_of(service)
    with monkeypatch.context() as patched:
        patched.setattr(storage, "delete", down)
        assert (await service.ask("DELETE", f"/api/files/{made['fileId']}")).status_code == 204
    assert await sweeping(service).clear() == []
    await service.pool.execute("UPDATE files SET writable_until = now()")
    assert [one.key for one in await sweeping(service).clear()] == [key]
    with pytest.raises(ObjectNotFound):
        await storage.head(key)
    assert await service.rows("SELECT FROM files") == []


async def test_abandoned_uploads_are_cleared_and_finished_ones_stay(service: Service) -> None:
    """A13: neither the unfinished nor the refused are kept for ever; ready files are never touched."""
    ready = await uploaded(service)
    await begun(service)
    await uploaded(service, b"%PDF-1.7 " + bytes(99))
    await service.pool.execute("UPDATE files SET writable_until = now() - interval '1 hour'")
    assert await sweeping(service, file_abandoned_after_s=7200).clear() == []
    await service.pool.execute("UPDATE files SET updated_at = now() - interval '1 hour'")
    assert len(await sweeping(service, file_abandoned_after_s=60).clear()) == 2
    (left,) = await service.rows("SELECT id FROM files")
    assert str(left["id"]) == ready["fileId"]
    assert (await service.must("GET", f"/api/files/{ready['fileId']}"))["url"] is not None


async def test_without_storage_the_setting_is_named(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    """A3: a deployment without S3 answers 503 not-configured, and everything else works."""
    from upload_service.storage_connection import NoStorage

    api = service.http._transport.app  # type: ignore[attr-defined]
    monkeypatch.setattr(api.state, "storage", NoStorage("S3_ACCESS_KEY_ID"))
    response = await service.ask(
        "POST", "/api/files", json={"filename": "a.png", "contentType": "image/png", "size": 5}
    )
    assert response.status_code == 503
    assert response.json()["type"] == "urn:seatime:problem:not-configured"
    assert response.json()["setting"] == "S3_ACCESS_KEY_ID"
    assert int(response.headers["retry-after"]) > 0
    await service.make_lesson()
