"""Mux Data: what Mux's own monitoring library reports about a viewing is what the Data API then says."""

import asyncio
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
