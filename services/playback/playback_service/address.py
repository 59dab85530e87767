"""Where a request came from: the last address that a gateway of ours saw, kept only as a keyed hash."""

import hashlib
import hmac
from collections.abc import Sequence
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

Network = IPv4Network | IPv6Network


def networks(listed: str) -> tuple[Network, ...]:
    """Comma separated addresses and networks. Raises ValueError if one is neither."""
    return tuple(ip_network(part.strip()) for part in listed.split(",") if part.strip())


@lru_cache(4096)
def _parsed(hop: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(hop)
    except ValueError:
        return None


def client_address(peer: str | None, forwarded_for: str | None, trusted: Sequence[Network]) -> str | None:
    """The nearest address that is not a trusted proxy's. What an untrusted peer claims is not looked at."""
    hops = [peer or ""] + [hop.strip() for hop in reversed((forwarded_for or "").split(",")) if hop.strip()]
    nearest: str | None = None
    for hop in hops:
        address = _parsed(hop)
        if address is None:
            break
        nearest = str(address)
        if not any(address in network for network in trusted):
            break
    return nearest


def fingerprint(key: bytes, address: str | None) -> bytes | None:
    """16 bytes that tell whether two addresses are the same, and cannot be turned back without the key."""
    return hmac.digest(key, address.encode(), hashlib.sha256)[:16] if address is not None else None
