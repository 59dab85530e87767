"""Traces as a collector gets them: over OTLP, with the ids that travel in headers and in Kafka."""

import asyncio
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from devstack.ports import free_port
from servicekit import telemetry, tracing
from servicekit.consumer import BatchConsumer
from servicekit.kafka import ensure_topics
from servicekit.outbox import message_of
from servicekit.producer import Producer
from servicekit.settings import CommonSettings
from tests.servicekit.kit import PINGS, SECRET, Ping, committed, until, working
from tests.servicekit.test_http import calling, make_api
from tests.serving import serving

TRACE, CALLER = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
FROM_CALLER = {"traceparent": f"00-{TRACE}-{CALLER}-01"}


@dataclass
class Collector:
    """What a collector received: spans by their process."""

    url: str = ""
    spans: dict[str, list[Span]] = field(default_factory=dict)

    async def take(self, request: Request) -> Response:
        for resource in ExportTraceServiceRequest.FromString(await request.body()).resource_spans:
            (process,) = [a.value.string_value for a in resource.resource.attributes if a.key == "service.name"]
            for scope in resource.scope_spans:
                self.spans.setdefault(process, []).extend(scope.spans)
        return Response(media_type="application/x-protobuf")

    def named(self, name: str) -> list[Span]:
        return [span for spans in self.spans.values() for span in spans if span.name == name]


@contextmanager
def collecting() -> Iterator[Collector]:
    """A collector that runs."""
    found = Collector()

    async def live(_: Request) -> Response:
        return PlainTextResponse("here")

    app = Starlette(routes=[Route("/health/live", live), Route("/v1/traces", found.take, methods=["POST"])])
    with serving(app) as found.url:
        yield found


def told(url: str, ratio: float = 1.0, **more: Any) -> CommonSettings:
    return CommonSettings(auth_jwt_secret=SECRET, otlp_endpoint=url, traces_ratio=ratio, **more)


async def test_a_collector_sees_the_request_and_what_came_of_it(settings: CommonSettings) -> None:
    """Row G9: the caller's span, under it the request, under that the batch that applied its event: one trace."""
    await ensure_topics(settings, [PINGS])
    tried: list[str | None] = []

    async def handle(batch: Any) -> None:
        tried.append(telemetry.traceparent.get())

    api = make_api()
    with collecting() as collector, tracing.exporting(told(collector.url), "tests-app"):
        async with Producer(settings, service="tests") as producer:

            @api.post("/pings/{number}")
            async def ping(number: int) -> None:
                await producer.send(message_of(Ping(number=number)), timeout=60)

            await producer.wait_connected(60)
            async with calling(api) as client:
                assert (await client.post("/pings/7", headers=FROM_CALLER)).status_code == 200
        async with working(settings, BatchConsumer(PINGS, Ping.model_validate_json, handle, group="tests")):

            async def applied() -> bool:
                return await committed(settings, "tests.pings") == 1

            await until(applied)
    (request,) = collector.named("POST /pings/{number}")
    (batch,) = collector.named("apply pings")
    assert (request.trace_id.hex(), request.parent_span_id.hex()) == (TRACE, CALLER)
    assert (batch.trace_id.hex(), batch.parent_span_id) == (TRACE, request.span_id)
    assert tried == [f"00-{TRACE}-{batch.span_id.hex()}-01"]
    assert (request.kind, batch.kind) == (Span.SPAN_KIND_SERVER, Span.SPAN_KIND_CONSUMER)
    assert request.start_time_unix_nano < request.end_time_unix_nano <= batch.end_time_unix_nano
    assert {a.key: a.value.int_value for a in request.attributes}["http.response.status_code"] == 200
    assert list(collector.spans) == ["tests-app"]


@dataclass
class Caused:
    traceparent: str | None


def test_a_batch_is_linked_to_all_that_it_came_of() -> None:
    """Row G9: its own trace is the first one's; a failure is told as one, and ids that are none are nobody's."""
    others = [f"00-{number:032x}-{number:016x}-01" for number in range(1, 4)]
    causes = [Caused(cause) for cause in (FROM_CALLER["traceparent"], others[0], None, "rubbish", *others)]
    with collecting() as collector, tracing.exporting(told(collector.url), "tests-worker"):
        telemetry.traceparent.set(telemetry.continue_trace(causes[0].traceparent))
        with pytest.raises(RuntimeError), tracing.consuming("pings", causes):
            raise RuntimeError
    (span,) = collector.named("apply pings")
    assert span.parent_span_id.hex() == CALLER
    assert [f"00-{link.trace_id.hex()}-{link.span_id.hex()}-01" for link in span.links] == others
    assert span.status.code == span.status.STATUS_CODE_ERROR


@pytest.mark.parametrize(("ratio", "flags", "seen"), [(1.0, "01", 1), (1.0, "00", 0), (0.0, "01", 0), (0.9, "01", 0)])
async def test_a_share_of_the_traces_goes_to_the_collector(ratio: float, flags: str, seen: int) -> None:
    """Row G9: by the trace's id, so that all processes take the same, and none that the caller does not want taken."""
    trace = TRACE[:18] + "f" * 14
    with collecting() as collector:
        with tracing.exporting(told(collector.url, ratio), "tests-app"):
            async with calling(make_api()) as client:
                await client.get("/nowhere", headers={"traceparent": f"00-{trace}-{CALLER}-{flags}"})
        assert len(collector.named("GET unmatched")) == seen


async def test_without_a_collector_or_with_one_that_is_away_requests_go_on() -> None:
    """Row G9: nobody waits for a collector, and nothing is made for none."""
    async with calling(make_api()) as client:
        with tracing.exporting(CommonSettings(auth_jwt_secret=SECRET), "tests-app"):
            assert (await client.get("/nowhere", headers=FROM_CALLER)).status_code == 404
        with tracing.exporting(told("http://127.0.0.1:9"), "tests-app"):
            assert (await client.get("/nowhere", headers=FROM_CALLER)).status_code == 404


async def test_a_process_brings_its_last_spans_away_before_it_ends() -> None:
    """Row G9: by the setting alone, under the name of the process."""
    port = free_port()
    program = (
        "from servicekit import http; from servicekit.settings import CommonSettings; "
        "from tests.servicekit.test_http import make_api; http.serve(make_api(), CommonSettings())"
    )
    with collecting() as collector:
        environment = {
            **os.environ, "OTEL_EXPORTER_OTLP_ENDPOINT": collector.url, "TRACES_RATIO": "1", "HTTP_PORT": str(port),
            "AUTH_JWT_SECRET": SECRET,
        }  # fmt: skip
        process = await asyncio.create_subprocess_exec(sys.executable, "-c", program, env=environment)
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=60) as client:

            async def answers() -> bool:
                assert process.returncode is None
                try:
                    return (await client.get("/health/live")).status_code == 200
                except httpx.ConnectError:
                    return False

            await until(answers)
            await client.get("/nowhere", headers=FROM_CALLER)
        process.send_signal(signal.SIGTERM)
        await process.wait()
        assert [span.trace_id.hex() for span in collector.named("GET unmatched")] == [TRACE]
    assert list(collector.spans) == ["tests-app"]
