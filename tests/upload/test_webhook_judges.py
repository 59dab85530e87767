"""The webhook receiver, judged by senders that we did not write: Mux's command line and Mux's own library (row A5)."""

import asyncio
import json
import os
import re
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from devstack import web as npm
from mux_sim.testing import Simulator
from tests.databases import Database, Postgres
from tests.mux_sim.conftest import ask_node
from tests.serving import serving
from tests.upload.conftest import Json, Service, upload_event
from upload_service.app import create_app
from upload_service.settings import Settings

AT_ONCE = 4


@pytest.fixture(scope="session")
def judges() -> Path:
    """The folder of Mux's own clients, installed from its lock if they aren't yet."""
    npm.judges()
    return npm.JUDGES


@dataclass
class CommandLine:
    """Mux's CLI, logged in at the simulator; it signs with the secret that lies in its home."""

    program: Path
    home: Path
    mux: Simulator

    def __post_init__(self) -> None:
        folder = self.home / ".local" / "share" / "mux"
        folder.mkdir(parents=True)
        secret = folder / f"webhook-signing-secret-{self.mux.config.environment_id}"
        secret.write_text(self.mux.webhook_secret)

    async def trigger(self, event_type: str, url: str) -> subprocess.CompletedProcess[str]:
        command = [str(self.program), "webhooks", "trigger", event_type, "--forward-to", url]
        env = {
            "HOME": str(self.home),
            "PATH": os.environ["PATH"],
            "MUX_BASE_URL": self.mux.base_url,
            "MUX_TOKEN_ID": self.mux.token_id,
            "MUX_TOKEN_SECRET": self.mux.token_secret,
        }
        return await asyncio.to_thread(
            subprocess.run, command, env=env, capture_output=True, text=True, timeout=60, check=False
        )

    async def types(self) -> list[str]:
        """Every type that it can send: it lists them when asked for one that there is not."""
        refused = await self.trigger("no.such.type", "http://127.0.0.1:9/")
        return re.findall(r"^ +([a-z_]+(?:\.[a-z_]+)+)$", refused.stdout + refused.stderr, re.MULTILINE)


@pytest.fixture
def cli(judges: Path, mux: Simulator, tmp_path: Path) -> CommandLine:
    return CommandLine(judges / "node_modules" / "@mux" / "cli-linux-x64" / "mux", tmp_path, mux)


@pytest.fixture
def hook(settings: Settings) -> Iterator[str]:
    """The URL of our receiver, served by uvicorn on a real port."""
    with serving(create_app(settings)) as base_url:
        yield f"{base_url}/api/videos/mux/webhook"


async def test_every_event_that_muxs_command_line_sends_is_accepted_and_kept(
    cli: CommandLine, hook: str, database: Database, postgres: Postgres
) -> None:
    """Each official example is answered with 200 and stands in the inbox as it came; none waits for ever."""
    types = await cli.types()
    assert len(types) > 40
    assert {"video.asset.ready", "video.upload.errored", "video.asset.track.ready"} <= set(types)
    free = asyncio.Semaphore(AT_ONCE)

    async def send(event_type: str) -> tuple[int, str]:
        async with free:
            sent = await cli.trigger(event_type, hook)
        return sent.returncode, sent.stdout + sent.stderr

    sent = await asyncio.gather(*(send(event_type) for event_type in types))
    failed = {
        event_type: words for event_type, (code, words) in zip(types, sent, strict=True) if code or "200" not in words
    }
    assert failed == {}
    kept = postgres.sql(
        "SELECT type, payload::jsonb ->> 'type', state FROM mux_events", url=database.owner_url
    ).splitlines()
    stored = {line.split("|")[0]: line.split("|")[2] for line in kept}
    assert len(kept) == len(types)
    assert all(line.split("|")[0] == line.split("|")[1] for line in kept)
    assert set(stored) == set(types)
    assert {event_type for event_type, state in stored.items() if state == "parked"} == {
        event_type
        for event_type in types
        if re.fullmatch(r"video\.(asset\.(created|ready|errored|deleted)|upload\.\w+)", event_type)
    }, "only what tells of a video's life, and of one that is not ours, waits"


async def test_the_command_lines_signature_is_needed(
    cli: CommandLine, hook: str, database: Database, postgres: Postgres
) -> None:
    """The same examples under another secret are refused, and nothing is kept."""
    (secret,) = (cli.home / ".local" / "share" / "mux").iterdir()
    secret.write_text("a secret that we were never told")
    sent = await cli.trigger("video.asset.ready", hook)
    assert "401" in sent.stdout + sent.stderr
    assert postgres.sql("SELECT count(*) FROM mux_events", url=database.owner_url) == "0"


def signed_by_mux_node(judges: Path, body: str, secret: str, *, age_s: int = 0) -> dict[str, str]:
    question: dict[str, Any] = {"body": body, "secret": secret, "timestamp": int(time.time()) - age_s}
    return {"Mux-Signature": ask_node(judges, "sign_webhook.mjs", question)["signature"]}


@pytest.mark.parametrize("name", ["Production", "Grüße aus Köln 👋", '"quoted" \\ and \u2028'])
async def test_what_muxs_own_library_signs_is_believed(service: Service, judges: Path, name: str) -> None:
    """mux-node's digest over text of any kind is ours; over one byte more it is not."""
    event = upload_event("created", f"upload-{uuid4().hex}") | {"environment": {"name": name, "id": "env"}}
    body = json.dumps(event, ensure_ascii=False)
    headers = await asyncio.to_thread(signed_by_mux_node, judges, body, service.mux.webhook_secret)
    tampered = await service.http.post("/api/videos/mux/webhook", content=body + " ", headers=headers)
    accepted = await service.http.post("/api/videos/mux/webhook", content=body, headers=headers)
    assert (tampered.status_code, accepted.status_code) == (401, 200)
    assert [row["id"] for row in await service.rows("SELECT id FROM mux_events")] == [event["id"]]


async def test_muxs_library_and_we_agree_on_age(service: Service, judges: Path) -> None:
    """Signed by mux-node, but more than five minutes ago: refused."""
    body = json.dumps(upload_event("created", "u"))
    headers = await asyncio.to_thread(signed_by_mux_node, judges, body, service.mux.webhook_secret, age_s=310)
    refused = await service.http.post("/api/videos/mux/webhook", content=body, headers=headers)
    assert refused.status_code == 401


async def test_a_type_that_does_not_exist_yet_is_kept(service: Service) -> None:
    """Mux adds types without asking: unknown ones get their 200 and a row that waits for nothing."""
    event: Json = upload_event("created", "u") | {"type": "robots.summary.completed"}
    await service.delivered(event)
    (row,) = await service.rows("SELECT type, state, payload FROM mux_events")
    assert (row["type"], row["state"]) == ("robots.summary.completed", "ignored")
    assert json.loads(row["payload"]) == event
