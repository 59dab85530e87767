"""Watching without asking again and again: who is woken, who is not, and what a slow reader gets."""

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, field

import pytest
from fastapi import FastAPI
from fastapi.responses import StreamingResponse

from servicekit import sse
from servicekit.errors import DatabaseUnavailable, NotFound, Unavailable
from servicekit.sse import State, follow
from servicekit.watching import Watchers
from tests.serving import serving


@dataclass
class Things:
    """What could be watched, and what was asked."""

    versions: dict[str, int] = field(default_factory=dict)
    asked: list[set[str]] = field(default_factory=list)

    async def look(self, keys: Collection[str]) -> Mapping[str, int]:
        self.asked.append(set(keys))
        return {key: self.versions[key] for key in keys if key in self.versions}

    async def read(self, key: str) -> State:
        if key not in self.versions:
            raise NotFound
        return State(str(self.versions[key]), "thing", b"{}")

    def reader(self, key: str) -> Callable[[], Awaitable[State]]:
        return lambda: self.read(key)


@asynccontextmanager
async def running(things: Things, *, most: int = 10) -> AsyncIterator[Watchers[int]]:
    watchers = Watchers(things.look, asyncio.Event(), poll_s=0.01, most=most)
    task = asyncio.create_task(watchers.run())
    yield watchers
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def quiet(things: Things) -> None:
    """Two more looks have ended."""
    looked = len(things.asked)
    async with asyncio.timeout(30):
        while len(things.asked) < looked + 3:
            await asyncio.sleep(0.005)


async def test_only_who_watches_what_changed_is_woken() -> None:
    """A change wakes its watchers and no others; where nobody watches, nothing is asked."""
    things = Things({"a": 1, "b": 1})
    async with running(things) as watchers:
        with watchers.watch("a") as a, watchers.watch("b") as b:
            await quiet(things)
            a.clear()
            b.clear()
            things.versions["a"] = 2
            await asyncio.wait_for(a.wait(), 30)
            assert watchers.latest("a") == 2
            await quiet(things)
            assert not b.is_set()
            del things.versions["b"]
            await asyncio.wait_for(b.wait(), 30)
    assert set().union(*things.asked) == {"a", "b"}
    assert watchers.latest("a") is None


async def test_what_went_before_the_first_look_is_a_change() -> None:
    """A thing that was there when its watcher read it, and not when it was looked at, wakes the watcher."""
    things = Things()
    async with running(things) as watchers:
        with watchers.watch("a") as changed:
            changed.clear()
            await asyncio.wait_for(changed.wait(), 30)


async def test_watchers_are_bounded_and_forgotten() -> None:
    """One too many is an outage to come back from; who leaves makes room."""
    watchers = Watchers(Things().look, asyncio.Event(), most=1)
    with watchers.watch("a"), pytest.raises(Unavailable, match="too many"), watchers.watch("b"):
        pass
    with watchers.watch("b"):
        pass
    assert watchers._watched == {}


async def test_a_reader_that_sleeps_finds_the_latest_state_and_nothing_between() -> None:
    """A thousand changes while nobody takes the next event are one event: nothing was kept for the reader."""
    things = Things({"a": 1})
    async with running(things) as watchers:
        async with aclosing(follow(watchers, "a", await things.read("a"), things.reader("a"), seen=None)) as events:
            assert await anext(events) == b"id: 1\nevent: thing\ndata: {}\n\n"
            things.versions["a"] = 2
            assert (await anext(events)).startswith(b"id: 2\n")
            for version in range(3, 1000, 100):
                things.versions["a"] = version
                await quiet(things)
            things.versions["a"] = 1000
            assert (await anext(events)).startswith(b"id: 1000\n")
        assert watchers._watched == {}


async def test_who_has_seen_the_state_waits_for_the_next_one() -> None:
    """The id of the state now leaves it out, any other does not."""
    things = Things({"a": 7})
    async with running(things) as watchers:
        for seen, expected in (("6", b"id: 7"), ("x", b"id: 7"), ("7", b"id: 8")):
            async with aclosing(follow(watchers, "a", await things.read("a"), things.reader("a"), seen=seen)) as events:
                waiting = asyncio.ensure_future(anext(events))
                if seen == "7":
                    await quiet(things)
                    assert not waiting.done()
                    things.versions["a"] = 8
                assert (await asyncio.wait_for(waiting, 30)).startswith(expected)


async def test_a_stream_waits_out_an_outage_and_ends_with_what_is_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Unavailable ends nothing; another problem is told by its slug, and the end of the process ends the stream."""
    monkeypatch.setattr("servicekit.sse.HEARTBEAT_S", 0.05)
    things = Things({"a": 1})
    outages = iter([True, True])

    async def read() -> State:
        if next(outages, False):
            raise DatabaseUnavailable
        return await things.read("a")

    async with running(things) as watchers:
        async with aclosing(follow(watchers, "a", State("0", "thing", b"{}"), read, seen="0")) as events:
            assert await _told(events) == b"id: 1\nevent: thing\ndata: {}\n\n"
            assert list(outages) == []
            del things.versions["a"]
            assert await _told(events) == b"event: gone\ndata: not-found\n\n"
            with pytest.raises(StopAsyncIteration):
                await _told(events)
        things.versions["a"] = 1
        async with aclosing(follow(watchers, "a", await things.read("a"), things.reader("a"), seen="1")) as events:
            assert await anext(events) == b":\n\n"
            watchers.stopping.set()
            with pytest.raises(StopAsyncIteration):
                await asyncio.wait_for(_told(events), 30)


async def _told(events: AsyncIterator[bytes]) -> bytes:
    """The next that is no comment."""
    while (event := await anext(events)) == b":\n\n":
        pass
    return event


async def test_a_client_that_does_not_read_costs_no_memory() -> None:
    """However often a large state changes, only what fits between the two machines is made; then comes the latest."""
    things, made = Things({"a": 0}), list[int]()

    async def read() -> State:
        made.append(things.versions["a"])
        return State(str(made[-1]), "thing", b"x" * 200_000)

    async def look(keys: Collection[str]) -> Mapping[str, int]:
        things.versions["a"] += 1
        return await things.look(keys)

    watchers = Watchers(look, asyncio.Event(), poll_s=0.002)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        task = asyncio.create_task(watchers.run())
        yield
        task.cancel()

    api = FastAPI(lifespan=lifespan)

    @api.get("/health/live")
    async def live() -> None: ...

    @api.get("/things")
    async def stream() -> StreamingResponse:
        return sse.respond(follow(watchers, "a", await read(), read, seen=None), for_s=60)

    with serving(api) as base_url:
        reader, writer = await _not_reading(int(base_url.rpartition(":")[2]))
        async with asyncio.timeout(120):
            while len(things.asked) < 2_000:
                await asyncio.sleep(0.01)
        assert 1 <= len(made) < 200
        missed = things.versions["a"]
        async with asyncio.timeout(60):
            while (line := await reader.readuntil(b"\n")) != b"":
                if line.startswith(b"id: ") and int(line[4:]) >= missed:
                    break
        writer.close()
        await writer.wait_closed()


async def _not_reading(port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """A connection that has asked, with small buffers on its side."""
    client = socket.socket()
    client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65_536)
    client.setblocking(False)
    await asyncio.get_running_loop().sock_connect(client, ("127.0.0.1", port))
    reader, writer = await asyncio.open_connection(sock=client, limit=1 << 18)
    writer.write(b"GET /things HTTP/1.1\r\nHost: x\r\n\r\n")
    return reader, writer
