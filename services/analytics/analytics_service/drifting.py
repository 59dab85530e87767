"""Drift as it is watched: after each turn of the sync it is said which lessons have begun to differ too much."""

from datetime import UTC, date, datetime, timedelta

from prometheus_client import Gauge

from analytics_service import store_platforms
from analytics_service.drift import Drift, alarming, drift
from analytics_service.settings import Settings
from analytics_service.store_platforms import Platforms
from servicekit.database import Connection
from servicekit.telemetry import get_logger

DRIFTING = Gauge("seatime_drifting_lessons", "Lessons whose own and Mux's figures differ by more than the threshold")
WORST = Gauge("seatime_drift_worst_ratio", "The largest share by which a lesson's figures differ, among those")

log = get_logger(__name__)


def window(settings: Settings, now: datetime) -> tuple[date, date]:
    """The days (UTC) that are compared, the first and the last."""
    today = now.astimezone(UTC).date()
    return today - timedelta(days=settings.drift_window_days - 1), today


def drift_of(platforms: Platforms) -> Drift:
    return drift(platforms.ours, platforms.mux, platforms.around)


def alarms(platforms: Platforms, settings: Settings) -> bool:
    """Whether somebody should look at the lesson."""
    return alarming(
        drift_of(platforms),
        platforms.ours,
        platforms.mux,
        threshold=settings.drift_threshold,
        least_views=settings.drift_least_views,
    )


async def note(conn: Connection, settings: Settings) -> None:
    """Keep which lessons drift, and say of which that is new."""
    rows = await store_platforms.compared(conn, *window(settings, datetime.now(UTC)))
    found = {row.lesson_id: row for row in rows if alarms(row, settings)}
    worst = {lesson_id: drift_of(row).worst for lesson_id, row in found.items()}
    for lesson_id in await store_platforms.replace_alerts(conn, worst):
        apart = drift_of(found[lesson_id])
        log.warning(
            "drift between our figures and mux's",
            lesson=lesson_id,
            views=round(apart.views, 3),
            played=round(apart.played, 3),
            causes=list(apart.causes),
        )
    DRIFTING.set(len(worst))
    WORST.set(max(worst.values(), default=0.0))
