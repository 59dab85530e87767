"""The account's rate towards Mux: kept by all processes together, authors before bulk work."""

import asyncio
import itertools
import time
from collections.abc import AsyncIterator
from urllib.parse import urlsplit

import pytest

from servicekit import database
from servicekit.database import Pool, connect
from tests.databases import Database
from tests.proxy import proxy
from upload_service import store_calls
from upload_service.calling import Calls
from upload_service.errors import MuxUnavailable
from upload_service.pacing import Rate
from upload_service.settings import Settings
from upload_service.turns import Turns

RATE = Rate(per_s=25, burst=3)


@pytest.fixture
async def pools(database: Database) -> AsyncIterator[tuple[Pool, Pool]]:
    """As two processes have them."""
    made = [await _pool(database.app_url) for _ in range(2)]
    yield made[0], made[1]
    for pool in made:
        await pool.close()


async def _pool(url: str) -> Pool:
    return await database.create_pool(url, application_name="turns", max_size=3)


def turns_of(pool: Pool | None, rate: Rate = RATE) -> Turns:
    return Turns(rate, rate, pool, time.monotonic)


async def granted(turns: Turns, calls: int, *, bulk: bool) -> list[float]:
    """The moments at which so many calls went, one after another."""
    went: list[float] = []
    while len(went) < calls:
        turn = await turns.take("POST", 60, bulk=bulk)
        await asyncio.sleep(turn.wait_s)
        if turn.granted:
            went.append(time.monotonic())
    return went


async def test_the_processes_of_an_account_keep_one_rate(pools: tuple[Pool, Pool]) -> None:
    """Authors and bulk work of two processes at once: no stretch of time has more than the burst and the rate."""
    crowd = [granted(turns_of(pool), 8, bulk=bulk) for pool in pools for bulk in (True, False)]
    went = sorted(itertools.chain(*await asyncio.gather(*crowd)))
    assert len(went) == 32
    late_s = 0.1  # a call may go later than its turn; never earlier
    for first, start in enumerate(went):
        for count, end in enumerate(went[first:], 1):
            assert count <= RATE.burst + RATE.per_s * (end - start + late_s)
    assert went[-1] - went[0] >= (32 - RATE.burst) / RATE.per_s - late_s


async def test_authors_never_wait_for_bulk_work(pools: tuple[Pool, Pool]) -> None:
    """However much of it there is, in whichever process: what is left of the burst is theirs at once."""
    slow = Rate(per_s=2, burst=3)
    sweeping, serving = turns_of(pools[0], slow), turns_of(pools[1], slow)
    assert (await sweeping.take("POST", 0, bulk=True)).granted
    assert not (await sweeping.take("POST", 0, bulk=True)).granted
    waits = [(await serving.take("POST", 60, bulk=False)).wait_s for _ in range(3)]
    assert waits[:2] == [0, 0]
    assert 0 < waits[2] <= 0.5


async def test_bulk_work_lets_authors_go_first(pools: tuple[Pool, Pool]) -> None:
    """While they stand in line it is not its turn, and it learns when it makes sense to ask again."""
    slow = Rate(per_s=1, burst=2)
    for _ in range(4):
        assert (await turns_of(pools[0], slow).take("GET", 60, bulk=False)).granted
    turn = await turns_of(pools[1], slow).take("GET", 60, bulk=True)
    assert not turn.granted
    assert 3 < turn.wait_s <= 4
    assert (await turns_of(pools[1], slow).take("POST", 0, bulk=True)).granted


async def test_who_would_wait_for_too_long_takes_no_place(pools: tuple[Pool, Pool]) -> None:
    """Told how long it would be; the next one is not held up by who left."""
    slow = turns_of(pools[0], Rate(per_s=0.1, burst=1))
    assert await slow.take("POST", 0, bulk=False) == store_calls.Turn(True, 0)
    for _ in range(2):
        turn = await slow.take("POST", 5, bulk=False)
        assert not turn.granted
        assert 8 < turn.wait_s <= 10
    assert (await slow.take("POST", 11, bulk=False)).wait_s <= 10


async def test_a_turn_costs_one_statement_and_no_write_to_disk(pools: tuple[Pool, Pool]) -> None:
    """On a quiet system; the table is not logged."""
    asked: list[object] = []
    async with database.acquire(pools[0]) as conn:
        with conn.query_logger(asked.append):
            await store_calls.take_turn(conn, "post", interval_s=1, slack_s=2, patience_s=0)
        await asyncio.sleep(0)  # the log is written by a callback
        assert len(asked) == 1
        assert await conn.fetchval("SELECT relpersistence = 'u' FROM pg_class WHERE relname = 'mux_lines'")


async def test_a_clock_that_was_set_back_stops_nobody(pools: tuple[Pool, Pool]) -> None:
    """A turn in an hour is nobody's."""
    turns = turns_of(pools[0])
    await turns.take("POST", 0, bulk=False)
    await pools[0].execute("UPDATE mux_lines SET due_at = due_at + 3600")
    assert await turns.take("POST", 0, bulk=True) == store_calls.Turn(True, 0)
    assert (await turns.take("POST", 60, bulk=False)).wait_s < 1


async def test_without_the_database_a_process_keeps_the_rate_by_itself(database: Database) -> None:
    """At once, without waiting for the database at each call; it asks again when it may be back."""
    at = urlsplit(database.app_url)
    assert at.hostname is not None
    assert at.port is not None
    now = time.monotonic()
    async with proxy(at.hostname, at.port) as between:
        pool = await _pool(database.app_url.replace(f":{at.port}/", f":{between.port}/"))
        turns = Turns(Rate(1, 1), Rate(1, 1), pool, lambda: now)
        assert (await turns.take("POST", 0, bulk=False)).granted
        assert await _places(database) == 1
        between.refusing = True
        between.cut()
        assert (await turns.take("POST", 0, bulk=False)).granted
        assert not (await turns.take("POST", 0, bulk=False)).granted
        between.refusing = False
        now += 6
        await turns.take("GET", 0, bulk=False)
        assert await _places(database) == 2
        await pool.close()


async def _places(database: Database) -> int:
    conn = await connect(database.app_url, application_name="looking")
    try:
        found: int = await conn.fetchval("SELECT count(*) FROM mux_lines")
        return found
    finally:
        await conn.close()


async def test_bulk_calls_wait_for_their_turn_and_then_give_up(pools: tuple[Pool, Pool]) -> None:
    """As long as they are allowed to; Mux hears nothing of those that gave up."""
    settings = Settings(
        database_url="postgresql://nowhere", mux_posts_per_s=5, mux_burst=2, mux_bulk_patience_s=0.5, mux_deadline_s=3
    )
    sent: list[object] = []
    calls = Calls(settings, pool=pools[0])

    async def send(bulk: bool) -> None:
        await calls.make("create", "POST", sent.append, bulk=bulk)

    await send(True)
    await send(True)
    assert len(sent) == 2
    authors = [asyncio.create_task(send(False)) for _ in range(7)]
    await asyncio.sleep(0)
    while (await pools[1].fetchval("SELECT max(due_at) - extract(epoch FROM clock_timestamp()) FROM mux_lines")) < 1:
        await asyncio.sleep(0.01)
    with pytest.raises(MuxUnavailable) as raised:
        await send(True)
    assert raised.value.headers["Retry-After"] >= "1"
    await asyncio.gather(*authors)
    assert len(sent) == 9
    calls.close()
