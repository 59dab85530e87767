"""Who takes beats in the ingest benchmark: ours and the others, how each is started, how what it kept is counted."""

import sys
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

from benchmarks import _kept, _peers
from benchmarks._servers import cpu_s, process, uvicorn
from contracts import topics
from contracts.topic import Topic
from devstack import tools
from devstack.ports import free_port
from tests.databases import Database


@dataclass(frozen=True)
class Contender:
    """Who takes beats: its command, but for the port, which it is told in HTTP_PORT unless the command ends in it."""

    path: str
    command: Sequence[str]
    env: Mapping[str, str]
    kept: _kept.Count
    port_in_command: bool = False


def topics_of_others() -> list[Topic]:
    return [_topic(name) for name in ("fastapi", "fastify")]


def _topic(name: str) -> Topic:
    return Topic(f"bench.{name}", key="learner", producer="progress", consumers=(), cleanup="delete", retention_days=1)


def contenders(
    bootstrap: str, prefix: str, dbs: Mapping[str, Database], python: Path, keys: Mapping[str, str]
) -> dict[str, Contender]:
    """All of them by name: ours on the database `progress` with `keys` of grants, the others on `peers`."""
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

    fastapi = uvicorn("benchmarks._per_event:application")
    gunicorn = [str(python), "-m", "gunicorn", "--chdir", str(peers), "--threads", "4", "--log-level", "error"]
    gunicorn += ["completions:application", "-b"]
    node, url = tools.node(), dbs["peers"].owner_url
    ours_topic = prefix + topics.WATCH_PROGRESS.name
    return {
        "ours": Contender(
            "/api/progress", [sys.executable, "-m", "progress_service.app"], ours, _kept.beats(bootstrap, ours_topic)
        ),
        "fastapi": Contender(
            "/progress", fastapi, to("fastapi"), _kept.records(bootstrap, to("fastapi")["TOPIC"]), port_in_command=True
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


@dataclass(frozen=True)
class Server:
    """A port, and the ids of the processes behind it."""

    port: int
    pids: Sequence[int]

    def cpu_s(self) -> float:
        return sum(cpu_s(pid) for pid in self.pids)


async def start(stack: AsyncExitStack, contender: Contender, processes: int) -> list[Server]:
    """As many servers of one contender."""
    started = []
    for _ in range(processes):
        port = free_port()
        address = f"127.0.0.1:{port}" if "gunicorn" in contender.command else str(port)
        command = [*contender.command, *([address] if contender.port_in_command else [])]
        pid = await stack.enter_async_context(process(command, {**contender.env, "HTTP_PORT": str(port)}, port))
        started.append(Server(port, [pid, *_children(pid)]))
    return started


def _children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
