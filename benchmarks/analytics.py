"""What analytics costs to read and to keep: the curve of a lesson, events counted, and how soon a beat is visible.

The curve is asked of the API as an owner asks, with the application in this process. Events are `progress.advanced` in
Kafka, counted by the worker as it is deployed, against two plain ways (`_plain.py`). Beats are records of
`watch.progress`, ten each, that go through the progress worker, its outbox, Kafka and the analytics worker; a probe
among them is visible once the API tells of it (`_visible.py`). PostgreSQL syncs its commits. The sums are checked
afterwards.
"""

import asyncio
import statistics
import time
from contextlib import ExitStack
from dataclasses import dataclass

from aiokafka import AIOKafkaProducer
from rich.console import Console

from benchmarks import _consuming, _plain, _sizes, _viewers, _visible
from benchmarks._deployed import create_topics, worker
from benchmarks._servers import syncing
from contracts import topics
from servicekit import database
from tests.databases import Database, Postgres
from tests.infra import Infra

DESCRIPTION = "a curve of a million viewers, events counted against an UPDATE each, and from beat to visible"
AIMS = {"under_50_ms": 1.0, "under_2_s": 1.0, "ours_to_update": 50.0, "large_to_small": 0.8}

SIZES = _sizes.numbers("BENCH_SIZES", "10000 100000 1000000", short="1000")
EVENTS = _sizes.number("BENCH_EVENTS", 50_000, short=5_000)
BEATS_PER_S = _sizes.number("BENCH_BEATS_PER_S", 5_000, short=500)
SECONDS = _sizes.number("BENCH_SECONDS", 20, short=5)
UPDATES = _sizes.number("BENCH_UPDATES", 3_000, short=300)
READS = 40

_SIZES = """
SELECT sum(size) FILTER (WHERE personal)::float8 AS people, sum(size) FILTER (WHERE NOT personal)::float8 AS lessons
FROM (
    SELECT pg_total_relation_size(oid) AS size,
           relname IN ('learner_lessons', 'watch_sessions', 'learner_tallies') AS personal
    FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
) tables
"""


@dataclass(frozen=True)
class Kept:
    """A lesson with so many viewers: time to read its curve (ms), events/s and what one takes, megabytes.

    `filtered_ms` sums the viewers' own rows; None where that takes longer than the API waits for an answer.
    """

    read_ms: float
    worst_ms: float
    filtered_ms: float | None
    events_per_s: float
    cpu_us: float
    people_mb: float
    lessons_mb: float


async def run(infra: Infra) -> tuple[dict[str, float], dict[str, float]]:
    """Returns what each size took and the plain ways, and the ratios."""
    console, kept, plain = Console(stderr=True), dict[int, Kept](), list[tuple[float, float]]()
    with ExitStack() as stack:
        postgres = syncing(infra, stack)
        for size in SIZES:
            plain.append(await _plain.rates(postgres, stack, UPDATES))
            console.print("an UPDATE for each event: {:,.0f}/s; with viewers and a curve: {:,.0f}/s".format(*plain[-1]))
            kept[size] = await _measure(infra.kafka_bootstrap, postgres, stack, size)
            console.print(f"{size:,} viewers: {kept[size]}")
        console.print(f"{BEATS_PER_S:,} beats/s for {SECONDS} s, from Kafka to the API ...")
        seen = await _visible.seen(
            infra.kafka_bootstrap, postgres, stack, learners=SIZES[0], beats_per_s=BEATS_PER_S, seconds=SECONDS
        )
        console.print(f"beat to visible, {len(seen.delays)} probes: median {statistics.median(seen.delays):.2f} s")
    return _reckoned(kept, plain, seen)


