"""Asset settings as requests carry them, checked and brought to the one form in which Mux echoes them."""

from collections.abc import Callable
from typing import Any

from mux_sim.errors import invalid
from mux_sim.model import Json

_QUALITY_OF_TIER = {"baseline": "basic", "smart": "plus", "premium": "premium"}
TIER_OF_QUALITY = {quality: tier for tier, quality in _QUALITY_OF_TIER.items()}
_POLICIES = {"public", "signed", "drm"}
_RESOLUTION_TIERS = {"1080p", "1440p", "2160p"}
_META_LIMITS = {"title": 512, "creator_id": 128, "external_id": 128}
_AS_GIVEN = ("normalize_audio", "master_access", "mp4_support", "static_renditions", "test")


def _text(value: Any, name: str, limit: int) -> str:
    if not isinstance(value, str) or len(value) > limit:
        raise invalid(f"{name} must be a string of at most {limit} characters")
    return value


def _one_of(allowed: set[str]) -> Callable[[Any, str], str]:
    def check(value: Any, name: str) -> str:
        if value not in allowed:
            raise invalid(f"{name} must be one of {', '.join(sorted(allowed))}")
        return str(value)

    return check


def _policies(value: Any, name: str) -> list[str]:
    if not isinstance(value, list):
        raise invalid(f"{name} must be a list")
    return [_one_of(_POLICIES)(item, name) for item in value]


def meta(value: Any) -> Json:
    """`meta` of a request: three optional texts."""
    if not isinstance(value, dict):
        raise invalid("meta must be an object")
    return {key: _text(value[key], f"meta.{key}", limit) for key, limit in _META_LIMITS.items() if value.get(key)}


def passthrough(value: Any) -> str:
    return _text(value, "passthrough", 255)


def policy(value: Any) -> str:
    return _one_of(_POLICIES)(value, "policy")


def _inputs(value: Any) -> list[Json]:
    if isinstance(value, str):
        value = [{"url": value}]
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise invalid("inputs must be a list of objects")
    return [{key: field for key, field in item.items() if field is not None} for item in value]


def normalise(raw: Any) -> Json:
    """The echoed form: old aliases under their new names, the twin `encoding_tier` as `video_quality`, no nulls."""
    if raw is None:
        raw = {}
    if not isinstance(raw, dict):
        raise invalid("new_asset_settings must be an object")
    given = {key: value for key, value in raw.items() if value is not None}
    settings: Json = {}
    policies = given.get("playback_policies", given.get("playback_policy"))
    if policies is not None:
        settings["playback_policies"] = _policies(policies, "playback_policies")
    quality = given.get("video_quality", _QUALITY_OF_TIER.get(given.get("encoding_tier", "")))
    settings["video_quality"] = _one_of(set(TIER_OF_QUALITY))(quality or "basic", "video_quality")
    if "max_resolution_tier" in given:
        settings["max_resolution_tier"] = _one_of(_RESOLUTION_TIERS)(
            given["max_resolution_tier"], "max_resolution_tier"
        )
    if "passthrough" in given:
        settings["passthrough"] = passthrough(given["passthrough"])
    if "meta" in given:
        settings["meta"] = meta(given["meta"])
    inputs = given.get("inputs", given.get("input"))
    if inputs is not None:
        settings["inputs"] = _inputs(inputs)
    return settings | {key: given[key] for key in _AS_GIVEN if key in given}
