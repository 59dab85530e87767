"""A worker process: consumers, the outbox relay and the sweeps of one service, and a port that tells how they are."""

import asyncio
import signal
import sys
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, nullcontext, suppress
from typing import Any, TypeVar

import uvicorn
from aiokafka.errors import KafkaError
from fastapi import FastAPI, Response
from fastapi.responses import JSONResponse

from servicekit import garbage, kafka, metrics, telemetry, tracing
from servicekit.consumer import BatchConsumer
from servicekit.errors import Unavailable
from servicekit.health import Check, readiness
from servicekit.kafka import TopicSpec
from servicekit.process import exit_code, keep_running
from servicekit.producer import Producer
from servicekit.settings import CommonSettings

S = TypeVar("S", bound=CommonSettings)

_STUCK_AFTER_S = 120
_FAILING_AFTER_S = 30

log = telemetry.get_logger(__name__)


class Worker:
    """Async context manager: inside it the consumers consume and the loops loop; it starts without its dependencies.

    `topics` are created if missing; every consumer's dead letters belong to them. `loops` are restarted when they
    raise. `checks` are added to readiness.
    """

    def __init__(
        self,
        settings: CommonSettings,
        *,
        service: str,
        producer: Producer,
        topics: Iterable[TopicSpec],
        consumers: Sequence[BatchConsumer[Any]] = (),
        loops: Mapping[str, Callable[[], Awaitable[None]]] | None = None,
        checks: Mapping[str, Check] | None = None,
    ) -> None:
        self.settings, self.service = settings, service
        self.consumers = tuple(consumers)
        self._topics = tuple(topics)
        undeclared = {f"{c.topic.name}.dlq" for c in self.consumers} - {topic.name for topic in self._topics}
        if undeclared:
            raise ValueError(f"topics must name the consumers' dead letters, too: {sorted(undeclared)}")
        self._loops = dict(loops or {})
        self._checks = dict(checks or {})
        self._tasks: list[asyncio.Task[None]] = []
        self.consuming = asyncio.Event()
        self.broker = kafka.make_broker(settings, service)
        for consumer in self.consumers:
            consumer.attach(self.broker, settings, producer)

    async def __aenter__(self) -> "Worker":
        self._tasks = [
            asyncio.create_task(self._consume(), name="consume"),
            *(asyncio.create_task(keep_running(name, loop), name=name) for name, loop in self._loops.items()),
        ]
        if self.settings.worker_health_port:
            self._tasks.append(asyncio.create_task(self._serve_health(), name="health"))
        return self

    async def __aexit__(self, *_: object) -> None:
        for consumer in self.consumers:
            consumer.stop()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        with suppress(KafkaError, TimeoutError):
            async with asyncio.timeout(25):
                await self.broker.stop()

    async def _consume(self) -> None:
        delay = 0.2
        while True:
            try:
                await kafka.ensure_topics(self.settings, self._topics)
                await self.broker.start()
            except Exception as error:
                unexpected = not isinstance(error, (Unavailable, KafkaError, OSError))
                log.warning(
                    "cannot consume yet",
                    service=self.service,
                    error=str(error),
                    again_in_s=delay,
                    exc_info=unexpected,
                )
                with suppress(Exception):
                    await self.broker.stop()
                await asyncio.sleep(delay)
                delay = min(delay * 2, 5)
            else:
                log.info("consuming", service=self.service, topics=[c.topic.name for c in self.consumers])
                self.consuming.set()
                return

    async def ready(self) -> tuple[bool, dict[str, Any]]:
        """As `servicekit.health.readiness`, over Kafka, every consumer and the worker's own checks."""
        return await readiness(
            {
                "kafka": lambda: kafka.ping(self.settings),
                **self._consumer_checks(),
                **self._checks,
            }
        )

    def _consumer_checks(self) -> dict[str, Check]:
        """By topic, numbered from the second one on where several share a topic."""
        checks: dict[str, Check] = {}
        seen: Counter[str] = Counter()
        for consumer in self.consumers:
            seen[consumer.topic.name] += 1
            number = seen[consumer.topic.name]
            name = f"consumer {consumer.topic.name}" + (f" {number}" if number > 1 else "")
            checks[name] = self._consumer_check(consumer)
        return checks

    def _consumer_check(self, consumer: BatchConsumer[Any]) -> Check:
        async def check() -> None:
            if not self.consuming.is_set():
                raise Unavailable("has not started")
            if consumer.halted is not None:
                raise Unavailable(f"halted: {consumer.halted}")
            if consumer.failing_s > _FAILING_AFTER_S:
                raise Unavailable(f"retrying for {consumer.failing_s:.0f} s")
            if time.monotonic() - consumer.last_turn > _STUCK_AFTER_S and await consumer.lag():
                raise Unavailable(f"no batch for {_STUCK_AFTER_S} s although there is lag")

        return check

    async def measure(self) -> None:
        """Bring the gauges up to date that tell of what does not happen: nobody else would, while nothing happens."""
        lags: dict[str, float] = {}
        for consumer in self.consumers:
            lags[consumer.topic.name] = max(lags.get(consumer.topic.name, 0.0), await consumer.lag_s())
        for topic, lag_s in lags.items():
            metrics.RECORD_LAG_SECONDS.labels(topic).set(lag_s)

    async def _serve_health(self) -> None:
        api = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)

        @api.get("/health/live")
        async def live() -> dict[str, bool]:
            return {"live": True}

        @api.get("/health/ready")
        async def ready() -> JSONResponse:
            is_ready, report = await self.ready()
            return JSONResponse(report, status_code=200 if is_ready else 503)

        @api.get("/metrics")
        async def expose_metrics() -> Response:
            await self.measure()
            body, content_type = metrics.exposition()
            return Response(body, media_type=content_type)

        server = uvicorn.Server(
            uvicorn.Config(
                api,
                host=self.settings.worker_health_host,
                port=self.settings.worker_health_port,
                access_log=False,
                log_config=None,
                lifespan="off",
            )
        )
        server.capture_signals = _leave_signals_alone  # type: ignore[method-assign]
        await server.serve()


def _leave_signals_alone() -> Any:
    return nullcontext()


def main(create: Callable[[S], AbstractAsyncContextManager[Worker]], settings_type: type[S], service: str) -> None:
    """Run a worker process until SIGTERM or SIGINT; the exit code is not 0 if it ended itself for a reason."""
    settings = settings_type()
    telemetry.configure_logging(f"{service}-worker", level=settings.log_level, fmt=settings.log_format)
    garbage.collect_rarely()
    with tracing.exporting(settings, f"{service}-worker"):
        asyncio.run(_run(create, settings))
    sys.exit(exit_code())


async def _run(create: Callable[[S], AbstractAsyncContextManager[Worker]], settings: S) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    async with create(settings):
        await stop.wait()
