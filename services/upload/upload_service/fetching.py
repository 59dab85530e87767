"""The first bytes behind an address that a stranger gave us, without being sent to where only we can go.

Serves issue 4's line "import URLs given by a person are refused unless they resolve to public addresses, after each
redirect (SSRF)"; the rules are in `addresses.py`. A name is resolved once: what was checked is what is connected to,
and the socket itself is refused to any other address, so that a second answer of the DNS comes too late.
"""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from ipaddress import ip_address

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from upload_service import addresses
from upload_service.addresses import Address, Rules, Target
from upload_service.errors import AddressRefused, AddressUnreachable
from upload_service.settings import Settings

Resolve = Callable[[str, int], Awaitable[Sequence[str]]]
"""All addresses of a name, IPv4 and IPv6, as texts; raises OSError if there are none."""

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


async def system_resolver(host: str, port: int) -> Sequence[str]:
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(sockaddr[0]) for *_, sockaddr in found]


async def check(
    url: str, rules: Rules, *, resolve: Resolve = system_resolver, timeout_s: float = 5
) -> tuple[Target, tuple[Address, ...]]:
    """The target and all its addresses, all of them public. Connects to nothing.

    Raises AddressRefused, or AddressUnreachable for a name that does not resolve. For issue 4's import URLs.
    """
    try:
        async with asyncio.timeout(timeout_s):
            return await _resolved(addresses.target_of(url, rules), rules, resolve)
    except TimeoutError as error:
        raise AddressUnreachable("the name was not resolved in time") from error


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
            target = addresses.target_of(url, rules)
            for _ in range(rules.redirects + 1):
                found = await _ask(*await _resolved(target, rules, resolve), first_bytes)
                if isinstance(found, Head):
                    return found
                target = addresses.redirected(target, found, rules)
    except TimeoutError as error:
        raise AddressUnreachable("no answer in time") from error
    except (aiohttp.ClientError, OSError) as error:
        raise AddressUnreachable(f"cannot be fetched: {type(error).__name__}") from error
    raise AddressRefused("too many redirects")


async def _resolved(target: Target, rules: Rules, resolve: Resolve) -> tuple[Target, tuple[Address, ...]]:
    if target.literal is not None:
        return target, (target.literal,)
    try:
        names = await resolve(target.host, target.port)
    except OSError as error:
        raise AddressUnreachable(f"{target.host} does not resolve") from error
    return target, addresses.all_public(target, names, rules)


async def _ask(target: Target, checked: tuple[Address, ...], first_bytes: int) -> Head | str:
    """The head, or the location of a redirect (empty if it names none)."""
    connector = aiohttp.TCPConnector(
        resolver=_Pinned(target, checked), socket_factory=_sockets_to(checked), use_dns_cache=False, force_close=True
    )
    async with (
        aiohttp.ClientSession(
            connector=connector,
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            trust_env=False,
            timeout=aiohttp.ClientTimeout(total=None),  # the deadline of the whole is the caller's
        ) as http,
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


def _sockets_to(checked: tuple[Address, ...]) -> Callable[[aiohttp.AddrInfoType], socket.socket]:
    def make(info: aiohttp.AddrInfoType) -> socket.socket:
        family, kind, protocol, _, where = info
        if ip_address(where[0]) not in checked:
            raise OSError("not the address that was checked")
        return socket.socket(family, kind, protocol)

    return make


class _Pinned(AbstractResolver):
    """Answers with what was checked, whatever the DNS would say by now."""

    def __init__(self, target: Target, checked: tuple[Address, ...]) -> None:
        self._target, self._checked = target, checked

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        if host != self._target.host:
            raise OSError("not the name that was checked")
        return [
            ResolveResult(
                hostname=host,
                host=str(address),
                port=port,
                family=socket.AF_INET if address.version == 4 else socket.AF_INET6,
                proto=0,
                flags=socket.AI_NUMERICHOST,
            )
            for address in self._checked
        ]

    async def close(self) -> None:
        return None
