"""Liveness says that the loop turns; readiness says that the work can be done, and names what stands in the way."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from typing import Any

OK = "ok"
_DEGRADED = "degraded: "

Check = Callable[[], Awaitable[None]]
"""Returns if all is well, raises with the reason otherwise."""


class Degraded(Exception):
    """Raised by a check: something that this process can do without is down. It is told, and nothing turns red."""


class Memory:
    """Since when each check has not been `ok`, as far as this process was asked: its supervisor asks all the time."""

    def __init__(self) -> None:
        self._since: dict[str, datetime] = {}

    def note(self, results: Mapping[str, str], at: datetime) -> dict[str, datetime]:
        """Of these checks, those that are not `ok` now. What was not asked this time is neither told nor forgotten."""
        for name, said in results.items():
            if said == OK:
                self._since.pop(name, None)
            else:
                self._since.setdefault(name, at)
        return {name: since for name, since in self._since.items() if name in results}


async def readiness(
    checks: Mapping[str, Check], *, timeout_s: float = 2.5, memory: Memory | None = None
) -> tuple[bool, dict[str, Any]]:
    """Run every check at once, each at most `timeout_s` (s).

    Returns (ready, {"ready": bool, "checks": {name: "ok" or the reason}}). Ready with what is degraded. With a `memory`
    there is also "since" (ISO 8601, by name), if anything fails.
    """

    async def run(check: Check) -> str:
        try:
            async with asyncio.timeout(timeout_s):
                await check()
        except TimeoutError:
            return f"no answer within {timeout_s} s"
        except Degraded as error:
            return f"{_DEGRADED}{error}"
        except Exception as error:
            return str(error) or type(error).__name__
        return OK

    results = dict(zip(checks, await asyncio.gather(*map(run, checks.values())), strict=True))
    ready = all(result == OK or result.startswith(_DEGRADED) for result in results.values())
    since = memory.note(results, datetime.now(UTC)) if memory is not None else {}
    told = {"since": {name: at.isoformat() for name, at in since.items()}} if since else {}
    return ready, {"ready": ready, "checks": results, **told}
