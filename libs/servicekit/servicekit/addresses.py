"""Which addresses on the web a stranger may have us connect to: the public ones, written in the one plain way.

Pure: `outside.py` resolves and connects. Every reader of URLs has its own idea of odd spellings, so these are refused
instead of understood: what is left, all readers understand alike.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from urllib.parse import urljoin, urlsplit

from servicekit.errors import BadRequest

Address = IPv4Address | IPv6Address

_LONGEST = 2048
_PLAIN = re.compile(r"[!#-\[\]-_a-z~]+")  # printable ASCII without space, " \ ` { | }
_LABEL = re.compile(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?")
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")
_PORT = re.compile(r"[1-9][0-9]{0,4}")
_AUTHORITY = re.compile(r"(?P<host>\[[0-9a-f:.]+\]|[a-z0-9_.-]+)(:(?P<port>[^:]*))?")
_DEFAULT_PORTS = {"http": 80, "https": 443}

# IANA's special-purpose registries; what is "globally reachable" there but leads inside (6to4, NAT64) counts as well.
_NOT_PUBLIC = [
    IPv4Network(text)
    for text in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "168.63.129.16/32",  # Azure's own service for its machines
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",
        "240.0.0.0/4",
    )
]
_UNICAST = IPv6Network("2000::/3")  # all that is handed out; loopback, mapped, NAT64, local and multicast are not in it
_NOT_UNICAST = [IPv6Network(text) for text in ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")]


class AddressRefused(BadRequest):
    """An address that somebody gave us leads, or may lead, to where only we can go."""

    slug, title = "address-refused", "This address is not fetched"


def is_public(address: Address) -> bool:
    """Whether an address is one of the public Internet's, reached directly."""
    if not address.is_global or address.is_multicast:
        return False
    if isinstance(address, IPv4Address):
        return not any(address in network for network in _NOT_PUBLIC)
    return address in _UNICAST and address.scope_id is None and not any(address in one for one in _NOT_UNICAST)


@dataclass(frozen=True, slots=True)
class Rules:
    """What is allowed. `is_public` is an argument so that a test can take some of its own machine for the world."""

    ports: tuple[int, ...] = (80, 443)
    redirects: int = 5
    is_public: Callable[[Address], bool] = is_public


@dataclass(frozen=True, slots=True)
class Target:
    """A URL that is written plainly: `host` is a name, or `literal` the address that it spells."""

    url: str
    scheme: str
    host: str
    port: int
    literal: Address | None


def target_of(url: str, rules: Rules) -> Target:
    """Raises AddressRefused for everything but http(s)://host[:port]/… in plain ASCII with an allowed port."""
    if len(url) > _LONGEST or not _is_plain(url):
        raise AddressRefused("the address is too long, or has characters that need percent-encoding")
    try:
        parts = urlsplit(url)
    except ValueError as error:
        raise AddressRefused("the address cannot be read") from error
    if parts.scheme not in _DEFAULT_PORTS:
        raise AddressRefused("only http and https are fetched")
    authority = _AUTHORITY.fullmatch(parts.netloc.lower())
    if authority is None:
        raise AddressRefused("the host cannot be read; a name or password in the address is refused")
    port = _port(authority["port"], parts.scheme, rules)
    host, literal = _host(authority["host"])
    if literal is not None and not rules.is_public(literal):
        raise AddressRefused(f"{literal} is not a public address")
    plain = parts._replace(netloc=parts.netloc.lower(), fragment="").geturl()
    return Target(plain, parts.scheme, host, port, literal)


def redirected(target: Target, location: str | None, rules: Rules) -> Target:
    """Where a redirect leads, held to the same rules; it may not leave https. Raises AddressRefused."""
    if not location or not _is_plain(location):
        raise AddressRefused("a redirect leads nowhere")
    try:
        joined = urljoin(target.url, location)
    except ValueError as error:
        raise AddressRefused("a redirect cannot be read") from error
    found = target_of(joined, rules)
    if (target.scheme, found.scheme) == ("https", "http"):
        raise AddressRefused("a redirect leads from https to http")
    return found


def all_public(target: Target, resolved: Sequence[str], rules: Rules) -> tuple[Address, ...]:
    """What a name resolves to, if all of it is public: one address inside is enough to refuse the name."""
    try:
        addresses = tuple(ip_address(one) for one in resolved)
    except ValueError as error:
        raise AddressRefused(f"{target.host} resolves to something that is no address") from error
    if not addresses:
        raise AddressRefused(f"{target.host} has no address")
    if not all(rules.is_public(address) for address in addresses):
        raise AddressRefused(f"{target.host} does not lead to public addresses only")
    return addresses


def _is_plain(text: str) -> bool:
    return _PLAIN.fullmatch(text) is not None  # not of text.lower(): the Kelvin sign's lower case is a k


def _port(text: str | None, scheme: str, rules: Rules) -> int:
    if text is None:
        port = _DEFAULT_PORTS[scheme]
    elif _PORT.fullmatch(text) and int(text) < 65_536:
        port = int(text)
    else:
        raise AddressRefused("the port cannot be read")
    if port not in rules.ports:
        raise AddressRefused(f"port {port} is not allowed")
    return port


def _host(text: str) -> tuple[str, Address | None]:
    if text.startswith("["):
        try:
            literal: Address = IPv6Address(text[1:-1])
        except ValueError as error:
            raise AddressRefused("the host is no IPv6 address") from error
        return text[1:-1], literal
    labels = text.split(".")
    if _NUMBER.fullmatch(labels[-1]):
        try:
            return text, IPv4Address(text)  # four decimal numbers; octal, hexadecimal and short forms are refused
        except ValueError as error:
            raise AddressRefused("a host that ends in a number has to be four decimal ones") from error
    if len(labels) < 2 or len(text) > 253 or not all(_LABEL.fullmatch(label) for label in labels):
        raise AddressRefused("the host is no full name")
    return text, None
