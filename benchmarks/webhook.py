"""Our webhook receiver against a plain FastAPI handler that checks the HMAC and inserts one row.

Both are processes of their own under uvicorn with the same options, the same pool and a PostgreSQL that really syncs
to disk, and get the very same events: the four that Mux tells of each upload that goes well, shuffled. Ours also
applies them: state machine, lesson, outbox. Rounds alternate; the medians count. Afterwards the tables are checked.
"""

import asyncio
import hashlib
import hmac
import json
import random
import statistics
import sys
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import ExitStack, asynccontextmanager
from uuid import uuid4

from fastapi import FastAPI, HTTPException, Request
from rich.console import Console

from benchmarks import _sizes
from benchmarks._load import Outcome, drive
from benchmarks._servers import plain_application, process, syncing, uvicorn
from benchmarks._story import story
from devstack.ports import free_port
from servicekit import database
from tests.databases import Database
from tests.infra import Infra
from upload_service.identifiers import new_upload_id

DESCRIPTION = "webhooks/s verified and durable, against a plain FastAPI handler with one INSERT; forged against valid"
AIMS = {"valid_to_plain": 5.0, "forged_to_valid": 1.0}

SECRET = "the webhook secret of the benchmark"
ROUNDS, LESSONS = _sizes.number("BENCH_ROUNDS", 3, short=1), _sizes.number("BENCH_LESSONS", 1_000, short=100)
FORGED, CONNECTIONS, TIMEOUT_S = 4_000, 64, 120
OURS, PLAIN = "/api/videos/mux/webhook", "/webhook"

_PLAIN_TABLE = """
CREATE TABLE plain_events (
    id text PRIMARY KEY, type text NOT NULL, payload text NOT NULL, received_at timestamptz NOT NULL DEFAULT now()
)
"""


def plain_app() -> FastAPI:
    """The handler that everybody writes: HMAC, JSON, one INSERT."""
    api = plain_application()

    @api.post(PLAIN)
    async def receive(request: Request) -> dict[str, bool]:
        body = await request.body()
        given = dict(part.split("=", 1) for part in request.headers["mux-signature"].split(","))
        expected = hmac.new(SECRET.encode(), f"{given['t']}.".encode() + body, hashlib.sha256).hexdigest()
        if not hmac.compare_digest(expected, given["v1"]) or abs(time.time() - int(given["t"])) > 300:
            raise HTTPException(401)
        event = json.loads(body)
        await request.app.state.pool.execute(
            "INSERT INTO plain_events (id, type, payload) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
            event["id"],
            event["type"],
            body.decode(),
        )
        return {"received": True}

    return api


async def run(infra: Infra) -> tuple[dict[str, float], dict[str, float]]:
    """Returns requests/s of each, p50 and p99 of ours, and the ratios."""
    console = Console(stderr=True)
    with ExitStack() as stack:
        postgres = syncing(infra, stack)
        db = await asyncio.to_thread(postgres.create, "upload", migrated=True)
        stack.callback(postgres.drop, db)
        await asyncio.to_thread(postgres.sql, _PLAIN_TABLE, url=db.owner_url)
        async with _ours(db) as ours, _plain(db) as plain:
            return await _measure(db, ours, plain, console)


async def _measure(db: Database, ours: int, plain: int, console: Console) -> tuple[dict[str, float], dict[str, float]]:
    valid: list[Outcome] = []
    beside: list[Outcome] = []
    forged: list[Outcome] = []
    for number in range(ROUNDS + 1):  # the first one warms up
        bodies = await _bodies(db, LESSONS)
        beside.append(await _drive(plain, [_request(PLAIN, body, SECRET) for body in bodies], expect=200))
        valid.append(await _drive(ours, [_request(OURS, body, SECRET) for body in bodies], expect=200))
        guessed = [_request(OURS, body, "guessed") for body in bodies[:FORGED]]
        forged.append(await _drive(ours, guessed, expect=401))
        console.print(
            f"round {number}: plain {beside[-1].per_s:,.0f}/s, ours {valid[-1].per_s:,.0f}/s,"
            f" forged {forged[-1].per_s:,.0f}/s"
        )
    await _check(db, (ROUNDS + 1) * LESSONS)
    plain_per_s, valid_per_s, forged_per_s = (_median(outcomes) for outcomes in (beside, valid, forged))
    figures = {
        "plain_per_s": round(plain_per_s),
        "valid_per_s": round(valid_per_s),
        "forged_per_s": round(forged_per_s),
        "plain_p50_ms": round(statistics.median(outcome.p50_ms for outcome in beside[1:]), 1),
        "plain_p99_ms": round(statistics.median(outcome.p99_ms for outcome in beside[1:]), 1),
        "valid_p50_ms": round(statistics.median(outcome.p50_ms for outcome in valid[1:]), 1),
        "valid_p99_ms": round(statistics.median(outcome.p99_ms for outcome in valid[1:]), 1),
    }
    return figures, {
        "valid_to_plain": round(valid_per_s / plain_per_s, 2),
        "forged_to_valid": round(forged_per_s / valid_per_s, 2),
    }


