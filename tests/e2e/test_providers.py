"""Both providers in one system: what plays from S3 and what plays from Mux, and the way from the one to the other."""

import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import uuid4

import httpx
import jwt
import pytest

from tests.e2e.people import Json, Platform, eventually
from tests.polling import until

pytestmark = pytest.mark.e2e

LEARNER = "learner-of-both"


async def watch(platform: Platform, playback: Json, *, seconds: float) -> None:
    """Report having watched from the beginning, as live as a player would: not before so much time has passed.

    What is claimed of the time before the grant is cut, and less than a second is no view.
    """
    granted = jwt.decode(playback["watchGrant"], options={"verify_signature": False})["iat"]
    await until(lambda: time.time() >= granted + seconds)
    now = int(time.time() * 1000)
    beat = {
        "seq": 0,
        "since": now - int(seconds * 1000),
        "at": now,
        "position": seconds,
        "watched_segments": [[0, seconds]],
    }
    response = await platform.report(playback["watchGrant"], [beat])
    assert response.status_code == 202, response.text


async def watched(platform: Platform, lesson: str) -> Json:
    """The learner's progress once something of it is covered."""
    return await eventually(lambda: platform.progress(lesson, LEARNER), lambda found: bool(found["covered"]))


async def bytes_of(url: str) -> bytes:
    async with httpx.AsyncClient(timeout=30) as http:
        response = await http.get(url)
    assert response.status_code == 200, f"{response.status_code} {response.text[:200]}"
    return response.content


async def test_one_course_plays_from_mux_and_from_s3_at_once(platform: Platform, clip: Path) -> None:
    """Row B4: a lesson of each provider, by the same endpoint, the same reporter and the same ledger."""
    at_mux, in_s3 = (f"lesson-{uuid4().hex[:8]}" for _ in range(2))
    course = await platform.course(at_mux, in_s3)
    await platform.enroll(course, LEARNER)
    await platform.upload(at_mux, clip)
    stored = await platform.must(
        "POST",
        f"/api/courses/lessons/{in_s3}/upload-video",
        user="owner-1",
        role="instructor",
        files={"video": ("clip.mp4", clip.read_bytes(), "video/mp4")},
    )
    assert stored["success"]
    assert (await platform.until_ready(at_mux))["videoProvider"] == "mux"
    assert (await platform.until_ready(in_s3))["videoProvider"] == "s3"

    of_mux, of_s3 = await platform.playback(at_mux, LEARNER), await platform.playback(in_s3, LEARNER)
    assert (of_mux["provider"], of_s3["provider"]) == ("mux", "s3")
    stream = platform.stack.env["MUX_STREAM_BASE_URL"]
    manifest = await bytes_of(f"{stream}/{of_mux['playbackId']}.m3u8?token={of_mux['tokens']['playback']}")
    assert manifest.startswith(b"#EXTM3U")
    assert await bytes_of(of_s3["signedUrl"]) == clip.read_bytes()

    for lesson, playback in ((at_mux, of_mux), (in_s3, of_s3)):
        await watch(platform, playback, seconds=0.9)
        assert (await watched(platform, lesson))["duration"] == pytest.approx(3, abs=0.2)


@asynccontextmanager
async def mux_off(platform: Platform) -> AsyncIterator[None]:
    """The simulator is not there; it is again at the end."""
    platform.stack.halt("mux_sim")
    try:
        yield
    finally:
        platform.stack.resume("mux_sim")


@pytest.mark.timeout(600)
async def test_authors_and_learners_go_on_without_mux_and_the_video_moves_there_later(
    platform: Platform, clip: Path
) -> None:
    """Row A4: Mux is off; an author uploads, a learner watches from S3. Mux is on; within a minute the lesson plays
    from there, what was watched stays, and the event log tells of both."""
    lesson = f"lesson-{uuid4().hex[:8]}"
    course = await platform.course(lesson)
    await platform.enroll(course, LEARNER)
    video = clip.read_bytes()
    about = {"filename": "clip.mp4", "contentType": "video/mp4", "size": len(video), "lessonId": lesson}
    async with mux_off(platform):
        placed = await platform.must("POST", "/api/uploads", user="owner-1", role="instructor", json=about)
        assert placed["provider"] == "s3"
        async with httpx.AsyncClient(timeout=30) as s3:
            sent = await s3.request(placed["method"], placed["uploadUrl"], headers=placed["headers"], content=video)
            sent.raise_for_status()
        await platform.must("POST", f"/api/uploads/{placed['uploadId']}/complete", user="owner-1", role="instructor")
        playback = await platform.playback(lesson, LEARNER)
        assert (playback["provider"], await bytes_of(playback["signedUrl"])) == ("s3", video)
        await watch(platform, playback, seconds=0.9)
        before = await watched(platform, lesson)

    moved = await eventually(
        lambda: platform.playback(lesson, LEARNER), lambda found: found["provider"] == "mux", timeout=60
    )
    stream = platform.stack.env["MUX_STREAM_BASE_URL"]
    assert (await bytes_of(f"{stream}/{moved['playbackId']}.m3u8?token={moved['tokens']['playback']}"))[
        :7
    ] == b"#EXTM3U"
    after = await platform.progress(lesson, LEARNER)
    assert (after["covered"], after["watched"]) == (before["covered"], before["watched"])

    async def told() -> list[str]:
        mine = [record for record in await platform.records("asset.ready") if record.key.decode() == lesson]
        return [json.loads(record.value)["provider"] for record in mine]

    assert await eventually(told, lambda found: len(found) >= 2) == ["s3", "mux"]
