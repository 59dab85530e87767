"""What Mux told: whose turn it is to ask, which days were asked about, and the answers, a day replaced at once."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from analytics_service.mux_data import DeliveredAsset, PlayedAsset
from contracts import LessonChanged
from servicekit.database import Connection

Kind = Literal["played", "delivered"]


@dataclass(frozen=True, slots=True)
class SampledView:
    view_id: str
    asset_id: str
    ended_at: datetime
    reached_ms: int
    duration_ms: int


async def note_videos(conn: Connection, events: Collection[LessonChanged]) -> None:
    """Remember which video each lesson had as of that version; what is known already stays."""
    ordered = sorted(events, key=lambda event: (event.lesson_id, event.version))
    videos = [None if event.deleted else event.video for event in ordered]
    await conn.execute(
        """
        INSERT INTO lesson_videos (lesson_id, version, provider, asset_id, duration_ms, size_bytes, changed_at)
        SELECT * FROM unnest($1::text[], $2::bigint[], $3::text[], $4::text[], $5::bigint[], $6::bigint[],
                             $7::timestamptz[])
        ON CONFLICT DO NOTHING
        """,
        [event.lesson_id for event in ordered],
        [event.version for event in ordered],
        [None if video is None else video.provider for video in videos],
        [None if video is None else video.asset_id for video in videos],
        [None if video is None else video.duration_ms for video in videos],
        [None if video is None else video.size_bytes for video in videos],
        [event.changed_at for event in ordered],
    )


async def take_turn(conn: Connection, *, lease_s: float) -> bool:
    """Whether it is time to ask Mux, and nobody else does: then nobody will for so long, unless the turn ends."""
    taken = await conn.fetchval(
        """
        UPDATE mux_turns SET due_at = now() + make_interval(secs => $1) WHERE due_at <= now() RETURNING true
        """,
        float(lease_s),
    )
    return taken is not None


async def hold_turn(conn: Connection, *, lease_s: float) -> None:
    """The turn goes on: the lease begins anew."""
    await conn.execute("UPDATE mux_turns SET due_at = now() + make_interval(secs => $1)", float(lease_s))


async def end_turn(conn: Connection, *, next_in_s: float, error: str | None) -> None:
    """Without an `error` everything that was due has been answered; with one, what was known before stays."""
    await conn.execute(
        """
        UPDATE mux_turns SET
            due_at = now() + make_interval(secs => $1),
            synced_at = CASE WHEN $2::text IS NULL THEN now() ELSE synced_at END,
            failing_since = CASE WHEN $2 IS NULL THEN NULL ELSE coalesce(failing_since, now()) END,
            error = $2
        """,
        float(next_in_s),
        error,
    )


async def synced_days(conn: Connection, kind: Kind) -> dict[date, datetime]:
    """When each day was last asked about with success."""
    rows = await conn.fetch("SELECT day, synced_at FROM mux_days WHERE kind = $1", kind)
    return {row["day"]: row["synced_at"] for row in rows}


async def replace_played(conn: Connection, day: date, assets: Sequence[PlayedAsset], asked_at: datetime) -> None:
    """The day's views as Mux has them now."""
    named = {asset.field: asset for asset in assets if asset.field}
    await conn.execute("DELETE FROM mux_played WHERE day = $1", day)
    await conn.execute(
        """
        INSERT INTO mux_played (day, asset_id, views, playing_ms, watch_ms)
        SELECT $1, * FROM unnest($2::text[], $3::bigint[], $4::bigint[], $5::bigint[])
        """,
        day,
        list(named),
        [asset.views for asset in named.values()],
        [asset.total_playing_time or 0 for asset in named.values()],
        [asset.total_watch_time or 0 for asset in named.values()],
    )
    await _mark(conn, "played", day, asked_at)


async def replace_delivered(conn: Connection, day: date, assets: Sequence[DeliveredAsset], asked_at: datetime) -> None:
    """The day's deliveries as Mux has them now."""
    named = {asset.asset_id: round(asset.delivered_seconds * 1000) for asset in assets}
    await conn.execute("DELETE FROM mux_delivered WHERE day = $1", day)
    await conn.execute(
        "INSERT INTO mux_delivered (day, asset_id, delivered_ms) SELECT $1, * FROM unnest($2::text[], $3::bigint[])",
        day,
        list(named),
        list(named.values()),
    )
    await _mark(conn, "delivered", day, asked_at)


async def _mark(conn: Connection, kind: Kind, day: date, asked_at: datetime) -> None:
    await conn.execute(
        """
        INSERT INTO mux_days (kind, day, synced_at) VALUES ($1, $2, $3)
        ON CONFLICT (kind, day) DO UPDATE SET synced_at = excluded.synced_at
        """,
        kind,
        day,
        asked_at,
    )


async def unknown_views(conn: Connection, view_ids: Sequence[str]) -> list[str]:
    """Those that are not in the sample yet, in the same order."""
    rows = await conn.fetch(
        """
        SELECT v.id FROM unnest($1::text[]) WITH ORDINALITY AS v(id, place)
        WHERE NOT EXISTS (SELECT FROM mux_views WHERE view_id = v.id) ORDER BY v.place
        """,
        list(view_ids),
    )
    return [row["id"] for row in rows]


async def keep_views(conn: Connection, views: Sequence[SampledView], *, keep_days: int) -> None:
    """Add to the sample, and let go of what is older than that."""
    await conn.execute(
        """
        INSERT INTO mux_views (view_id, asset_id, ended_at, reached_ms, duration_ms)
        SELECT * FROM unnest($1::text[], $2::text[], $3::timestamptz[], $4::bigint[], $5::bigint[])
        ON CONFLICT DO NOTHING
        """,
        [view.view_id for view in views],
        [view.asset_id for view in views],
        [view.ended_at for view in views],
        [view.reached_ms for view in views],
        [view.duration_ms for view in views],
    )
    await conn.execute("DELETE FROM mux_views WHERE ended_at < now() - make_interval(days => $1)", keep_days)