def _median(outcomes: Sequence[Outcome]) -> float:
    return statistics.median(outcome.per_s for outcome in outcomes[1:])


async def _drive(port: int, requests: Sequence[bytes], *, expect: int) -> Outcome:
    outcome = await drive(port, requests, connections=CONNECTIONS, timeout_s=TIMEOUT_S)
    if set(outcome.statuses) != {expect}:
        raise RuntimeError(f"expected {expect}, got {dict(outcome.statuses)}")
    return outcome


@asynccontextmanager
async def _ours(db: Database) -> AsyncIterator[int]:
    env = {"DATABASE_URL_UPLOAD": db.app_url, "MUX_WEBHOOK_SECRETS": SECRET, "AUTH_JWT_SECRET": "x" * 40}
    port = free_port()
    async with process([sys.executable, "-m", "upload_service.app"], env | {"HTTP_PORT": str(port)}, port):
        yield port


@asynccontextmanager
async def _plain(db: Database) -> AsyncIterator[int]:
    port = free_port()
    command = [*uvicorn("benchmarks.webhook:plain_app"), str(port)]
    async with process(command, {"DATABASE_URL": db.app_url}, port):
        yield port


async def _bodies(db: Database, lessons: int) -> list[bytes]:
    """The events of as many new uploads, in no order. Their rows are made as the API would have left them."""
    batch = uuid4().hex[:8]
    ids = [new_upload_id() for _ in range(lessons)]
    names = [f"{batch}-{number}" for number in range(lessons)]
    pool = await database.create_pool(db.app_url, application_name="bench", max_size=1)
    try:
        async with database.transaction(pool) as conn:
            await conn.execute("INSERT INTO courses (id, owner_id, version) VALUES ($1, 'bench', 1)", batch)
            await conn.execute(
                "INSERT INTO lessons (id, course_id, title, version) SELECT n, $1, n, 1 FROM unnest($2::text[]) n",
                batch,
                names,
            )
            await conn.execute(
                """
                INSERT INTO uploads (id, lesson_id, mux_upload_id)
                SELECT id, name, 'mux-' || name FROM unnest($1::uuid[], $2::text[]) AS t (id, name)
                """,
                ids,
                names,
            )
    finally:
        await pool.close()
    bodies = [body for upload_id, name in zip(ids, names, strict=True) for body in story(str(upload_id), name)]
    random.Random(20).shuffle(bodies)
    return bodies


def _request(path: str, body: bytes, secret: str) -> bytes:
    timestamp = int(time.time())
    digest = hmac.new(secret.encode(), b"%d.%b" % (timestamp, body), hashlib.sha256).hexdigest()
    head = (
        f"POST {path} HTTP/1.1\r\nHost: learn.example\r\nUser-Agent: Mux/1.0\r\nContent-Type: application/json\r\n"
        f"Mux-Signature: t={timestamp},v1={digest}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


async def _check(db: Database, lessons: int) -> None:
    """Every event has one row and its effect, on both sides, and nothing forged has any."""
    pool = await database.create_pool(db.app_url, application_name="bench", max_size=1)
    try:
        kept = await pool.fetch("SELECT state, count(*) AS n FROM mux_events GROUP BY state")
        plain = await pool.fetchval("SELECT count(*) FROM plain_events")
        ready = await pool.fetchval("SELECT count(*) FROM lessons WHERE processing_status = 'ready'")
        announced = await pool.fetchval("SELECT count(*) FROM outbox WHERE topic = 'asset.ready'")
    finally:
        await pool.close()
    found = {row["state"]: row["n"] for row in kept}, plain, ready, announced
    if found != ({"applied": 4 * lessons}, 4 * lessons, lessons, lessons):
        raise RuntimeError(f"something was lost or came twice: {found}")
