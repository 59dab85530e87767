"""MuxService's contract, against the simulator: what it asks, what it makes of answers, and of their absence."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest

from devstack.ports import free_port
from mux_sim.testing import Simulator, running_simulator
from tests.polling import within
from upload_service import observations
from upload_service.errors import MuxNotFound, MuxRefused, MuxUnauthorized, MuxUnavailable
from upload_service.lifecycle import Policy
from upload_service.mux import MuxService, NewUpload
from upload_service.settings import Settings


def service_of(base_url: str, token_id: str = "id", token_secret: str = "secret", **fields: object) -> MuxService:
    given = {"mux_connect_timeout_s": 1, "mux_read_timeout_s": 3, "mux_retry_after_cap_s": 1} | fields
    return MuxService(
        Settings(
            database_url="postgresql://nowhere",
            mux_base_url=base_url,
            mux_token_id=token_id,
            mux_token_secret=token_secret,
            **given,  # type: ignore[arg-type]
        )
    )


@pytest.fixture
async def service(mux: Simulator) -> AsyncIterator[MuxService]:
    made = service_of(mux.base_url, mux.token_id, mux.token_secret)
    yield made
    made.close()


@asynccontextmanager
async def answering(answer: bytes | None) -> AsyncIterator[MuxService]:
    """A Mux that sends these bytes to every request, or nothing at all."""

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        length = next((int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length")), 0)
        await reader.readexactly(length)
        if answer is None:
            await reader.read()
        else:
            writer.write(answer)
            await writer.drain()
        writer.close()

    async with await asyncio.start_server(handle, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        times = (0.3, 1) if answer is None else (5, 5)
        service = service_of(f"http://127.0.0.1:{port}", mux_read_timeout_s=times[0], mux_deadline_s=times[1])
        yield service
        service.close()


def http(body: bytes, status: str = "200 OK", *headers: str) -> bytes:
    lines = [f"HTTP/1.1 {status}", "content-type: application/json", f"content-length: {len(body)}", *headers]
    return "\r\n".join(lines).encode() + b"\r\nconnection: close\r\n\r\n" + body


async def new_upload(service: MuxService, policy: Policy = "signed") -> NewUpload:
    return await service.create_upload(
        cors_origin="https://learn.example",
        policy=policy,
        lesson_id="lesson-1",
        external_id="018f0000-0000-7000-8000-000000000001",
        title="x" * 600,
        creator_id="owner-1",
        timeout_s=600,
    )


async def test_an_asset_is_made_from_a_url(service: MuxService, mux: Simulator) -> None:
    """Mux fetches it by itself; what it cannot fetch ends as errored with a reason."""
    port = free_port()
    made = await service.create_asset(
        url=f"http://127.0.0.1:{port}/none.mp4",
        policy="public",
        lesson_id="lesson-1",
        external_id="x",
        title="t",
        creator_id="o",
    )
    assert made.status == "preparing"
    assert made.body["passthrough"] == "lesson-1"
    await mux.wait_for_asset(made.id, "errored")
    asset = await service.get_asset(made.id)
    known = observations.of_asset(asset.status, asset.id, asset.body)
    assert known is not None
    assert known.status == "errored"
    assert known.error


async def test_an_upload_that_times_out_can_be_seen(service: MuxService, mux: Simulator) -> None:
    """timed_out is known to the API only."""
    made = await new_upload(service)
    await mux.advance(601)
    assert (await service.get_upload(made.id)).status == "timed_out"


Call = Callable[[MuxService], Awaitable[object]]
CALLS: dict[str, Call] = {
    "POST": new_upload,
    "GET": lambda service: service.get_upload("someone"),
    "DELETE": lambda service: service.delete_asset("someone"),
}


@pytest.mark.parametrize("method", CALLS)
@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        ({"status": 500}, MuxUnavailable),
        ({"status": 502}, MuxUnavailable),
        ({"status": 503, "retry_after": 3}, MuxUnavailable),
        ({"status": 429}, MuxUnavailable),
        ({"status": 429, "retry_after": 3}, MuxUnavailable),
        ({"status": 401}, MuxUnauthorized),
        ({"status": 403}, MuxUnauthorized),
        ({"status": 400}, MuxRefused),
        ({"status": 412}, MuxRefused),
        ({"drop": "before"}, MuxUnavailable),
    ],
    ids=str,
)
async def test_every_failure_has_its_name(
    service: MuxService, mux: Simulator, method: str, fault: dict[str, object], expected: type[Exception]
) -> None:
    """What passes is tried four times, creations once, and never sooner than Mux asks: then the caller is told."""
    await mux.fault(times=None, **fault)
    with pytest.raises(expected) as raised:
        await CALLS[method](service)
    assert type(raised.value) is expected
    if "retry_after" in fault:
        assert raised.value.headers["Retry-After"] == "3"  # type: ignore[attr-defined]
    again = expected is MuxUnavailable and method != "POST" and "retry_after" not in fault
    assert (await mux.faults())[0]["hits"] == (4 if again else 1)


@pytest.mark.parametrize(
    "fault",
    [{"status": 503}, {"status": 429, "retry_after": 1}, {"drop": "before"}, {"drop": "after"}, {"delay": 30}],
    ids=str,
)
async def test_a_fault_that_passes_is_not_noticed(mux: Simulator, fault: dict[str, object]) -> None:
    """GET and DELETE outlast it: one attempt fails, the next one is answered."""
    service = service_of(mux.base_url, mux.token_id, mux.token_secret, mux_retry_after_cap_s=2)
    made = await new_upload(service)
    await mux.fault(method="GET", **fault)
    assert (await service.get_upload(made.id)).status == "waiting"
    await mux.fault(method="DELETE", **fault)
    await service.delete_asset("0" * 40)
    assert [(one["hits"], one["times"]) for one in await mux.faults()] == [(1, 0), (1, 0)]
    service.close()


async def test_a_lost_answer_makes_no_second_upload(service: MuxService, mux: Simulator) -> None:
    """Mux made it, the answer was cut off: repeating would make another."""
    await mux.fault(method="POST", drop="after")
    with pytest.raises(MuxUnavailable):
        await new_upload(service)
    assert len(await mux.uploads()) == 1


async def refused(service: MuxService, calls: int) -> int:
    """How many of so many calls at once Mux refused."""
    answers = await asyncio.gather(
        *(service.get_upload("0" * 40) for _ in range(calls)),
        *(new_upload(service) for _ in range(calls // 4)),
        return_exceptions=True,
    )
    return sum(isinstance(answer, MuxUnavailable) for answer in answers)


async def test_our_own_line_keeps_us_from_429() -> None:
    """A sweep that asks for much waits by itself; without the line, Mux would have refused."""
    async with running_simulator(rate_limits=True) as mux:
        kept = service_of(mux.base_url, mux.token_id, mux.token_secret, mux_attempts=1)
        assert await refused(kept, 32) == 0
        kept.close()
        rash = service_of(
            mux.base_url, mux.token_id, mux.token_secret, mux_attempts=1, mux_calls_per_s=1e6, mux_posts_per_s=1e6
        )
        assert await refused(rash, 32) > 0
        rash.close()


async def test_muxs_reason_for_a_refusal_is_kept(service: MuxService, mux: Simulator) -> None:
    """A plan's limit, for instance, is told in Mux's own words."""
    await mux.fault(status=400)
    with pytest.raises(MuxRefused, match="Fault on request"):
        await new_upload(service)


async def test_unknown_things_are_not_found(service: MuxService, mux: Simulator) -> None:
    """404 is MuxNotFound for what is named, and a refusal for what is to be made."""
    await mux.fault(method="POST", status=404)
    with pytest.raises(MuxRefused):
        await new_upload(service)
    for call in (service.get_upload("0" * 40), service.get_asset("0" * 40)):
        with pytest.raises(MuxNotFound):
            await call


async def test_a_silent_mux_is_given_up() -> None:
    """The read timeout holds for every method."""
    async with answering(None) as service:
        for call in CALLS.values():
            with within(1), pytest.raises(MuxUnavailable):
                await call(service)


async def test_an_unreachable_mux_is_unavailable() -> None:
    """Refused connections, and names that do not resolve."""
    for base_url in (f"http://127.0.0.1:{free_port()}", "http://mux.invalid"):
        service = service_of(base_url)
        with pytest.raises(MuxUnavailable):
            await service.get_upload("someone")
        service.close()


async def test_a_failed_tls_handshake_is_unavailable(mux: Simulator) -> None:
    """mux-python raises AttributeError for it."""
    service = service_of(mux.base_url.replace("http://", "https://"))
    with pytest.raises(MuxUnavailable):
        await service.get_upload("someone")
    service.close()


@pytest.mark.parametrize(
    "answer",
    [
        http(b"<html>sorry</html>"),
        http(b"{"),
        http(b""),
        http(b"[]"),
        http(b"null"),
        http(b'{"data":null}'),
        http(b'{"data":{}}'),
        http(b'{"data":{"id":"u","url":null,"status":null}}'),
        http(b"\xff\xfe", "502 Bad Gateway"),
        http(b"\xff\xfe"),
        b"not http at all\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{",
        b"",
    ],
)
async def test_an_unreadable_answer_is_unavailable(answer: bytes) -> None:
    """Whatever a proxy, a captive portal or a broken Mux may send."""
    async with answering(answer) as service:
        for call in (new_upload, CALLS["GET"]):
            with pytest.raises(MuxUnavailable):
                await call(service)


async def test_values_that_mux_invents_later_are_read() -> None:
    """An unknown status, track type or policy does not make the answer unreadable."""
    body = b"""{"data":{"id":"a","created_at":1718058159,"status":"pondering","ingest_type":"by_pigeon",
        "max_resolution_tier":"4320p","tracks":[{"id":"t","type":"smell","status":"new"}],
        "playback_ids":[{"id":"p","policy":"secret"}],"progress":{"state":"napping","progress":3},"brand_new":{}}}"""
    async with answering(http(body)) as service:
        asset = await service.get_asset("a")
    assert (asset.id, asset.status) == ("a", "pondering")
    assert observations.of_asset(asset.status, asset.id, asset.body) is None


async def test_the_error_body_of_rate_limits_is_read() -> None:
    """429 has a shape of its own, with an array of texts."""
    body = b'{"errors":["Too many requests, retry later."]}'
    for retry_after, expected in (("12", "12"), ("soon", "5"), ("86400", "120")):
        async with answering(http(body, "429 Too Many Requests", f"retry-after: {retry_after}")) as service:
            with pytest.raises(MuxUnavailable) as raised:
                await service.get_upload("u")
        assert raised.value.headers["Retry-After"] == expected


async def test_the_event_loop_goes_on_while_mux_is_slow(mux: Simulator) -> None:
    """Calls run in threads; more calls than threads fail after two seconds instead of queueing for ever."""
    await mux.fault(path="/video/v1/uploads", delay=30, times=None)
    service = service_of(
        mux.base_url, mux.token_id, mux.token_secret, mux_threads=1, mux_read_timeout_s=9, mux_attempts=1
    )
    first = asyncio.create_task(service.get_upload("a"))
    await asyncio.sleep(0)  # it has the only thread
    with pytest.raises(MuxUnavailable):
        await service.get_upload("b")
    assert not first.done()
    with pytest.raises(MuxUnavailable):
        await first
    await mux.clear_faults()
    with pytest.raises(MuxNotFound):
        await service.get_upload("0" * 40)
    service.close()
