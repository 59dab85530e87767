"""A replaced video through the whole system: what was watched of the former one counts for the new one by a rule."""

import time
from pathlib import Path
from uuid import uuid4

import pytest

from mux_sim.testing import make_clip
from tests.e2e.people import Json, Platform, eventually
from tests.e2e.test_providers import watch
from tests.polling import until

pytestmark = pytest.mark.e2e

LEARNER = "learner-of-a-replaced-video"
AGAIN_S = 0.5


@pytest.fixture(scope="module")
def longer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A video of five seconds, two more than the clip's."""
    return make_clip(tmp_path_factory.mktemp("longer") / "longer.mp4", seconds=5)


async def replaced(platform: Platform, lesson: str, video: Path, before: Json) -> Json:
    """Upload another video; the learner's playback once it is of that one."""
    await platform.upload(lesson, video)
    return await eventually(
        lambda: platform.playback(lesson, LEARNER), lambda found: found["playbackId"] != before["playbackId"]
    )


@pytest.mark.timeout(600)
async def test_a_video_of_another_length_starts_anew_everywhere(platform: Platform, clip: Path, longer: Path) -> None:
    """Row A14: the ledger, the learner's reason, the curve and the totals, all from one upload."""
    lesson = f"lesson-{uuid4().hex[:8]}"
    course = await platform.course(lesson)
    await platform.enroll(course, LEARNER)
    await platform.upload(lesson, clip)
    await platform.until_ready(lesson)
    first = await platform.playback(lesson, LEARNER)
    await watch(platform, first, seconds=1.5)
    ended = time.time()
    await eventually(lambda: platform.progress(lesson, LEARNER), lambda found: bool(found["covered"]))
    await eventually(lambda: platform.numbers(lesson), lambda found: (found["totalWatchTime"] or 0) > 0)

    second = await replaced(platform, lesson, longer, first)
    anew = await eventually(lambda: platform.progress(lesson, LEARNER), lambda found: found["replacedAt"] is not None)
    assert anew["covered"] == []
    assert anew["duration"] == pytest.approx(5, abs=0.2)
    curve = await eventually(lambda: platform.numbers(lesson), lambda found: found["duration"] > 4)
    assert curve["totalWatchTime"] > 0

    await until(lambda: time.time() > ended + AGAIN_S)  # time is spent once, also by those who are quick
    await watch(platform, second, seconds=AGAIN_S)
    again = await eventually(lambda: platform.progress(lesson, LEARNER), lambda found: bool(found["covered"]))
    assert again["covered"] == [[0, AGAIN_S]]
    assert again["cuts"]["replaced"] > 0
