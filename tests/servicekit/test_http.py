"""The edges of an API: what is not success is a problem, bodies are bounded, traces go through to Kafka."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Annotated, Any

import asyncpg
import httpx
import pytest
import uvicorn
from fastapi import Body, Depends, FastAPI, Request
from prometheus_client import REGISTRY
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from servicekit import http, telemetry
from servicekit.auth import CurrentPrincipal, issue_token, require_roles
from servicekit.database import Pool, create_pool, ping, transaction
from servicekit.edge import respond
from servicekit.errors import Conflict, ServiceError
from servicekit.kafka import ensure_topics
from servicekit.outbox import OutboxRelay, append, message_of
from servicekit.producer import Producer
from servicekit.settings import CommonSettings
from tests.databases import Database
from tests.proxy import proxy
from tests.servicekit import kit
from tests.servicekit.kit import PINGS, SECRET, Ping, until

TRACE = "0af7651916cd43dd8448eb211c80319c"


class Note(BaseModel):
    model_config = ConfigDict(extra="forbid")

    title: Annotated[str, Field(max_length=20)]
    count: Annotated[int, Field(le=100)] = 0


class Taken(Conflict):
    slug, title = "taken", "It is taken"


@asynccontextmanager
async def nothing(_: FastAPI) -> AsyncIterator[None]:
    yield


def make_api(lifespan: Callable[[FastAPI], Any] = nothing, cors_origins: str = "", **more: Any) -> FastAPI:
    settings = CommonSettings(auth_jwt_secret=SECRET, cors_origins=cors_origins)
    api = http.create_api(settings, service="tests", title="Tests", version="1", lifespan=lifespan, **more)

    @api.post("/notes")
    async def add(note: Note) -> Note:
        return note

    @api.put("/raw")
    async def raw(request: Request) -> dict[str, int]:
        return {"bytes": len(await request.body())}

    @api.put("/files/upload-video")
    async def upload(request: Request) -> dict[str, int]:
        return {"bytes": sum([len(chunk) async for chunk in request.stream()])}

    @api.get("/crash")
    async def crash() -> None:
        raise RuntimeError("the password is hunter2")

    @api.get("/taken")
    async def taken() -> None:
        raise Taken("by \ud800 somebody", holder="x", since=None)

    @api.get("/teapot")
    async def teapot() -> None:
        raise ServiceError

    @api.get("/nul")
    async def nul() -> None:
        raise asyncpg.CharacterNotInRepertoireError("invalid byte sequence")

    @api.get("/lost")
    async def lost() -> None:
        raise asyncpg.ConnectionDoesNotExistError("gone")

    @api.get("/me")
    async def me(principal: CurrentPrincipal) -> dict[str, Any]:
        return {"id": principal.user_id, "roles": sorted(principal.roles)}

    @api.get("/teachers", dependencies=[Depends(require_roles("instructor"))])
    async def teachers() -> dict[str, bool]:
        return {"in": True}

    return api


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    async with calling(make_api(max_body_bytes=1000, unlimited_bodies=("/upload-video",))) as client:
        yield client


@asynccontextmanager
async def calling(api: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(api)
    async with httpx.AsyncClient(transport=transport, base_url="http://tests") as client:
        yield client


def problem(response: httpx.Response, status: int, slug: str) -> dict[str, Any]:
    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"
    assert response.headers["x-request-id"]
    body: dict[str, Any] = response.json()
    assert body["type"] == f"urn:seatime:problem:{slug}"
    assert body["status"] == status
    assert body["title"]
    return body


async def test_unknown_paths_and_methods_are_problems(client: httpx.AsyncClient) -> None:
    """The framework's own 404 and 405 speak the same language as ours, and 405 says what is allowed."""
    problem(await client.get("/nowhere"), 404, "not-found")
    response = await client.delete("/notes")
    problem(response, 405, "method-not-allowed")
    assert response.headers["allow"] == "POST"


async def test_pages_of_other_origins_call_where_they_are_named() -> None:
    """Preflights are answered, and answers can be read there, refusals and their Retry-After too; nobody else calls."""
    origins = "https://lms.example, http://localhost:5173"
    asks = {"Access-Control-Request-Method": "PUT", "Access-Control-Request-Headers": "authorization,content-type"}
    async with calling(make_api(cors_origins=origins, max_body_bytes=10)) as client:
        for origin in origins.split(", "):
            preflight = await client.options("/notes", headers={"Origin": origin, **asks})
            assert (preflight.status_code, preflight.headers["access-control-allow-origin"]) == (200, origin)
            assert "authorization" in preflight.headers["access-control-allow-headers"].lower()
            refused = await client.get("/taken", headers={"Origin": origin})
            assert (refused.status_code, refused.headers["access-control-allow-origin"]) == (409, origin)
            too_large = await client.post("/raw", content=b"x" * 11, headers={"Origin": origin})
            assert problem(too_large, 413, "payload-too-large")
            assert too_large.headers["access-control-allow-origin"] == origin
            assert "Retry-After" in too_large.headers["access-control-expose-headers"]
            assert "access-control-allow-credentials" not in too_large.headers
        foreign = await client.get("/taken", headers={"Origin": "https://evil.example"})
        assert "access-control-allow-origin" not in foreign.headers
        assert (await client.options("/notes", headers={"Origin": "https://evil.example", **asks})).status_code == 400


