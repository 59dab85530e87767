"""One call of Mux on a clock of its own: what is repeated, when it stops, how it stands in line."""

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
import urllib3
from mux_python.exceptions import ApiException

from upload_service.calling import Calls, Timeouts
from upload_service.errors import MuxUnavailable
from upload_service.settings import Settings

UNREACHABLE = urllib3.exceptions.MaxRetryError(
    None,  # type: ignore[arg-type]
    "/",
    urllib3.exceptions.NewConnectionError(None, "refused"),  # type: ignore[arg-type]
)
LOST = urllib3.exceptions.MaxRetryError(
    None,  # type: ignore[arg-type]
    "/",
    urllib3.exceptions.ReadTimeoutError(None, "/", "no answer"),  # type: ignore[arg-type]
)


@dataclass
class Clock:
    """Time that passes only while somebody waits, and by what the work says that it took."""

    now: float = 0.0
    slept: list[float] = field(default_factory=list)

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.now += seconds
        self.slept.append(seconds)
        await asyncio.sleep(0)


@dataclass
class Script:
    """Work that fails as told, then succeeds; each attempt takes `takes_s`."""

    clock: Clock
    failures: list[Exception]
    takes_s: float = 0
    seen: list[Timeouts] = field(default_factory=list)

    def __call__(self, timeouts: Timeouts) -> str:
        self.seen.append(timeouts)
        self.clock.now += self.takes_s
        if self.failures:
            raise self.failures.pop(0)
        return "answer"


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def calls_with(clock: Clock) -> Iterator[Callable[..., Calls]]:
    made: list[Calls] = []

    def make(**fields: object) -> Calls:
        settings = Settings(database_url="postgresql://nowhere", **fields)  # type: ignore[arg-type]
        made.append(Calls(settings, clock=clock, sleep=clock.sleep))
        return made[-1]

    yield make
    for calls in made:
        calls.close()


def answered(status: int, retry_after: str | None = None) -> ApiException:
    error = ApiException(status=status)
    error.headers = {} if retry_after is None else {"Retry-After": retry_after}
    return error


async def test_a_passing_failure_is_outlasted(calls_with: Callable[..., Calls], clock: Clock) -> None:
    """The caller sees the answer only."""
    work = Script(clock, [answered(503), LOST, UNREACHABLE])
    assert await calls_with().make("get", "GET", work) == "answer"
    assert len(work.seen) == 4


async def test_a_creation_is_sent_once(calls_with: Callable[..., Calls], clock: Clock) -> None:
    """An answer that got lost may have been a success; a connection that was refused was none."""
    for failure in (LOST, answered(503), answered(429, "0")):
        work = Script(clock, [failure])
        with pytest.raises(MuxUnavailable):
            await calls_with().make("create", "POST", work)
        assert len(work.seen) == 1
    unsent = Script(clock, [UNREACHABLE, UNREACHABLE])
    assert await calls_with().make("create", "POST", unsent) == "answer"


async def test_retry_after_is_obeyed(calls_with: Callable[..., Calls], clock: Clock) -> None:
    """Seven seconds are waited for; what is too long is passed on to the caller at once."""
    assert await calls_with().make("get", "GET", Script(clock, [answered(429, "7")])) == "answer"
    assert 7 <= clock.slept[0] < 7.25 + 0.001
    work = Script(clock, [answered(429, "60")])
    with pytest.raises(MuxUnavailable) as raised:
        await calls_with().make("get", "GET", work)
    assert len(work.seen) == 1
    assert raised.value.headers["Retry-After"] == "60"


async def test_the_deadline_is_for_everything(calls_with: Callable[..., Calls], clock: Clock) -> None:
    """Slow attempts stop early, the last one has only the time that is left, and no pause goes past the end."""
    work = Script(clock, [LOST] * 20, takes_s=4)
    calls = calls_with(mux_deadline_s=10, mux_attempts=10, mux_connect_timeout_s=3, mux_read_timeout_s=8)
    with pytest.raises(MuxUnavailable):
        await calls.make("get", "GET", work)
    assert work.seen[0] == (3, 8)
    assert work.seen[-1][1] <= 10 - 4 * (len(work.seen) - 1)
    assert len(work.seen) in (2, 3)
    assert clock.now < 10 + 4


async def test_each_attempt_stands_in_line(calls_with: Callable[..., Calls], clock: Clock) -> None:
    """Retries count against the rate too; creations and the rest have lines of their own."""
    calls = calls_with(mux_posts_per_s=0.5, mux_calls_per_s=4, mux_burst=1)
    for _ in range(3):
        await calls.make("create", "POST", Script(clock, []))
    assert clock.slept == [2, 2]
    clock.slept.clear()
    await calls.make("get", "GET", Script(clock, [answered(500)]))
    assert sum(clock.slept) == pytest.approx(0.25)


async def test_a_line_that_is_too_long_is_told(calls_with: Callable[..., Calls], clock: Clock) -> None:
    """Whoever would wait for more than half of the deadline hears at once when to come back, and Mux nothing."""
    calls = calls_with(mux_posts_per_s=0.1, mux_burst=1, mux_deadline_s=16)
    await calls.make("create", "POST", Script(clock, []))
    hasty = Script(clock, [])
    with pytest.raises(MuxUnavailable) as raised:
        await calls.make("create", "POST", hasty)
    assert (hasty.seen, clock.slept) == ([], [])
    assert raised.value.headers["Retry-After"] == "11"
    clock.now += 4
    assert await calls.make("create", "POST", hasty) == "answer"
    assert clock.slept == [6]


async def test_a_bug_is_no_outage(calls_with: Callable[..., Calls], clock: Clock) -> None:
    """What mux-python does not raise comes through as it is, and is not repeated."""
    work = Script(clock, [ZeroDivisionError()])
    with pytest.raises(ZeroDivisionError):
        await calls_with().make("get", "GET", work)
    assert len(work.seen) == 1
