"""Counts stay exact while processes die, the broker restarts, and messages come twice and in the wrong order."""

import asyncio
import random
import time
from collections import Counter
from pathlib import Path
from uuid import uuid4

import httpx
import pytest

from mux_sim.config import Config
from mux_sim.testing import Simulator
from tests.e2e.people import Json, Platform, eventually

pytestmark = pytest.mark.e2e

LEARNERS, BEATS, BEAT_S = 60, 60, 10.0
AT_ONCE = 20
"""Requests on their way. Where the stack has hundreds before it they wait for seconds, each for its own time, and the
ledger takes the differences for those of a clock: intervals that meet then lose more than its allowance for timers."""
DURATION_S = BEATS * BEAT_S
VICTIMS = ("progress-worker", "kafka", "progress-worker", "analytics-worker", "progress-worker")


def _beats(started_ms: int) -> list[Json]:
    """A learner who watches from beginning to end at normal speed."""
    return [
        {
            "seq": number,
            "since": started_ms + int(number * BEAT_S * 1000),
            "at": started_ms + int((number + 1) * BEAT_S * 1000),
            "position": (number + 1) * BEAT_S,
            "rate": 1.0,
            "watched_segments": [[number * BEAT_S, (number + 1) * BEAT_S]],
            "events": [],
        }
        for number in range(BEATS)
    ]


async def _send_until_accepted(platform: Platform, grant: str, beats: list[Json], line: asyncio.Semaphore) -> None:
    """What the reporter in the browser does: keep the beats and try again until there is a 202."""

    async def attempt() -> int:
        async with line:
            return (await platform.report(grant, beats)).status_code

    await eventually(attempt, lambda status: status == 202)


