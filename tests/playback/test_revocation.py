"""Row C8: grants and revocations that cross. The database's commits decide, whoever was first to ask."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import pytest

from playback_service import store_mints
from servicekit.database import Connection
from tests.databases import Database
from tests.playback.school import School, problem

PATIENCE_S = 30

REMOVED = "UPDATE enrollments SET status = 'removed'"
REVOCATIONS = {
    "removed": (REMOVED, 403, "not-entitled"),
    "suspended": ("UPDATE enrollments SET status = 'suspended'", 403, "not-entitled"),
    "ended": ("UPDATE enrollments SET expires_at = now() - interval '1 s'", 403, "not-entitled"),
    "deleted": ("DELETE FROM enrollments", 403, "not-entitled"),
    "unpublished": ("UPDATE courses SET published = false", 403, "not-entitled"),
    "course deleted": ("UPDATE courses SET deleted = true", 403, "not-entitled"),
    "lesson deleted": ("UPDATE playable_lessons SET deleted = true", 404, "lesson-not-found"),
    "lesson moved": ("UPDATE playable_lessons SET course_id = 'other'", 403, "not-entitled"),
}
HARMLESS = {
    "another learner comes": "INSERT INTO enrollments VALUES ('bob', 'c1', 'active', NULL, 1, now())",
    "more time": "UPDATE enrollments SET expires_at = now() + interval '1 day', version = version + 1",
    "another title": "UPDATE playable_lessons SET title = 'x', version = version + 1",
    "another rule": "UPDATE courses SET max_rate = 1, version = version + 1",
}


@pytest.fixture
async def operator(database: Database) -> AsyncIterator[Connection]:
    """Somebody at a console: what counts is what is written, not who writes it."""
    connection = await asyncpg.connect(database.app_url)
    yield connection
    await connection.close()


class Held:
    """Grants that have read their rights, and wait to be recorded."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.read, self.go_on, self.recordings = asyncio.Event(), asyncio.Event(), 0
        record = store_mints.record

        async def held(*args: Any, **options: Any) -> Any:
            self.recordings += 1
            self.read.set()
            await self.go_on.wait()
            return await record(*args, **options)

        monkeypatch.setattr(store_mints, "record", held)


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> Held:
    return Held(monkeypatch)


async def grants(school: School) -> int:
    return int(await school.pool.fetchval("SELECT count(*) FROM grants"))


async def until_waiting(operator: Connection) -> None:
    """Until somebody in this database waits for a lock."""
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    await _until(lambda: operator.fetchval(waiting))


