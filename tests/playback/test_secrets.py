"""Invariant 4: no secret of Mux or S3 and no private key in any answer, header, log line or error of a whole run."""

import asyncio
import base64
import os
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
from cryptography.fernet import Fernet
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from devstack.ports import free_port
from mux_sim.testing import Simulator
from playback_service import keys_command
from playback_service.settings import Settings
from servicekit.auth import issue_token
from tests.databases import Database
from tests.playback.conftest import Keys, OpenSchool, encoded
from tests.playback.school import SECRET

SEAL = Fernet.generate_key().decode()


@asynccontextmanager
async def process(module: str, environment: dict[str, str], said: list[str]) -> AsyncIterator[None]:
    """The service as it is deployed; what it writes is collected when it has ended."""
    running = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        module,
        env={**os.environ, **environment},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    written = asyncio.create_task(running.communicate())
    try:
        yield
    finally:
        if running.returncode is None:
            running.terminate()
        async with asyncio.timeout(60):
            output, _ = await written
        said.append(output.decode(errors="replace"))


async def answering(client: httpx.AsyncClient) -> None:
    deadline = time.monotonic() + 30
    while True:
        try:
            await client.get("/health/live")
            return
        except httpx.TransportError:
            assert time.monotonic() < deadline, "the process does not answer"
            await asyncio.sleep(0.05)


def forms(keys: Keys) -> set[str]:
    """The private keys in every form in which they could slip out."""
    found = set()
    for key in (keys.mux, keys.watch):
        for form in (PrivateFormat.PKCS8, PrivateFormat.TraditionalOpenSSL):
            if form is PrivateFormat.TraditionalOpenSSL and key is keys.watch:
                continue
            pem = key.private_bytes(Encoding.PEM, form, NoEncryption()).decode()
            found |= {encoded(key, form), pem.splitlines()[1], pem.splitlines()[-2]}
    numbers = keys.mux.private_numbers()
    raw = keys.watch.private_bytes_raw()
    return found | {str(numbers.d), str(numbers.p), f"{numbers.d:x}", raw.hex(), base64.b64encode(raw).decode()}


@pytest.mark.parametrize("database_is", ["there", "away"])
async def test_a_run_tells_no_secret(
    open_school: OpenSchool, database: Database, keys: Keys, mux: Simulator, database_is: str
) -> None:
    """Row C1: the service in a process of its own, talkative as can be, granted, refused, attacked, rotated and without
    its database: whatever it answers or writes holds no secret."""
    port, said = free_port(), list[str]()
    environment = {
        "DATABASE_URL_PLAYBACK": database.app_url
        if database_is == "there"
        else "postgresql://playback_app:seatime-tests@127.0.0.1:9/none",
        "AUTH_JWT_SECRET": SECRET,
        "KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:9",
        "MUX_BASE_URL": mux.base_url,
        "MUX_TOKEN_ID": mux.token_id,
        "MUX_TOKEN_SECRET": mux.token_secret,
        "MUX_SIGNING_KEY": "mux-key-1",
        "MUX_PRIVATE_KEY": encoded(keys.mux),
        "SIGNING_KEYS_SECRET": SEAL,
        "S3_ENDPOINT_URL": "http://127.0.0.1:9",
        "S3_ACCESS_KEY_ID": "s3-key",
        "S3_SECRET_ACCESS_KEY": "s3-secret-of-the-tests",
        "WATCH_GRANT_PRIVATE_KEY": encoded(keys.watch),
        "PLAYBACK_RATE_LIMIT": "6",
        "HTTP_HOST": "127.0.0.1",
        "HTTP_PORT": str(port),
        "LOG_LEVEL": "DEBUG",
        "LOG_FORMAT": "json",
    }
    async with open_school() as school:
        await school.standard()
    answers: list[httpx.Response] = []
    async with (
        process("playback_service.app", environment, said),
        httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=20) as client,
    ):
        await answering(client)

        async def ask(method: str, path: str, user: str = "ada", **options: Any) -> httpx.Response:
            bearer = {"Authorization": f"Bearer {issue_token(SECRET, user, 'learner')}"}
            answers.append(await client.request(method, path, headers=bearer | options.pop("headers", {}), **options))
            return answers[-1]

        playback, policy = "/api/videos/l1/playback", "/api/courses/c1/playback-policy"
        first = await ask("GET", playback)
        assert first.status_code == (200 if database_is == "there" else 503)
        for user in ("eve", "owner"):
            await ask("GET", playback, user)
        for headers in ({"Authorization": "Bearer x.y.z"}, {"Authorization": f"Bearer {SECRET}"}, {"Referer": "\x01"}):
            await ask("GET", playback, headers=headers)
        for refresh in ("x.y.z", "x" * 5000, "%00"):
            await ask("GET", playback, params={"refresh": refresh})
        await ask("PUT", policy, "owner", json={"restriction": {"allowedDomains": ["school.test"]}, "devices": 1})
        await ask("PUT", policy, "owner", content=b"{")
        await ask("PUT", "/api/courses/c1/enrollments", "owner", json={"enrollments": [None, {"learnerId": "bob"}]})
        await mux.fault(status=500, times=1, path="/video/v1/playback-restrictions")
        await ask("PUT", policy, "owner", json={"restriction": {"allowedDomains": ["other.test"]}})
        for _ in range(8):
            await ask("GET", playback)
        for path in ("/openapi.json", "/metrics", "/health/ready", "/health/live", "/nothing", "/"):
            await ask("GET", path)
        assert len({answer.status_code for answer in answers}) >= 5
    if database_is == "there":
        names = {name.lower(): value for name, value in environment.items() if name != "DATABASE_URL_PLAYBACK"}
        run = Settings(database_url=database.app_url, **names)
        for command in (["rotate"], ["list"], ["revoke", "mux-key-1"], ["revoke", "nothing"]):
            try:
                said += await keys_command.run(command, run)
            except Exception as error:
                said.append(repr(error))
        made = await open_sealed(database)
        assert made
    else:
        made = set()
    assert "playback" in said[0]
    basic = base64.b64encode(f"{mux.token_id}:{mux.token_secret}".encode()).decode()
    everything = "\n".join(said + [answer.text + str(answer.headers.raw) for answer in answers])
    secrets = forms(keys) | made | {SECRET, SEAL, mux.token_secret, basic, "s3-secret-of-the-tests", "PRIVATE KEY"}
    assert [secret[:12] for secret in secrets if secret in everything] == []
    assert "seatime-tests" not in everything


async def open_sealed(database: Database) -> set[str]:
    """The private keys that rotation has made, as the database keeps them, opened."""
    import asyncpg

    conn = await asyncpg.connect(database.app_url)
    try:
        sealed = await conn.fetch("SELECT sealed FROM signing_keys WHERE sealed IS NOT NULL")
    finally:
        await conn.close()
    return {Fernet(SEAL).decrypt(row["sealed"]).decode() for row in sealed}