def _waves(started_ms: int, chance: random.Random) -> list[list[list[Json]]]:
    """A learner's requests, a quarter of them twice, shuffled and dealt into as many waves as there are victims."""
    beats = _beats(started_ms)
    requests = [beats[first : first + 3] for first in range(0, len(beats), 3)]
    requests += chance.sample(requests, len(requests) // 4)
    chance.shuffle(requests)
    return [requests[number :: len(VICTIMS)] for number in range(len(VICTIMS))]


async def _kill_and_see_it_return(platform: Platform, victim: str) -> None:
    """SIGKILL, and wait until the supervisor has started it again."""

    async def restarts() -> int:
        return {name: times for name, _, _, times in platform.stack.describe()}[victim]

    before = await restarts()
    await asyncio.to_thread(platform.stack.kill, victim)
    await eventually(restarts, lambda now: now > before)


@pytest.mark.timeout(900)
async def test_watched_time_is_exact_although_workers_and_broker_are_killed(platform: Platform) -> None:
    """60 learners, 10 minutes each, a quarter of the requests sent twice and all of them shuffled; the workers are
    killed with -9 again and again and the broker once: nobody has a second more or less, in ledger and analytics."""
    lesson = f"lesson-{uuid4().hex[:8]}"
    course = await platform.course(lesson)
    learners = [f"learner-{uuid4().hex[:6]}-{number}" for number in range(LEARNERS)]
    age_s = DURATION_S + 600
    started_ms = int((time.time() - age_s + 60) * 1000)
    chance = random.Random(20261120)
    grants = [
        platform.grant_from_the_past(learner, lesson, course, duration_s=DURATION_S, age_s=age_s)
        for learner in learners
    ]
    waves = [_waves(started_ms, random.Random(chance.random())) for _ in learners]
    line = asyncio.Semaphore(AT_ONCE)
    for number, victim in enumerate(VICTIMS):
        sending = [
            asyncio.create_task(_send_until_accepted(platform, grant, request, line))
            for grant, mine in zip(grants, waves, strict=True)
            for request in mine[number]
        ]
        await asyncio.wait(sending, return_when=asyncio.FIRST_COMPLETED)
        assert not all(task.done() for task in sending), "everything was in before anybody died"
        await _kill_and_see_it_return(platform, victim)
        await asyncio.gather(*sending)

    async def ledger() -> list[Json]:
        return await asyncio.gather(*(platform.progress(lesson, learner) for learner in learners))

    rows = await eventually(ledger, lambda found: all(row["complete"] for row in found))
    rows = await eventually(ledger, lambda found: all(row["coverage"] == 1.0 for row in found))
    assert {tuple(map(tuple, row["covered"])) for row in rows} == {((0.0, DURATION_S),)}
    assert {(row["watched"]["live"], row["watched"]["late"]) for row in rows} == {(0.0, DURATION_S)}

    wanted = LEARNERS * DURATION_S
    numbers = await eventually(
        lambda: platform.numbers(lesson),
        lambda found: found["totalWatchTime"] >= wanted and found["completions"] >= LEARNERS,
    )
    assert numbers["totalWatchTime"] == wanted
    assert (numbers["completions"], numbers["uniqueViewers"]) == (LEARNERS, LEARNERS)
    assert set(numbers["retention"]["unique"]) == {LEARNERS}
    assert set(numbers["retention"]["replays"]) == {0}
    assert await _events(platform, "lesson.completed", learners) == dict.fromkeys(learners, 1)


async def _events(platform: Platform, topic: str, keys: list[str]) -> dict[str, int]:
    """How many different events each key has on the topic; the relay may deliver one event twice, never make two."""
    seen = {(record.key.decode(), dict(record.headers)["ce_id"]) for record in await platform.records(topic)}
    return dict(Counter(key for key, _ in seen if key in keys))


@pytest.mark.timeout(900)
async def test_webhooks_that_come_twice_and_backwards_announce_each_video_once(platform: Platform, clip: Path) -> None:
    """Five uploads whose webhooks are held, delivered in reverse, each twice, and all once more at the end."""
    simulator = Simulator(platform.stack.urls["mux"], _simulator_config(platform))
    lessons = [f"lesson-{uuid4().hex[:8]}" for _ in range(5)]
    await platform.course(*lessons)
    await simulator.webhook_mode("held")
    try:
        for lesson in lessons:
            await platform.upload(lesson, clip)
        mine = await eventually(lambda: _asset_ids(platform, simulator, lessons), lambda found: len(found) == 5)
        for asset in mine:
            await simulator.wait_for_event("video.asset.ready", asset)
        await simulator.release("reversed")
    finally:
        await simulator.webhook_mode("normal")
    for lesson in lessons:
        await platform.until_ready(lesson)
    for event in await simulator.events():
        await simulator.redeliver(event["id"])
    await eventually(lambda: _events(platform, "asset.ready", lessons), lambda found: len(found) == 5)
    assert await _events(platform, "asset.ready", lessons) == dict.fromkeys(lessons, 1)
    assert {(await platform.lesson(lesson))["processingStatus"] for lesson in lessons} == {"ready"}


def _simulator_config(platform: Platform) -> Config:
    credentials = platform.stack.credentials
    return Config(
        data_dir=platform.stack.data_dir,
        token_id=credentials.mux_token_id,
        token_secret=credentials.mux_token_secret,
        webhook_secret=credentials.mux_webhook_secret,
    )


async def _asset_ids(platform: Platform, simulator: Simulator, lessons: list[str]) -> list[str]:
    assets = await simulator.assets()
    return [asset["id"] for asset in assets if asset.get("passthrough") in lessons and asset["status"] == "ready"]


async def test_an_upload_that_is_cut_off_goes_on_where_it_stopped(platform: Platform, clip: Path) -> None:
    """A chunk that comes twice counts once, the answer says what is there, and the video becomes ready."""
    lesson = f"lesson-{uuid4().hex[:8]}"
    await platform.course(lesson)
    made = await platform.must(
        "POST", "/api/videos/mux/upload-url", user="owner-1", role="instructor", json={"lessonId": lesson}
    )
    video = clip.read_bytes()
    half = 256 * 1024 * max(1, len(video) // (2 * 256 * 1024))
    total = len(video)
    async with httpx.AsyncClient(timeout=60) as mux:

        async def put(first: int, last: int) -> httpx.Response:
            headers = {"Content-Range": f"bytes {first}-{last - 1}/{total}", "Content-Type": "video/mp4"}
            return await mux.put(made["uploadUrl"], content=video[first:last], headers=headers)

        assert half < total
        assert (await put(0, half)).headers["range"] == f"bytes=0-{half - 1}"
        assert (await put(0, half)).headers["range"] == f"bytes=0-{half - 1}"
        assert (await put(half, total)).status_code == 200
    ready = await platform.until_ready(lesson)
    assert ready["videoProvider"] == "mux"
    assert abs(ready["duration"] - 3) < 0.2
