"""One attempt: a POST to where an admin's address leads by now, checked as `servicekit.outside` does it."""

import asyncio
import time
from collections.abc import Mapping

import aiohttp
from yarl import URL

from analytics_service.settings import Settings
from analytics_service.webhooks.retrying import Answer
from servicekit import outside
from servicekit.addresses import AddressRefused, Rules, Target, is_public, target_of
from servicekit.outside import AddressUnreachable, Resolve

USER_AGENT = "Seatime-Webhooks/1"
_EVERY_PORT = tuple(range(1, 65_536))
_ANSWER_BYTES = 512
_ANSWER_S = 2.0


def rules_of(settings: Settings) -> Rules:
    """Public addresses and the ports that are set; for development this machine as well, and any port."""
    if not settings.webhook_local_receivers:
        return Rules(ports=settings.webhook_ports)
    return Rules(ports=_EVERY_PORT, is_public=lambda address: address.is_loopback or is_public(address))


def target(url: str, settings: Settings) -> Target:
    """Raises AddressRefused: for what `rules_of` refuses, and without TLS, since learners are named."""
    found = target_of(url, rules_of(settings))
    if found.scheme != "https" and not settings.webhook_local_receivers:
        raise AddressRefused("only https is delivered to")
    return found


async def check(url: str, settings: Settings, resolve: Resolve) -> None:
    """Whether it could be delivered to now, by its address. Raises AddressRefused, also for an unknown name."""
    found = target(url, settings)
    try:
        async with asyncio.timeout(5):
            await outside.resolved(found, rules_of(settings), resolve)
    except (AddressUnreachable, TimeoutError) as error:
        raise AddressRefused(f"{found.host} does not resolve") from error


async def post(url: str, body: bytes, headers: Mapping[str, str], settings: Settings, resolve: Resolve) -> Answer:
    """Send it once, and tell how that went; redirects are answers like others. Takes `webhook_timeout_s` at most."""
    began = time.monotonic()
    try:
        async with asyncio.timeout(settings.webhook_timeout_s):
            checked = await outside.resolved(target(url, settings), rules_of(settings), resolve)
            async with (
                outside.session_to(*checked) as http,
                http.post(
                    URL(checked[0].url, encoded=True),
                    data=body,
                    headers={**headers, "Content-Type": "application/json", "User-Agent": USER_AGENT},
                    allow_redirects=False,
                ) as response,
            ):
                status, retry_after = response.status, response.headers.get("Retry-After")
                took = _ms_since(began)
                return Answer(took, status=status, text=await _first(response), retry_after=retry_after)
    except AddressRefused as error:
        return Answer(_ms_since(began), error=f"address refused: {error}")
    except TimeoutError:
        return Answer(_ms_since(began), error=f"no answer within {settings.webhook_timeout_s:g} s")
    except AddressUnreachable as error:
        return Answer(_ms_since(began), error=str(error))
    except (aiohttp.ClientError, OSError) as error:
        return Answer(_ms_since(began), error=f"cannot be reached: {type(error).__name__}")


async def _first(response: aiohttp.ClientResponse) -> str:
    """The beginning of the answer, as far as it comes at once: the status alone decides."""
    first = b""
    try:
        async with asyncio.timeout(_ANSWER_S):
            while len(first) < _ANSWER_BYTES and (part := await response.content.read(_ANSWER_BYTES - len(first))):
                first += part
    except (TimeoutError, aiohttp.ClientError, OSError):
        pass
    return "".join(one if one.isprintable() or one in "\n\t" else "\ufffd" for one in first.decode(errors="replace"))


def _ms_since(began: float) -> int:
    return round((time.monotonic() - began) * 1000)
