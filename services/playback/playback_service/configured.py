"""Parts that a deployment may lack. The process starts without them; who needs one is told which setting is missing."""

from dataclasses import dataclass
from typing import TypeVar

from playback_service.errors import NotConfigured

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Missing:
    """Stands where a part would, and names the setting that would bring it."""

    setting: str


def needed(part: T | Missing) -> T:
    """The part, or a 503 that names the missing setting."""
    if isinstance(part, Missing):
        raise NotConfigured(part.setting)
    return part
