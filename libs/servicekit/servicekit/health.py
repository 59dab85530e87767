"""Liveness says that the loop turns; readiness says that the work can be done, and names what stands in the way."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

_DEGRADED = "degraded: "

Check = Callable[[], Awaitable[None]]
"""Returns if all is well, raises with the reason otherwise."""


class Degraded(Exception):
    """Raised by a check: something that this process can do without is down. It is told, and nothing turns red."""


async def readiness(checks: Mapping[str, Check], *, timeout_s: float = 2.5) -> tuple[bool, dict[str, Any]]:
    """Run every check at once, each at most `timeout_s` (s).

    Returns (ready, {"ready": bool, "checks": {name: "ok" or the reason}}). Ready with what is degraded.
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
        return "ok"

    results = dict(zip(checks, await asyncio.gather(*map(run, checks.values())), strict=True))
    ready = all(result == "ok" or result.startswith(_DEGRADED) for result in results.values())
    return ready, {"ready": ready, "checks": results}