async def test_without_any_named_no_other_origin_calls(client: httpx.AsyncClient) -> None:
    """As it was: pages of our own origin need no permission."""
    response = await client.get("/taken", headers={"Origin": "https://lms.example"})
    assert "access-control-allow-origin" not in response.headers


@pytest.mark.parametrize("origins", ["*", "lms.example", "https://lms.example/", "https://a.example https://b.example"])
def test_an_origin_is_an_origin(origins: str) -> None:
    """A wrong one is said at the start, and not by a browser in somebody's console."""
    with pytest.raises(ValidationError):
        CommonSettings(cors_origins=origins)


@pytest.mark.parametrize(
    ("body", "at"),
    [
        ({}, "title"),
        ({"title": "x" * 21}, "title"),
        ({"title": 7}, "title"),
        ({"title": "x", "count": "many"}, "count"),
        ({"title": "x", "caf\u00e9\n": 1}, "caf\u00e9\n"),
    ],
)
async def test_a_payload_that_does_not_fit_is_a_422_that_says_where(
    client: httpx.AsyncClient, body: Any, at: str
) -> None:
    """Every offending field is named, whatever it is called."""
    response = await client.post("/notes", content=json.dumps(body), headers={"content-type": "application/json"})
    errors = problem(response, 422, "invalid-payload")["errors"]
    assert [error["at"] for error in errors] == [["body", at]]


@pytest.mark.parametrize(
    "body",
    [b"{", b'{"title": "x", "\\ud800": 1}', b"\xff\xfe{}", b"[" * 500, b'{"title": "x", "count": ' + b"9" * 900 + b"}"],
)
async def test_a_body_that_cannot_be_read_is_a_4xx(client: httpx.AsyncClient, body: bytes) -> None:
    """Broken JSON, other encodings, deep nesting and monstrous numbers are the client's fault."""
    response = await client.post("/notes", content=body, headers={"content-type": "application/json"})
    assert response.status_code in (400, 422)
    assert response.headers["content-type"] == "application/problem+json"


async def test_an_error_of_ours_carries_its_status_slug_and_extensions(client: httpx.AsyncClient) -> None:
    """A ServiceError leaves as RFC 9457, whatever its detail quotes, without members that are None."""
    body = problem(await client.get("/taken"), 409, "taken")
    assert body["title"] == "It is taken"
    assert body["holder"] == "x"
    assert "since" not in body
    problem(await client.get("/teapot"), 500, "internal-error")


async def test_an_unexpected_error_is_a_500_that_tells_nothing(client: httpx.AsyncClient) -> None:
    """Clients get the request id to report, and not a word of what went wrong inside."""
    response = await client.get("/crash", headers={"x-request-id": "abc-1"})
    problem(response, 500, "internal-error")
    assert response.headers["x-request-id"] == "abc-1"
    assert "hunter2" not in response.text


async def test_what_the_database_cannot_store_is_the_clients_and_an_outage_is_ours(
    client: httpx.AsyncClient,
) -> None:
    """DataError is a 422; a lost connection is a 503 with Retry-After."""
    problem(await client.get("/nul"), 422, "invalid-payload")
    response = await client.get("/lost")
    problem(response, 503, "database-unavailable")
    assert int(response.headers["retry-after"]) > 0


