"""Object storage against a real S3 server: signed addresses, ranges, parts, and what becomes of failures (A1, A3)."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import aiohttp
import httpx
import pytest
from pydantic import SecretStr

from tests.infra import S3
from tests.upload.conftest import JWT_SECRET
from upload_service.errors import (
    NotConfigured,
    ObjectNotFound,
    StorageRefused,
    StorageUnauthorized,
    StorageUnavailable,
)
from upload_service.multipart import PART_BYTES, upload_stream
from upload_service.settings import Settings
from upload_service.storage import Storage
from upload_service.storage_connection import connect, needed
from upload_service.stored import Presigned

NOWHERE = "http://127.0.0.1:9"


def settings_for(s3: S3, **changes: Any) -> Settings:
    values: dict[str, Any] = {
        "database_url": "postgresql://nobody@127.0.0.1:9/nowhere",
        "auth_jwt_secret": JWT_SECRET,
        "s3_endpoint_url": s3.endpoint_url,
        "s3_bucket": s3.bucket,
        "s3_access_key_id": s3.access_key,
        "s3_secret_access_key": s3.secret_key,
        "s3_region": s3.region,
    }
    return Settings(**(values | changes))


@pytest.fixture
async def storage(s3: S3) -> AsyncIterator[Storage]:
    async with connect(settings_for(s3)) as connected:
        yield needed(connected)


@pytest.fixture
def key() -> str:
    return f"tests/{uuid4()}"


async def sent(address: Presigned, body: bytes, **headers: str) -> httpx.Response:
    async with httpx.AsyncClient(timeout=60) as http:
        return await http.request(address.method, address.url, content=body, headers={**address.headers, **headers})


async def put(storage: Storage, key: str, body: bytes, content_type: str = "text/plain") -> None:
    address = await storage.presign_put(key, content_type=content_type, size=len(body), seconds=60)
    response = await sent(address, body)
    assert response.status_code == 200, response.text


async def test_a_browser_stores_and_fetches_by_signed_addresses(storage: Storage, key: str) -> None:
    """A1: PUT, HEAD, a range of the first bytes, GET under a safe name, DELETE; no secret is in the address."""
    body = b"hello world" * 100
    await put(storage, key, body)
    seen = await storage.head(key)
    assert (seen.size, seen.content_type) == (1100, "text/plain")
    assert await storage.read(key, length=5) == b"hello"
    assert await storage.read(key, start=6, length=5) == b"world"
    assert await storage.read(key, start=1095, length=50) == b"world"
    address = await storage.presign_get(key, filename='a"b\r\nX: ü.txt', content_type="text/plain", seconds=60)
    async with httpx.AsyncClient(timeout=60) as http:
        answer = await http.get(address.url)
    assert answer.content == body
    disposition = answer.headers["content-disposition"]
    assert disposition == "attachment; filename=\"a_bX_ _.txt\"; filename*=UTF-8''a%22bX%3A%20%C3%BC.txt"
    assert "x" not in answer.headers
    await storage.delete(key)
    await storage.delete(key)
    with pytest.raises(ObjectNotFound):
        await storage.head(key)


async def test_what_was_not_signed_is_refused(storage: Storage, key: str) -> None:
    """A1: another type, another length, another key, another method or no signature at all store and show nothing."""
    body = b"12345"
    address = await storage.presign_put(key, content_type="text/plain", size=5, seconds=60)
    assert (await sent(address, body, **{"Content-Type": "text/html"})).status_code == 403
    assert (await sent(address, body + b"6")).status_code == 403
    tampered = Presigned("PUT", address.url.replace(key, key + "x"), address.expires_at, address.headers)
    assert (await sent(tampered, body)).status_code == 403
    bare = Presigned("PUT", address.url.partition("?")[0], address.expires_at, address.headers)
    assert (await sent(bare, body)).status_code == 403
    assert (await sent(Presigned("GET", address.url, address.expires_at), b"")).status_code == 403
    with pytest.raises(ObjectNotFound):
        await storage.head(key)


async def test_an_address_expires(storage: Storage, key: str) -> None:
    """A1: after its seconds a signed address is worth nothing."""
    await put(storage, key, b"x")
    address = await storage.presign_get(key, filename="x", content_type="text/plain", seconds=1)
    assert parse_qs(urlsplit(address.url).query)["X-Amz-Expires"] == ["1"]
    async with asyncio.timeout(60), httpx.AsyncClient(timeout=60) as http:
        while (answer := await http.get(address.url)).status_code == 200:
            await asyncio.sleep(0.1)
    assert answer.status_code == 403


async def test_a_signed_address_cannot_overwrite(storage: Storage, key: str) -> None:
    """A1: what was checked cannot be exchanged afterwards by the address that brought it in."""
    address = await storage.presign_put(key, content_type="text/plain", size=5, seconds=60)
    assert (await sent(address, b"first")).status_code == 200
    assert (await sent(address, b"other")).status_code == 412
    without = Presigned("PUT", address.url, address.expires_at, {"Content-Type": "text/plain"})
    assert (await sent(without, b"other")).status_code in (403, 412)
    assert await storage.read(key, length=5) == b"first"


async def test_many_are_deleted_at_once(storage: Storage, key: str) -> None:
    """A13: any number of objects in one go; what is not there is no error."""
    keys = [f"{key}-{number}" for number in range(3)]
    for one in keys:
        await put(storage, one, b"x")
    await storage.delete_many([*keys, key])
    for one in keys:
        with pytest.raises(ObjectNotFound):
            await storage.head(one)


async def _chunks(sizes: list[int]) -> AsyncIterator[bytes]:
    for number, size in enumerate(sizes):
        yield bytes([number % 251]) * size


@pytest.mark.parametrize("sizes", [[], [1], [PART_BYTES], [PART_BYTES - 1, 2], [1 << 20] * 20])
async def test_a_stream_is_stored_in_parts(storage: Storage, key: str, sizes: list[int]) -> None:
    """A3: the object has every byte in order, whatever the chunks; an empty stream is an empty object."""
    assert await upload_stream(storage, key, _chunks(sizes), content_type="video/mp4") == sum(sizes)
    seen = await storage.head(key)
    assert (seen.size, seen.content_type) == (sum(sizes), "video/mp4")
    whole = b"".join([chunk async for chunk in _chunks(sizes)])
    if whole:
        assert await storage.read(key, length=len(whole)) == whole
    await storage.delete(key)


async def test_a_stream_that_breaks_leaves_nothing(storage: Storage, key: str, s3: S3) -> None:
    """A3: neither an object nor parts that somebody pays for; the source's error is the caller's."""

    async def broken() -> AsyncIterator[bytes]:
        yield bytes(PART_BYTES + 1)
        raise ConnectionResetError("the browser has gone")

    with pytest.raises(ConnectionResetError):
        await upload_stream(storage, key, broken(), content_type="video/mp4")
    with pytest.raises(ObjectNotFound):
        await storage.head(key)
    listed = await storage._client.list_multipart_uploads(Bucket=s3.bucket)
    assert [upload for upload in listed.get("Uploads", []) if upload["Key"] == key] == []


async def test_a_browser_sends_parts_by_itself(storage: Storage, key: str) -> None:
    """A2: each part has its own signed address, and only complete parts make the object."""
    upload_id = await storage.create_multipart(key, content_type="video/mp4")
    address = await storage.presign_part(key, upload_id, 1, size=4, seconds=60)
    assert (await sent(address, b"pa")).status_code == 403
    assert (await sent(address, b"part")).status_code == 200
    assert [(p.number, p.size) for p in await storage.parts(key, upload_id)] == [(1, 4)]
    assert await storage.multiparts(key) == [upload_id]
    part = await storage.upload_part(key, upload_id, 2, b"more")
    assert part.number == 2
    await storage.abort_multipart(key, upload_id)
    await storage.abort_multipart(key, upload_id)
    assert await storage.parts(key, upload_id) == []
    assert await storage.multiparts(key) == []
    with pytest.raises(ObjectNotFound):
        await storage.head(key)


async def test_storage_that_is_down_is_said_so(s3: S3, key: str) -> None:
    """A3: 503 storage-unavailable with Retry-After, while addresses can still be signed."""
    async with connect(settings_for(s3, s3_endpoint_url=NOWHERE)) as connected:
        storage = needed(connected)
        with pytest.raises(StorageUnavailable) as raised:
            await storage.head(key)
        assert (raised.value.status, raised.value.slug) == (503, "storage-unavailable")
        assert int(raised.value.headers["Retry-After"]) > 0
        assert (await storage.presign_put(key, content_type="a/b", size=1, seconds=9)).url.startswith(NOWHERE)


@pytest.mark.parametrize(("status", "calls"), [(503, 3), (500, 3), (403, 1), (400, 1)])
async def test_what_may_be_repeated_is_repeated(s3: S3, key: str, status: int, calls: int) -> None:
    """A3: a failing server is asked three times for what is idempotent, once for what is not or cannot help."""
    asked: list[str] = []

    async def fail(request: aiohttp.web.Request) -> aiohttp.web.Response:
        asked.append(request.method)
        await request.read()
        return aiohttp.web.Response(status=status)

    api = aiohttp.web.Application()
    api.router.add_route("*", "/{tail:.*}", fail)
    runner = aiohttp.web.AppRunner(api)
    await runner.setup()
    site = aiohttp.web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        async with connect(settings_for(s3, s3_endpoint_url=f"http://127.0.0.1:{runner.addresses[0][1]}")) as connected:
            storage = needed(connected)
            expected = {403: StorageUnauthorized, 400: StorageRefused}.get(status, StorageUnavailable)
            with pytest.raises(expected):
                await storage.upload_part(key, "id", 1, b"x")
            assert asked == ["PUT"] * calls
            with pytest.raises(expected):
                await storage.create_multipart(key, content_type="a/b")
            assert asked == ["PUT"] * calls + ["POST"]
    finally:
        await runner.cleanup()


async def test_silence_ends_by_the_time_out(s3: S3, key: str) -> None:
    """A3: a server that accepts and never answers holds nobody for longer than the read timeout, three times."""

    held: list[asyncio.Task[Any] | None] = []

    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        held.append(asyncio.current_task())
        await reader.read()
        writer.close()
        await writer.wait_closed()

    server = await asyncio.start_server(silent, "127.0.0.1", 0)
    endpoint = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    settings = settings_for(s3, s3_endpoint_url=endpoint, s3_read_timeout_s=0.2)
    async with server, asyncio.timeout(60), connect(settings) as connected:
        with pytest.raises(StorageUnavailable):
            await needed(connected).head(key)
    await asyncio.wait_for(asyncio.gather(*(task for task in held if task is not None)), 60)
    assert len(held) == 3


async def test_wrong_credentials_are_ours_to_mend(s3: S3, key: str) -> None:
    """A3: 503 with another type than an outage."""
    async with connect(settings_for(s3, s3_secret_access_key="wrong")) as connected:
        with pytest.raises(StorageUnauthorized):
            await needed(connected).read(key, length=1)


@pytest.mark.parametrize("name", ["s3_access_key_id", "s3_secret_access_key"])
async def test_a_missing_setting_is_named(s3: S3, name: str) -> None:
    """A3: 503 not-configured names the setting, and nothing fails before somebody needs storage."""
    async with connect(settings_for(s3, **{name: None})) as connected:
        with pytest.raises(NotConfigured) as raised:
            needed(connected)
    assert (raised.value.status, raised.value.slug) == (503, "not-configured")
    assert raised.value.extensions == {"setting": name.upper()}


def test_browsers_are_sent_to_the_public_address(s3: S3) -> None:
    """A1: the address that browsers see is the public one, and AWS's own without any."""
    public = settings_for(s3, s3_public_endpoint_url="https://files.example/")
    assert public.s3_base_url == f"https://files.example/{s3.bucket}"
    aws = settings_for(s3, s3_endpoint_url=None, s3_region="eu-west-1", s3_bucket="abc")
    assert aws.s3_base_url == "https://abc.s3.eu-west-1.amazonaws.com"
    assert isinstance(public.s3_secret_access_key, SecretStr)


async def test_addresses_are_signed_for_the_public_host(s3: S3, key: str) -> None:
    """A1: the host is part of the signature, so it is the one that the browser will ask."""
    async with connect(settings_for(s3, s3_public_endpoint_url="https://files.example")) as connected:
        address = await needed(connected).presign_get(key, filename="x", content_type="a/b", seconds=5)
    assert address.url.startswith(f"https://files.example/{s3.bucket}/{key}?")
