"""Playback granted per second, entitlement read from PostgreSQL each time, against what a team would write first.

(a) ours, whole: bearer token, rights, rate limit, audit row and event durable, four Mux tokens, a watch grant;
(b) Express with @mux/mux-node; (c) Python as Mux's documentation signs, the PEM parsed for every token; (d) what
`openssl speed rsa2048` signs on one core, the ceiling of whoever signs every request. (b) and (c) get the same rows by
the same query, and do nothing else but sign. Rounds alternate; the medians count. Afterwards the audit is checked.
"""

import asyncio
import base64
import os
import re
import statistics
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from fastapi import FastAPI, HTTPException, Request
from rich.console import Console

from benchmarks import _flame, _school, _sizes, _wrk
from benchmarks._servers import cpu_s, plain_application, process, syncing, uvicorn
from benchmarks._wrk import Load
from devstack import tools, web
from devstack.paths import ROOT
from devstack.ports import free_port
from tests.databases import Database
from tests.infra import Infra

DESCRIPTION = "playback granted/s, against Express + @mux/mux-node, Mux's Python way, and openssl's RSA"
AIMS = {"shared_to_express": 30.0, "shared_to_openssl": 10.0, "under_5_ms": 1.0, "per_viewer_to_openssl": 0.95}

KEY_ID = "bench-key"
ROUNDS, SECONDS = _sizes.number("BENCH_ROUNDS", 3, short=1), _sizes.number("BENCH_SECONDS", 4, short=6)
CONNECTIONS, VIEWER_CONNECTIONS = _sizes.number("BENCH_CONNECTIONS", 32, short=8), 64
PLAIN_CONNECTIONS = 2  # it answers some ten a second: more of them only wait
PEERS = ROOT / "benchmarks" / "peers"
FLAME = ROOT / "docs" / "images" / "playback-flame.svg"

ENTITLEMENT = """
SELECT l.lesson_id, l.deleted, l.playback_id, l.duration_ms, c.owner_id, c.published, c.public, e.status, e.expires_at
FROM playable_lessons l
LEFT JOIN courses c ON c.course_id = l.course_id
LEFT JOIN enrollments e ON e.course_id = l.course_id AND e.learner_id = $2
WHERE l.lesson_id = $1
"""


def plain_app() -> FastAPI:
    """(c): as Mux's documentation signs in Python, behind the same query."""
    api = plain_application()

    @api.get("/three/{lesson}")
    async def playback(lesson: str, request: Request) -> dict[str, object]:
        found = await request.app.state.pool.fetchrow(ENTITLEMENT, lesson, request.headers["x-user"])
        if found is None or found["deleted"] or not found["published"] or found["status"] != "active":
            raise HTTPException(403)
        tokens = {}
        for use, audience in (("video", "v"), ("thumbnail", "t"), ("storyboard", "s")):
            private_key = base64.b64decode(os.environ["MUX_PRIVATE_KEY"])
            claims = {"sub": found["playback_id"], "aud": audience, "exp": 2_000_000_000}
            key_id = os.environ["MUX_SIGNING_KEY"]
            tokens[use] = jwt.encode(claims, private_key, algorithm="RS256", headers={"kid": key_id})
        return {"playbackId": found["playback_id"], "tokens": tokens}

    return api


async def run(infra: Infra) -> tuple[dict[str, float], dict[str, float]]:
    """Returns requests/s of each, p50 and p99 of ours, and the ratios."""
    console = Console(stderr=True)
    await asyncio.to_thread(web.install, PEERS, "fetching the benchmark's peers")
    await asyncio.to_thread(_wrk.ensure)
    key = generate_private_key(65537, 2048)
    async with _attended(infra) as (db, ours, theirs):
        async with AsyncExitStack() as processes:
            servers = await _start(processes, db, key)
            loads, signed, spent = await _measure(db, servers, ours, theirs, console)
        heard = [load for name in ("shared", "per_viewer") for load in loads[name]]
        await _school.check(db, heard, unheard=VIEWER_CONNECTIONS)
        figures, ratios = _reckoned(loads, signed)
        return figures | {f"{name}_cpu_us": round(statistics.median(each[1:])) for name, each in spent.items()}, ratios


async def profile(infra: Infra) -> Path:
    """Where the time of our process goes under the load of shared tokens: a flame graph, in docs/images."""
    await asyncio.to_thread(_wrk.ensure)
    key = generate_private_key(65537, 2048)
    async with _attended(infra) as (db, ours, _), AsyncExitStack() as processes:
        server = (await _start(processes, db, key, "ours"))["ours"]
        await _school.set_policy(db, "shared")
        await _wrk.drive(server.port, ours, connections=CONNECTIONS, seconds=SECONDS)  # warms up
        load = asyncio.create_task(_wrk.drive(server.port, ours, connections=CONNECTIONS, seconds=3 * SECONDS + 2))
        await _flame.record(server.pid, FLAME, seconds=3 * SECONDS)
        await load
    return FLAME