async def chunks(total: int, size: int = 100) -> AsyncIterator[bytes]:
    for _ in range(total // size):
        yield b"x" * size


@pytest.mark.parametrize("path", ["/notes", "/raw"])
@pytest.mark.parametrize("declared", [True, False])
async def test_a_body_over_the_limit_is_a_413_declared_or_not(
    client: httpx.AsyncClient, path: str, declared: bool
) -> None:
    """Neither a model, nor a raw reader, nor chunked encoding gets around the limit."""
    content: Any = b"x" * 1100 if declared else chunks(1100)
    method = "POST" if path == "/notes" else "PUT"
    response = await client.request(method, path, content=content, headers={"content-type": "application/json"})
    problem(response, 413, "payload-too-large")


async def test_bodies_within_the_limit_and_exempt_paths_pass(client: httpx.AsyncClient) -> None:
    """The limit is inclusive, and does not apply to the paths that were exempted."""
    assert (await client.put("/raw", content=chunks(1000))).json() == {"bytes": 1000}
    assert (await client.put("/raw", content=b"x" * 1000)).json() == {"bytes": 1000}
    problem(await client.put("/raw", content=b"x" * 1001), 413, "payload-too-large")
    assert (await client.put("/files/upload-video", content=chunks(5000))).json() == {"bytes": 5000}


@pytest.mark.parametrize("length", ["9" * 5000, "\u00b2", "-1", "1e9", ""])
async def test_an_odd_content_length_is_not_a_500(client: httpx.AsyncClient, length: str) -> None:
    """What no honest client sends is refused or ignored, not crashed on."""
    response = await client.put("/raw", content=b"x", headers=[(b"content-length", length.encode("latin-1"))])
    assert response.status_code in (200, 413)


async def test_request_ids_are_kept_if_harmless(client: httpx.AsyncClient) -> None:
    """A caller's id comes back; one that could forge a log line is replaced."""
    response = await client.get("/health/live", headers={"x-request-id": "job-7.a"})
    assert response.headers["x-request-id"] == "job-7.a"
    for odd in ("a b", "x" * 65, "a\u00e9"):
        response = await client.get("/health/live", headers=[(b"x-request-id", odd.encode("latin-1"))])
        assert response.headers["x-request-id"] not in (odd, "")


async def test_roles_are_checked(client: httpx.AsyncClient) -> None:
    """No token is a 401 with a challenge, another role a 403; admins may do what others may."""

    def bearer(*roles: str) -> dict[str, str]:
        return {"authorization": f"Bearer {issue_token(SECRET, 'user-1', *roles)}"}

    response = await client.get("/me")
    problem(response, 401, "unauthenticated")
    assert response.headers["www-authenticate"] == "Bearer"
    assert (await client.get("/me", headers=bearer("learner"))).json() == {"id": "user-1", "roles": ["learner"]}
    problem(await client.get("/teachers", headers=bearer("learner")), 403, "forbidden")
    assert (await client.get("/teachers", headers=bearer("instructor"))).json() == {"in": True}
    assert (await client.get("/teachers", headers=bearer("admin"))).json() == {"in": True}


async def test_metrics_count_requests_by_route(client: httpx.AsyncClient) -> None:
    """Requests are counted under the route's template, so that ids in paths do not explode the metrics."""
    await client.post("/notes", json={"title": "a"})
    await client.get("/nowhere/123")
    text = (await client.get("/metrics")).text
    assert 'seatime_http_requests_total{method="POST",route="/notes",service="tests",status="200"}' in text
    assert 'route="unmatched",service="tests",status="404"' in text
    assert "/nowhere/123" not in text


async def test_problems_are_counted_by_what_they_say(client: httpx.AsyncClient) -> None:
    """Row G9: by slug and reason; an expired token is told from a false one; a reason for people is left out."""

    def counted(slug: str, reason: str) -> float:
        labels = {"problem": slug, "reason": reason}
        return REGISTRY.get_sample_value("seatime_http_problems_total", labels) or 0.0

    cases = (("unauthenticated", "expired"), ("unauthenticated", ""), ("not-found", ""))
    before = {case: counted(*case) for case in cases}
    expired = issue_token(SECRET, "ada", ttl_s=-60)
    await client.get("/me", headers={"Authorization": f"Bearer {expired}"})
    await client.get("/me", headers={"Authorization": "Bearer x.y.z"})
    await client.get("/nowhere")
    assert {case: counted(*case) - before[case] for case in cases} == dict.fromkeys(cases, 1.0)
    respond(Taken(reason="by Ada, who is in room 7").problem())
    assert counted("taken", "by Ada, who is in room 7") == 0


async def test_health_is_red_while_the_database_is_down(database: Database) -> None:
    """Liveness stays green, readiness goes red with the reason and green again, and a request meanwhile is a 503."""
    port = int(database.app_url.rpartition(":")[2].partition("/")[0])
    async with proxy("127.0.0.1", port) as between:
        url = kit.through(database.app_url, between.port)

        @asynccontextmanager
        async def lifespan(api: FastAPI) -> AsyncIterator[None]:
            api.state.pool = await create_pool(url, application_name="tests")
            yield
            api.state.pool.terminate()

        api = make_api(lifespan, checks=lambda api: {"database": lambda: ping(api.state.pool)})

        @api.post("/stored")
        async def store(number: Annotated[int, Body(embed=True)]) -> dict[str, int]:
            async with transaction(api.state.pool) as conn:
                return {"number": await conn.fetchval("SELECT $1::integer", number)}

        between.refusing = True
        async with api.router.lifespan_context(api), calling(api) as client:
            response = await client.get("/health/ready")
            assert response.status_code == 503
            assert response.json()["checks"]["database"] != "ok"
            assert response.json()["since"].keys() == {"database"}
            assert (await client.get("/health/live")).json() == {"live": True}
            problem(await client.post("/stored", json={"number": 1}), 503, "database-unavailable")
            between.refusing = False
            assert (await client.get("/health/ready")).json() == {"ready": True, "checks": {"database": "ok"}}
            assert (await client.post("/stored", json={"number": 1})).json() == {"number": 1}
            problem(await client.post("/stored", json={"number": 2**40}), 422, "invalid-payload")
            between.cut()
            between.refusing = True
            problem(await client.post("/stored", json={"number": 1}), 503, "database-unavailable")
            between.refusing, between.half_open = False, True
            response = await client.get("/health/ready")
            assert response.status_code == 503
            between.half_open = False
            between.cut()
            await until(lambda: _is_ready(client))


async def _is_ready(client: httpx.AsyncClient) -> bool:
    return (await client.get("/health/ready")).status_code == 200


async def test_a_trace_goes_from_the_request_into_kafka(settings: CommonSettings, database: Database) -> None:
    """The caller's trace id is in the headers of what the request caused, by the outbox and by the producer."""
    await ensure_topics(settings, [PINGS])
    async with kit.pool_of(database.app_url) as pool, Producer(settings, service="tests") as producer:
        api = make_api()

        @api.post("/pings")
        async def both() -> dict[str, bool]:
            await append_one(pool)
            await producer.send(message_of(Ping(number=2)), timeout=60)
            return {"sent": True}

        await producer.wait_connected(60)
        relay = OutboxRelay(database.owner_url, producer, service="tests")
        task = asyncio.create_task(relay.run())
        async with calling(api) as client:
            sent = {"traceparent": f"00-{TRACE}-b7ad6b7169203331-01"}
            assert (await client.post("/pings", headers=sent)).json() == {"sent": True}
            assert (await client.post("/pings", headers={"traceparent": "00-rubbish-01"})).json() == {"sent": True}

        async def all_there() -> bool:
            return len(await kit.read_all(settings, "pings")) == 4

        await until(all_there)
        task.cancel()
    traces = [dict(r.headers)["traceparent"].decode() for r in await kit.read_all(settings, "pings")]
    ours = [trace for trace in traces if TRACE in trace]
    assert len(ours) == 2
    assert not any("b7ad6b7169203331" in trace for trace in ours), "the span is ours, not the caller's"
    assert len({trace.split("-")[1] for trace in traces}) == 2


async def append_one(pool: Pool) -> None:
    async with transaction(pool) as conn:
        await append(conn, [Ping(number=1)])


async def test_over_a_real_socket_a_chunked_body_over_the_limit_gets_its_413() -> None:
    """With uvicorn and httptools in between, the answer still arrives while the client is sending."""
    config = uvicorn.Config(make_api(max_body_bytes=1000), port=0, http="httptools", log_config=None, lifespan="off")
    server = uvicorn.Server(config)
    task = asyncio.create_task(server.serve())
    await until(lambda: server.started)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=60) as client:
            problem(await client.put("/raw", content=chunks(3000)), 413, "payload-too-large")
            problem(await client.put("/raw", content=b"x" * 3000), 413, "payload-too-large")
            assert (await client.put("/raw", content=b"x" * 10)).json() == {"bytes": 10}
    finally:
        server.should_exit = True
        await task


