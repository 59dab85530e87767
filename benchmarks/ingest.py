"""Beats acknowledged per second, a beat and ten a request: ours against what else would take them.

Ours: grant and body checked, one record a request in Kafka, acknowledged by all replicas, then 202. Against FastAPI
with aiokafka and Fastify with kafkajs, a record for each beat; Express with pg, a row for each; `update_or_create` of
Django; and Open edX's `submit_completion`. Those check no grant: in their favour. Each has as many processes as ours,
wrk and the servers share the machine with them, rounds alternate, the medians count. Afterwards everything that was
acknowledged has to be there.
"""

import asyncio
import statistics
import tempfile
from collections import defaultdict
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack, ExitStack
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from benchmarks import _contenders, _kept, _peers, _players, _sizes, _wrk
from benchmarks._contenders import Contender, Server, start
from benchmarks._servers import syncing
from contracts import topics
from servicekit import kafka
from servicekit.settings import CommonSettings
from tests.infra import Infra

DESCRIPTION = "beats/s acknowledged, against FastAPI and Fastify per event, Express + pg, Django and edx-completion"
AIMS = {
    "ours_10_to_100k": 1.0,
    "ours_10_to_fastapi": 10.0,
    "ours_10_to_edx_completion": 40.0,
    "ours_1_to_express": 2.0,
    "under_20_ms": 1.0,
}

ROUNDS, SECONDS = _sizes.number("BENCH_ROUNDS", 3, short=1), _sizes.number("BENCH_SECONDS", 4, short=3)
CONNECTIONS, PROCESSES = _sizes.number("BENCH_CONNECTIONS", 64, short=16), _sizes.number("BENCH_PROCESSES", 2, short=1)
ONLY = _sizes.text("BENCH_ONLY", "", short="").split()
SIZES = (1, 10)


@dataclass(frozen=True)
class Measured:
    """One contender at one size in one round; `cpu_us` of its own processes for a beat."""

    beats: int
    beats_per_s: float
    p50_ms: float
    p99_ms: float
    cpu_us: float

    def __str__(self) -> str:
        return (
            f"{self.beats_per_s:9,.0f} beats/s  p50 {self.p50_ms:6.2f} ms  p99 {self.p99_ms:6.2f} ms"
            f"  {self.cpu_us:7,.1f} µs of its processor a beat"
        )


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
        all_of_them = _contenders.contenders(infra.kafka_bootstrap, prefix, dbs, python, keys)
        contenders = {name: contender for name, contender in all_of_them.items() if name in ONLY or not ONLY}
        await _kept.prepare(dbs["peers"], python, _players.LEARNERS)
        settings = CommonSettings(kafka_bootstrap_servers=infra.kafka_bootstrap, kafka_topic_prefix=prefix)
        await kafka.ensure_topics(settings, [topics.WATCH_PROGRESS, *_contenders.topics_of_others()])
        found = await _measure(contenders, who, folder)
        await _check(contenders, found)
    return _reckoned(found)


async def _measure(contenders: Mapping[str, Contender], who: Sequence[_players.Player], folder: Path) -> Rounds:
    console, found, skip = Console(stderr=True), Rounds(), defaultdict[tuple[str, int, int], int](int)
    files = {
        (name, size): _players.write(folder, name, contender.path, who, size=size, parts=PROCESSES)
        for name, contender in contenders.items()
        for size in SIZES
    }
    async with AsyncExitStack() as stack:
        running = {name: await start(stack, contender, PROCESSES) for name, contender in contenders.items()}
        for number in range(ROUNDS + 1):  # the first one warms up
            for size in SIZES:
                for name, servers in running.items():
                    before = sum(server.cpu_s() for server in servers)
                    skipped = [skip[name, size, part] for part in range(PROCESSES)]
                    loads = await _load(servers, files[name, size], skipped)
                    spent = sum(server.cpu_s() for server in servers) - before
                    for part, load in enumerate(loads):
                        skip[name, size, part] += load.requests
                    measured = _measured(loads, size, spent)
                    found.setdefault((name, size), []).append(measured)
                    console.print(f"round {number}: {name:15} {size:2} a request {measured}")
    return found


async def _load(servers: Sequence[Server], files: Sequence[Path], skipped: Sequence[int]) -> list[_wrk.Load]:
    """A wrk for each server, all at once."""
    each = zip(servers, files, skipped, strict=True)
    connections = CONNECTIONS // PROCESSES
    return await asyncio.gather(
        *(
            _wrk.drive(server.port, file, connections=connections, seconds=SECONDS, skip=skip)
            for server, file, skip in each
        )
    )


def _measured(loads: Sequence[_wrk.Load], size: int, spent: float) -> Measured:
    beats = size * sum(load.requests for load in loads)
    return Measured(
        beats=beats,
        beats_per_s=size * sum(load.per_s for load in loads),
        p50_ms=statistics.mean(load.p50_ms for load in loads),
        p99_ms=max(load.p99_ms for load in loads),
        cpu_us=spent / beats * 1e6,
    )


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
