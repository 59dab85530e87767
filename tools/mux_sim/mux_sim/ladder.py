"""Which renditions a source gets, and how Mux would describe it: pure arithmetic on sizes."""

from dataclasses import dataclass
from math import gcd

SEGMENT_SECONDS = 5


@dataclass(frozen=True)
class Rung:
    """One rendition; `name` is its short side, as in 720p."""

    name: str
    width: int
    height: int

    @property
    def max_kilobits(self) -> int:
        return max(200, self.width * self.height * 32 // 10_000)


def rungs(width: int, height: int, ladder: tuple[int, ...]) -> list[Rung]:
    """Every step of the ladder below the source, and the source itself where the ladder reaches as far."""
    short = min(width, height)
    steps = sorted({step for step in ladder if step < short} | {min(short, max(ladder))})
    return [Rung(f"{step}p", _even(width * step / short), _even(height * step / short)) for step in steps]


def _even(value: float) -> int:
    return max(2, round(value / 2) * 2)


def aspect_ratio(width: int, height: int) -> str:
    divisor = gcd(width, height)
    return f"{width // divisor}:{height // divisor}"


def resolution_tier(width: int, height: int) -> str:
    short = min(width, height)
    return next((tier for limit, tier in ((720, "720p"), (1080, "1080p"), (1440, "1440p")) if short <= limit), "2160p")


def stored_resolution(rung: Rung) -> str:
    """Mux reports 1920x1080 as HD."""
    short = min(rung.width, rung.height)
    return next((name for limit, name in ((719, "SD"), (1080, "HD"), (1440, "FHD")) if short <= limit), "UHD")