async def test_a_client_that_goes_away_in_the_middle_is_no_error_of_ours(client: httpx.AsyncClient) -> None:
    """A broken upload is counted as the client's 499, and nothing is sent to nobody."""
    messages = iter([{"type": "http.request", "body": b"x", "more_body": True}, {"type": "http.disconnect"}])
    sent: list[Any] = []

    async def receive() -> Any:
        return next(messages)

    async def send(message: Any) -> None:
        sent.append(message)

    api = make_api()
    scope = {
        "type": "http",
        "http_version": "1.1",
        "method": "PUT",
        "path": "/raw",
        "raw_path": b"/raw",
        "query_string": b"",
        "headers": [],
        "app": api,
    }
    await api(scope, receive, send)
    assert sent == []
    assert 'method="PUT",route="/raw",service="tests",status="499"' in (await client.get("/metrics")).text


def test_traces_that_are_no_traces_begin_anew() -> None:
    """Zero ids, other versions and rubbish are not continued."""
    for header in (None, "", "00-" + "0" * 32 + "-b7ad6b7169203331-01", f"ff-{TRACE}-b7ad6b7169203331-01", "x" * 9999):
        assert TRACE not in telemetry.continue_trace(header)
    assert telemetry.continue_trace(f"00-{TRACE}-b7ad6b7169203331-00").startswith(f"00-{TRACE}-")
