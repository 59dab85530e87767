"""Beats acknowledged per second, a beat and ten a request: ours against what else would take them.

Ours: grant and body checked, one record a request in Kafka, acknowledged by all replicas, then 202. Against FastAPI
with aiokafka and Fastify with kafkajs, a record for each beat; Express with pg, a row for each; `update_or_create` of
Django; and Open edX's `submit_completion`. Those check no grant: in their favour. Each has as many processes as ours,
wrk and the servers share the machine with them, rounds alternate, the medians count. Afterwards everything that was
acknowledged has to be there.
"""

import asyncio
import os
import statistics
import sys
import tempfile
from collections import defaultdict
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import orjson
from aiokafka import AIOKafkaProducer
from fastapi import FastAPI
from pydantic import BaseModel, Field
from rich.console import Console

from benchmarks import _kept, _peers, _players, _wrk
from benchmarks._servers import cpu_s, process, syncing
from contracts import topics
from contracts.topic import Topic
from devstack import tools
from devstack.ports import free_port
from servicekit import kafka
from servicekit.settings import CommonSettings
from tests.databases import Database
from tests.infra import Infra

DESCRIPTION = "beats/s acknowledged, against FastAPI and Fastify per event, Express + pg, Django and edx-completion"
AIMS = {
    "ours_10_to_100k": 1.0,
    "ours_10_to_fastapi": 10.0,
    "ours_10_to_edx_completion": 40.0,
    "ours_1_to_express": 2.0,
    "under_20_ms": 1.0,
}

ROUNDS, SECONDS = int(os.environ.get("BENCH_ROUNDS", "3")), int(os.environ.get("BENCH_SECONDS", "4"))
CONNECTIONS, PROCESSES = int(os.environ.get("BENCH_CONNECTIONS", "64")), int(os.environ.get("BENCH_PROCESSES", "2"))
ONLY = os.environ.get("BENCH_ONLY", "").split()
SIZES = (1, 10)
UVICORN = [
    "--http",
    "httptools",
    "--loop",
    "asyncio",
    "--no-access-log",
    "--no-server-header",
    "--log-level",
    "warning",
]


class Beat(BaseModel):
    seq: int = Field(ge=0)
    since: int = Field(ge=0)
    at: int = Field(ge=0)
    position: float = Field(ge=0)
    rate: float = Field(gt=0)
    watched_segments: list[tuple[float, float]] = Field(alias="watchedSegments")


class Report(BaseModel):
    learner: str
    lesson: str
    session: str
    sent_at: int = Field(alias="sentAt")
    beats: list[Beat] = Field(min_length=1)


def plain_app() -> FastAPI:
    """FastAPI and aiokafka as their documentation shows them: a record for each beat, awaited."""

    @asynccontextmanager
    async def lifespan(api: FastAPI) -> AsyncIterator[None]:
        async with AIOKafkaProducer(bootstrap_servers=os.environ["KAFKA_BOOTSTRAP_SERVERS"], acks="all") as producer:
            api.state.producer = producer
            yield

    api = FastAPI(lifespan=lifespan)

    @api.post("/progress", status_code=202)
    async def progress(report: Report) -> dict[str, int]:
        who = report.model_dump(include={"learner", "lesson", "session"})
        for beat in report.beats:
            value = orjson.dumps(who | beat.model_dump())
            await api.state.producer.send_and_wait(os.environ["TOPIC"], value, key=report.learner.encode())
        return {"accepted": len(report.beats)}

    @api.get("/health/live")
    async def live() -> dict[str, bool]:
        return {"live": True}

    return api


@dataclass(frozen=True)
class Contender:
    """Who takes beats: its command, but for the port, which it is told in HTTP_PORT unless the command ends in it."""

    path: str
    command: Sequence[str]
    env: Mapping[str, str]
    kept: _kept.Count
    port_in_command: bool = False


@dataclass(frozen=True)
class Measured:
    """One contender at one size in one round; `cpu_us` of its own processes for a beat."""

    beats: int
    beats_per_s: float
    p50_ms: float
    p99_ms: float
    cpu_us: float


Rounds = dict[tuple[str, int], list[Measured]]


