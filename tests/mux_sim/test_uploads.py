"""Direct uploads: chunks in any shape arrive once, at the right place, and only while the upload is waiting."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urlsplit

import aiohttp
import pytest

from mux_sim.testing import Simulator


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=30)) as session:
        yield session


async def put(
    http: aiohttp.ClientSession, url: str, body: bytes, content_range: str | None = None
) -> tuple[int, str | None]:
    """(status, Range) of one PUT."""
    headers = {"Content-Type": ""} | ({"Content-Range": content_range} if content_range else {})
    async with http.put(url, data=body, headers=headers) as response:
        return response.status, response.headers.get("Range")


async def test_chunks_in_order_become_an_asset(mux: Simulator, http: aiohttp.ClientSession, clip: Path) -> None:
    """Each chunk but the last is answered 308 with the bytes so far, the last one 200, and the clip is ready."""
    url = (upload := await mux.create_upload(playback_policies=["public"]))["url"]
    content = clip.read_bytes()
    size, half = len(content), len(content) // 2
    assert await put(http, url, content[:half], f"bytes 0-{half - 1}/{size}") == (308, f"bytes=0-{half - 1}")
    assert await put(http, url, content[half:], f"bytes {half}-{size - 1}/{size}") == (200, None)
    shown = (await mux.api("GET", f"/video/v1/uploads/{upload['id']}"))["data"]
    assert shown["status"] == "asset_created"
    assert "url" not in shown
    asset = await mux.wait_for_asset(shown["asset_id"])
    assert asset["upload_id"] == upload["id"]
    assert asset["duration"] == pytest.approx(2, abs=0.1)


async def test_repeated_and_overlapping_chunks_change_nothing(mux: Simulator, http: aiohttp.ClientSession) -> None:
    """A chunk that came before, or begins before the offset, adds only what is new."""
    upload = await mux.create_upload()
    url = upload["url"]
    assert await put(http, url, b"abcd", "bytes 0-3/10") == (308, "bytes=0-3")
    assert await put(http, url, b"abcd", "bytes 0-3/10") == (308, "bytes=0-3")
    assert await put(http, url, b"cdef", "bytes 2-5/10") == (308, "bytes=0-5")
    assert (mux.config.data_dir / "incoming" / f"{upload['id']}.part").read_bytes() == b"abcdef"


async def test_a_gap_is_answered_with_the_true_range(mux: Simulator, http: aiohttp.ClientSession) -> None:
    """A chunk ahead of the offset is not taken; the status query says where to go on."""
    url = (await mux.create_upload())["url"]
    assert await put(http, url, b"cdef", "bytes 2-5/10") == (308, None)
    assert await put(http, url, b"ab", "bytes 0-1/10") == (308, "bytes=0-1")
    assert await put(http, url, b"gh", "bytes 6-7/10") == (308, "bytes=0-1")
    assert await put(http, url, b"", "bytes */10") == (308, "bytes=0-1")


async def test_the_last_chunk_twice_makes_one_asset(mux: Simulator, http: aiohttp.ClientSession) -> None:
    """After completion any repetition and the status query are 200, and there is one asset."""
    url = (await mux.create_upload())["url"]
    assert await put(http, url, b"abcd", "bytes 0-3/4") == (200, None)
    assert await put(http, url, b"abcd", "bytes 0-3/4") == (200, None)
    assert await put(http, url, b"", "bytes */4") == (200, None)
    assert len(await mux.assets()) == 1


async def test_two_connections_with_the_same_chunk(mux: Simulator, http: aiohttp.ClientSession) -> None:
    """A browser that re-sends a chunk beside the first one corrupts nothing."""
    upload = await mux.create_upload()
    body = bytes(range(256)) * 4096
    content_range = f"bytes 0-{len(body) - 1}/{2 * len(body)}"
    answers = await asyncio.gather(*(put(http, upload["url"], body, content_range) for _ in range(4)))
    assert set(answers) == {(308, f"bytes=0-{len(body) - 1}")}
    assert (mux.config.data_dir / "incoming" / f"{upload['id']}.part").read_bytes() == body


async def test_a_cut_connection_keeps_what_came(mux: Simulator, http: aiohttp.ClientSession) -> None:
    """The bytes of a chunk whose connection breaks are kept, and the upload goes on behind them."""
    upload = await mux.create_upload()
    parts = urlsplit(upload["url"])
    _, writer = await asyncio.open_connection(parts.hostname, parts.port)
    head = f"PUT {parts.path}?{parts.query} HTTP/1.1\r\nHost: {parts.netloc}\r\n"
    writer.write(f"{head}Content-Length: 1000\r\nContent-Range: bytes 0-999/2000\r\n\r\n".encode() + b"x" * 600)
    await writer.drain()
    async with asyncio.timeout(60):
        while (await put(http, upload["url"], b"", "bytes */2000"))[1] != "bytes=0-599":
            pass
    writer.close()
    await writer.wait_closed()
    assert await put(http, upload["url"], b"x" * 400 + b"y" * 500, "bytes 600-1499/2000") == (308, "bytes=0-1499")


@pytest.mark.parametrize(
    ("content_range", "body"),
    [("bytes 0-9/4", b"0123456789"), ("bytes 0-9/10", b"012"), ("nonsense", b"012"), ("bytes 5-1/9", b"0")],
)
async def test_a_range_that_contradicts_the_body_is_refused(
    mux: Simulator, http: aiohttp.ClientSession, content_range: str, body: bytes
) -> None:
    """A Content-Range that is malformed or doesn't fit the body is a 400 and leaves nothing behind."""
    url = (await mux.create_upload())["url"]
    assert (await put(http, url, body, content_range))[0] == 400
    assert await put(http, url, b"", "bytes */*") == (308, None)


