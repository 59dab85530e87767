"""What videos cost at Mux: minutes times prices, with each assumption said beside the sum. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

_MINUTE_MS = 60_000
_ASSUMED_BITS_PER_S = 2_500_000


@dataclass(frozen=True, slots=True)
class Prices:
    """US dollars a minute: of encoding once, of storage each month, of delivery each time that it is watched."""

    encoding: float
    storage: float
    delivery: float


@dataclass(frozen=True, slots=True)
class Footage:
    """One video as far as it is known: `size` in bytes, `duration_ms` in milliseconds."""

    size: int | None
    duration_ms: int | None


@dataclass(frozen=True, slots=True)
class Minutes:
    """`known` were read from the videos, `estimated` come from sizes; of `unmeasured` videos nothing is known."""

    known: float
    estimated: float
    unmeasured: int
    bits_per_s: float

    @property
    def total(self) -> float:
        return self.known + self.estimated


@dataclass(frozen=True, slots=True)
class Cost:
    """US dollars: `once`, and each month for storage and for `views` full viewings of every video."""

    encoding_once: float
    storage_monthly: float
    delivery_monthly: float
    views: float

    @property
    def monthly(self) -> float:
        return self.storage_monthly + self.delivery_monthly


def minutes(videos: Iterable[Footage]) -> Minutes:
    """Durations that are not known are taken from the size, at the bit rate of those that are."""
    listed = list(videos)
    bits_per_s = _bits_per_s(listed)
    known = sum(video.duration_ms for video in listed if video.duration_ms is not None) / _MINUTE_MS
    guessed = [video.size for video in listed if video.duration_ms is None and video.size is not None]
    unmeasured = sum(video.duration_ms is None and video.size is None for video in listed)
    return Minutes(known, sum(guessed) * 8 / bits_per_s / 60, unmeasured, bits_per_s)


def _bits_per_s(videos: Sequence[Footage]) -> float:
    both = [(video.size, video.duration_ms) for video in videos if video.size and video.duration_ms]
    if not both:
        return _ASSUMED_BITS_PER_S
    return sum(size for size, _ in both) * 8_000 / sum(duration for _, duration in both)


def cost(length: Minutes, prices: Prices, *, views: float) -> Cost:
    """What so many minutes cost if every video is watched whole `views` times a month."""
    return Cost(
        encoding_once=length.total * prices.encoding,
        storage_monthly=length.total * prices.storage,
        delivery_monthly=length.total * views * prices.delivery,
        views=views,
    )


def assumptions(length: Minutes, prices: Prices, *, views: float, source: str) -> list[str]:
    """The sentences without which the figures mean nothing."""
    said = [
        f"prices a minute: encoding {_price(prices.encoding)}, storage {_price(prices.storage)} a month, "
        f"delivery {_price(prices.delivery)} ({source}); volume discounts and taxes are not counted",
        f"every video is watched whole {views:g} {'time' if views == 1 else 'times'} a month",
    ]
    if length.estimated:
        said.append(
            f"{length.estimated:,.1f} of the minutes are estimated from sizes at {length.bits_per_s / 1e6:.2f} Mbit/s"
        )
    if length.unmeasured:
        said.append(f"{length.unmeasured} videos of unknown size and duration are not in the minutes")
    return said


def _price(dollars: float) -> str:
    return f"${dollars:.4f}".rstrip("0").rstrip(".") if dollars else "included"
