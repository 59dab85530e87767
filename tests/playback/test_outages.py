"""Promise: a database that is down or frozen is a 503 in under a second, never a stale grant."""

from urllib.parse import urlsplit, urlunsplit

import pytest

from contracts import Video
from playback_service.app import create_app
from tests.databases import Database
from tests.playback.conftest import MakeSettings, OpenSchool, encoded
from tests.playback.school import problem
from tests.polling import until, within
from tests.proxy import proxy


def through(url: str, port: int) -> str:
    parts = urlsplit(url)
    return urlunsplit(parts._replace(netloc=f"{parts.username}:{parts.password}@127.0.0.1:{port}"))


async def test_database_that_refuses_is_a_fast_503(open_school: OpenSchool) -> None:
    """Nobody listens: 503 with Retry-After at once; the process runs, and says that it is not ready."""
    async with open_school(
        database_url="postgresql://playback_app:x@127.0.0.1:9/none", playback_budget_s=0.9
    ) as school:
        with within(0.9):
            refused = await school.play()
        problem(refused, 503, "database-unavailable")
        assert refused.headers["retry-after"]
        assert (await school.http.get("/health/live")).status_code == 200
        assert (await school.http.get("/health/ready")).status_code == 503


async def test_frozen_database_is_a_fast_503_and_recovers(open_school: OpenSchool, database: Database) -> None:
    """Packets vanish under an open connection: 503 in time, no grant; the line is mended: granted again."""
    parts = urlsplit(database.app_url)
    async with (
        proxy(parts.hostname or "", parts.port or 0) as line,
        open_school(database_url=through(database.app_url, line.port), playback_budget_s=0.6) as school,
    ):
        await school.standard()
        await school.granted()
        line.half_open = True
        for _ in range(3):
            with within(0.6):
                problem(await school.play(), 503, "database-unavailable")
        line.half_open = False
        line.cut()

        async def granted() -> bool:
            answer = await school.play()
            if answer.status_code != 200:
                problem(answer, 503, "database-unavailable")
            return answer.status_code == 200

        await until(granted)


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


async def test_kafka_is_not_asked(open_school: OpenSchool) -> None:
    """With the broker down, playback is granted and enrollments are changed as ever: events wait in the outbox."""
    async with open_school(kafka_bootstrap_servers="127.0.0.1:9") as school:
        await school.standard()
        await school.granted()
        assert (await school.ask("PUT", "/api/courses/c1/enrollments/bob", "owner")).status_code == 200
        assert await school.pool.fetchval("SELECT count(*) FROM outbox") == 2


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
