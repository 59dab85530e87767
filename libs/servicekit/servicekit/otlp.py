"""Spans on their way to a collector: OTLP over HTTP by OpenTelemetry's own exporter, in a thread of its own.

Of traces that are to be sampled a share is taken, by the trace's id, so that every process takes the same ones. What
the collector does not take for long is dropped.
"""

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.util.instrumentation import InstrumentationScope
from opentelemetry.trace import Link, SpanContext, SpanKind, Status, StatusCode, TraceFlags

from servicekit.tracing import Span

_TIMEOUT_S = 5
_RANDOM_DIGITS = 14
"""Of a trace's id, from its end: W3C has these random."""
_SCOPE = InstrumentationScope("seatime")
_KINDS = {"server": SpanKind.SERVER, "consumer": SpanKind.CONSUMER}


class OtlpSpans:
    """Sends to `<endpoint>/v1/traces`; what else the exporter is told (`OTEL_EXPORTER_OTLP_HEADERS`) counts as well."""

    def __init__(self, endpoint: str, process: str, *, ratio: float) -> None:
        self._below = int(ratio * 16**_RANDOM_DIGITS)
        self._resource = Resource.create({"service.name": process, "service.namespace": "seatime"})
        exporter = OTLPSpanExporter(endpoint=f"{endpoint.rstrip('/')}/v1/traces", timeout=_TIMEOUT_S)
        self._processor = BatchSpanProcessor(exporter)

    def take(self, span: Span) -> None:
        context = _context(span.own, remote=False)
        if not context.trace_flags.sampled or int(span.own.split("-")[1][-_RANDOM_DIGITS:], 16) >= self._below:
            return
        self._processor.on_end(
            ReadableSpan(
                name=span.name,
                context=context,
                parent=_context(span.parent) if span.parent is not None else None,
                resource=self._resource,
                attributes=dict(span.attributes),
                links=[Link(_context(link)) for link in span.links],
                kind=_KINDS[span.kind],
                status=Status(StatusCode.ERROR if span.failed else StatusCode.UNSET),
                start_time=span.began_ns,
                end_time=span.ended_ns,
                instrumentation_scope=_SCOPE,
            )
        )

    def close(self) -> None:
        """Bring away what is left, or give up after a while."""
        self._processor.shutdown()  # type: ignore[no-untyped-call]


def _context(traceparent: str, *, remote: bool = True) -> SpanContext:
    _, trace, span, flags = traceparent.split("-")
    return SpanContext(int(trace, 16), int(span, 16), is_remote=remote, trace_flags=TraceFlags(int(flags, 16)))
