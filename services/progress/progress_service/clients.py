"""What a request tells of the browser and the country that it comes from, made coarse at once.

A family of browsers and two letters go on from here. The header, the version, the device and the address stay behind:
together they would tell people apart.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import msgspec
from ua_parser import Domain, Resolver
from ua_parser.loaders import load_lazy_builtins
from ua_parser.regex import Resolver as RegexResolver

from contracts.clients import BROWSERS, OTHER

REMEMBERED = 4_096
_LONGEST = 512
_COUNTRY = re.compile("[A-Z]{2}")
_NOWHERE = frozenset({"XX", "ZZ"})
"""What gateways and ISO 3166 say of an address that they cannot place."""
_MADE_OF = {"chromium": "chrome", "headlesschrome": "chrome"}


@dataclass(frozen=True, slots=True)
class Client:
    """What is kept of a request's origin; `facts` is the same as JSON members, each after a comma."""

    browser: str | None = None
    country: str | None = None
    facts: bytes = b""


UNKNOWN = Client()


class Clients:
    """Answers from memory for what it has seen lately; it forgets the oldest, so that no client can make it grow."""

    def __init__(self, country_header: str | None = None) -> None:
        self._country_header = country_header
        self._rules: Resolver = RegexResolver(load_lazy_builtins())
        self._rules("", Domain.USER_AGENT)  # compiles the rules now: no request has to wait for it
        self._seen = lru_cache(REMEMBERED)(self._read)

    @property
    def remembered(self) -> int:
        return self._seen.cache_info().currsize

    def of(self, headers: Mapping[str, str]) -> Client:
        """The client of a request with these headers."""
        country = headers.get(self._country_header) if self._country_header is not None else None
        return self._seen(headers.get("user-agent", "")[:_LONGEST], country and country[:_LONGEST])

    def _read(self, user_agent: str, country: str | None) -> Client:
        found = {"browser": self._browser(user_agent), "country": country_of(country)}
        told = {name: value for name, value in found.items() if value is not None}
        return Client(**found, facts=b"," + msgspec.json.encode(told)[1:-1] if told else b"")

    def _browser(self, user_agent: str) -> str | None:
        if not user_agent.strip():
            return None
        found = self._rules(user_agent, Domain.USER_AGENT).user_agent
        return family_of(found.family) if found is not None else OTHER


def family_of(name: str) -> str:
    """One of BROWSERS, from what ua-parser calls a browser (`Chrome Mobile iOS`, `Mobile Safari`); else OTHER."""
    first = name.lower().removeprefix("mobile ").partition(" ")[0]
    family = _MADE_OF.get(first, first)
    return family if family in BROWSERS else OTHER


def country_of(told: str | None) -> str | None:
    """The country that the gateway names; None where it names none, or says that it does not know."""
    text = (told or "").strip().upper()
    return text if _COUNTRY.fullmatch(text) and text not in _NOWHERE else None