@asynccontextmanager
async def _attended(infra: Infra) -> AsyncIterator[tuple[Database, Path, dict[str, Path]]]:
    """A school in a database of its own, and the requests of those who attend it: ours, and the peers'."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="seatime-bench-")))
        postgres = syncing(infra, stack)
        db = await asyncio.to_thread(postgres.create, "playback", migrated=True)
        stack.callback(postgres.drop, db)
        ours, theirs = await _school.build(db, folder)
        yield db, ours, theirs


async def _measure(
    db: Database, servers: dict[str, "Server"], ours: Path, theirs: dict[str, Path], console: Console
) -> tuple[dict[str, list[Load]], list[float], dict[str, list[float]]]:
    loads: dict[str, list[Load]] = {}
    spent: dict[str, list[float]] = {}
    signed: list[float] = []

    async def drive(name: str, server: Server, requests: Path, connections: int = CONNECTIONS) -> None:
        before = cpu_s(server.pid)
        load = await _wrk.drive(server.port, requests, connections=connections, seconds=SECONDS)
        loads.setdefault(name, []).append(load)
        spent.setdefault(name, []).append((cpu_s(server.pid) - before) / load.requests * 1e6)
        console.print(
            f"{name:14} {load.per_s:8,.0f}/s  p50 {load.p50_ms:.2f} ms  p99 {load.p99_ms:.2f} ms"
            f"  {spent[name][-1]:,.0f} µs of its processor each"
        )

    for _ in range(ROUNDS + 1):  # the first one warms up
        signed.append(await _openssl())
        console.print(f"{'openssl':14} {signed[-1]:8,.0f} signatures/s")
        await drive("express", servers["express"], theirs["three"])
        await drive("express_one", servers["express"], theirs["one"])
        await drive("plain", servers["plain"], theirs["three"], PLAIN_CONNECTIONS)
        await _school.set_policy(db, "shared")
        await drive("shared", servers["ours"], ours)
        await _school.set_policy(db, "per_viewer")
        await drive("per_viewer", servers["ours"], ours, VIEWER_CONNECTIONS)
    return loads, signed, spent


def _reckoned(loads: dict[str, list[Load]], signed: list[float]) -> tuple[dict[str, float], dict[str, float]]:
    per_s = {name: statistics.median(load.per_s for load in found[1:]) for name, found in loads.items()}
    openssl = statistics.median(signed[1:])
    p99 = statistics.median(load.p99_ms for load in loads["shared"][1:])
    figures = {f"{name}_per_s": float(round(value)) for name, value in per_s.items()} | {
        "openssl_signatures_per_s": round(openssl),
        "shared_p50_ms": round(statistics.median(load.p50_ms for load in loads["shared"][1:]), 2),
        "shared_p99_ms": round(p99, 2),
        "per_viewer_p99_ms": round(statistics.median(load.p99_ms for load in loads["per_viewer"][1:]), 2),
    }
    return figures, {
        "shared_to_express": round(per_s["shared"] / per_s["express"], 2),
        "shared_to_express_one": round(per_s["shared"] / per_s["express_one"], 2),
        "shared_to_plain": round(per_s["shared"] / per_s["plain"], 2),
        "shared_to_openssl": round(per_s["shared"] / openssl, 2),
        "under_5_ms": round(5 / p99, 2),
        "per_viewer_to_openssl": round(per_s["per_viewer"] / openssl, 2),
    }


async def _openssl() -> float:
    """Signatures/s of one core."""
    running = await asyncio.create_subprocess_exec(
        *("openssl", "speed", "-seconds", str(SECONDS), "rsa2048"),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    async with asyncio.timeout(4 * SECONDS + 30):
        output, _ = await running.communicate()
    found = re.search(r"^rsa\s+2048 bits\s+\S+\s+\S+\s+([\d.]+)", output.decode(), re.MULTILINE)
    if found is None:
        raise RuntimeError(f"openssl speed said something else than expected: {output.decode()[-300:]}")
    return float(found[1])


@dataclass(frozen=True)
class Server:
    port: int
    pid: int


async def _start(stack: AsyncExitStack, db: Database, key: RSAPrivateKey, *only: str) -> dict[str, Server]:
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
    grants = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    signing = {"MUX_SIGNING_KEY": KEY_ID, "MUX_PRIVATE_KEY": base64.b64encode(pem).decode()}
    ours = {
        "DATABASE_URL_PLAYBACK": db.app_url,
        "AUTH_JWT_SECRET": _school.SECRET,
        "WATCH_GRANT_PRIVATE_KEY": base64.b64encode(grants).decode(),
        "PLAYBACK_ADDRESS_RATE_LIMIT": "1000000",  # all come from one address, whose bucket is counted all the same
    }
    ports = {name: free_port() for name in ("ours", "plain", "express")}
    commands = {
        "ours": [sys.executable, "-m", "playback_service.app"],
        "plain": [*uvicorn("benchmarks.playback:plain_app"), str(ports["plain"])],
        "express": [tools.node(), str(PEERS / "server.mjs")],
    }
    theirs = {"DATABASE_URL": db.app_url, "ENTITLEMENT_SQL": ENTITLEMENT, "NODE_ENV": "production"}
    servers = {}
    for name, command in commands.items():
        if only and name not in only:
            continue
        env = signing | (ours if name == "ours" else theirs) | {"HTTP_PORT": str(ports[name])}
        servers[name] = Server(ports[name], await stack.enter_async_context(process(command, env, ports[name])))
    return servers
