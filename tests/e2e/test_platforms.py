"""Row E9 and E11 in the whole system: what is played at Mux shows beside the ledger's figures, and what it costs."""

import time
from pathlib import Path
from uuid import uuid4

import pytest

from mux_sim.config import Config
from mux_sim.testing import Simulator
from tests.e2e.people import Json, Platform, eventually

pytestmark = pytest.mark.e2e

LEARNERS = [f"watcher-{number}" for number in range(5)]
SECONDS = 1.2


async def watch(platform: Platform, mux: Simulator, course: str, lesson: str, learner: str, *, beacons: bool) -> float:
    """Play the stream and report it to us, and to Mux too unless something blocks its beacons."""
    playback = await platform.playback(lesson, learner)
    played = await mux.play(playback["playbackId"], playback["tokens"]["playback"])
    if beacons:
        await mux.watch(playback["playbackId"], viewer=learner, playing_ms=int(SECONDS * 1000), duration_ms=3000)
    now = int(time.time() * 1000)
    beat = {
        "seq": 0,
        "since": now - int(SECONDS * 1000),
        "at": now,
        "position": SECONDS,
        "watched_segments": [[0, SECONDS]],
    }
    grant = platform.grant_from_the_past(learner, lesson, course, duration_s=3, age_s=60)
    response = await platform.report(grant, [beat])
    assert response.status_code == 202, response.text
    return played


async def test_what_was_played_shows_on_both_sides_and_what_it_costs(platform: Platform, clip: Path) -> None:
    """Five learners play; the beacons of two are blocked. The owner sees both counts, why they differ, and the cost."""
    env = platform.stack.env
    login = {"token_id": env["MUX_TOKEN_ID"], "token_secret": env["MUX_TOKEN_SECRET"]}
    mux = Simulator(env["MUX_BASE_URL"], Config(data_dir=Path("/nonexistent"), **login))
    lesson = f"lesson-{uuid4().hex[:8]}"
    course = await platform.course(lesson)
    await platform.enroll(course, *LEARNERS)
    await platform.upload(lesson, clip)
    await platform.until_ready(lesson)
    played = [
        await watch(platform, mux, course, lesson, learner, beacons=number < 3)
        for number, learner in enumerate(LEARNERS)
    ]

    async def ask(path: str) -> Json:
        found: Json = await platform.must("GET", f"/api/analytics/{path}", user="owner-1", role="instructor")
        return found

    both = await eventually(
        lambda: ask(f"lessons/{lesson}/platforms"),
        lambda found: (found["totalViews"], found["muxViewCount"]) == (5, 3),
    )
    assert both["drift"]["views"] == pytest.approx(0.4)
    assert both["muxWatchTime"] == pytest.approx(3 * SECONDS, abs=0.01)
    assert "beacons_blocked" in [cause["code"] for cause in both["drift"]["likelyCauses"]]
    cost = await eventually(
        lambda: ask(f"courses/{course}/cost"),
        lambda found: found["minutes"]["delivered"] == pytest.approx(sum(played) / 60, abs=0.01),
    )
    assert cost["minutes"]["verified"] == pytest.approx(5 * SECONDS / 60, abs=0.02)
    assert cost["deliveredUntil"] is not None
