"""What videos cost: minutes and bytes times prices. Pure.

Mux bills minutes stored, for as long as they are stored, and minutes of media delivered; S3 bills bytes.
"""

from collections.abc import Iterable
from dataclasses import astuple, dataclass, replace


@dataclass(frozen=True, slots=True)
class Prices:
    """US dollars: Mux's a minute (encoding once, storage each month, delivery each time), S3's a gigabyte (10⁹ bytes).

    `s3_bits_per_s` stands in for the size of a video in S3 where it is not known.
    """

    encoding: float = 0.0
    storage: float = 0.005
    delivery: float = 0.001
    s3_storage: float = 0.023
    s3_transfer: float = 0.09
    s3_bits_per_s: float = 2_500_000


@dataclass(frozen=True, slots=True)
class Usage:
    """What was used in a time: minutes of video, `verified` minutes of real time, and `…_gb`, gigabytes in S3.

    `stored`, `s3_stored` and `s3_stored_gb` are times the months (or part of one) for which it was stored.
    `delivered` is what Mux bills, `watched` the media from Mux that the ledger credited, a cross-check; `s3_watched`
    that from S3, and `s3_sent_gb` its share of the files.
    """

    encoded: float = 0.0
    stored: float = 0.0
    delivered: float = 0.0
    watched: float = 0.0
    s3_stored: float = 0.0
    s3_watched: float = 0.0
    s3_stored_gb: float = 0.0
    s3_sent_gb: float = 0.0
    verified: float = 0.0

    def __add__(self, other: "Usage") -> "Usage":
        return Usage(*(a + b for a, b in zip(astuple(self), astuple(other), strict=True)))

    @property
    def without_mux(self) -> "Usage":
        """Where Mux has not told what it delivered, what the ledger credited stands in for it."""
        return replace(self, delivered=self.watched)


@dataclass(frozen=True, slots=True)
class Used:
    """A usage in three times: the month so far, the days from which rates are taken, and a month of what is stored now.

    `lately` has nothing that is stored, `stored_now` nothing else.
    """

    month: Usage = Usage()
    lately: Usage = Usage()
    stored_now: Usage = Usage()

    def __add__(self, other: "Used") -> "Used":
        return Used(self.month + other.month, self.lately + other.lately, self.stored_now + other.stored_now)

    @property
    def without_mux(self) -> "Used":
        return Used(self.month.without_mux, self.lately.without_mux, self.stored_now)


@dataclass(frozen=True, slots=True)
class Cost:
    """US dollars, not rounded."""

    encoding: float = 0.0
    storage: float = 0.0
    delivery: float = 0.0
    s3_storage: float = 0.0
    s3_transfer: float = 0.0

    @property
    def total(self) -> float:
        return self.encoding + self.storage + self.delivery + self.s3_storage + self.s3_transfer


def cost(usage: Usage, prices: Prices) -> Cost:
    """What that usage costs. Usage that is added up first costs the same: prices know no volume discount."""
    return Cost(
        encoding=usage.encoded * prices.encoding,
        storage=usage.stored * prices.storage,
        delivery=usage.delivered * prices.delivery,
        s3_storage=usage.s3_stored_gb * prices.s3_storage,
        s3_transfer=usage.s3_sent_gb * prices.s3_transfer,
    )


def total(used: Iterable[Used]) -> Used:
    """All of them together."""
    return sum(used, Used())


def per_thousand_verified(spent: float, verified_minutes: float) -> float | None:
    """US dollars for a thousand minutes of verified watching; None where nothing was verified."""
    return spent / verified_minutes * 1000 if verified_minutes else None


def assumptions(prices: Prices, *, delivered_by_mux: bool) -> list[str]:
    """The sentences without which the figures mean nothing."""
    said = [
        f"US dollars a minute at Mux: encoding {prices.encoding:g}, storage {prices.storage:g} a month, "
        f"delivery {prices.delivery:g}; a gigabyte in S3: storage {prices.s3_storage:g} a month, "
        f"transfer {prices.s3_transfer:g}; volume discounts and taxes are not counted",
        f"videos in S3 whose size is not known are taken to have {prices.s3_bits_per_s / 1e6:g} Mbit/s",
    ]
    if not delivered_by_mux:
        said.append("Mux has not told yet what it delivered: what the ledger credited stands in for it")
    return said
