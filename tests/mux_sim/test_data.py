"""Mux Data: what Mux's own monitoring library reports about a viewing is what the Data API then says."""

import asyncio
import time
from pathlib import Path
from typing import Any

import mux_python
import pytest

from mux_sim.testing import Simulator
from tests.mux_sim.conftest import ask_node
from tests.mux_sim.test_mux_python import call, client_of


async def watch(judges: Path, mux: Simulator, playback_id: str, viewer: str) -> None:
    question = {
        "domain": f"localhost:{mux.base_url.rpartition(':')[2]}",
        "source": f"{mux.base_url}/{playback_id}.m3u8?token=x",
        "seconds": 2,
        "viewer": viewer,
        "video": "lesson-1",
    }
    assert (await asyncio.to_thread(ask_node, judges, "watch.mjs", question))["posts"] >= 1


async def test_a_viewing_is_counted_from_real_beacons(mux: Simulator, judges: Path, clip: Path) -> None:
    """Two people watch two seconds each; views, viewers and times are theirs, by asset and in all."""
    asset = await mux.ready_asset(clip, policy="public")
    playback_id = asset["playback_ids"][0]["id"]
    await asyncio.gather(*(watch(judges, mux, playback_id, viewer) for viewer in ("ann", "ben")))
    api = mux_python.MetricsApi(client_of(mux))
    mine: dict[str, Any] = {"filters": [f"asset_id:{asset['id']}"], "timeframe": ["7:days"]}
    overall = (await call(api.get_overall_values, "views", **mine)).data
    assert (overall.value, overall.total_views) == (2, 2)
    assert overall.total_watch_time == pytest.approx(4000, rel=0.5)
    assert overall.total_watch_time >= overall.total_playing_time > 2000
    assert (await call(api.get_overall_values, "unique_viewers", **mine)).data.value == 2
    (row,) = (await call(api.list_breakdown_values, "views", group_by="asset_id", timeframe=["24:hours"])).data
    assert (row.field, row.views) == (asset["id"], 2)
    others = {"filters": [f"!asset_id:{asset['id']}"]}
    assert (await call(api.get_overall_values, "views", **others)).data.value == 0


async def test_a_view_can_be_asked_for_by_itself(mux: Simulator, clip: Path) -> None:
    """The list has every view that ended in the timeframe, newest first; a view says how far its viewer came."""
    asset = await mux.ready_asset(clip, policy="public")
    playback_id = asset["playback_ids"][0]["id"]
    for viewer, playing_ms in (("ann", 500), ("ben", 1900)):
        await mux.watch(playback_id, viewer=viewer, playing_ms=playing_ms, duration_ms=2000)
    api = mux_python.VideoViewsApi(client_of(mux))
    mine: dict[str, Any] = {"filters": [f"asset_id:{asset['id']}"], "timeframe": ["1:hours"]}
    listed = (await call(api.list_video_views, **mine)).data
    details = [(await call(api.get_video_view, view.id)).data for view in listed]
    assert [view.viewer_user_id for view in details] == ["ben", "ann"]
    assert [(view.asset_id, view.video_duration) for view in details] == [(asset["id"], 2000)] * 2
    assert [view.view_max_playhead_position for view in details] == ["1900", "500"]
    assert (await call(api.list_video_views, **{**mine, "limit": 1, "page": 2})).data == listed[1:]
    await mux.advance(7200)
    assert (await call(api.list_video_views, **mine)).data == []
    with pytest.raises(AssertionError, match="404"):
        await mux.api("GET", "/data/v1/video-views/none")


async def test_delivery_is_told_by_the_hour(mux: Simulator, clip: Path) -> None:
    """What was played is in the hours in which it was played, by resolution, and in no other."""
    asset = await mux.ready_asset(clip, policy="public")
    began = int(time.time())
    first = await mux.play(asset["playback_ids"][0]["id"])
    await mux.advance(3 * 3600)
    second = await mux.play(asset["playback_ids"][0]["id"])

    async def delivered(since: int, until: int) -> list[Any]:
        path = f"/video/v1/delivery-usage?timeframe[]={since}&timeframe[]={until}"
        return [row["delivered_seconds"] for row in (await mux.api("GET", path))["data"]]

    assert await delivered(began, began + 4 * 3600) == [pytest.approx(first + second, abs=0.01)]
    assert await delivered(began, began + 60) == [pytest.approx(first, abs=0.01)]
    assert await delivered(began + 2 * 3600, began + 4 * 3600) == [pytest.approx(second, abs=0.01)]
    assert await delivered(began - 86_400, began - 3600) == []


async def test_a_bad_timeframe_is_refused(mux: Simulator) -> None:
    """Mux says what a timeframe may be."""
    with pytest.raises(AssertionError, match=r"400.*timeframe must be either two Unix timestamps"):
        await mux.api("GET", "/data/v1/metrics/views/overall?timeframe[]=yesterday")


@pytest.mark.parametrize("body", ["", "[]", "{}", '{"events": 7}', '{"events": [{"xid": "../../x", "e": "play"}]}'])
async def test_a_beacon_that_is_none_changes_nothing(mux: Simulator, body: str) -> None:
    """Whatever is posted, no view comes of it unless it names one."""
    await mux.beacon(body)
    overall = (await mux.api("GET", "/data/v1/metrics/views/overall"))["data"]
    assert overall["total_views"] == 0