async def run(infra: Infra) -> tuple[dict[str, float], dict[str, float]]:
    """Returns beats/s, p99 and the processor's time a beat of each, and the ratios."""
    await asyncio.to_thread(_peers.node)
    await asyncio.to_thread(_wrk.ensure)
    python = await asyncio.to_thread(_peers.python)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="seatime-bench-")))
        postgres = syncing(infra, stack)
        dbs = {}
        for name in ("progress", "peers"):
            dbs[name] = await asyncio.to_thread(postgres.create, "progress", migrated=name == "progress")
            stack.callback(postgres.drop, dbs[name])
        who, keys = _players.players()
        prefix = f"{dbs['progress'].name}."
        contenders = _contenders(infra.kafka_bootstrap, prefix, dbs, python, keys)
        await _kept.prepare(dbs["peers"], python, _players.LEARNERS)
        settings = CommonSettings(kafka_bootstrap_servers=infra.kafka_bootstrap, kafka_topic_prefix=prefix)
        await kafka.ensure_topics(settings, [topics.WATCH_PROGRESS, *(_topic(name) for name in ("fastapi", "fastify"))])
        found = await _measure(contenders, who, folder)
        await _check(contenders, found)
    return _reckoned(found)


def _topic(name: str) -> Topic:
    return Topic(f"bench.{name}", key="learner", producer="progress", consumers=(), cleanup="delete", retention_days=1)


def _contenders(
    bootstrap: str, prefix: str, dbs: Mapping[str, Database], python: Path, keys: Mapping[str, str]
) -> dict[str, Contender]:
    peers, database = _peers.FOLDER, {"DATABASE_URL": dbs["peers"].owner_url}
    ours = {
        "KAFKA_BOOTSTRAP_SERVERS": bootstrap,
        "KAFKA_TOPIC_PREFIX": prefix,
        "DATABASE_URL_PROGRESS": dbs["progress"].app_url,
        "AUTH_JWT_SECRET": "the bearer secret of the benchmark, long enough",
        **keys,
    }

    def to(name: str) -> dict[str, str]:
        return {"KAFKA_BOOTSTRAP_SERVERS": bootstrap, "TOPIC": prefix + _topic(name).name}

    uvicorn = [sys.executable, "-m", "uvicorn", "--factory", "benchmarks.ingest:plain_app", *UVICORN, "--port"]
    gunicorn = [str(python), "-m", "gunicorn", "--chdir", str(peers), "--threads", "4", "--log-level", "error"]
    gunicorn += ["completions:application", "-b"]
    node, url = tools.node(), dbs["peers"].owner_url
    ours_topic = prefix + topics.WATCH_PROGRESS.name
    found = {
        "ours": Contender(
            "/api/progress", [sys.executable, "-m", "progress_service.app"], ours, _kept.beats(bootstrap, ours_topic)
        ),
        "fastapi": Contender(
            "/progress", uvicorn, to("fastapi"), _kept.records(bootstrap, to("fastapi")["TOPIC"]), port_in_command=True
        ),
        "fastify": Contender(
            "/progress",
            [node, str(peers / "per_event.mjs")],
            to("fastify"),
            _kept.records(bootstrap, to("fastify")["TOPIC"]),
        ),
        "express": Contender(
            "/progress", [node, str(peers / "inserts.mjs")], database | {"NODE_ENV": "production"}, _kept.rows(url)
        ),
        "django": Contender(
            "/upsert", gunicorn, database, _kept.writes(url, "watching_watching"), port_in_command=True
        ),
        "edx_completion": Contender(
            "/submit", gunicorn, database, _kept.writes(url, "completion_blockcompletion"), port_in_command=True
        ),
    }
    return {name: contender for name, contender in found.items() if name in ONLY or not ONLY}


