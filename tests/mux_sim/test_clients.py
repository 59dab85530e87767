"""Two more clients that we did not write: Google's resumable upload and Mux's own command line."""

import asyncio
import base64
import json
import os
import subprocess
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import requests
from google.resumable_media.requests import ResumableUpload

from mux_sim.testing import Simulator
from tests.mux_sim.conftest import Receiver, ask_node

CHUNK = 256 * 1024


def upload_in_chunks(url: str, content: bytes) -> int:
    """Google's client sends `content`; returns the number of chunks it took."""
    upload: Any = ResumableUpload(url, CHUNK)  # type: ignore[no-untyped-call]
    upload._resumable_url = url
    upload._stream, upload._total_bytes, upload._content_type = BytesIO(content), len(content), "video/mp4"
    count = 0
    with requests.Session() as session:
        while not upload.finished:
            upload.transmit_next_chunk(session, timeout=(5, 20))
            count += 1
    return count


async def test_googles_resumable_client(mux: Simulator) -> None:
    """A client for Google's protocol finishes in as many chunks as the file has, and no byte is lost."""
    upload = await mux.create_upload()
    content = os.urandom(3 * CHUNK + 1000)
    await mux.fail_transcodes()
    assert await asyncio.to_thread(upload_in_chunks, upload["url"], content) == 4
    assert (await mux.uploads())[0]["total"] == len(content)
    assert (await mux.uploads())[0]["status"] == "asset_created"


class CommandLine:
    """Mux's CLI against one simulator."""

    def __init__(self, program: Path, mux: Simulator, home: Path) -> None:
        self.program = program
        self.home = home
        self.env = {
            "HOME": str(home),
            "PATH": os.environ["PATH"],
            "MUX_BASE_URL": mux.base_url,
            "MUX_TOKEN_ID": mux.token_id,
            "MUX_TOKEN_SECRET": mux.token_secret,
        }

    async def run(self, *arguments: str) -> str:
        def run() -> subprocess.CompletedProcess[str]:
            command = [str(self.program), *arguments]
            return subprocess.run(command, env=self.env, capture_output=True, text=True, timeout=60, check=False)

        done = await asyncio.to_thread(run)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    async def ask(self, *arguments: str) -> Any:
        return json.loads(await self.run(*arguments, "--json"))


@pytest.fixture
def cli(judges: Path, mux: Simulator, tmp_path: Path) -> CommandLine:
    return CommandLine(judges / "node_modules" / "@mux" / "cli-linux-x64" / "mux", mux, tmp_path)


async def test_muxs_command_line(cli: CommandLine, mux: Simulator, clip: Path) -> None:
    """It knows who it is, lists assets, creates an upload and a signing key."""
    assert mux.config.environment_id in await cli.run("whoami")
    asset = await mux.ready_asset(clip)
    assert asset["id"] in await cli.run("assets", "list")
    upload = await cli.ask("uploads", "create", "--cors-origin", "*", "--playback-policy", "signed")
    (made,) = [item for item in await mux.uploads() if item["status"] == "waiting"]
    assert made["new_asset_settings"]["playback_policies"] == ["signed"]
    assert made["id"] in json.dumps(upload)
    assert "PRIVATE KEY" in base64.b64decode((await cli.ask("signing-keys", "create"))["private_key"]).decode()


async def test_its_webhooks_are_signed_as_ours_are(
    cli: CommandLine, mux: Simulator, receiver: Receiver, judges: Path
) -> None:
    """Mux's CLI triggers an official example; the library that accepts it accepts ours with the same envelope."""
    await cli.run("webhooks", "trigger", "video.asset.ready", "--forward-to", receiver.url)
    await receiver.wait_for(1)
    (secret_file,) = (cli.home / ".local" / "share" / "mux").glob("webhook-signing-secret*")
    signature, body = receiver.received[0]
    question = {"body": body.decode(), "signature": signature, "secret": secret_file.read_text().strip()}
    assert ask_node(judges, "unwrap.mjs", question) == {"accepted": True, "type": "video.asset.ready"}
    await mux.set_webhook(receiver.url)
    await mux.create_upload()
    await receiver.wait_for(2)
    official, ours = receiver.events()
    assert {"type", "object", "id", "environment", "data", "created_at"} <= set(official) & set(ours)
