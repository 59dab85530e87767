"""Which days Mux has to be asked about: those that it was never asked about, and those that may still change. Pure."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta


def due(synced: Mapping[date, datetime], now: datetime, *, back: int, settled_after: timedelta) -> list[date]:
    """Of today and the `back` days before it (UTC), those to ask about, the newest first.

    `synced` says when a day was last asked about with success. A day whose answer came after it had settled is done.
    """
    today = now.astimezone(UTC).date()
    days = [today - timedelta(days=age) for age in range(back + 1)]
    return [day for day in days if not _done(synced.get(day), day, settled_after)]


def bounds(day: date) -> tuple[datetime, datetime]:
    """When the day (UTC) begins and when it is over."""
    begin = datetime.combine(day, time(), UTC)
    return begin, begin + timedelta(days=1)


def _done(synced_at: datetime | None, day: date, settled_after: timedelta) -> bool:
    return synced_at is not None and synced_at >= bounds(day)[1] + settled_after
