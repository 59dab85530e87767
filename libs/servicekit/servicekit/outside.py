"""Connections to addresses that a stranger gave us, without being sent to where only we can go.

The rules are in `addresses.py`. A name is resolved once: what was checked is what is connected to, and the socket
itself is refused to any other address, so that a second answer of the DNS comes too late.
"""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Sequence
from ipaddress import ip_address

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult

from servicekit.addresses import Address, Rules, Target, all_public, target_of
from servicekit.errors import ServiceError

Resolve = Callable[[str, int], Awaitable[Sequence[str]]]
"""All addresses of a name, IPv4 and IPv6, as texts; raises OSError if there are none."""


class AddressUnreachable(ServiceError):
    status, slug, title = 502, "address-unreachable", "What the address names cannot be fetched"


async def system_resolver(host: str, port: int) -> Sequence[str]:
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(sockaddr[0]) for *_, sockaddr in found]


async def check(
    url: str, rules: Rules, *, resolve: Resolve = system_resolver, timeout_s: float = 5
) -> tuple[Target, tuple[Address, ...]]:
    """The target and all its addresses, all of them public. Connects to nothing.

    Raises AddressRefused, or AddressUnreachable for a name that does not resolve.
    """
    try:
        async with asyncio.timeout(timeout_s):
            return await resolved(target_of(url, rules), rules, resolve)
    except TimeoutError as error:
        raise AddressUnreachable("the name was not resolved in time") from error


async def resolved(target: Target, rules: Rules, resolve: Resolve) -> tuple[Target, tuple[Address, ...]]:
    """The target with what its name resolves to now, all of it public. Raises AddressRefused, AddressUnreachable."""
    if target.literal is not None:
        return target, (target.literal,)
    try:
        names = await resolve(target.host, target.port)
    except OSError as error:
        raise AddressUnreachable(f"{target.host} does not resolve") from error
    return target, all_public(target, names, rules)


def session_to(target: Target, checked: tuple[Address, ...]) -> aiohttp.ClientSession:
    """A session that reaches that host at those addresses and nothing else. It has no time limit: the caller has.

    Ask for `yarl.URL(target.url, encoded=True)` and follow no redirects: each has to be checked first.
    """
    connector = aiohttp.TCPConnector(
        resolver=_Pinned(target, checked), socket_factory=_sockets_to(checked), use_dns_cache=False, force_close=True
    )
    return aiohttp.ClientSession(
        connector=connector,
        cookie_jar=aiohttp.DummyCookieJar(),
        auto_decompress=False,
        trust_env=False,
        timeout=aiohttp.ClientTimeout(total=None),
    )


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
