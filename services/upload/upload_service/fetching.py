"""The first bytes behind an address that a stranger gave us, each redirect checked as `servicekit.outside` does it."""

import asyncio
from dataclasses import dataclass

import aiohttp
from yarl import URL

from servicekit import outside
from servicekit.addresses import Address, AddressRefused, Rules, Target, redirected, target_of
from servicekit.outside import AddressUnreachable, Resolve, system_resolver
from upload_service.settings import Settings

_REDIRECTS = (301, 302, 303, 307, 308)
_HEADERS = {"Accept": "*/*", "Accept-Encoding": "identity", "User-Agent": "seatime-import"}


@dataclass(frozen=True, slots=True)
class Head:
    """The end of the redirects: its URL, its headers as far as they matter, and its first bytes.

    `length` is that of the whole file in bytes, if the server tells.
    """

    url: str
    content_type: str | None
    length: int | None
    first: bytes


def rules_of(settings: Settings) -> Rules:
    return Rules(ports=settings.import_ports)


async def fetch_head(
    url: str,
    rules: Rules,
    *,
    first_bytes: int = 4096,
    timeout_s: float = 15,
    resolve: Resolve = system_resolver,
) -> Head:
    """Follow `url` through its redirects, each of them checked, and read at most `first_bytes` of what is there.

    Raises AddressRefused, or AddressUnreachable for what does not answer 200 or 206 within `timeout_s` in all.
    For issue 4's import URLs: hand Mux `Head.url`, never what the person wrote.
    """
    try:
        async with asyncio.timeout(timeout_s):
            target = target_of(url, rules)
            for _ in range(rules.redirects + 1):
                found = await _ask(*await outside.resolved(target, rules, resolve), first_bytes)
                if isinstance(found, Head):
                    return found
                target = redirected(target, found, rules)
    except TimeoutError as error:
        raise AddressUnreachable("no answer in time") from error
    except (aiohttp.ClientError, OSError) as error:
        raise AddressUnreachable(f"cannot be fetched: {type(error).__name__}") from error
    raise AddressRefused("too many redirects")


async def _ask(target: Target, checked: tuple[Address, ...], first_bytes: int) -> Head | str:
    """The head, or the location of a redirect (empty if it names none)."""
    async with (
        outside.session_to(target, checked) as http,
        http.get(
            URL(target.url, encoded=True),
            headers=_HEADERS | {"Range": f"bytes=0-{first_bytes - 1}"},
            allow_redirects=False,
        ) as response,
    ):
        if response.status in _REDIRECTS:
            return response.headers.get("Location", "")
        if response.status not in (200, 206):
            raise AddressUnreachable(f"answered {response.status}")
        first = b""
        while len(first) < first_bytes and (part := await response.content.read(first_bytes - len(first))):
            first += part
        return Head(target.url, response.headers.get("Content-Type"), _length(response), first)


def _length(response: aiohttp.ClientResponse) -> int | None:
    if response.status == 200:
        return response.content_length
    total = response.headers.get("Content-Range", "").rpartition("/")[2]
    return int(total) if total.isascii() and total.isdigit() and len(total) < 19 else None
