"""Playback restrictions: from which pages and by which programs a token may be used that names one."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from mux_sim.errors import PlaybackError
from mux_sim.store import Store


def check(store: Store, restriction_id: Any, headers: Mapping[str, str]) -> None:
    """Raises PlaybackError 403 where the restriction forbids the request, or is not there.

    Which user agents are of high risk is not known outside Mux: those that name a command-line client are, here.
    Source: Mux's guide "Secure video playback".
    """
    if restriction_id is None:
        return
    restriction = store.restrictions.get(restriction_id) if isinstance(restriction_id, str) else None
    if restriction is None:
        raise PlaybackError(403, "Unknown playback restriction")
    if not _page_allowed(restriction.referrer, headers.get("Referer", "")):
        raise PlaybackError(403, "Referrer not allowed")
    if not _program_allowed(restriction.user_agent, headers.get("User-Agent", "")):
        raise PlaybackError(403, "User agent not allowed")


def _page_allowed(rules: Mapping[str, Any], referrer: str) -> bool:
    if not referrer:
        return bool(rules["allow_no_referrer"])
    host = (urlsplit(referrer).hostname or "").lower()
    parent = host.partition(".")[2]
    return any(domain in ("*", host) or domain == f"*.{parent}" for domain in map(str.lower, rules["allowed_domains"]))


def _program_allowed(rules: Mapping[str, Any], user_agent: str) -> bool:
    if not user_agent.strip():
        return bool(rules["allow_no_user_agent"])
    risky = user_agent.lower().startswith(("curl/", "wget/"))
    return not risky or bool(rules["allow_high_risk_user_agent"])