async def _measure(bootstrap: str, postgres: Postgres, stack: ExitStack, size: int) -> Kept:
    db = await asyncio.to_thread(postgres.create, "analytics", migrated=True)
    stack.callback(postgres.drop, db)
    admin = postgres.admin_url.rpartition("/")[0] + f"/{db.name}"
    await _viewers.build(admin, size)
    events_per_s, cpu_us = await _counted(bootstrap, db, size)
    times = await _reads(db, "", READS)
    filtered = await _reads(db, "?from=2026-01-01&to=2026-01-20", 3)
    pool = await database.create_pool(admin, application_name="bench", max_size=1)
    try:
        row = await pool.fetchrow(_SIZES)
        counted = await pool.fetchval("SELECT sum(covered_ms + replayed_ms) FROM lesson_totals")
        rows = await pool.fetchval("SELECT sum(covered_ms + replayed_ms) FROM learner_lessons")
    finally:
        await pool.close()
    if row is None or counted != rows:
        raise RuntimeError(f"the lesson has {counted} ms and its learners {rows}")
    return Kept(
        read_ms=statistics.median(times),
        worst_ms=max(times),
        filtered_ms=statistics.median(filtered) if filtered else None,
        events_per_s=events_per_s,
        cpu_us=cpu_us,
        people_mb=row["people"] / 1e6,
        lessons_mb=row["lessons"] / 1e6,
    )


async def _reads(db: Database, query: str, reads: int) -> list[float]:
    """Milliseconds of each answer with the lesson's curve, after the first; none if the API would not wait for it."""
    headers, times = _visible.signed_in(_viewers.OWNER, "instructor"), []
    async with _visible.api(db) as http:
        for _ in range(reads + 1):
            started = time.perf_counter()
            response = await http.get(f"/api/analytics/lessons/{_viewers.LESSON}{query}", headers=headers)
            times.append((time.perf_counter() - started) * 1000)
            if response.status_code == 503:
                return []
            if response.status_code != 200:
                raise RuntimeError(response.text)
    return times[1:]


async def _counted(bootstrap: str, db: Database, size: int) -> tuple[float, float]:
    """Events/s that the worker takes from Kafka into the tables, and its processor time for each (µs)."""
    prefix = f"{db.name}."
    await create_topics(bootstrap, prefix)
    name = prefix + topics.PROGRESS_ADVANCED.name
    async with AIOKafkaProducer(bootstrap_servers=bootstrap, acks="all", linger_ms=5) as producer:
        for event in _viewers.credits(size, EVENTS):
            await producer.send(name, event.to_json(), key=event.key.encode())
    async with worker("analytics", bootstrap, prefix, db) as pid:
        return await _consuming.rate(bootstrap, f"{prefix}analytics.{topics.PROGRESS_ADVANCED.name}", EVENTS, pid)


def _reckoned(
    kept: dict[int, Kept], plain: list[tuple[float, float]], seen: _visible.Seen
) -> tuple[dict[str, float], dict[str, float]]:
    p95 = statistics.quantiles(seen.delays, n=20, method="inclusive")[-1]
    update, with_a_curve = (statistics.median(way) for way in zip(*plain, strict=True))
    figures = {
        "updates_per_s": round(update),
        "updates_with_a_curve_per_s": round(with_a_curve),
        "visible_median_s": round(statistics.median(seen.delays), 3),
        "visible_p95_s": round(p95, 3),
        "visible_worst_s": round(max(seen.delays), 3),
        **{f"visible_{service}_cpu_us": round(spent, 1) for service, spent in seen.cpu_us.items()},
    }
    for size, found in kept.items():
        figures |= {
            f"curve_{size}_median_ms": round(found.read_ms, 1),
            f"curve_{size}_worst_ms": round(found.worst_ms, 1),
            **({} if found.filtered_ms is None else {f"filtered_{size}_median_ms": round(found.filtered_ms, 1)}),
            f"events_{size}_per_s": round(found.events_per_s),
            f"events_{size}_cpu_us": round(found.cpu_us, 1),
            f"people_{size}_mb": round(found.people_mb, 1),
            f"lessons_{size}_mb": round(found.lessons_mb, 1),
        }
    small, large = kept[SIZES[0]], kept[SIZES[-1]]
    return figures, {
        "under_50_ms": round(50 / large.read_ms, 2),
        "under_2_s": round(2 / p95, 2),
        "ours_to_update": round(small.events_per_s / update, 1),
        "ours_to_update_with_a_curve": round(small.events_per_s / with_a_curve, 1),
        "large_to_small": round(large.events_per_s / small.events_per_s, 2),
    }
