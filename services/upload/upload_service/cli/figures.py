"""Numbers as a person reads them. Pure."""

from datetime import timedelta

_UNITS = ("bytes", "kB", "MB", "GB", "TB", "PB")


def size(count: float) -> str:
    """Decimal units, as S3's bill has them."""
    unit = 0
    while count >= 999.5 and unit < len(_UNITS) - 1:
        count, unit = count / 1000, unit + 1
    return f"{count:,.0f} {_UNITS[unit]}" if unit == 0 or count >= 99.95 else f"{count:.1f} {_UNITS[unit]}"


def dollars(amount: float) -> str:
    return f"${amount:,.2f}"


def lasting(seconds: float) -> str:
    """A duration in its two largest units."""
    whole = round(max(0.0, seconds))
    days, rest = divmod(whole, 86_400)
    hours, rest = divmod(rest, 3600)
    minutes, left = divmod(rest, 60)
    parts = [(days, "d"), (hours, "h"), (minutes, "min"), (left, "s")]
    first = next((at for at, (value, _) in enumerate(parts) if value), len(parts) - 1)
    shown = [f"{value} {unit}" for value, unit in parts[first : first + 2] if value]
    return " ".join(shown) or "0 s"


def eta(remaining: int, done: int, elapsed: timedelta) -> str:
    """How long the rest takes at the pace so far; unknown until something is done."""
    if not remaining:
        return "done"
    return lasting(elapsed.total_seconds() / done * remaining) if done else "unknown"


def plural(count: int, one: str, many: str | None = None) -> str:
    return f"{count:,} {one if count == 1 else many or one + 's'}"