async def _measure(contenders: Mapping[str, Contender], who: Sequence[_players.Player], folder: Path) -> Rounds:
    console, found, skip = Console(stderr=True), Rounds(), defaultdict[tuple[str, int, int], int](int)
    files = {
        (name, size): _players.write(folder, name, contender.path, who, size=size, parts=PROCESSES)
        for name, contender in contenders.items()
        for size in SIZES
    }
    async with AsyncExitStack() as stack:
        servers = {name: await _start(stack, contender) for name, contender in contenders.items()}
        for number in range(ROUNDS + 1):  # the first one warms up
            for size in SIZES:
                for name, running in servers.items():
                    before = sum(cpu_s(pid) for _, pids in running for pid in pids)
                    loads = await asyncio.gather(
                        *(
                            _wrk.drive(
                                port,
                                file,
                                connections=CONNECTIONS // PROCESSES,
                                seconds=SECONDS,
                                skip=skip[name, size, part],
                            )
                            for part, ((port, _), file) in enumerate(zip(running, files[name, size], strict=True))
                        )
                    )
                    spent = sum(cpu_s(pid) for _, pids in running for pid in pids) - before
                    for part, load in enumerate(loads):
                        skip[name, size, part] += load.requests
                    measured = _measured(loads, size, spent)
                    found.setdefault((name, size), []).append(measured)
                    console.print(
                        f"round {number}: {name:15} {size:2} a request {measured.beats_per_s:9,.0f} beats/s"
                        f"  p50 {measured.p50_ms:6.2f} ms  p99 {measured.p99_ms:6.2f} ms"
                        f"  {measured.cpu_us:7,.1f} µs of its processor a beat"
                    )
    return found


def _measured(loads: Sequence[_wrk.Load], size: int, spent: float) -> Measured:
    beats = size * sum(load.requests for load in loads)
    return Measured(
        beats=beats,
        beats_per_s=size * sum(load.per_s for load in loads),
        p50_ms=statistics.mean(load.p50_ms for load in loads),
        p99_ms=max(load.p99_ms for load in loads),
        cpu_us=spent / beats * 1e6,
    )


async def _start(stack: AsyncExitStack, contender: Contender) -> list[tuple[int, list[int]]]:
    """Ports, each with the ids of the processes behind it."""
    started = []
    for _ in range(PROCESSES):
        port = free_port()
        address = f"127.0.0.1:{port}" if "gunicorn" in contender.command else str(port)
        command = [*contender.command, *([address] if contender.port_in_command else [])]
        pid = await stack.enter_async_context(process(command, {**contender.env, "HTTP_PORT": str(port)}, port))
        started.append((port, [pid, *_children(pid)]))
    return started


def _children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


async def _check(contenders: Mapping[str, Contender], found: Rounds) -> None:
    """What was acknowledged is there. Of each load, what was under way at its end may be there too."""
    for name, contender in contenders.items():
        acknowledged = sum(measured.beats for size in SIZES for measured in found[name, size])
        unheard = sum(len(found[name, size]) * CONNECTIONS * size for size in SIZES)
        kept = await contender.kept()
        if not acknowledged <= kept <= acknowledged + unheard:
            raise RuntimeError(f"{name}: {acknowledged} beats acknowledged, {kept} kept")


def _reckoned(found: Rounds) -> tuple[dict[str, float], dict[str, float]]:
    figures: dict[str, float] = {"processes_each": PROCESSES}
    per_s = defaultdict[str, float](lambda: float("nan"))
    for (name, size), rounds in found.items():
        counted = rounds[1:]
        per_s[f"{name}_{size}"] = statistics.median(measured.beats_per_s for measured in counted)
        figures |= {
            f"{name}_{size}_beats_per_s": round(per_s[f"{name}_{size}"]),
            f"{name}_{size}_p99_ms": round(statistics.median(measured.p99_ms for measured in counted), 1),
            f"{name}_{size}_cpu_us": round(statistics.median(measured.cpu_us for measured in counted), 1),
        }
    ratios = {"ours_10_to_100k": round(per_s["ours_10"] / 100_000, 2)}
    for size in SIZES:
        for name in ("fastapi", "fastify", "express", "django", "edx_completion"):
            if f"{name}_{size}" in per_s:
                ratios[f"ours_{size}_to_{name}"] = round(per_s[f"ours_{size}"] / per_s[f"{name}_{size}"], 1)
    worst = max(figures[f"ours_{size}_p99_ms"] for size in SIZES)
    return figures, ratios | {"under_20_ms": round(20 / worst, 2)}
