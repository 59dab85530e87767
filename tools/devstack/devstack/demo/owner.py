"""What the course's owner does: a course, its videos, who may see them, and what the owner is shown at the end."""

import asyncio
import json
from collections.abc import Callable
from functools import partial
from typing import Any

from devstack import people
from devstack.demo.api import DemoFailed, until
from devstack.demo.bars import bars
from devstack.demo.classroom import Classroom
from devstack.demo.learners import TASTE
from devstack.demo.scene import SETTLES, Scene
from devstack.demo.upload import put_in_chunks

Figures = dict[str, Any]
MB = 1_000_000
TRANSCODES = 300.0


async def make_course(scene: Scene) -> None:
    async with scene.steps.step("course with two lessons") as step:
        ines = scene.of(people.INSTRUCTOR)
        course = {"title": "First light", "published": True, "public": False}
        await ines.put(f"/api/courses/{scene.course_id}", course)
        titles = ("Watching honestly", "An afterthought")
        for position, (lesson_id, title) in enumerate(zip(scene.clips, titles, strict=True), start=1):
            lesson = {"title": title, "position": position, "required": True}
            await ines.put(f"/api/courses/{scene.course_id}/lessons/{lesson_id}", lesson)
        seen = await ines.get(f"/api/courses/{scene.course_id}")
        step.check(len(seen["lessons"]) == 2, f"the course has {len(seen['lessons'])} lessons")
        _remember(scene, seen)
        step.outcome = f"{scene.course_id}, by {people.INSTRUCTOR.name}"


def _remember(scene: Scene, course: dict[str, Any]) -> None:
    """For the web app's sign-in page, see gateway.session."""
    lessons = [{"id": lesson["id"], "title": lesson["title"]} for lesson in course["lessons"]]
    noted = {"id": scene.course_id, "title": course["title"], "lessons": lessons}
    fresh = scene.data_dir / "demo.new"
    fresh.write_text(json.dumps(noted))
    fresh.replace(scene.data_dir / "demo.json")


async def enroll(scene: Scene) -> None:
    async with scene.steps.step("two of three learners enrolled") as step:
        ines = scene.of(people.INSTRUCTOR)
        for learner in (people.HONEST, people.SKIPPER):
            path = f"/api/courses/{scene.course_id}/enrollments/{learner.id}"
            # The course reaches the playback service through Kafka.
            await until(
                partial(ines.ask, "PUT", path, {}),
                lambda answer: answer.status // 100 == 2,
                timeout=SETTLES,
                what=f"enrolling {learner.name}",
            )
        step.outcome = f"{people.HONEST.name} and {people.SKIPPER.name}, not {people.STRANGER.name}"


async def upload(scene: Scene) -> None:
    async with scene.steps.step("uploaded in chunks") as step:
        with bars() as shown:
            sent = [
                _upload_one(scene, lesson_id, shown.bar(f"uploading {clip.path.name}", clip.size / MB, "MB"))
                for lesson_id, clip in scene.clips.items()
            ]
            chunks = await asyncio.gather(*sent)
        total = sum(clip.size for clip in scene.clips.values())
        step.outcome = f"{total / MB:.1f} MB in {sum(chunks)} chunks, to where the upload service said"


async def _upload_one(scene: Scene, lesson_id: str, update: Callable[[float], None]) -> int:
    target = await scene.of(people.INSTRUCTOR).post("/api/videos/mux/upload-url", {"lessonId": lesson_id})
    done = 0

    def advance(size: int) -> None:
        nonlocal done
        done += size
        update(done / MB)

    return await put_in_chunks(scene.http, target["uploadUrl"], scene.clips[lesson_id], advance)


async def become_ready(scene: Scene) -> None:
    """Ready is what the lesson says, and it learns that from a signed webhook alone."""
    async with scene.steps.step("transcoded, announced by webhook") as step:
        with bars() as shown:
            waits = [
                _wait_ready(scene, lesson_id, shown.bar(f"transcoding {clip.path.name}", 100, "%"))
                for lesson_id, clip in scene.clips.items()
            ]
            lessons = await asyncio.gather(*waits)
        step.outcome = ", ".join(f"{lesson['duration']:.1f} s" for lesson in lessons)


async def _wait_ready(scene: Scene, lesson_id: str, update: Callable[[float], None]) -> Any:
    async def look() -> Any:
        update(await _transcoded(scene, lesson_id))
        lesson = await scene.of(people.INSTRUCTOR).get(f"/api/lessons/{lesson_id}")
        if lesson["processingStatus"] == "error":
            raise DemoFailed(f"the video failed: {lesson.get('error')}")
        return lesson

    what = f"lesson {lesson_id} ready"
    return await until(look, lambda lesson: lesson["processingStatus"] == "ready", timeout=TRANSCODES, what=what)


async def _transcoded(scene: Scene, lesson_id: str) -> float:
    """Percent, from the simulator's control API: Mux itself tells of it in no better way."""
    async with scene.http.get(f"{scene.mux_url}/_control/assets") as answer:
        assets = await answer.json()
    mine = [asset for asset in assets if asset.get("passthrough") == lesson_id]
    return max((float((asset.get("progress") or {}).get("progress") or 0) for asset in mine), default=0.0)


async def analyse(scene: Scene) -> Figures:
    """The owner's figures, once everything that was watched has arrived."""
    async with scene.steps.step("shown to the owner") as step:
        ines, path, room = scene.of(people.INSTRUCTOR), f"/api/analytics/lessons/{scene.main}", Classroom.of(scene)
        watched = scene.clips[scene.main].seconds + 2 * TASTE + room.media_s(scene.main)
        seen = await until(
            lambda: ines.ask("GET", path),
            lambda answer: (
                answer.status == 200
                and answer.body["uniqueViewers"] == 2 + room.viewers(scene.main)
                and answer.body["completions"] >= 1
                and answer.body["totalWatchTime"] >= 0.9 * watched
            ),
            timeout=SETTLES,
            what="the figures",
        )
        figures: Figures = seen.body
        step.outcome = (
            f"{figures['views']} views by {figures['uniqueViewers']}, {figures['averageWatchTime']:.1f} s on average, "
            f"{figures['completionRate']:.0%} completed"
        )
        return figures
