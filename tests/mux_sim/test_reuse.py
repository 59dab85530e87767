"""A simulator that transcodes the same bytes once, for runs with thousands of assets."""

from pathlib import Path

from mux_sim.testing import Simulator, running_simulator


async def served(mux: Simulator, asset: dict) -> list[bytes]:  # type: ignore[type-arg]
    """The bytes of an asset's first segments, as a player gets them."""
    playback_id = asset["playback_ids"][0]["id"]
    master = (await mux.fetch(f"/{playback_id}.m3u8")).decode()
    found = []
    for rendition in [line for line in master.splitlines() if line.startswith("http")]:
        media = (await mux.fetch(rendition)).decode()
        found.append(await mux.fetch(next(line for line in media.splitlines() if line.startswith("http"))))
    return found


async def test_the_same_bytes_are_transcoded_once(clip: Path) -> None:
    """Two assets of one file serve the same segments and say the same, under ids of their own; one may go alone."""
    async with running_simulator(reuse_transcodes=True) as mux:
        first = await mux.ready_asset(clip, policy="public")
        second = await mux.ready_asset(clip, policy="public")
        assert first["id"] != second["id"]
        assert first["duration"] == second["duration"]
        assert {track["id"] for track in first["tracks"]}.isdisjoint(track["id"] for track in second["tracks"])
        segments = await served(mux, first)
        assert segments
        assert await served(mux, second) == segments
        inodes = {path.stat().st_ino for path in mux.config.data_dir.glob("media/*/*/0.ts")}
        assert len(inodes) == len(segments)
        await mux.api("DELETE", f"/video/v1/assets/{first['id']}")
        assert await served(mux, second) == segments
