"""Readiness: what turns it red, what it only tells, and that no check can hold it up."""

import asyncio
from datetime import UTC, datetime, timedelta

from servicekit.errors import Unavailable
from servicekit.health import Degraded, Memory, readiness


async def well() -> None:
    return None


async def broken() -> None:
    raise Unavailable("gone")


async def degraded() -> None:
    raise Degraded("the provider rests")


async def hanging() -> None:
    await asyncio.Event().wait()


async def test_what_is_degraded_is_told_and_stays_green() -> None:
    """Something that the process can do without is down."""
    ready, report = await readiness({"database": well, "provider": degraded})
    assert ready
    assert report == {"ready": True, "checks": {"database": "ok", "provider": "degraded: the provider rests"}}


async def test_one_broken_check_is_red_whatever_the_others_say() -> None:
    """Every check is told, a hanging one by its time."""
    ready, report = await readiness(
        {"database": broken, "provider": degraded, "disk": hanging, "log": well}, timeout_s=0.05
    )
    assert not ready
    assert report["checks"] == {
        "database": "gone",
        "provider": "degraded: the provider rests",
        "disk": "no answer within 0.05 s",
        "log": "ok",
    }


async def test_it_is_known_since_when_something_fails() -> None:
    """From the first time that it was found so until it is well again; what is asked less often is not forgotten."""
    memory, began = Memory(), datetime(2026, 3, 1, tzinfo=UTC)
    assert memory.note({"database": "gone", "log": "ok"}, began) == {"database": began}
    later = began + timedelta(minutes=5)
    assert memory.note({"log": "degraded: slow"}, later) == {"log": later}
    assert memory.note({"database": "no answer", "log": "ok"}, later) == {"database": began}
    assert memory.note({"database": "ok"}, later) == {}
    assert memory.note({"database": "gone"}, later) == {"database": later}
    _, report = await readiness({"database": broken, "log": well}, memory=Memory())
    assert report["since"].keys() == {"database"}
    _, fine = await readiness({"log": well}, memory=Memory())
    assert fine == {"ready": True, "checks": {"log": "ok"}}
