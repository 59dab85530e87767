"""Promise: a database that is down or frozen is a 503 in under a second, never a stale grant."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit, urlunsplit

import pytest

from contracts import Video
from playback_service.app import create_app
from tests.databases import Database
from tests.playback.conftest import MakeSettings, OpenSchool, encoded
from tests.playback.school import problem


class Line:
    """A TCP line to the database that can be frozen: bytes stop, connections stay."""

    def __init__(self, host: str, port: int) -> None:
        self._target = (host, port)
        self._open = asyncio.Event()
        self._open.set()
        self._writers: list[asyncio.StreamWriter] = []

    def freeze(self) -> None:
        self._open.clear()

    def thaw(self) -> None:
        self._open.set()

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[int]:
        server = await asyncio.start_server(self._connect, "127.0.0.1", 0)
        try:
            yield server.sockets[0].getsockname()[1]
        finally:
            server.close()
            for writer in self._writers:
                writer.close()

    async def _connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        upstream_reader, upstream_writer = await asyncio.open_connection(*self._target)
        self._writers += [writer, upstream_writer]
        await asyncio.gather(self._pump(reader, upstream_writer), self._pump(upstream_reader, writer))

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while data := await reader.read(65_536):
                await self._open.wait()
                writer.write(data)
                await writer.drain()
        except ConnectionError:
            pass
        finally:
            writer.close()


def through(url: str, port: int) -> str:
    parts = urlsplit(url)
    return urlunsplit(parts._replace(netloc=f"{parts.username}:{parts.password}@127.0.0.1:{port}"))


async def test_database_that_refuses_is_a_fast_503(open_school: OpenSchool) -> None:
    """Nobody listens: 503 with Retry-After at once; the process runs, and says that it is not ready."""
    async with open_school(
        database_url="postgresql://playback_app:x@127.0.0.1:9/none", playback_budget_s=0.9
    ) as school:
        started = time.monotonic()
        refused = await school.play()
        assert time.monotonic() - started < 1
        problem(refused, 503, "database-unavailable")
        assert refused.headers["retry-after"]
        assert (await school.http.get("/health/live")).status_code == 200
        assert (await school.http.get("/health/ready")).status_code == 503


async def test_frozen_database_is_a_fast_503_and_recovers(open_school: OpenSchool, database: Database) -> None:
    """The line freezes under an open connection: 503 in time, no grant; it thaws: granted again."""
    parts = urlsplit(database.app_url)
    line = Line(parts.hostname or "", parts.port or 0)
    async with (
        line.listening() as port,
        open_school(database_url=through(database.app_url, port), playback_budget_s=0.6) as school,
    ):
        await school.standard()
        await school.granted()
        line.freeze()
        for _ in range(3):
            started = time.monotonic()
            problem(await school.play(), 503, "database-unavailable")
            assert time.monotonic() - started < 1
        line.thaw()
        deadline = time.monotonic() + 20
        while (answer := await school.play()).status_code != 200:
            assert time.monotonic() < deadline, answer.text
            await asyncio.sleep(0.05)


async def test_missing_settings_are_named(open_school: OpenSchool) -> None:
    """A deployment without keys starts; who needs one gets a 503 that names the setting, and nothing is recorded."""
    nothing = {
        "mux_signing_key": None,
        "mux_private_key": None,
        "s3_access_key_id": None,
        "watch_grant_private_key": None,
    }
    async with open_school(**nothing) as school:
        await school.standard()
        await school.lesson("from-s3", video=Video(provider="s3", s3_key="videos/1.mp4"))
        named = {}
        for lesson, user in (("l1", "ada"), ("l1", "owner"), ("from-s3", "owner")):
            answer = problem(await school.play(lesson, user), 503, "not-configured")
            named[lesson, user] = answer["setting"]
        assert named == {
            ("l1", "ada"): "MUX_SIGNING_KEY",
            ("l1", "owner"): "MUX_SIGNING_KEY",
            ("from-s3", "owner"): "S3_ACCESS_KEY_ID",
        }
        assert await school.pool.fetchval("SELECT count(*) FROM grants") == 0
    async with open_school(watch_grant_private_key=None) as school:
        refused = problem(await school.play(), 503, "not-configured")
        assert refused["setting"] == "WATCH_GRANT_PRIVATE_KEY"
        await school.granted(user="owner")


@pytest.mark.parametrize("setting", ["mux_private_key", "watch_grant_private_key"])
@pytest.mark.parametrize("wrong", ["not base64 at all!", "c2VjcmV0IGJ1dCBubyBwZW0=", "other kind"])
def test_unreadable_key_stops_the_start_without_being_shown(
    settings: MakeSettings, keys: object, setting: str, wrong: str
) -> None:
    """A key that cannot be read is an error at the start which names the setting, and not its value."""
    if wrong == "other kind":
        wrong = encoded(keys.watch if setting == "mux_private_key" else keys.mux)  # type: ignore[attr-defined]
    with pytest.raises(ValueError, match=setting.upper()) as error:
        create_app(settings(**{setting: wrong}))
    assert wrong not in str(error.value)
