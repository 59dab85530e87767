"""The demonstration's parts by themselves; the whole is run end to end."""

import re
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession
from hypothesis import given
from hypothesis import strategies as st

from devstack.demo import clip
from devstack.demo.api import Answer, DemoFailed, until
from devstack.demo.chart import BLOCKS, retention
from devstack.demo.steps import Steps
from devstack.demo.upload import CHUNK, put_in_chunks
from devstack.demo.watch import Player
from devstack.errors import StackError
from mux_sim.testing import Simulator


def test_clip_is_a_real_video(tmp_path: Path) -> None:
    """The made clip has its length, picture and sound, and is made once."""
    made = clip.make(tmp_path, 2)
    assert made.seconds == pytest.approx(2, abs=0.1)
    before = made.path.stat().st_mtime_ns
    assert clip.make(tmp_path, 2).path.stat().st_mtime_ns == before


@pytest.mark.parametrize("content", [None, b"", b"not a video"])
def test_what_is_no_video_is_refused(tmp_path: Path, content: bytes | None) -> None:
    """A file that is missing, empty or something else is told by its name."""
    path = tmp_path / "mine.mp4"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(StackError, match=r"VIDEO: .*mine\.mp4"):
        clip.measure(path)


async def test_upload_goes_in_chunks(mux: Simulator, tmp_path: Path) -> None:
    """A file of several chunks arrives whole, and every byte is told as progress."""
    made = clip.make(tmp_path, 8)
    target = await mux.create_upload(playback_policies=["signed"])
    told: list[int] = []
    async with ClientSession() as http:
        chunks = await put_in_chunks(http, target["url"], made, told.append)
    assert chunks == -(-made.size // CHUNK)
    assert chunks > 1
    assert sum(told) == made.size
    upload = (await mux.api("GET", f"/video/v1/uploads/{target['id']}"))["data"]
    asset = await mux.wait_for_asset(upload["asset_id"])
    assert asset["duration"] == pytest.approx(made.seconds, abs=0.1)


class Recorder:
    """Stands where the API does: keeps what a player posts."""

    def __init__(self) -> None:
        self.posted: list[dict[str, Any]] = []

    async def post(self, path: str, body: dict[str, Any]) -> None:
        assert path == "/api/progress"
        self.posted.append(body)


async def test_player_claims_what_real_time_allows() -> None:
    """At double speed the claimed media is at most twice the interval that each beat names, and the ranges join up."""
    recorder = Recorder()
    player = Player(recorder, "lesson", "grant", 3.0)  # type: ignore[arg-type]
    await player.play(0.0, 3.0, rate=2.0, shown=lambda _: None)
    await player.finish(3.0)
    beats = [beat for body in recorder.posted for beat in body["beats"]]
    assert [beat["seq"] for beat in beats] == [1, 2]
    ((start, end),) = beats[0]["watched_segments"]
    assert (start, end) == (0.0, 3.0)
    assert end - start <= 2.0 * (beats[0]["at"] - beats[0]["since"]) / 1000 * 1.02
    assert [event["type"] for beat in beats for event in beat["events"]] == ["play", "complete"]
    assert all(body["grant"] == "grant" and body["sentAt"] >= body["beats"][0]["at"] for body in recorder.posted)


async def test_waiting_ends_with_what_was_seen() -> None:
    """A condition that does not come true fails with the last look, not in silence."""

    async def look() -> Answer:
        return Answer(503, {"title": "Down", "detail": "for now"})

    with pytest.raises(DemoFailed, match=r"the figures: not within 0 s; last seen: .*503"):
        await until(look, lambda answer: answer.status == 200, timeout=0.01, what="the figures")
    assert (await look()).problem == "Down: for now"


async def test_a_failed_step_fails_the_whole() -> None:
    """Steps pass only when every one did; a failed one keeps its reason."""
    steps = Steps()
    assert not steps.passed
    async with steps.step("good") as step:
        step.check(True, "never")
    assert steps.passed
    with pytest.raises(DemoFailed):
        async with steps.step("bad") as step:
            step.check(False, "no reason is given")
    assert not steps.passed
    assert steps.all[-1].outcome == "no reason is given"


@given(st.lists(st.integers(min_value=0, max_value=10_000), min_size=1, max_size=500))
def test_chart_has_room_for_any_curve(counts: list[int]) -> None:
    """Whatever the counts, each line has the same width and only blocks in it."""
    *rows, axis, _ = retention(counts, bucket_seconds=1.0)
    widths = {len(row.split("│", 1)[1]) for row in rows}
    assert widths == {min(60, len(counts))}
    assert all(re.fullmatch(f"[{BLOCKS}]*", row.split("│", 1)[1]) for row in rows)
    assert axis.count("─") == min(60, len(counts))


def test_chart_shows_who_left() -> None:
    """The highest bucket fills its column, half of it half, none nothing."""
    rows = [row.split("│", 1)[1] for row in retention([4, 2, 0], bucket_seconds=1.0)[:4]]
    assert ["".join(column) for column in zip(*rows, strict=True)] == ["████", "  ██", "    "]