async def _until(good: Callable[[], Awaitable[Any]]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not await good():
        assert time.monotonic() < deadline, "still not so"
        await asyncio.sleep(0.01)


@pytest.mark.parametrize("change", REVOCATIONS)
async def test_what_was_taken_since_the_reading_is_not_granted(
    school: School, operator: Connection, held: Held, change: str
) -> None:
    """Row C8: a request that has read its right, and records it after the right was taken, gets what it would have got
    then; nothing is recorded, announced, or taken from its limit."""
    statement, status, slug = REVOCATIONS[change]
    await school.standard()
    asking = asyncio.create_task(school.play())
    await held.read.wait()
    await operator.execute(statement)
    held.go_on.set()
    problem(await asking, status, slug)
    assert await grants(school) == 0
    assert await school.pool.fetchval("SELECT count(*) FROM outbox") == 0
    assert await school.pool.fetchval("SELECT count(*) FROM mint_limits") == 0


async def test_a_suspension_ends_what_is_open_to_all(school: School, operator: Connection, held: Held) -> None:
    """Row C8: in a public course a right has no row that could be taken; suspending makes one, and that counts."""
    await school.course(public=True)
    await school.lesson()
    asking = asyncio.create_task(school.play())
    await held.read.wait()
    await operator.execute("INSERT INTO enrollments VALUES ('ada', 'c1', 'suspended', NULL, 1, now())")
    held.go_on.set()
    assert problem(await asking, 403, "not-entitled")["reason"] == "suspended"
    assert await grants(school) == 0


async def test_a_preview_ends_with_the_ownership(school: School, operator: Connection, held: Held) -> None:
    """Row C8: an owner's right is one like any other."""
    await school.standard()
    asking = asyncio.create_task(school.play(user="owner"))
    await held.read.wait()
    await operator.execute("UPDATE courses SET owner_id = 'another'")
    held.go_on.set()
    problem(await asking, 403, "not-entitled")
    assert await grants(school) == 0


@pytest.mark.parametrize("change", HARMLESS)
async def test_what_takes_no_right_disturbs_nobody(
    school: School, operator: Connection, held: Held, change: str
) -> None:
    """Other changes of the same rows in the meantime cost no second reading."""
    await school.standard()
    await school.enroll(expires_at=datetime.now(UTC) + timedelta(hours=1))
    asking = asyncio.create_task(school.play())
    await held.read.wait()
    await operator.execute(HARMLESS[change])
    held.go_on.set()
    assert (await asking).status_code == 200
    assert held.recordings == 1


@pytest.mark.parametrize("committed", [True, False])
async def test_a_grant_waits_for_a_revocation_that_has_begun(
    school: School, operator: Connection, committed: bool
) -> None:
    """Row C8: the reading can't see what is not committed yet, and the recording does not pass it by: it waits, and
    goes by how that ends."""
    await school.standard()
    revoking = operator.transaction()
    await revoking.start()
    await operator.execute(REMOVED)
    asking = asyncio.create_task(school.play())
    await until_waiting(operator)
    assert not asking.done()
    await (revoking.commit() if committed else revoking.rollback())
    assert (await asking).status_code == (403 if committed else 200)
    assert await grants(school) == (0 if committed else 1)


async def test_a_revocation_waits_for_a_grant_that_is_recorded(
    school: School, operator: Connection, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Row C8: the other way round: what is being committed was granted before. A course with leases has a transaction
    that can be held open."""
    await school.standard()
    await school.ask("PUT", "/api/courses/c1/playback-policy", "owner", json={"devices": 1})
    recorded, go_on, record = asyncio.Event(), asyncio.Event(), store_mints.record

    async def recording(*args: Any, **options: Any) -> Any:
        taken = await record(*args, **options)
        recorded.set()
        await go_on.wait()
        return taken

    monkeypatch.setattr(store_mints, "record", recording)
    asking = asyncio.create_task(school.play())
    await recorded.wait()
    watcher = await asyncpg.connect(database.app_url)
    revoking = asyncio.create_task(operator.execute(REMOVED))
    await until_waiting(watcher)
    assert not revoking.done()
    go_on.set()
    assert (await asking).status_code == 200
    await revoking
    await watcher.close()
    problem(await school.play(), 403, "not-entitled")


async def test_only_the_courses_that_lost_rights_are_read_again(
    school: School, operator: Connection, held: Held
) -> None:
    """The others of a batch are granted as if nothing had happened, each with its own answer."""
    await school.standard()
    await school.course("c2")
    await school.lesson("l2", "c2")
    await school.enroll("bob", "c2")
    await school.enroll("eve")
    asking = asyncio.gather(school.play(), school.play("l2", "bob"), school.play(user="eve"))
    await held.read.wait()
    await operator.execute(f"{REMOVED} WHERE learner_id = 'ada'")
    held.go_on.set()
    first, second, third = await asking
    problem(first, 403, "not-entitled")
    assert second.json()["playbackId"] == "pb1"
    assert third.status_code == 200
    assert await school.pool.fetch("SELECT learner_id FROM grants ORDER BY id") == [("bob",), ("eve",)]
    assert held.recordings == 2


async def test_rights_that_never_rest_are_a_503(
    school: School, operator: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After some readings the caller is asked to come again, with nothing recorded."""
    await school.standard()
    record = store_mints.record

    async def disturbed(*args: Any, **options: Any) -> Any:
        await operator.execute("UPDATE courses SET rights_version = rights_version + 1")
        return await record(*args, **options)

    monkeypatch.setattr(store_mints, "record", disturbed)
    refused = await school.play()
    problem(refused, 503, "rights-changing")
    assert refused.headers["retry-after"]
    assert await grants(school) == 0