async def test_the_total_cannot_change(mux: Simulator, http: aiohttp.ClientSession) -> None:
    """A second chunk of another total is a 400."""
    url = (await mux.create_upload())["url"]
    assert (await put(http, url, b"ab", "bytes 0-1/10"))[0] == 308
    assert (await put(http, url, b"cd", "bytes 2-3/11"))[0] == 400


async def test_cors_is_that_of_the_upload(mux: Simulator, http: aiohttp.ClientSession) -> None:
    """The preflight allows PUT with the two headers for the upload's origin, and `Range` is exposed."""
    url = (await mux.create_upload(cors_origin="https://school.example/"))["url"]
    asked = {"Access-Control-Request-Method": "PUT", "Access-Control-Request-Headers": "content-range,content-type"}
    async with http.options(url, headers=asked | {"Origin": "https://school.example"}) as response:
        assert response.status == 200
        assert response.headers["Access-Control-Allow-Origin"] == "https://school.example"
        assert response.headers["Access-Control-Allow-Methods"] == "PUT"
        assert response.headers["Access-Control-Allow-Headers"] == "content-type, content-range"
    async with http.put(url, data=b"ab", headers={"Content-Range": "bytes 0-1/4"}) as response:
        assert response.headers["Access-Control-Expose-Headers"] == "Range"
        assert response.headers["Access-Control-Allow-Origin"] == "https://school.example"


async def test_only_a_waiting_upload_can_be_cancelled(mux: Simulator, http: aiohttp.ClientSession) -> None:
    """Cancelling is announced, ends the URL, and a second time is a 403."""
    upload = await mux.create_upload()
    cancelled = (await mux.api("PUT", f"/video/v1/uploads/{upload['id']}/cancel"))["data"]
    assert cancelled["status"] == "cancelled"
    assert (await put(http, upload["url"], b"abcd", "bytes 0-3/4"))[0] == 410
    await mux.wait_for_event("video.upload.cancelled", upload["id"])
    with pytest.raises(AssertionError, match="403"):
        await mux.api("PUT", f"/video/v1/uploads/{upload['id']}/cancel")


async def test_a_timed_out_upload_says_so_only_when_asked(mux: Simulator, http: aiohttp.ClientSession) -> None:
    """Past its timeout an upload is `timed_out`, its URL is refused, and no webhook tells."""
    upload = await mux.create_upload(timeout=60)
    await mux.advance(61)
    assert (await put(http, upload["url"], b"abcd", "bytes 0-3/4"))[0] == 403
    assert (await mux.api("GET", f"/video/v1/uploads/{upload['id']}"))["data"]["status"] == "timed_out"
    assert [event["type"] for event in await mux.events()] == ["video.upload.created"]


async def test_a_foreign_token_opens_nothing(mux: Simulator, http: aiohttp.ClientSession) -> None:
    """The token of one upload is refused for another, and so is none."""
    one, other = await mux.create_upload(), await mux.create_upload()
    token = one["url"].partition("?")[2]
    assert (await put(http, f"{mux.base_url}/upload/{other['id']}?{token}", b"ab", "bytes 0-1/4"))[0] == 403
    assert (await put(http, f"{mux.base_url}/upload/{other['id']}", b"ab", "bytes 0-1/4"))[0] == 403


async def test_an_upload_can_be_made_to_fail(mux: Simulator, http: aiohttp.ClientSession) -> None:
    """On request an upload ends as `errored`, with its webhook and an error to read."""
    await mux.fail_uploads()
    upload = await mux.create_upload()
    assert (await put(http, upload["url"], b"abcd"))[0] == 410
    event = await mux.wait_for_event("video.upload.errored", upload["id"])
    assert event["data"]["status"] == "errored"
    assert (await mux.api("GET", f"/video/v1/uploads/{upload['id']}"))["data"]["error"]["message"]
