"""The terms on which a course's videos are handed out. Pure."""

from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

TokenMode = Literal["shared", "per_viewer"]
Watermark = Literal["name", "id"]
NotAllowedHere = Literal["referrer", "user_agent"]


@dataclass(frozen=True, slots=True)
class Restriction:
    """Which pages and programs may play, in the terms of Mux's playback restrictions.

    Domains: none allows no page, `*` every one, `*.example.com` one level below. What a high-risk user agent is, Mux
    alone knows. Source: Mux's guide "Secure video playback".
    """

    allowed_domains: tuple[str, ...] = ("*",)
    allow_no_referrer: bool = False
    allow_no_user_agent: bool = False
    allow_high_risk_user_agent: bool = False

    def forbids(self, referrer: str | None, user_agent: str | None) -> NotAllowedHere | None:
        """Why a request from such a page by such a program is refused, None if it is not."""
        if not (user_agent or "").strip() and not self.allow_no_user_agent:
            return "user_agent"
        host = _host(referrer)
        if host is None:
            return None if self.allow_no_referrer else "referrer"
        return None if any(_matches(host, domain.lower()) for domain in self.allowed_domains) else "referrer"


@dataclass(frozen=True, slots=True)
class Terms:
    """Of a course. `restriction_id` is Mux's for the restriction, `devices` how many may play at once, None for any."""

    tokens: TokenMode = "shared"
    devices: int | None = None
    watermark: Watermark | None = None
    drm_configuration_id: str | None = None
    restriction: Restriction | None = None
    restriction_id: str | None = None

    def watermark_for(self, user_id: str, name: str | None) -> str | None:
        """What the player writes over the picture."""
        if self.watermark is None:
            return None
        return name or user_id if self.watermark == "name" else user_id


USUAL = Terms()


def _host(referrer: str | None) -> str | None:
    try:
        return urlsplit(referrer or "").hostname
    except ValueError:
        return None


def _matches(host: str, domain: str) -> bool:
    if domain == "*":
        return True
    if domain.startswith("*."):
        first, _, rest = host.partition(".")
        return bool(first) and rest == domain[2:]
    return host == domain
